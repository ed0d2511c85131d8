"""How far writing lies askew: one search for pages, ruled sheets and crops of a line, each with its own limits."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image

_MOST_POINTS = 60_000
_COARSE_POINTS = 16_000
_REACH = 4
"""Steps to either side in a finer pass: a whole step of the pass before."""
_LEAST_DEG = 0.1

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Search:
    """How an angle is sought.

    limit_deg: the largest, either way. passes: step in degrees and height of a row in pixels, coarse to fine.
    stands_out: how many times sharper rows must be at the best angle than at most. gain: how many times sharper than
    unturned. least_points: with less ink nothing can be said.
    """

    limit_deg: float
    passes: tuple[tuple[float, float], ...]
    stands_out: float
    gain: float
    least_points: int


# High rows at first: their peak is broad enough not to lie between two steps of a degree.
PAGE = Search(15.0, ((1.0, 3.0), (0.25, 2.0), (0.05, 1.5)), stands_out=1.5, gain=1.01, least_points=400)
# Of a register's sheet the ruled lines alone are looked at (ocr/registers/sheet.py).
SHEET = replace(PAGE, limit_deg=12.0)
# A line of a page that lies level already is askew by little; one line has too few rows for a best angle to stand out
# from the others, so it is compared with the line unturned alone. Rows as high as a pixel: other heights beat with the
# rows of pixels, and call a level line askew (1.3) or all lines level (0.7). Of 599 lines 100 get another angle than by
# the variance of rows' ink, used before: 11 are read better and 8 worse, 125 letters wrong for 119, 11 more in one.
LINE = Search(3.0, ((0.25, 1.0),), stands_out=0.0, gain=1.02, least_points=2)


def find_skew(ink: Image, how: Search = PAGE) -> float:
    """How far to turn a picture so that its lines lie level.

    ink: (height, width) uint8, 255 ink, less where a pixel is partly ink. Degrees, anticlockwise positive, 0.0 when no
    angle stands out. Method: the angle at which the ink summed over rows changes most from row to row.
    """
    points = ink_points(ink)
    if len(points) < how.least_points:
        return 0.0
    angle = _coarse(points, how)
    if angle is None:
        return 0.0
    for step, row_px in how.passes[1:]:
        near = angle + step * np.arange(-_REACH, _REACH + 1)
        angle = float(near[int(np.argmax([sharpness(points, a, row_px) for a in near]))])
    angle = float(np.clip(angle, -how.limit_deg, how.limit_deg))
    row_px = how.passes[-1][1]
    level = max(sharpness(points, 0.0, row_px), 1e-9)
    better = sharpness(points, angle, row_px) > how.gain * level
    return round(angle, 2) if abs(angle) >= _LEAST_DEG and better else 0.0


def sideways_gain(points: Points, turned: Points) -> float:
    """How much sharper rows can be made of a picture turned by a quarter than of the picture as it stands."""
    row_px = PAGE.passes[0][1]
    best = [max(sharpness(p, a, row_px) for a in _angles(PAGE)) for p in (points, turned)]
    return best[1] / max(best[0], 1e-9)


def sharpness(points: Points, angle_deg: float, row_px: float) -> float:
    """How unlike neighbouring rows are once points (x, y, weight) are turned; row_px: height of a row."""
    turn = np.radians(angle_deg)
    rows = (points[:, 1] * np.cos(turn) - points[:, 0] * np.sin(turn)) / row_px
    rows -= rows.min()
    whole = rows.astype(np.int64)
    weight = points[:, 2]
    part = (rows - whole) * weight
    # Each point is shared between two rows: whole rows alone would favour angle 0, where pixels lie in rows already.
    counts = np.bincount(whole + 1, part) + np.bincount(whole, weight - part, minlength=int(whole.max()) + 2)
    return float((np.diff(counts) ** 2).sum()) / row_px


def ink_points(ink: Image, most: int = _MOST_POINTS) -> Points:
    """Ink pixels as rows x, y and weight 0..1; every nth where there are many."""
    y, x = np.nonzero(ink)
    every = max(1, len(x) // most)
    x, y = x[::every], y[::every]
    return np.column_stack([x, y, ink[y, x] / 255.0]).astype(np.float64)


def _angles(how: Search) -> Points:
    step = how.passes[0][0]
    count = round(how.limit_deg / step)
    return np.asarray(np.arange(-count, count + 1) * step, np.float64)


def _coarse(points: Points, how: Search) -> float | None:
    """The best of all angles, None when it does not stand out."""
    few = points[:: max(1, len(points) // _COARSE_POINTS)]
    angles = _angles(how)
    scores = np.array([sharpness(few, a, how.passes[0][1]) for a in angles])
    best = int(np.argmax(scores))
    return None if scores[best] < how.stands_out * float(np.median(scores)) else float(angles[best])
