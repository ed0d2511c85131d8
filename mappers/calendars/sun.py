"""Where the Sun stands among the fixed stars, by two reckonings, and when it enters a sign.

Moments are days as floats: the ordinal of a date plus the share of the day past midnight, Indian Standard Time.
Longitudes are degrees from the first point of sidereal Mesha, 0..360.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from math import asin, degrees, radians, sin

Longitude = Callable[[float], float]
_JULIAN_DAY = 1721424.5 - 5.5 / 24
_SIDEREAL_YEAR = 365.2587
_SIGN_DAYS = _SIDEREAL_YEAR / 12

# Surya Siddhanta: civil days and revolutions of the Sun in a mahayuga, midnight at Ujjain of the start of Kali, the
# Sun's apsis, and the circumference of its epicycle (14 degrees, a third of one less at the quadrature).
_DAYS, _REVOLUTIONS = 1_577_917_828, 4_320_000
_KALI = 588465.5 - 75.77 / 360
_APSIS = 77 + 17 / 60


def surya_siddhanta(moment: float) -> float:
    """The true sidereal longitude of the Sun after the Surya Siddhanta, as traditional almanacs have it."""
    mean = 360 * ((moment + _JULIAN_DAY - _KALI) * _REVOLUTIONS / _DAYS % 1)
    offset = sin(radians(mean - _APSIS))
    return (mean - degrees(asin(offset * (14 - abs(offset) / 3) / 360))) % 360


def modern(moment: float) -> float:
    """The apparent longitude of the Sun less the Lahiri ayanamsa; good to about 0.01 degrees (15 minutes of time).

    Source: the low-precision series of Meeus, Astronomical Algorithms, chapter 25; Lahiri 23.853 degrees at J2000.
    """
    t = (moment + _JULIAN_DAY - 2451545.0) / 36525
    anomaly = radians(357.52911 + 35999.05029 * t)
    centre = (1.914602 - 0.004817 * t) * sin(anomaly) + (0.019993 - 0.000101 * t) * sin(2 * anomaly)
    tropical = 280.46646 + 36000.76983 * t + 0.0003032 * t * t + centre + 0.000289 * sin(3 * anomaly) - 0.00569
    return (tropical - 23.853 - 1.396888 * t) % 360


@cache
def sankranti(longitude: Longitude, year: int, sign: int) -> float:
    """The moment the Sun enters a sign; sign 0 is Mesha in April of the Gregorian year, and 12 a year later."""
    moment = date(year, 4, 14).toordinal() + sign * _SIGN_DAYS
    # The Sun's speed differs from the mean by less than a twentieth, so eight steps are plenty.
    for _ in range(8):
        # The shorter way round the circle.
        behind = (longitude(moment) - 30 * sign + 180) % 360 - 180
        moment -= behind * _SIDEREAL_YEAR / 360
    return moment
