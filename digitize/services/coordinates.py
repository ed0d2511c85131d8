"""Parse degrees as people write them, report errors, and compute distances."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import asin, cos, radians, sin, sqrt

from mappers.text.folding import fold_digits

_EARTH_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""
_NUMBER = re.compile(r"[+-]?\d{1,3}(\.\d+)?")
_COMMA = re.compile(r"\d{1,3},\d+")
_MINUTES = re.compile(
    r"(\d{1,3})\s*[°ºd\s]\s*(\d{1,2}(?:\.\d+)?)"
    r"\s*(?:['′m\s]\s*(?:(\d{1,2}(?:\.\d+)?)\s*(?:[\"″s]|'')?)?)?\s*([NSEW]?)",
    re.I,
)
# India with its islands, in whole degrees: latitudes and longitudes do not overlap, so a swapped pair is known.
LATITUDES, LONGITUDES = (6.0, 38.0), (68.0, 98.0)
Ring = Sequence[tuple[float, float]]


def degrees(text: str) -> float | None:
    """A number of degrees such as 22.5726, None for anything else."""
    plain = fold_digits(text).strip()
    return float(plain) if _NUMBER.fullmatch(plain) else None


def meant_by(text: str) -> tuple[str, float] | None:
    """Degrees in another notation: which one, and the decimal value; None if unclear."""
    plain = fold_digits(text).strip()
    if _COMMA.fullmatch(plain):
        return "decimal comma", float(plain.replace(",", "."))
    if (found := _MINUTES.fullmatch(plain)) and float(found[2]) < 60 and float(found[3] or 0) < 60:
        made = int(found[1]) + float(found[2]) / 60 + float(found[3] or 0) / 3600
        return "degrees and minutes", round(-made if found[4].upper() in ("S", "W") else made, 6)
    return None


def is_in_india(lat: float, lon: float) -> bool:
    """Whether a place is within the bounds of India."""
    return LATITUDES[0] <= lat <= LATITUDES[1] and LONGITUDES[0] <= lon <= LONGITUDES[1]


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance in kilometres between two places (latitude, longitude), by the haversine formula."""
    lat, other = radians(a[0]), radians(b[0])
    half = sin((other - lat) / 2) ** 2 + cos(lat) * cos(other) * sin(radians(b[1] - a[1]) / 2) ** 2
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(half)))


def outside_km(rings: Sequence[Ring], lat: float, lon: float) -> float:
    """Distance in kilometres of a place from an outline of (longitude, latitude) rings; 0 inside it."""
    if sum(_crossings(ring, lat, lon) for ring in rings) % 2:
        return 0.0
    return min(
        (_to_edge_km(a, b, lat, lon) for ring in rings for a, b in zip(ring, (*ring[1:], ring[0]), strict=True)),
        default=0.0,
    )


def _crossings(ring: Ring, lat: float, lon: float) -> int:
    """Number of edges that a line from the place to the east crosses."""
    found = 0
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (y1 > lat) != (y2 > lat) and lon < x1 + (lat - y1) * (x2 - x1) / (y2 - y1):
            found += 1
    return found


def _to_edge_km(a: tuple[float, float], b: tuple[float, float], lat: float, lon: float) -> float:
    # On a plane around the place: edges are short, and the outline is good to some kilometres.
    per_lat, per_lon = 111.2, 111.2 * cos(radians(lat))
    ax, ay = (a[0] - lon) * per_lon, (a[1] - lat) * per_lat
    bx, by = (b[0] - lon) * per_lon, (b[1] - lat) * per_lat
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    share = 0.0 if length == 0 else max(0.0, min(1.0, -(ax * dx + ay * dy) / length))
    return sqrt((ax + share * dx) ** 2 + (ay + share * dy) ** 2)
