"""What a person typed reaches the field it was typed for, and only while its page is the same."""

import pytest

from digitize.workspace.decisions.apply import Settled, apply_to_row, keep_valid, sign_record, stored_texts
from digitize.workspace.ledger.records import Decision
from digitize.workspace.ledger.verdict import judge
from mappers.mapping.load import load_mappings, map_rows
from mappers.record import FieldValue, Record
from mappers.sources.values import MapContext, RowValues
from mappers.states import load_state

CONTEXT = MapContext("r", state=load_state("wb"), book_year=2019)


def typed(cell, value="", verdict="value", source="s"):
    return Decision("r", cell, "", source, "iif1", verdict, value, "A")


def signed(record, *decisions):
    return sign_record(record, Settled({d.field: d for d in decisions}), {}, CONTEXT)


def test_a_value_typed_for_a_field_of_the_intake_replaces_it():
    record = Record("r", "iif1", {"police_station": FieldValue("", "Foo", by="intake")})
    got = signed(record, typed("field:police_station", "Baguiati")).fields["police_station"]
    assert (got.value, got.raw, got.by) == ("Baguiati", "Baguiati", "operator A")


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [("fir_date", "5.6.19", "2019-06-05"), ("year", "२०१९", "2019"), ("fir_time", "10.30 hrs", "10:30"),
     ("property_value", "1,25,000/-", "125000"), ("info_type", "Oral", "oral"), ("place", "Kalpanapur", "Kalpanapur"),
     ("fir_date", "31/31/2019", None), ("no_such_field", "x", None)],
)  # fmt: skip
def test_what_is_typed_is_made_canonical_by_the_fields_own_cleaner(path, text, value):
    got = signed(Record("r", "iif1", {}), typed(f"field:{path}", text)).fields[path]
    assert got.value == value
    assert (judge(Record("r", "iif1", {path: got}), []).word == "clean") == (value is not None)


def test_a_row_that_the_paper_does_not_feed_can_be_typed():
    record = signed(Record("r", "iif1", {}), typed("field:acts[0].section", "379"))
    assert record.children["acts"][0]["section"].value == "379"
    assert signed(record, typed("field:acts[7].section", "1")) == record


def test_a_field_said_to_be_blank_is_surely_blank():
    got = signed(Record("r", "iif1", {}), typed("field:beat", verdict="blank")).fields["beat"]
    assert (got.value, got.blank, got.is_sure()) == (None, True, True)


def test_a_decision_on_another_scan_does_not_hold():
    decisions = {"field:beat": typed("field:beat", "4", source="old")}
    assert not keep_valid(decisions, "iif1", {"field:beat": "new"}).cells
    assert keep_valid(decisions, "iif1", {"field:beat": "old"}).cells


TWO = """
format = 1
id = "two"
version = "1"
title = "two"
form = "iif1"
[match]
columns = ["ACC"]
[rows.accused]
table = "persons"
set = { role = "accused" }
[[map]]
from = "ACC"
into = "accused"
to = "name"
clean = "name"
"""


def test_the_text_of_the_table_stays_beside_what_was_typed_over_it(tmp_path):
    (tmp_path / "two.toml").write_text(TWO, encoding="utf-8")
    mapping = load_mappings((tmp_path,))["two"]
    row = RowValues("F3.csv", "F3", 1, {"ACC": "Alpha Testman and Beta Testman"}, "t-r1")
    settled = Settled({"column:ACC": typed("column:ACC", "Alpha Testman")})
    stored = stored_texts(mapping, row, settled)
    assert stored == {"column:ACC": "Alpha Testman and Beta Testman"}
    (record,) = map_rows(mapping, [apply_to_row(row, settled)], CONTEXT)
    (got,) = sign_record(record, settled, {}, CONTEXT, stored).children["persons"]
    assert (got["name"].raw, got["name"].value) == ("Alpha Testman and Beta Testman", "Alpha Testman")
    assert (got["name"].by, got["name"].origin.column) == ("operator A", "ACC")
