"""The Indian national calendar (Saka era), in use since 22 March 1957."""

from __future__ import annotations

from datetime import date, timedelta

FIRST_YEAR = 1879
_LONG_MONTHS = range(2, 7)


def saka_to_gregorian(year: int, month: int, day: int) -> date:
    """The Gregorian day of a Saka day; month 1 is Chaitra.

    Rule: Chaitra 1 is 22 March, 21 March when Saka + 78 is a leap year, and then has 31 days, else 30; Vaisakha to
    Bhadra have 31, the others 30. Raises ValueError for a day the calendar has not.
    """
    leap = _is_leap(year + 78)
    if not 1 <= month <= 12 or not 1 <= day <= _length(month, leap=leap):
        raise ValueError("no such day in the Saka calendar")
    start = date(year + 78, 3, 21 if leap else 22)
    before = sum(_length(m, leap=leap) for m in range(1, month))
    return start + timedelta(days=before + day - 1)


def _length(month: int, *, leap: bool) -> int:
    return 31 if month in _LONG_MONTHS or (month == 1 and leap) else 30


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
