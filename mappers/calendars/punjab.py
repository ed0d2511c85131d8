"""The solar Bikrami calendar of Punjab (pravishte); month 1 is Vaisakh, about 13 or 14 April.

The month is taken to begin on the civil day of the sankranti; the rule was not checked against almanacs.
"""

from __future__ import annotations

from mappers.calendars.solar import TOLERANCE_DAYS, SolarRule
from mappers.calendars.sun import modern
from mappers.calendars.window import Calendar

RULE = SolarRule("bikrami-solar", modern, hour=24, first_sign=0, offset=-57)

CALENDARS = (Calendar("bikrami-solar", "bikrami-solar", RULE.to_gregorian, RULE.from_gregorian, TOLERANCE_DAYS),)
