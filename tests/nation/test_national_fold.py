"""What is counted of people's work, and how places are summed up: who did not report has no counts, never 0."""

from datetime import date

import pytest

from digitize.offices.fold_part import fold_part
from digitize.offices.fold_quality import fold_effort, fold_pace, fold_quality
from digitize.offices.history import Point, each_month_newest, project_end, sum_by_month
from digitize.offices.lists import Gazetteer
from digitize.offices.measures import Counts, sum_counts
from digitize.offices.rollup import SnapshotReport, days_since, roll_up_nation, roll_up_snapshot, sum_breakdowns
from digitize.offices.shape import Protected, Twice
from digitize.offices.shape_quality import Share
from digitize.offices.store_rows import Received
from digitize.workspace.calibration import threshold_store
from digitize.workspace.calibration.values import TOGETHER, Measured
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, TableUnit
from digitize.workspace.ledger.records import Decision, Records, Stored
from digitize.workspace.place import create, open_place
from mappers.codes.stations import StationEntry
from mappers.record import FieldValue, Record

TODAY = date(2026, 11, 26)


@pytest.fixture
def ledger(tmp_path):
    with Ledger(create("wb", tmp_path / "ws").ledger) as ledger:
        yield ledger


def keyed(ledger, operator, *times):
    with ledger.writing():
        for n, at in enumerate(times):
            made = Decision(f"r-{operator}-{n}", "zone:p/x", "", "s", "iif1", "value", "v", operator)
            Records(ledger).insert_decision(made, at)


def test_minutes_of_work_leave_out_pauses_of_more_than_five_minutes(ledger):
    keyed(ledger, "A", "2026-11-20T10:00:00", "2026-11-20T10:04:00", "2026-11-20T10:09:00", "2026-11-20T10:14:01")
    keyed(ledger, "B", "2026-11-20T10:00:00", "2026-11-20T10:02:00")
    assert fold_effort(ledger, TODAY).minutes is None, "of two people it would be a report on each"
    keyed(ledger, "C", "2026-11-20T11:00:00")
    found = fold_effort(ledger, TODAY)
    assert (found.operators, found.fields, found.minutes) == (3, 7, 4 + 5 + 2)


def test_work_counts_for_twenty_eight_days(ledger):
    keyed(ledger, "A", "2026-10-28T23:59:59", "2026-10-29T00:00:00")
    found = fold_effort(ledger, TODAY)
    assert (found.operators, found.fields) == (1, 1)
    assert fold_pace(ledger, TODAY).fields_settled == 1


def test_pages_read_are_those_that_were_looked_at_and_did_not_fail(ledger):
    for page in ("p1", "p2", "p3"):
        ledger.finish(page, "recognise", "1", {"form": "f"}, {})
    ledger.finish("p1", "recognise", "2", {"form": "f"}, {})
    ledger.fail("p2", "decide", "1", {"kind": "unknown-form"})
    assert fold_pace(ledger, date.today()).pages_read == 2


@pytest.fixture(scope="module")
def snapshot(table_done):
    from digitize.offices.fold import fold_ledger

    place = open_place(table_done)
    with Ledger(place.ledger) as ledger:
        return fold_ledger(place, ledger, TODAY)[0]


def test_a_state_is_the_sum_of_its_districts_and_these_of_their_stations(snapshot):
    told = [d.model_copy(update={"protected": Protected(count=2, hidden=1, of=50, not_known=3)})
            for d in snapshot.districts]  # fmt: skip
    state = snapshot.model_copy(update={"level": "state", "districts": told, "twice": Twice(books=1, records=9)})
    made = roll_up_snapshot(SnapshotReport(state, "a" * 64, 3), "West Bengal")
    assert (made.level, made.code, made.name, made.doubled) == ("state", "wb", "West Bengal", 9)
    assert made.counts == sum_counts(d.counts.plain() for d in snapshot.districts) == snapshot.totals.plain()
    n = len(told)
    assert made.protected == Protected(count=2 * n, hidden=n, of=50 * n, not_known=3 * n)
    stations = list(made.each_of_level("station"))
    assert [s.coverage.certified for s in stations] == [int(s.is_certified) for s in stations]
    rows = [(*r[:14], 1) for r in state.stations]
    certified = roll_up_snapshot(SnapshotReport(state.model_copy(update={"stations": rows}), "", 0), "x")
    assert {s.coverage.certified for s in certified.each_of_level("station") if s.name} == {1}
    assert [s.name for s in stations] == [r[0] for d in range(n) for r in snapshot.stations if r[2] == d]
    assert sum_counts(s.counts for s in stations) == made.counts
    assert {(s.name, s.idle, s.is_certified) for s in stations} == {
        (r[0], r[13], bool(r[14])) for r in snapshot.stations
    }
    for kind, own in (("band", "by_band"), ("form", "by_form"), ("language", "by_language")):
        assert made.by[kind] == sum_breakdowns(
            {k: tuple(v) for k, v in getattr(d, own).items()} for d in snapshot.districts
        )


def test_the_nation_has_all_its_states_and_counts_only_of_those_that_reported(snapshot):
    state = snapshot.model_copy(update={"level": "state", "twice": Twice(books=1, records=9)})
    nation = roll_up_nation([SnapshotReport(state, "a" * 64, 3)])
    assert (nation.level, nation.code) == ("nation", "in") and len(nation.parts) == 36
    assert [s.code for s in nation.parts if s.counts is not None] == ["wb"]
    assert nation.counts == state.totals.plain() and nation.doubled == 9
    empty = roll_up_nation([])
    assert empty.counts is empty.coverage is None and len(empty.parts) == 36
    nothing = state.model_copy(update={"districts": [], "stations": []})
    assert roll_up_snapshot(SnapshotReport(nothing, "", 0), "x").counts == Counts()


