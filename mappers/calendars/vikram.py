"""Vikram Samvat: of the north (year from Chaitra, months to the full moon) and of Gujarat (from Kartika, amanta).

Nepal's calendar of the same name has solar months and is another one.
"""

from __future__ import annotations

from mappers.calendars.lunisolar import LunisolarRule
from mappers.calendars.window import Calendar

CHAITRADI = LunisolarRule("vikram-samvat", offset=-57, purnimanta=True)
KARTIKADI = LunisolarRule("vikram-kartikadi", offset=-57, first_month=8)

CALENDARS = tuple(
    Calendar(r.calendar, "vikram-samvat", r.to_gregorian, r.from_gregorian, None) for r in (CHAITRADI, KARTIKADI)
)
