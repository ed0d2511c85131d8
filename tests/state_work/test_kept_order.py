"""What a sheet asks of all records is kept of each part: only parts that changed are looked at, and the rest is not read."""

import random
from itertools import islice

import pytest

from digitize.review import asked_fields
from digitize.review.asked_fields import DoubtCache
from digitize.workspace.decisions import typed_names
from digitize.workspace.decisions.order import records_by_value
from digitize.workspace.decisions.typed_names import Typed, list_typed_names
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, PageScan
from digitize.workspace.ledger.dirty_parts import SHEET, TYPED, list_dirty
from digitize.workspace.ledger.records import Decision, Records, Stored, record_hash
from digitize.workspace.ledger.verdict import OPERATOR, Verdict
from digitize.workspace.retention.purge_records import empty_units
from mappers.record import FieldValue, Origin, Record

VOLUMES, PAGES, EACH = 4, 3, 2


@pytest.fixture
def ledger(tmp_path):
    with Ledger.create(tmp_path / "ledger.sqlite") as made:
        for volume in range(1, VOLUMES + 1):
            Catalogue(made).volume(f"book {volume}")
            for number in range(1, PAGES + 1):
                Catalogue(made).insert_scan(PageScan(page_of(volume, number), "0" * 64, 0, "b1", volume, number))
        yield made


def page_of(volume, number):
    return f"s-{volume:04d}-{number:04d}"


def fill(ledger, page, *cells):
    """Records of a page in review; of each, field -> (text, zone, confidence)."""
    records = Records(ledger)
    made = []
    for n, own in enumerate(cells, 1):
        fields = {
            name: FieldValue(text, text, sure, Origin(page=page, zone=zone), "test", accept=0.9)
            for name, (text, zone, sure) in own.items()
        }
        record = Record(f"{page}-r{n}", "reg_gd", fields, {}, (page,), batch="b1")
        made.append(Stored(record, page, "g", "Mill", "en", record_hash(record)))
    records.replace_unit(page, made)
    records.set_verdicts({s.record.id: Verdict("review", tuple(s.record.fields), {}) for s in made}, [])


def invented(choose):
    """The day above the table stands in several records; of some it alone is open."""
    day = ("5.1.2019", "day", choose.choice((0.1, 0.5)))
    own = {f"x{k}": ("y" * choose.randint(1, 30), f"r{k}.x", choose.random()) for k in range(choose.randint(0, 3))}
    return {**own, **({"gd_date": day} if choose.random() < 0.6 or not own else {})}


def in_order(ledger, **how):
    return [(record, dict(first)) for record, first in DoubtCache(ledger, **how).iterate_in_order()]


@pytest.mark.parametrize("seed", range(6))
def test_parts_in_turn_are_in_the_order_of_all_and_only_those_that_changed_are_read(ledger, seed, monkeypatch):
    choose = random.Random(seed)
    for volume in range(1, VOLUMES + 1):
        for number in range(1, PAGES + 1):
            fill(ledger, page_of(volume, number), *(invented(choose) for _ in range(EACH)))
    order, first = records_by_value(ledger)
    for how in ({}, {"keeps": True}, {}):
        found = in_order(ledger, **how)
        assert [record for record, _ in found] == [record for _, record in order]
        assert {place: r for _, own in found for place, r in own.items()} == first and first
    read = []
    monkeypatch.setattr(asked_fields, "records_by_value", lambda ledger, scope: read.append(scope[1]) or ([], {}))
    assert in_order(ledger) == found and not read and not list_dirty(ledger, SHEET)
    fill(ledger, page_of(2, 1), invented(choose))
    assert len(list(islice(DoubtCache(ledger, keeps=True).iterate_in_order(), 3))) == 3 and read == [(2,)]
    assert [r for r, _ in in_order(ledger)] == [r for r, _ in found if not r.startswith("s-0002")]


def type_in(ledger, page, station, by=f"{OPERATOR}A"):
    """What a page's record says after a person settled its station."""
    fields = {
        name: FieldValue(text, text, 1.0, Origin(page=page, zone=name), by)
        for name, text in (("police_station", station), ("district", "Nadia"))
    }
    record = Record(f"{page}-r1", "iif1", fields, {}, (page,), batch="b1")
    Records(ledger).replace_unit(page, [Stored(record, page, "g", station, "en", record_hash(record))])
    settled = Decision(f"{page}-r1", f"zone:{page}/police_station", "", "", "iif1", "value", station, "A")
    Records(ledger).insert_decision(settled, "2026-11-29")


def test_typed_names_are_looked_for_where_something_was_settled_since_and_nowhere_else(ledger, monkeypatch):
    read, real = [], typed_names._typed_in_part
    monkeypatch.setattr(typed_names, "_typed_in_part", lambda ledger, part: read.append(part) or real(ledger, part))

    def names(*parts):
        read.clear()
        found = list_typed_names(ledger)
        assert read == list(parts)
        return {one.name: one.count for one in found if one.list == "station"}

    type_in(ledger, page_of(2, 1), "Mill")
    type_in(ledger, page_of(2, 2), "Mill")
    type_in(ledger, page_of(1, 1), "Bridge")
    assert names("volume:1", "volume:2") == {"Bridge": 1, "Mill": 2} == names()
    assert list_typed_names(ledger)[0] == Typed("station", "Bridge", "Nadia", 1) and not list_dirty(ledger, TYPED)
    type_in(ledger, page_of(3, 1), "Mill")
    assert names("volume:3") == {"Bridge": 1, "Mill": 3} == names()
    # A page on which nobody settled anything is looked at, and nothing is kept of it.
    fill(ledger, page_of(4, 1), {"x": ("y", "r1.x", 0.5)})
    assert names("volume:4") == names()
    with ledger.writing():
        empty_units(ledger, [page_of(1, 1)])
    assert not ledger.rows("SELECT * FROM tallies WHERE part = 'typed:volume:1'")
    assert names("volume:1") == {"Mill": 3}
    # Counted anew, all is looked at anew.
    ledger.recount()
    assert names("volume:1", "volume:2", "volume:3") == {"Mill": 3} == names()


def test_words_on_typed_names_are_found_by_the_lists_they_are_for(ledger):
    word = Decision("lists/stations.csv", "entry:station/Mill", "Nadia", "", "", "value", "add", "A")
    Records(ledger).insert_decision(word, "2026-11-29")
    type_in(ledger, page_of(1, 1), "Mill")
    files = ("lists/stations.csv", "lists/districts.csv")
    assert [d.field for d in Records(ledger).entry_words(files)] == ["entry:station/Mill"]
    plan = ledger.rows("EXPLAIN QUERY PLAN SELECT * FROM decisions WHERE record IN (?, ?) ORDER BY seq", files)
    assert not any(row["detail"].startswith("SCAN") for row in plan)
