"""The day of a diary's entries: above the table or on a line of its own, carried on, corrected, and never invented."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_digitize_registers import DAYBOOK, arrests, book, records_of, run, scan_again, seen, settle
from test_digitize_registers_words import lines_of

from digitize.reading.days import add_days, day_zone, day_zones
from digitize.reading.neighbours import _day_marks
from digitize.reading.rows import DAY, RegisterRow, RowCell
from mappers.sources.values import PlacedValue, ZoneValue
from ocr.page import Around, Box, Candidate, Recognition, RowPlace, ZoneReading
from ocr.registers.between import kind_of

__all__ = ["book"]
ROWS = DAYBOOK[0]


def page(rows, above=(), days=()):
    """A page of the diary. above: texts over its table. days: numbers of rows that are a day on a line of its own."""
    found = seen(rows)
    notes = [Around("above", Box(500 + 100 * n, 0, 590 + 100 * n, 20), t, 0.9) for n, t in enumerate(above)]
    places = [replace(r, notes=("day",)) if n in days else r for n, r in enumerate(found.rows)]
    return replace(found, around=tuple(notes), rows=tuple(places))


def line(text):
    """A row with nothing but a text in the middle."""
    return ("", "", "", text, "", "")


def dates(place):
    return [r.value("gd_date") for r in records_of(place).values()]


def test_the_date_above_the_table_is_the_day_of_its_entries_and_of_the_next_pages(digitize, book):
    place, _ = book(page(ROWS, ["Dated 5.1.2019"]), page(DAYBOOK[2]), page(DAYBOOK[2], ["7/1/2019", "seen"]))
    run(digitize, place)
    assert dates(place) == [*["2019-01-05"] * 4, "2019-01-07"]
    first = records_of(place)["wb-test-0001-0002-r01"].fields["gd_date"].origin
    assert (first.page, first.zone) == ("wb-test-0001-0001", "above")


def test_a_date_on_a_line_of_its_own_holds_for_what_stands_below_it(digitize, book):
    place, _ = book(page([ROWS[0], line("6.1.2019"), ROWS[1]], ["5.1.2019"], days=[1]), page(DAYBOOK[2]))
    totals = run(digitize, place)["totals"]
    assert dates(place) == ["2019-01-05", "2019-01-06", "2019-01-06"]
    assert (totals["rows_reported"], totals["rows_asked"]) == (1, 0)
    assert records_of(place)["wb-test-0001-0001-r03"].fields["gd_date"].origin.zone == "r02.particulars"


DAYS = (".day", "above")


def asked_days(digitize, place):
    """Place and reading of the days that the review sheet asks for."""
    lines = lines_of(digitize, place)[2]
    return [(x["place"].value[-9:], x["reading"].value) for x in lines if str(x["place"].value).endswith(DAYS)]


def test_a_day_that_was_not_read_is_asked_once_for_all_entries_below_it(digitize, book):
    place, _ = book(page(ROWS, ["Sub-inspector on leave"]), page(DAYBOOK[2]))
    run(digitize, place)
    assert dates(place) == [None] * 4
    assert asked_days(digitize, place) == [("1/r01.day", None), ("2/r01.day", None)]
    settle(digitize, place, {("wb-test-0001-0001-r01", "0001/r01.day"): "5.1.2019"})
    run(digitize, place)
    assert dates(place) == ["2019-01-05"] * 4 and asked_days(digitize, place) == []
    assert {r.fields["gd_date"].by for r in records_of(place).values()} == {"operator A"}


def test_a_day_read_wrongly_above_the_table_is_asked_there(digitize, book):
    place, _ = book(page(ROWS, ["D1 5.1.2O19"]))
    run(digitize, place)
    assert asked_days(digitize, place) == [("001/above", "D1 5.1.2O19")]


def test_where_the_clock_goes_back_or_an_entry_ends_with_a_date_the_day_is_asked_anew(digitize, book):
    late = [("1", "22:10", "Theft", "Cash", "A", "-"), ("2", "06:05", "Patrol", "Left", "A", "-"),
            ("3", "07:00", "Petition", "A path\n7.1.2019", "A", "-"), ("4", "08:00", "Visit", "None", "A", "-")]  # fmt: skip
    place, _ = book(page(late, ["5.1.2019"]))
    run(digitize, place)
    assert dates(place) == ["2019-01-05", None, None, None]
    assert asked_days(digitize, place) == [("1/r02.day", None), ("1/r04.day", None)]
    settle(digitize, place, {("wb-test-0001-0001-r02", "r02.day"): "6.1.2019"})
    run(digitize, place)
    assert dates(place) == ["2019-01-05", "2019-01-06", "2019-01-06", None]


def test_an_answer_for_one_page_does_not_go_before_what_is_written_on_the_next(digitize, book):
    place, _ = book(page(ROWS), page(DAYBOOK[2], ["6.1.2019"]))
    run(digitize, place)
    settle(digitize, place, {("wb-test-0001-0001-r01", "0001/r01.day"): "5.1.2019"})
    run(digitize, place)
    assert dates(place) == [*["2019-01-05"] * 3, "2019-01-06"]


def test_a_day_is_not_believed_many_pages_on(digitize, book):
    place, _ = book(page(ROWS, ["5.1.2019"]), *[page(DAYBOOK[2]) for _ in range(5)])
    run(digitize, place)
    assert dates(place) == [*["2019-01-05"] * 6, None, None]
    assert asked_days(digitize, place) == [("5/r01.day", None), ("6/r01.day", None)]


@pytest.mark.parametrize("zone", ["0001/above", "0001/r01.particulars"])
def test_a_corrected_day_holds_for_all_its_entries_while_the_page_is_the_same(digitize, book, tmp_path, zone):
    rows = ROWS[:2] if "above" in zone else [line("5.1.2019"), *ROWS[:2]]
    given = page(rows, ["5.1.2019"] if "above" in zone else [], days=[] if "above" in zone else [0])
    place, reader = book(given, page(DAYBOOK[2]), calibrated=False)
    run(digitize, place)
    settle(digitize, place, {("", zone): "15.1.2019"})
    run(digitize, place)
    assert dates(place) == ["2019-01-15"] * 3
    reader.pages.append(given)
    scan_again(digitize, place, tmp_path, 1, 2)
    run(digitize, place)
    assert dates(place) == ["2019-01-05"] * 3


def test_only_diaries_take_the_day_from_above(digitize, book):
    place, _ = book(replace(arrests({"sl": "1", "name": "Namuna"}), around=page([], ["5.1.2019"]).around))
    run(digitize, place)
    (record,) = records_of(place).values()
    assert not any(v.value == "2019-01-05" for _, v in record.cells())


@pytest.mark.parametrize(
    ("text", "kind"),
    [("5.1.98", "day"), ("Dated 5.1.1998", "day"), ("दिनांक ५/१/९८", "day"), ("तारीख : ५-१-१९९८.", "day"),
     ("went on 5.1.98 to the court", ""), ("5.1.98 to 6.1.98", ""), ("Cash 250", ""), ("1998", "heading")],
)  # fmt: skip
def test_a_line_is_a_day_when_it_says_nothing_else(text, kind):
    cells = [ZoneReading("particulars", Box(0, 0, 9, 9), (Candidate(text, 0.9, "t"),))]
    assert kind_of(cells, has_days=True) == kind
    assert kind_of(cells) == (kind if kind == "heading" else "")


@given(st.lists(st.sampled_from(["record", DAY, "struck"]), max_size=9), st.booleans())
def test_what_a_page_needs_from_above_is_what_its_rows_lack(kinds, is_above):
    """The facts that say which pages are looked at agree with what the rows are given."""
    value = ZoneValue("5.1.98", "5.1.98", 0.9)
    rows = [
        RegisterRow("p", f"r{n}", ("p",), {"x": RowCell(PlacedValue("p", f"r{n}.x", value))}, (), kind_by_person=kind)
        for n, kind in enumerate(kinds, 1)
    ]
    above = {"p/above": value} if is_above else {}
    lacking = ["day" not in r.cells for r in add_days(rows, above) if r.kind_by_person == "record"]
    marks = _day_marks(kinds, is_day_above=is_above)
    assert marks == lacking if lacking else marks == [not is_above and DAY not in kinds]


@pytest.mark.parametrize(
    ("angle", "head"),
    [(0.0, (0, 0, 900, 100)), (180.0, (0, 700, 900, 1200)), (90.0, (0, 0, 50, 1200)), (-90.0, (850, 0, 900, 1200))],
)
def test_what_lies_above_the_rows_is_looked_for_where_the_page_has_its_top(angle, head):
    row = RowPlace("r01", (Box(50, 100, 850, 700),))
    found = Recognition("reg_gd", 900, 1200, angle_deg=angle, rows=(row,))
    assert day_zones(found, 0.9)[day_zone("r01")].box == head
