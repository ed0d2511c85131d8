"""FIR numbers and dates that break the order of the book they were scanned from.

Scans come in the order of a book's pages, and a book is filled from the front: its years and dates do not fall, the
numbers of a year rise. Pages, years, numbers and dates are weighed together: what breaks the run of the pages is that
which the fewest corrections would mend, and a page whose number and date agree with each other lies in the wrong place.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mappers.record import RecordValues
from validators.rulebook.strays import longest_in_order

NUMBER_OFF, DATE_OFF = "R016", "R017"
YEAR_OFF = ""
"""No rule tells of it: records are checked one year at a time."""
_FORM, _YEAR, _NUMBER, _DATE = "iif1", "year", "fir_no", "fir_date"
_YEAR_HAS = 10**10
"""More than any number that is weighed: with it year and number are one."""
_LEAST = 5
"""So many pages make a run; of fewer nobody can tell which is off."""
_IN_ORDER = 0.7
"""A book in which fewer pages follow one another was not scanned in its order."""
_SLACK_DAYS = 1
"""One day of inversion is usual: the FIR is numbered in the evening and dated on the next day."""


class OffBook(NamedTuple):
    """Places in a book of the numbers, dates and years that break its order."""

    numbers: frozenset[int] = frozenset()
    dates: frozenset[int] = frozenset()
    years: frozenset[int] = frozenset()


def find_off_book(records: Sequence[RecordValues]) -> Iterator[tuple[str, str, str]]:
    """(record, field, code) of each number, date and year of scanned FIRs that breaks the order of its book.

    A book is what lies in one volume; records of tables have no pages and are left alone.
    """
    books: dict[str, list[tuple[int, RecordValues]]] = {}
    for values in records:
        volume, _, leaf = values.page.rpartition("-")
        if values.form == _FORM and volume and leaf.isdecimal():
            books.setdefault(volume, []).append((int(leaf), values))
    for book in books.values():
        # Entries of one page of a register have ids that rise down the page.
        rows = [values for _, values in sorted(book, key=lambda one: (one[0], one[1].id))]
        off = weigh_book([_number(v) for v in rows], [_day(v) for v in rows], [_year(v) for v in rows])
        yield from ((rows[at].id, _NUMBER, NUMBER_OFF) for at in sorted(off.numbers))
        yield from ((rows[at].id, _DATE, DATE_OFF) for at in sorted(off.dates))
        yield from ((rows[at].id, _YEAR, YEAR_OFF) for at in sorted(off.years))


def weigh_book(numbers: Sequence[int | None], days: Sequence[int | None], years: Sequence[int | None] = ()) -> OffBook:
    """What breaks the order of a book. numbers, days, years: of its pages, in their order; None where there is none.

    A page off in both, whose number and date agree with those of the other pages, is misfiled, and nothing is off. Of
    two that contradict each other, where nothing tells which is right, both are off. A book whose pages were not
    scanned in order tells only which dates do not follow the numbers.
    """
    of_years = _break_run(years) or frozenset()
    numbers = _number_through(numbers, years, of_years)
    of_numbers = _break_run(numbers)
    if of_numbers is None:
        ranked = sorted((n, d, at) for at, (n, d) in enumerate(zip(numbers, days, strict=True)) if n and d)
        off = _break_run([d for _, d, _ in ranked], _SLACK_DAYS) or frozenset()
        return OffBook(dates=frozenset(ranked[at][2] for at in off), years=of_years)
    of_dates = _break_run(days, _SLACK_DAYS) or frozenset()
    in_run = sorted(
        (n, d)
        for at, (n, d) in enumerate(zip(numbers, days, strict=True))
        if n is not None and d is not None and at not in of_numbers and at not in of_dates
    )
    misfiled = {at for at in of_numbers & of_dates if _fits_elsewhere(numbers[at], days[at], in_run)}
    return OffBook(of_numbers - misfiled, of_dates - misfiled, of_years - misfiled)


def _number_through(
    numbers: Sequence[int | None], years: Sequence[int | None], off: frozenset[int]
) -> list[int | None]:
    """Numbers that go on from year to year; a page whose year is off or unknown is of the year of the page before."""
    year, made = next((y for at, y in enumerate(years) if y is not None and at not in off), 0), list[int | None]()
    for at, number in enumerate(numbers):
        own = years[at] if at < len(years) and at not in off else None
        year = year if own is None else own
        made.append(None if number is None else year * _YEAR_HAS + number)
    return made


def _year(values: RecordValues) -> int | None:
    text = values.fields.get(_YEAR) or ""
    return int(text) if len(text) == 4 and text.isascii() and text.isdecimal() else None


def _number(values: RecordValues) -> int | None:
    text = values.fields.get(_NUMBER) or ""
    # More digits are two numbers read as one, of which other rules tell.
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else None


def _day(values: RecordValues) -> int | None:
    try:
        return datetime.date.fromisoformat(values.fields.get(_DATE) or "").toordinal()
    except ValueError:
        return None


def _break_run(values: Sequence[int | None], slack: int = 0) -> frozenset[int] | None:
    """Places of values that break the longest run without a step back; None where there is no such run."""
    known = [(at, v) for at, v in enumerate(values) if v is not None]
    row = [v for _, v in known]
    kept = longest_in_order(row)
    if len(row) < _LEAST or len(kept) < _IN_ORDER * len(row):
        return None
    lengths, behind = _longest_ending(row), _longest_ending([-v for v in reversed(row)])[::-1]
    most = max(lengths)
    # On some longest run; alone at its place in it, where every such run has it.
    some = [at for at in range(len(row)) if lengths[at] + behind[at] - 1 == most]
    rivals = {level: [at for at in some if lengths[at] == level] for level in range(1, most + 1)}
    sure = [at for at in some if len(rivals[lengths[at]]) == 1]
    off = {at for level in rivals.values() for at in level if any(_contradict(row, at, b, slack) for b in level)}
    # Only beside what every longest run has: a value between two others that may both be wrong proves nothing.
    off |= {at for at in range(len(row)) if at not in some and any(_contradict(row, at, b, slack) for b in sure)}
    return frozenset(known[at][0] for at in off)


def _longest_ending(row: Sequence[int]) -> list[int]:
    """Of each value how long the longest run without a step back is that ends with it."""
    ends: list[int] = []
    lengths = []
    for value in row:
        at = bisect_right(ends, value)
        ends[at : at + 1] = [value]
        lengths.append(at + 1)
    return lengths


def _contradict(row: Sequence[int], one: int, other: int, slack: int) -> bool:
    first, second = sorted((one, other))
    return row[first] - row[second] > slack


def _fits_elsewhere(number: int | None, day: int | None, in_run: Sequence[tuple[int, int]]) -> bool:
    if number is None or day is None:
        return False
    at = bisect_left(in_run, (number, day))
    before, after = in_run[at - 1 : at], in_run[at : at + 1]
    return all(d - day <= _SLACK_DAYS for _, d in before) and all(day - d <= _SLACK_DAYS for _, d in after)
