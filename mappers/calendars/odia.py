"""The Odia Sal (Amli); month 1 is Baisakha, and the number of the year changes at Suniya, in Bhadra or Aswina.

Months are taken to begin on the civil day of the sankranti, which was not verified: a window only, no likely day.
"""

from __future__ import annotations

from datetime import date, timedelta

from mappers.calendars.solar import SolarRule
from mappers.calendars.sun import modern
from mappers.calendars.window import Calendar, CalendarDay, DayWindow, join_windows

_OFFSET = 592
_BHADRA, _ASWINA = 5, 6
_MARGIN = timedelta(days=1)
_RULE = SolarRule("odia-solar", modern, hour=24, first_sign=0, offset=_OFFSET)


def to_gregorian(written: CalendarDay) -> DayWindow:
    """Two days either way; both years' days for Bhadra and Aswina, within which the year changes."""
    if written.month is None:
        start = _RULE.month_start(written.year, _BHADRA)
        return DayWindow(start, None, _RULE.month_start(written.year + 1, _ASWINA + 1))
    years = [y for y in (written.year, written.year + 1) if _is_in_overlap(y - written.year, written.month)]
    found = [_RULE.to_gregorian(CalendarDay("odia-solar", y, written.month, written.day)) for y in years]
    whole = join_windows(*found)
    return DayWindow(whole.first - _MARGIN, None, whole.last + _MARGIN)


def _is_in_overlap(later: int, month: int) -> bool:
    return month >= _BHADRA if later == 0 else month <= _ASWINA


def from_gregorian(day: date) -> CalendarDay | None:
    """The year alone; None from August to October, while the year changes."""
    solar = _RULE.from_gregorian(day)
    if solar.month in (_BHADRA, _ASWINA):
        return None
    return CalendarDay("odia-solar", solar.year - (0 if solar.month and solar.month > _ASWINA else 1))


CALENDARS = (Calendar("odia-solar", "odia-solar", to_gregorian, from_gregorian, None),)
