"""A scanned book tells which of its numbers and dates break its order, and leaves a misfiled page alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappers.record import values_of
from sample_data.makers.rule_examples import make_record
from validators.checking.book_order import OffBook, find_off_book, weigh_book

RUN = list(range(1, 13))


def off(numbers, days):
    found = weigh_book(numbers, days)
    return sorted(found.numbers), sorted(found.dates)


def with_(row, **changed):
    return [changed.get(f"at{at}", v) for at, v in enumerate(row)]


@pytest.mark.parametrize(
    ("numbers", "days", "expected"),
    [
        (RUN, RUN, ([], [])),
        (with_(RUN, at4=81), RUN, ([4], [])),
        (RUN, with_(RUN, at4=-300), ([], [4])),
        (with_(RUN, at4=81), with_(RUN, at4=-300), ([4], [4])),
        (with_(RUN, at4=81), with_(RUN, at7=-300), ([4], [7])),
        ([*RUN[:4], 9, *RUN[4:]], [*RUN[:4], 9, *RUN[4:]], ([], [])),
        (RUN, with_(RUN, at4=4), ([], [])),
        (with_(RUN, at4=6, at5=5), RUN, ([4, 5], [])),
        (with_(RUN, at11=None), with_(RUN, at11=-300), ([], [11])),
        (RUN[:4], [1, 2, 300, 4], ([], [])),
        (RUN[::-1], RUN[::-1], ([], [])),
        (RUN[::-1], with_(RUN[::-1], at3=-300), ([], [3])),
    ],
    ids=[
        "a book in order", "a number misread", "a date misread", "both of a page", "of two pages", "a page misfiled",
        "a day of inversion", "two numbers that contradict each other", "the last date, beside no number",
        "too few pages", "scanned from the back", "scanned from the back, a date misread",
    ],
)  # fmt: skip
def test_what_breaks_the_order_is_told_and_nothing_else(numbers, days, expected):
    assert off(numbers, days) == expected


YEARS = [2018] * 6 + [2019] * 6
RESTART = [*range(95, 101), *range(1, 7)]


@pytest.mark.parametrize(
    ("numbers", "years", "expected"),
    [
        (RESTART, YEARS, ([], [])),
        (RESTART, with_(YEARS, at3=2013), ([], [3])),
        (RESTART, with_(YEARS, at3=None), ([], [])),
        (with_(RESTART, at8=42), YEARS, ([8], [])),
        (with_(RESTART, at8=42), with_(YEARS, at3=2013), ([8], [3])),
    ],
    ids=["numbers begin anew", "a year misread", "a year unread", "a number misread", "both, on two pages"],
)
def test_years_and_numbers_are_one_run(numbers, years, expected):
    found = weigh_book(numbers, RUN, years)
    assert (sorted(found.numbers), sorted(found.years), sorted(found.dates)) == (*expected, [])


@given(st.lists(st.integers(1, 400), min_size=8, max_size=40, unique=True), st.data())
def test_one_misread_far_off_is_told_alone_in_any_book_in_order(numbers, data):
    """Neighbours of a stray value are never blamed for it; of two pages alone nobody can tell which of them is off."""
    numbers = sorted(numbers)
    days = [700_000 + n for n in numbers]
    at = data.draw(st.integers(2, len(numbers) - 3))
    assert off(with_(numbers, **{f"at{at}": data.draw(st.sampled_from([0, 450]))}), days) == ([at], [])
    assert off(numbers, with_(days, **{f"at{at}": days[at] + data.draw(st.sampled_from([-900, 900]))})) == ([], [at])


def scanned(page, number, date, form="iif1"):
    record = make_record(f"r-{page}", {"fir_no": str(number), "fir_date": date}, form)
    return replace(record, pages=(page,) if page else ())


def test_books_are_weighed_one_by_one_by_their_pages_and_not_by_their_names():
    """The tenth page comes behind the ninth, and what another volume holds is no neighbour."""
    first = [scanned(f"wb-0001-{n}", n, f"2009-03-{n:02}") for n in range(1, 13)]
    second = [scanned(f"wb-0002-{n}", n, f"2009-02-{n:02}") for n in range(1, 13)]
    stray = replace(first[5], fields={**first[5].fields, "fir_date": second[0].fields["fir_date"]})
    records = [*first[:5], stray, *first[6:], *second]
    assert list(find_off_book([values_of(r) for r in records])) == [(stray.id, "fir_date", "R017")]


def test_rows_of_tables_have_no_pages_and_are_left_alone():
    rows = [scanned("", n, f"2009-03-{n:02}") for n in (1, 2, 3, 12, 5, 6, 7, 8)]
    assert list(find_off_book([values_of(r) for r in rows])) == []
    assert weigh_book([], []) == OffBook()
