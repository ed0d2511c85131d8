"""How far a page lies askew, within 15 degrees: coarse over all angles, then fine about the best."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image

LIMIT_DEG = 15.0
_MOST_POINTS = 60_000
_COARSE_POINTS = 16_000
_GAIN = 1.5
_LEAST_POINTS = 400
_LEAST_DEG = 0.1

Points = NDArray[np.float64]


def page_skew_deg(ink: Image, limit_deg: float = LIMIT_DEG) -> float:
    """How far to turn a page so that its lines lie level.

    ink: (height, width) uint8, 255 ink. Degrees, anticlockwise positive, 0.0 when no angle stands out. Method: the
    angle at which the ink summed over rows changes most from row to row.
    """
    points = ink_points(ink)
    if len(points) < _LEAST_POINTS:
        return 0.0
    angles = np.arange(-limit_deg, limit_deg + 0.5)
    few = points[:: max(1, len(points) // _COARSE_POINTS)]
    scores = np.array([sharpness(few, a, 3.0) for a in angles])
    best = int(np.argmax(scores))
    if scores[best] < _GAIN * float(np.median(scores)):
        return 0.0
    angle = float(angles[best])
    for step, row_px in ((0.25, 2.0), (0.05, 1.5)):
        near = angle + step * np.arange(-4, 5)
        angle = float(near[int(np.argmax([sharpness(points, a, row_px) for a in near]))])
    angle = float(np.clip(angle, -limit_deg, limit_deg))
    level = max(sharpness(points, 0.0, 1.5), 1e-9)
    better = sharpness(points, angle, 1.5) > 1.01 * level
    return round(angle, 2) if abs(angle) >= _LEAST_DEG and better else 0.0


def sharpness(points: Points, angle_deg: float, row_px: float) -> float:
    """How unlike neighbouring rows are once points (x, y) are turned; row_px: height of a row."""
    turn = np.radians(angle_deg)
    rows = (points[:, 1] * np.cos(turn) - points[:, 0] * np.sin(turn)) / row_px
    rows -= rows.min()
    whole = rows.astype(np.int64)
    part = rows - whole
    # Each point is shared between two rows: whole rows alone would favour angle 0, where pixels lie in rows already.
    counts = np.bincount(whole + 1, part) + np.bincount(whole, 1 - part, minlength=int(whole.max()) + 2)
    return float((np.diff(counts) ** 2).sum()) / row_px


def ink_points(ink: Image, most: int = _MOST_POINTS) -> Points:
    """Ink pixels as rows x, y; every nth where there are many."""
    y, x = np.nonzero(ink)
    every = max(1, len(x) // most)
    return np.column_stack([x[::every], y[::every]]).astype(np.float64)
