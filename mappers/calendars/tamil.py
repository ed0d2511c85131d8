"""The Tamil solar calendar; month 1 is Chithirai, and a year's number here the Gregorian year it begins in.

The sign at sunset counts, after the Surya Siddhanta; 18:00 stands for sunset, which no tested day depends on.
People write the name of the year (a cycle of 60) and the Thiruvalluvar year, which changes with the month Thai.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources

from mappers.calendars.solar import TOLERANCE_DAYS, SolarRule
from mappers.calendars.sun import surya_siddhanta
from mappers.calendars.window import Calendar, CalendarDay, DayWindow
from mappers.text.folding import nfc

RULE = SolarRule("tamil-solar", surya_siddhanta, hour=18, first_sign=0, offset=0)
_THAI = 10
_THIRUVALLUVAR = 31
_CYCLE, _FIRST_OF_CYCLE = 60, 1987


@cache
def year_names() -> Mapping[str, int]:
    """Names of the years in Latin and Tamil script, lower case, and their place in the cycle (1 is Prabhava)."""
    with (resources.files("mappers.calendars") / "tamil_years.csv").open(encoding="utf-8") as file:
        return {
            nfc(name).casefold(): int(row["number"])
            for row in csv.DictReader(file)
            for name in (*row["latin"].split(), *row["tamil"].split())
        }


def year_of_name(name: str, near: int) -> int:
    """The year of the given name that begins nearest to a Gregorian year. Raises KeyError for no such name."""
    year = _FIRST_OF_CYCLE + year_names()[nfc(name).casefold()] - 1
    # Years of one name lie sixty apart.
    return near + (year - near + _CYCLE // 2) % _CYCLE - _CYCLE // 2


def year_of_thiruvalluvar(number: int, month: int) -> int:
    """The year a month of a Thiruvalluvar year belongs to; from Thai on the number is one ahead."""
    return number - _THIRUVALLUVAR - (1 if month >= _THAI else 0)


def thiruvalluvar(written: CalendarDay) -> int:
    """The Thiruvalluvar year of a day of this calendar."""
    return written.year + _THIRUVALLUVAR + (1 if written.month and written.month >= _THAI else 0)


def _thiruvalluvar_window(written: CalendarDay) -> DayWindow:
    """Of a day, month or year whose number is the Thiruvalluvar year."""
    if written.month is not None:
        year = year_of_thiruvalluvar(written.year, written.month)
        return RULE.to_gregorian(CalendarDay(RULE.calendar, year, written.month, written.day))
    before = year_of_thiruvalluvar(written.year, _THAI)
    first = RULE.to_gregorian(CalendarDay(RULE.calendar, before, _THAI)).first
    last = RULE.to_gregorian(CalendarDay(RULE.calendar, before + 1, _THAI - 1)).last
    return DayWindow(first, None, last)


CALENDARS = (
    Calendar("tamil-solar", "tamil-solar", RULE.to_gregorian, RULE.from_gregorian, TOLERANCE_DAYS),
    Calendar(
        "thiruvalluvar",
        "tamil-solar",
        _thiruvalluvar_window,
        lambda day: CalendarDay("thiruvalluvar", thiruvalluvar(RULE.from_gregorian(day))),
        None,
    ),
)
