"""The Kollam (Malayalam) era; month 1 is Chingam. The sign at 13:12, eighteen ghatikas after sunrise, counts."""

from __future__ import annotations

from mappers.calendars.solar import TOLERANCE_DAYS, SolarRule
from mappers.calendars.sun import modern
from mappers.calendars.window import Calendar

RULE = SolarRule("kollam", modern, hour=13.2, first_sign=4, offset=824)

CALENDARS = (Calendar("kollam", "kollam", RULE.to_gregorian, RULE.from_gregorian, TOLERANCE_DAYS),)
