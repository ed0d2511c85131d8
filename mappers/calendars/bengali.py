"""Bengali San (Bangabda) as West Bengal, Assam and Tripura count it; month 1 is Boishakh.

The month begins on the civil day after the sankranti. Bangladesh has fixed months and differs by up to two days.
"""

from __future__ import annotations

from mappers.calendars.solar import TOLERANCE_DAYS, SolarRule
from mappers.calendars.sun import surya_siddhanta
from mappers.calendars.window import Calendar

RULE = SolarRule("bengali-san", surya_siddhanta, hour=0, first_sign=0, offset=593)

CALENDARS = (Calendar("bengali-san", "bengali-san", RULE.to_gregorian, RULE.from_gregorian, TOLERANCE_DAYS),)
