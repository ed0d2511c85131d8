"""A day as another calendar writes it, and the Gregorian days it may be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Half = Literal["", "bright", "dark"]
_EARLIEST, _LATEST = 1600, 2200


@dataclass(frozen=True, slots=True)
class DayWindow:
    """Gregorian days from first to last; likely: the most likely of them, None where the calendar allows no choice."""

    first: date
    likely: date | None
    last: date

    def contains(self, day: date) -> bool:
        """Whether a day lies in the window."""
        return self.first <= day <= self.last

    def text(self) -> str:
        """The window in the stable form of notes: "2025-04-14/2025-04-16"."""
        return f"{self.first.isoformat()}/{self.last.isoformat()}"


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day in a calendar, by its id. month: 1 is the first of that calendar's year (of Chaitra's in lunisolar ones).

    None where month or day is not written. half: of a lunar month, whose day is a tithi of 1 to 15.
    """

    calendar: str
    year: int
    month: int | None = None
    day: int | None = None
    half: Half = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """One calendar. family: the word that notes use for it. to_gregorian raises ValueError for a day it has not.

    from_gregorian gives what is sure of year, month and day, None when not even the year is. tolerance_days: how far
    the day of from_gregorian may be off; None where it gives no day.
    """

    id: str
    family: str
    to_gregorian: Callable[[CalendarDay], DayWindow]
    from_gregorian: Callable[[date], CalendarDay | None]
    tolerance_days: int | None


def exactly(day: date) -> DayWindow:
    """The window of a day that is sure."""
    return DayWindow(day, day, day)


def make_window(day: date, tolerance_days: int) -> DayWindow:
    """The window of a day that may be off by some days either way."""
    margin = timedelta(days=tolerance_days)
    return DayWindow(day - margin, day, day + margin)


def join_windows(*windows: DayWindow) -> DayWindow:
    """From the first day of all to the last, without a likely day."""
    return DayWindow(min(w.first for w in windows), None, max(w.last for w in windows))


def checked_year(gregorian: int) -> int:
    """A Gregorian year in which calendars are converted (1600..2200); else ValueError."""
    if not _EARLIEST <= gregorian <= _LATEST:
        raise ValueError("the year lies outside of what is converted")
    return gregorian


def check_number(number: int, last: int) -> int:
    """A number of a month or day from 1 to last; else ValueError."""
    if not 1 <= number <= last:
        raise ValueError("no such month or day in this calendar")
    return number
