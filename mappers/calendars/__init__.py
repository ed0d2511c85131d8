"""Calendars beside the Gregorian one, one file each: which Gregorian days a written day may be, and the reverse."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from datetime import date
from functools import cache

from mappers.calendars.window import Calendar, CalendarDay, DayWindow, join_windows
from mappers.errors import MappingError


@cache
def load_calendars() -> Mapping[str, Calendar]:
    """Every calendar by its id: the CALENDARS of each module of this folder.

    Raises MappingError when two bear one id.
    """
    calendars: dict[str, Calendar] = {}
    for module in pkgutil.iter_modules(__path__):
        found: tuple[Calendar, ...] = getattr(importlib.import_module(f"{__name__}.{module.name}"), "CALENDARS", ())
        for calendar in found:
            if calendar.id in calendars:
                raise MappingError(f"mappers/calendars/{module.name}.py: calendar {calendar.id} is there already")
            calendars[calendar.id] = calendar
    return calendars


def to_gregorian(written: CalendarDay) -> DayWindow:
    """The Gregorian days a written day, month or year may be.

    Raises ValueError for a day its calendar has not or a year outside of what is converted, KeyError for a calendar
    that is not known.
    """
    return load_calendars()[written.calendar].to_gregorian(written)


def dates_of(day: date) -> tuple[CalendarDay, ...]:
    """A Gregorian day in the other calendars, as far as each is sure: a day, or the year alone.

    `load_calendars()[x.calendar].tolerance_days` says how far a day may be off.
    """
    found = (calendar.from_gregorian(day) for calendar in load_calendars().values())
    return tuple(x for x in found if x is not None)


__all__ = ["Calendar", "CalendarDay", "DayWindow", "dates_of", "join_windows", "load_calendars", "to_gregorian"]
