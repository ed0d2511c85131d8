"""What the station shows of the row of an old table, where a page would have its picture."""

from digitize.review.station.tasks import TaskBuilder
from digitize.workspace.ledger.records import Stored
from mappers.record import FieldValue, Origin, Record


def row_of(record, hidden=frozenset()):
    tasks = object.__new__(TaskBuilder)
    # As if the record's case had just been asked about.
    tasks._hidden = (record.id, hidden)
    return tasks._find_row(Stored(record, "unit", "group", "", "", "hash"))


def field(column, raw, value=None):
    return FieldValue(raw, value, origin=Origin(file="f.dbf", table="F", row=1, column=column))


RECORD = Record(
    "r1", "iif1",
    {"fir_date": field("FIRDT", "19980231"), "place": field("PLACE", "?kj", "घर"), "beat": field("BEAT", ""),
     "year": FieldValue("1998", "1998", by="intake")},
    {"persons": ({"name": field("COMPNM", "Sample Person", "Sample Person")},)},
)  # fmt: skip


def test_a_row_is_shown_as_it_stands_and_a_fonts_codes_as_what_they_mean():
    assert row_of(RECORD) == (("FIRDT", "19980231"), ("PLACE", "घर"), ("COMPNM", "Sample Person"))


def test_a_column_that_feeds_a_masked_field_is_not_shown():
    assert row_of(RECORD, frozenset({"persons[0].name"})) == (("FIRDT", "19980231"), ("PLACE", "घर"))
