"""The Hijri calendar, by the civil tabular rule; India goes by sighting, so two days either way.

Sighting in India usually lies a day behind Umm al-Qura, and so does this rule: its day is the likely one.
"""

from __future__ import annotations

from datetime import date

from mappers.calendars.window import Calendar, CalendarDay, DayWindow, check_number, join_windows, make_window

TOLERANCE_DAYS = 2
_EPOCH = 227015  # ordinal of 1 Muharram 1: 16 July 622, Julian
_LATEST = 1620


def hijri_to_gregorian(year: int, month: int, day: int) -> date:
    """The day of the tabular rule: 11 leap years in 30, months of 30 and 29 days. ValueError for no such day.

    Day 30 is taken in every month, since sighting may give it where the rule does not.
    """
    before = (check_number(year, _LATEST) - 1) * 354 + (3 + 11 * year) // 30
    return date.fromordinal(_EPOCH + before + _count_days_before(check_number(month, 12)) + check_number(day, 30) - 1)


def gregorian_to_hijri(day: date) -> tuple[int, int, int]:
    """Year, month and day by the tabular rule."""
    # 10631 days are thirty years of the rule.
    year = (30 * (day.toordinal() - _EPOCH) + 10646) // 10631
    left = (day - hijri_to_gregorian(year, 1, 1)).days
    month = next(m for m in range(12, 0, -1) if _count_days_before(m) <= left)
    return year, month, left - _count_days_before(month) + 1


def to_gregorian(written: CalendarDay) -> DayWindow:
    """Two days either way."""
    if written.month is not None and written.day is not None:
        return make_window(hijri_to_gregorian(written.year, written.month, written.day), TOLERANCE_DAYS)
    first = hijri_to_gregorian(written.year, written.month or 1, 1)
    last = hijri_to_gregorian(written.year, written.month or 12, 30)
    return join_windows(make_window(first, TOLERANCE_DAYS), make_window(last, TOLERANCE_DAYS))


def from_gregorian(day: date) -> CalendarDay:
    """The day of the tabular rule; the one observed may be two days off."""
    return CalendarDay("hijri", *gregorian_to_hijri(day))


def _count_days_before(month: int) -> int:
    return (59 * (month - 1) + 1) // 2


CALENDARS = (Calendar("hijri", "hijri", to_gregorian, from_gregorian, TOLERANCE_DAYS),)