def received(reporter, as_on, seq, totals):
    made = dict.fromkeys(("file", "at", "sha256"), "")
    known = {"seq": seq, "reporter": reporter, "as_on": as_on, "summary": {"totals": totals.as_plain()}}
    names = Received.__dataclass_fields__
    return Received(**{n: known.get(n, made.get(n, "" if n != "flags" else [])) for n in names})


def test_a_states_past_is_at_each_months_end_the_newest_of_each_member():
    one, two, three = (Counts(records=n) for n in (1, 10, 100))
    rows = [received("wb-a", "2026-01-31", 1, one), received("wb-b", "2026-02-01", 2, two),
            received("wb-a", "2026-02-28", 3, three)]  # fmt: skip
    points = sum_by_month(rows, date(2026, 3, 10))
    ends = [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 10)]
    assert [(p.counts.records, seen) for p, seen in zip(points, (1, 2, 2), strict=True)] == [(1, 1), (110, 2), (110, 2)]
    assert [(end, [r.seq for r in newest]) for end, newest in each_month_newest(rows, date(2026, 3, 10))] == [
        (ends[0], [1]), (ends[1], [3, 2]), (ends[2], [3, 2]),
    ]  # fmt: skip
    assert sum_by_month([], TODAY) == []
    assert [end for end, _ in each_month_newest([received("wb-a", "2025-12-05", 1, one)], date(2026, 1, 31))] == [
        date(2025, 12, 31), date(2026, 1, 31),
    ]  # fmt: skip


def test_days_are_counted_from_the_day_of_a_snapshot():
    assert days_since(TODAY, "2026-11-20") == 6


def add_records(ledger, *told, table="wb-t0001", **metadata):
    """A table of FIRs, each (station, district, year, number), all surely read."""
    with ledger.writing():
        Catalogue(ledger).insert_table(TableUnit(table, "0" * 64, 0, "x", "b1", **metadata))
        made = []
        for n, (station, district, year, number) in enumerate(told):
            said = {"district": district, "year": year, "fir_no": number}
            values = {name: FieldValue(text, text) for name, text in said.items() if text}
            record = Record(f"{table}-r{n}", "iif1", values, {}, (), "b1")
            made.append(Stored(record, f"{table}:0", f"g{n}", station, "en", "h"))
        Records(ledger).replace_unit(f"{table}:0", made)


def test_of_two_stations_of_one_name_the_records_own_district_tells_which(ledger):
    """What was read on the page goes before what was said of the whole book."""
    gazetteer = Gazetteer("wb", [StationEntry("Mill", d) for d in ("Howrah", "Nadia")], {"Howrah": "", "Nadia": ""})
    add_records(ledger, ("Mill", "Nadia", "1998", "1"), ("Mill", "", "1998", "2"), station="Mill", district="Howrah")
    books = fold_part(ledger, "table:wb-t0001", gazetteer).books
    assert books == [("Howrah", "Mill", "iif1", "1998", 2, 2, 1), ("Nadia", "Mill", "iif1", "1998", 1, 1, 1)]


def test_books_stand_by_district_station_and_year_in_whatever_order_records_came(ledger):
    gazetteer = Gazetteer("wb", [StationEntry(s, "Nadia") for s in ("Mill", "Ghat")], {"Nadia": ""})
    told = [("Mill", "Nadia", y, n) for y, n in (("1999", "3"), ("1998", "7"), ("1998", "5"))]
    add_records(ledger, *told, ("Ghat", "Nadia", "1999", "4"))
    assert fold_part(ledger, "table:wb-t0001", gazetteer).books == [
        ("Nadia", "Ghat", "iif1", "1999", 4, 4, 1),
        ("Nadia", "Mill", "iif1", "1998", 5, 7, 2),
        ("Nadia", "Mill", "iif1", "1999", 3, 3, 1),
    ]


def test_values_that_passed_and_were_asked_all_the_same_count_for_the_form_of_their_records(ledger):
    """Thresholds are of prints; of a print of which no record tells nothing is said, nor of all fields together."""
    add_records(ledger, ("Mill", "Nadia", "1998", "1"))
    with ledger.writing():
        detail = {"measured": {"form": "print", "field": "x"}}
        ledger.record_event("wb-t0001-r0", "review", "note", detail=detail)
        own = [
            Measured("print", "x", 0.9, "own", audited=30, audited_wrong=2),
            Measured("print", "y", 0.9, "own", audited=10, audited_wrong=1),
            Measured("print", TOGETHER, 0.9, "own", audited=40, audited_wrong=3),
            Measured("unknown", "x", 0.9, "own", audited=7, audited_wrong=7),
        ]
        for m in own:
            unit = f"threshold:{m.form}/{m.field}"
            ledger.record_event(unit, threshold_store.STEP, "note", detail={"is": m.as_plain()})
    quality = fold_quality(ledger, {}, {})
    assert quality.sample == quality.by_form["iif1"].audited == Share(part=3, of=40)


def test_a_month_that_has_just_begun_is_no_pace():
    """After half a month what was done in it tells how fast the work goes; before, nothing."""
    ends = [date(2025, m, 28) for m in range(1, 13)]
    done = [Point(day, Counts(expected=100_000, of_expected=1_000 * n), 1) for n, day in enumerate(ends)]

    def likely(day):
        return project_end([*done, Point(day, Counts(expected=100_000, of_expected=41_000), 1)]).likely - day

    early, late = likely(date(2026, 1, 11)), likely(date(2026, 1, 12))
    assert late < early
