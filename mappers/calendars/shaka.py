"""The traditional Shaka era of Maharashtra and the south: lunisolar, year from Chaitra, months to the new moon."""

from __future__ import annotations

from mappers.calendars.lunisolar import LunisolarRule
from mappers.calendars.window import Calendar

RULE = LunisolarRule("shaka-lunisolar", offset=78)

CALENDARS = (Calendar("shaka-lunisolar", "shaka-lunisolar", RULE.to_gregorian, RULE.from_gregorian, None),)
