"""What the lunisolar calendars share: without an almanac a date is a window of weeks, never a day.

An amanta month (new moon to new moon) begins while the Sun is in one sign and bears that sign's name; so its start
lies between two sankrantis, whether or not an intercalary month stands before it. Months are counted from Chaitra.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from mappers.calendars.sun import modern, sankranti
from mappers.calendars.window import CalendarDay, DayWindow, Half, check_number, checked_year, join_windows

_TITHIS = 15


@dataclass(frozen=True, slots=True)
class LunisolarRule:
    """offset: Gregorian year of the new year's day less the calendar's year. first_month: that begins the year.

    purnimanta: months run from full moon to full moon, so that the dark half stands before the bright one.
    """

    calendar: str
    offset: int
    first_month: int = 1
    purnimanta: bool = False

    def to_gregorian(self, written: CalendarDay) -> DayWindow:
        """The days on which a half of a month, a month or a year may lie; no likely day."""
        if written.day is not None:
            check_number(written.day, _TITHIS if written.half else 2 * _TITHIS)
        if written.month is None:
            first, after = self._new_year(written.year), self._new_year(written.year + 1)
            return DayWindow(first.first, None, after.last)
        halves: tuple[Half, ...] = (written.half,) if written.half else ("bright", "dark")
        return join_windows(*(self._half(written.year, check_number(written.month, 12), h) for h in halves))

    def from_gregorian(self, day: date) -> CalendarDay | None:
        """The year alone; None on days by which the new year may or may not have begun."""
        new_year = self._new_year(day.year - self.offset)
        if new_year.contains(day):
            return None
        return CalendarDay(self.calendar, day.year - self.offset - (1 if day < new_year.first else 0))

    def _new_year(self, year: int) -> DayWindow:
        return _start(checked_year(year + self.offset), self.first_month)

    def _half(self, year: int, month: int, half: Half) -> DayWindow:
        cycle = checked_year(year + self.offset) + (1 if month < self.first_month else 0)
        if half == "bright":
            return _shift_window(_start(cycle, month), 0, 15)
        if not self.purnimanta:
            return _shift_window(_start(cycle, month), 14, 30)
        return _shift_window(_start(cycle + (1 if month == self.first_month else 0), month), -16, 0)


def _start(cycle: int, month: int) -> DayWindow:
    """When the bright half of a month may begin, in the solar year whose Mesha sankranti lies in a Gregorian year."""
    ends = [date.fromordinal(int(sankranti(modern, cycle, month - k))) for k in (2, 1)]
    return _shift_window(DayWindow(ends[0], None, ends[1]), -1, 1)


def _shift_window(window: DayWindow, first: int, last: int) -> DayWindow:
    return DayWindow(window.first + timedelta(days=first), None, window.last + timedelta(days=last))
