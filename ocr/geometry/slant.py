"""How a ruled page was seen at a slant: where its level lines meet, and where its upright ones do.

A camera that is not held level makes lines that are parallel on paper run together at a point. Straight strokes that
are longer than those of letters tell both points; together they say how the page is brought back to a flat look. Rules
that a hand drew, and paper that is bent, spread the strokes; many of them still agree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image
from ocr.geometry.bend import Robust, fit_bend

Floats = NDArray[np.float64]
Matrix = NDArray[np.float64]

LOOK_PX = 1600
"""Longest side of the picture on which strokes are sought."""
_LEAST_PX = 36
_LEAST_STROKES = 12
# Slopes: a stroke of 40 pixels tells its own to one part in a hundred.
_ROBUST = Robust((0.06, 0.04, 0.025, 0.015, 0.012, 0.012))
_WITHIN = 0.03
_LEAST_AGREE = 0.5
_LEAST_NEAR = 0.3
_BINS = 90


@dataclass(frozen=True, slots=True)
class Slant:
    """How a page lies on a picture of it, in parts of the picture.

    matrix: (3, 3), pixels of a flat look to those of the picture. shape: (height, width) of the flat look. off: the
    farthest that a straight, level or upright line of the page lies off that of a page seen from above, as a share of
    the picture's longer side. narrowed: how much smaller the farthest corner is seen than the nearest, 1.0 of a flat
    page.
    """

    matrix: Matrix
    shape: tuple[int, int]
    off: float
    narrowed: float


def find_slant(flat: Image) -> Slant | None:
    """How a page is slanted, None where too few of its strokes agree; flat: grey with a white ground."""
    import cv2

    scale = min(1.0, LOOK_PX / max(flat.shape))
    small = flat if scale == 1.0 else cv2.resize(flat, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    strokes = _find_strokes(np.asarray(small, np.uint8))
    if len(strokes) < 2 * _LEAST_STROKES:
        return None
    height, width = small.shape
    longer = max(height, width)
    # Middle at 0 and the longer side 1: both points lie far outside then, as a fit wants it.
    placed = (strokes - np.tile([(width - 1) / 2, (height - 1) / 2], 2)) / longer
    askew = _main_angle(placed)
    turned = _turn(placed, -askew)
    level = np.abs(turned[:, 2] - turned[:, 0]) > np.abs(turned[:, 3] - turned[:, 1])
    across = _meeting(turned[level])
    down = _meeting(turned[~level][:, [1, 0, 3, 2]])
    if across is None or down is None:
        return None
    return _slant_of(across, down[[1, 0, 2]], askew, flat.shape)


def _find_strokes(grey: Image) -> Floats:
    """Straight strokes longer than those of letters: rows x0, y0, x1, y1 in pixels."""
    import cv2

    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(grey)[0]
    if found is None:
        return np.zeros((0, 4))
    strokes = np.asarray(found, np.float64).reshape(-1, 4)
    return strokes[_length(strokes) >= _LEAST_PX]


def _length(strokes: Floats) -> Floats:
    return np.asarray(np.hypot(strokes[:, 2] - strokes[:, 0], strokes[:, 3] - strokes[:, 1]), np.float64)


def _main_angle(strokes: Floats) -> float:
    """How far most of the strokes lie askew, in radians within -pi/4..pi/4, level and upright ones together."""
    angle = np.arctan2(strokes[:, 3] - strokes[:, 1], strokes[:, 2] - strokes[:, 0])
    # Four times the angle: a level stroke and an upright one give the same.
    weight = _length(strokes) ** 2
    quarter = np.mod(angle + np.pi / 4, np.pi / 2) - np.pi / 4
    count, edges = np.histogram(quarter, _BINS, (-np.pi / 4, np.pi / 4), weights=weight)
    # Around the end and on again: a circle has no border.
    wide = count + np.roll(count, 1) + np.roll(count, -1) + np.roll(count, 2) + np.roll(count, -2)
    rough = float((edges[:-1] + edges[1:])[int(wide.argmax())] / 2)
    near = np.abs(np.mod(quarter - rough + np.pi / 4, np.pi / 2) - np.pi / 4) < np.radians(12)
    turn = np.exp(4j * quarter[near]) * weight[near]
    return float(np.angle(turn.sum()) / 4)


def _turn(strokes: Floats, angle: float) -> Floats:
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.array([[cos, -sin], [sin, cos]])
    return np.hstack([strokes[:, :2] @ matrix.T, strokes[:, 2:] @ matrix.T])


def _meeting(strokes: Floats) -> Floats | None:
    """Where strokes along x meet: (1, v, u) for the point (1 / u, v / u); None where too few agree on one."""
    if len(strokes) < _LEAST_STROKES:
        return None
    run = strokes[:, 2] - strokes[:, 0]
    slope = (strokes[:, 3] - strokes[:, 1]) / run
    x, y = (strokes[:, 0] + strokes[:, 2]) / 2, (strokes[:, 1] + strokes[:, 3]) / 2
    # A line through that point has, at x and y, the slope v + u * (slope * x - y).
    terms = np.column_stack([np.ones(len(x)), slope * x - y])
    weight = run**2
    v, u = fit_bend(terms, slope, _ROBUST, weights=weight / weight.max())
    agree = np.abs(slope - terms @ (v, u)) < _WITHIN
    if agree.sum() < _LEAST_STROKES or weight[agree].sum() < _LEAST_AGREE * weight.sum():
        return None
    return np.array([1.0, v, u])


def _slant_of(across: Floats, down: Floats, askew: float, shape: tuple[int, ...]) -> Slant | None:
    """The slant by the points in which level lines meet and upright ones do, both in the turned frame."""
    height, width = shape[:2]
    longer = max(height, width)
    horizon = np.cross(across, down)
    if horizon[2] <= 0:
        return None
    # Back to a look at which both points lie infinitely far, and then to one at which they lie along the two axes.
    from_turned = np.array([[1, 0, 0], [0, 1, 0], horizon / horizon[2]])
    axes = np.array([[across[0], down[0], 0], [across[1], down[1], 0], [0, 0, 1]])
    cos, sin = np.cos(askew), np.sin(askew)
    to_parts = np.array([[1, 0, -(width - 1) / 2], [0, 1, -(height - 1) / 2], [0, 0, longer]]) / longer
    turning = np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]])
    to_flat = np.linalg.inv(axes) @ from_turned @ turning @ to_parts
    corners = np.array([[0, 0, 1], [width - 1, 0, 1], [width - 1, height - 1, 1], [0, height - 1, 1]]) @ to_flat.T
    near, far = float(corners[:, 2].min()), float(corners[:, 2].max())
    if near < _LEAST_NEAR * far:
        return None
    flat = corners[:, :2] / corners[:, 2:] * longer
    low, high = flat.min(axis=0), flat.max(axis=0)
    wide, high_px = (int(np.ceil(v)) + 1 for v in high - low)
    back = np.linalg.inv(to_flat) @ np.array([[1, 0, low[0]], [0, 1, low[1]], [0, 0, longer]]) / longer
    parts = width * height / longer**2 / 4
    off = max(abs(across[2]) * parts, abs(down[2]) * parts, abs(across[1] + down[0]) / 4)
    return Slant(back / back[2, 2], (high_px, wide), float(off), near / far)
