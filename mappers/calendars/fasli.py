"""Fasli, the revenue years of the north, of Madras and of Hyderabad: windows, no likely day.

Month 1 of Hyderabad is Azur, about 6 October; the lengths of its months were not verified. Northern papers write
lunar months under the year; here only the year counts there, by the revenue's own start on 1 July.
"""

from __future__ import annotations

from datetime import date, timedelta

from mappers.calendars.window import Calendar, CalendarDay, DayWindow, check_number, checked_year

_NORTH, _SOUTH, _HYDERABAD = 592, 590, 590
_MONTH_DAYS = 365.2425 / 12
_MARGIN = timedelta(days=4)


def north(written: CalendarDay) -> DayWindow:
    """The revenue year of Uttar Pradesh and Bihar."""
    return _revenue_year(written.year + _NORTH)


def south(written: CalendarDay) -> DayWindow:
    """The revenue year of Madras and Tamil Nadu."""
    return _revenue_year(written.year + _SOUTH)


def _revenue_year(gregorian: int) -> DayWindow:
    return DayWindow(date(checked_year(gregorian), 7, 1), None, date(gregorian + 1, 6, 30))


def hyderabad(written: CalendarDay) -> DayWindow:
    """The year, month or day of the Nizam's papers, four days either way."""
    start = date(checked_year(written.year + _HYDERABAD), 10, 6)
    before = 0 if written.month is None else check_number(written.month, 12) - 1
    first = start + timedelta(days=round(_MONTH_DAYS * before))
    if written.month is None:
        last = date(start.year + 1, 10, 5)
    elif written.day is None:
        last = start + timedelta(days=round(_MONTH_DAYS * (before + 1)))
    else:
        first += timedelta(days=check_number(written.day, 32) - 1)
        last = first
    return DayWindow(first - _MARGIN, None, last + _MARGIN)


def _north_year(day: date) -> CalendarDay:
    return CalendarDay("fasli-north", day.year - _NORTH - (0 if day.month >= 7 else 1))


def _south_year(day: date) -> CalendarDay:
    return CalendarDay("fasli-south", day.year - _SOUTH - (0 if day.month >= 7 else 1))


def _hyderabad_year(day: date) -> CalendarDay | None:
    turn = date(day.year, 10, 6)
    # So near to the turn of the year it is not sure which year it is.
    if abs(day - turn) <= _MARGIN:
        return None
    return CalendarDay("fasli-hyderabad", day.year - _HYDERABAD - (0 if day >= turn else 1))


CALENDARS = (
    Calendar("fasli-north", "fasli", north, _north_year, None),
    Calendar("fasli-south", "fasli", south, _south_year, None),
    Calendar("fasli-hyderabad", "fasli", hyderabad, _hyderabad_year, None),
)
