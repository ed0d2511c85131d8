"""What the solar sidereal calendars share: a month is the Sun's sign at a fixed hour of the civil day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from mappers.calendars.sun import Longitude, sankranti
from mappers.calendars.window import CalendarDay, DayWindow, check_number, checked_year, make_window

TOLERANCE_DAYS = 1


@dataclass(frozen=True, slots=True)
class SolarRule:
    """hour: of the civil day, IST, at which the sign is looked up. first_sign: of month 1, counted from Mesha.

    offset: Gregorian year of the Mesha sankranti before or at month 1, less the calendar's year.
    """

    calendar: str
    longitude: Longitude
    hour: float
    first_sign: int
    offset: int

    def month_start(self, year: int, month: int) -> date:
        """The first civil day of a month; month 13 is the first of the next year."""
        gregorian = checked_year(year + self.offset)
        entered = sankranti(self.longitude, gregorian, self.first_sign + month - 1)
        # The first day at whose hour the Sun stands in the sign.
        return date.fromordinal(ceil(entered - self.hour / 24))

    def to_gregorian(self, written: CalendarDay) -> DayWindow:
        """A day within one day either way; months and years one day wider than computed."""
        first = self.month_start(written.year, 1 if written.month is None else check_number(written.month, 12))
        after = self.month_start(written.year, 13 if written.month is None else written.month + 1)
        if written.month is not None and written.day is not None:
            check_number(written.day, (after - first).days + TOLERANCE_DAYS)
            return make_window(first + timedelta(days=written.day - 1), TOLERANCE_DAYS)
        margin = timedelta(days=TOLERANCE_DAYS)
        return DayWindow(first - margin, None, after - timedelta(days=1) + margin)

    def from_gregorian(self, day: date) -> CalendarDay:
        """The computed date; the one in use may be a day off."""
        year = day.year - self.offset
        if self.month_start(year, 1) > day:
            year -= 1
        month = next(m for m in range(12, 0, -1) if self.month_start(year, m) <= day)
        return CalendarDay(self.calendar, year, month, (day - self.month_start(year, month)).days + 1)
