"""Numbers left out between pages of a register: found, asked, answered, and not invented."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_digitize_registers import DAYBOOK, book, run, scan_again, seen
from test_digitize_registers_words import lines_of, say

from digitize.reading.neighbours import page_numbers
from digitize.reading.page_order import find_order
from digitize.workspace.decisions.page_gaps import _places
from ocr.page import Around, Box

__all__ = ["book"]


def numbered(*numbers):
    """A page of the diary that bears numbers, two where it is a spread."""
    around = [Around("above", Box(400 * n, 0, 400 * n + 30, 20), str(x), 0.97, "", x) for n, x in enumerate(numbers)]
    note = Around("left", Box(0, 500, 30, 520), "seen", 0.5)
    return replace(seen(DAYBOOK[2]), around=(*reversed(around), note))


def totals(digitize, place):
    found = digitize.json("status", place)["totals"]
    return found["pages_missing"], found["pages_lost"]


def test_pages_left_out_are_asked_for_and_a_person_says_that_the_book_has_them_not(digitize, book):
    place, _ = book(*(numbered(n) for n in (4, 5, 6, 7, 10, 11, 12)))
    run(digitize, place)
    assert totals(digitize, place) == (2, 0)
    line = next(x for x in lines_of(digitize, place)[2] if x["why"].value == "pages-missing")
    assert (line["reading"].value, line["record"].value) == ("7, 10", "wb-test-0001-0004")
    assert "2 pages are missing between wb-test-0001-0004, numbered 7," in line["rules say"].value
    assert say(digitize, place, "wb-test-0001-0004", "missing")["accepted"] == 1
    assert totals(digitize, place) == (0, 2)
    assert not [x for x in lines_of(digitize, place)[2] if x["why"].value == "pages-missing"]
    assert "wb-test-0001-0004" in digitize("status", place) and run(digitize, place)["todo"]["map"] == 0


def test_a_gap_that_is_none_is_not_counted_and_two_people_may_not_differ(digitize, book):
    place, _ = book(*(numbered(n) for n in (1, 2, 3, 5, 6, 7)))
    run(digitize, place)
    work, sheet, lines = lines_of(digitize, place)
    say(digitize, place, "wb-test-0001-0003", "no gap")
    assert totals(digitize, place) == (0, 0)
    next(x for x in lines if x["record"].value == "wb-test-0001-0003")["verdict"].value = "missing"
    work.save(sheet)
    told = digitize.json("review", "import", place, sheet, "--operator", "B", code=3)
    assert "A settled this differently" in told["conflicts"][0]["what"]


def test_a_word_on_a_gap_is_asked_anew_when_a_page_beside_it_is_scanned_again(digitize, book, tmp_path):
    place, reader = book(*(numbered(n) for n in (1, 2, 3, 5, 6, 7)))
    run(digitize, place)
    say(digitize, place, "wb-test-0001-0003", "missing")
    reader.pages.append(numbered(3))
    scan_again(digitize, place, tmp_path, 3, 6)
    run(digitize, place)
    assert totals(digitize, place) == (1, 0)


@pytest.mark.parametrize("word", ["ok", "struck", "illegible"])
def test_a_gap_has_its_own_words(digitize, book, word):
    place, _ = book(*(numbered(n) for n in (1, 2, 3, 5, 6, 7)))
    run(digitize, place)
    told = say(digitize, place, "wb-test-0001-0003", word, code=3)
    assert told["accepted"] == 0 and "missing, no gap" in told["conflicts"][0]["what"]


@pytest.mark.parametrize(
    ("pages", "missing"),
    [([(2, 3), (4, 5), (8, 9), (10, 11)], 2), ([(2, 3), (4,), (6, 7), (8, 9)], 0), ([(2,), (3,), (9,)], 0),
     ([(2, 2), (3, 3), (4, 4), (6, 6), (7, 7), (8, 8)], 1), ([(5,), (6,), (96,), (8,), (9,), ()], 0)],
)  # fmt: skip
def test_spreads_bear_two_numbers_or_one_and_what_is_misread_is_no_gap(digitize, book, pages, missing):
    place, _ = book(*(numbered(*own) for own in pages))
    run(digitize, place)
    assert totals(digitize, place) == (missing, 0)


def test_numbers_are_taken_from_the_left():
    around = [Around("above", Box(x, 0, x + 9, 9), "", 0.9, "", n) for x, n in ((700, 9), (20, None), (100, 8))]
    assert page_numbers(around) == [8, 9]


@given(st.lists(st.integers(1, 6), min_size=1, max_size=5), st.integers(1, 400), st.sampled_from([1, 2]))
def test_what_is_missing_and_what_is_there_are_all_numbers_between(gaps, first, halves):
    """Runs of six numbers with gaps between them, on single pages and on spreads."""
    there, n = [], first
    for gap in [*gaps, 0]:
        there += range(n, n + 6)
        n += 6 + gap
    scans = [there[i : i + halves] for i in range(0, len(there), halves)]
    found = find_order([place for own in scans for place in _places(own, halves)]).missing
    lacking = [n for m in found for n in range(m.after + 1, m.before)]
    assert sorted([*there, *lacking]) == list(range(there[0], there[-1] + 1))
    assert [m.count for m in found] == gaps
