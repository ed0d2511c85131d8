"""The Indian national calendar (Saka era), in use since 22 March 1957; month 1 is Chaitra."""

from __future__ import annotations

from datetime import date, timedelta

from mappers.calendars.window import Calendar, CalendarDay, DayWindow, check_number, checked_year, exactly

FIRST_YEAR = 1879
_LONG_MONTHS = range(2, 7)


def saka_to_gregorian(year: int, month: int, day: int) -> date:
    """The Gregorian day of a Saka day; month 1 is Chaitra.

    Rule: Chaitra 1 is 22 March, 21 March when Saka + 78 is a leap year, and then has 31 days, else 30; Vaisakha to
    Bhadra have 31, the others 30. Raises ValueError for a day the calendar has not.
    """
    leap = _is_leap(checked_year(year + 78))
    check_number(day, _length(check_number(month, 12), leap=leap))
    return _new_year(year) + timedelta(days=sum(_length(m, leap=leap) for m in range(1, month)) + day - 1)


def gregorian_to_saka(day: date) -> tuple[int, int, int]:
    """Year, month and day of the national calendar; before 1957 by the same rule."""
    year = day.year - 78 if day >= _new_year(day.year - 78) else day.year - 79
    leap = _is_leap(year + 78)
    month, left = 1, (day - _new_year(year)).days
    while left >= _length(month, leap=leap):
        left -= _length(month, leap=leap)
        month += 1
    return year, month, left + 1


def to_gregorian(written: CalendarDay) -> DayWindow:
    """One day exactly; all days of a month or year where no more is written."""
    year, month = written.year, written.month
    if month is not None and written.day is not None:
        return exactly(saka_to_gregorian(year, month, written.day))
    first = saka_to_gregorian(year, month or 1, 1)
    last = saka_to_gregorian(year, month or 12, _length(month or 12, leap=_is_leap(year + 78)))
    return DayWindow(first, None, last)


def from_gregorian(day: date) -> CalendarDay:
    """The day of the national calendar."""
    return CalendarDay("saka", *gregorian_to_saka(day))


def _new_year(year: int) -> date:
    return date(year + 78, 3, 21 if _is_leap(year + 78) else 22)


def _length(month: int, *, leap: bool) -> int:
    return 31 if month in _LONG_MONTHS or (month == 1 and leap) else 30


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


CALENDARS = (Calendar("saka", "saka", to_gregorian, from_gregorian, 0),)
