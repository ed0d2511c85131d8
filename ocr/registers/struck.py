"""Whether a line was drawn through something written."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ocr.registers.ink import Marks

Ints = NDArray[np.int64]

_LEAST_WIDE = 1.6
_LEAST_HIGH = 0.5
_COVERED = 0.95
_THIN = 0.3
_TALL = 0.6
_LEAST_THIN = 0.04
_LEAST_TALL = 0.35
_BAND = (0.28, 0.85)
_STRAIGHT_PX = 1.6


def is_struck(marks: Marks, own: Ints) -> bool:
    """Whether one level stroke runs through all of some marks, which lie on one line of writing.

    A stroke closes the gaps between letters and words: there it is all the ink there is, straight, and at half the
    height of the letters. The headline of Devanagari and Bengali letters closes gaps too, but lies at their top and not
    between words.
    """
    if not len(own):
        return False
    x0, x1 = int(marks.x0[own].min()), int(marks.x1[own].max())
    y0, y1 = int(marks.y0[own].min()), int(marks.y1[own].max())
    letter = marks.letter_px
    if x1 - x0 < _LEAST_WIDE * letter or y1 - y0 < _LEAST_HIGH * letter:
        return False
    ink: NDArray[np.bool_] = np.asarray(np.isin(marks.labels[y0:y1, x0:x1], own + 1), np.bool_)
    held = ink.any(axis=0)
    if held.mean() < _COVERED:
        return False
    top = ink.argmax(axis=0)
    bottom = ink.shape[0] - ink[::-1].argmax(axis=0)
    high = np.where(held, bottom - top, 0)
    thin, tall = held & (high <= max(3.0, _THIN * letter)), high >= _TALL * letter
    if thin.sum() < max(3.0, _LEAST_THIN * (x1 - x0)) or tall.mean() < _LEAST_TALL:
        return False
    x = np.flatnonzero(thin)
    y = (top[thin] + bottom[thin]) / 2
    slope, at = np.polyfit(x, y, 1) if len(x) > 1 else (0.0, float(y[0]))
    off = float(np.median(np.abs(y - slope * x - at)))
    body_top, body_foot = float(np.median(top[tall])), float(np.median(bottom[tall]))
    depth = (float(np.median(y)) - body_top) / max(1.0, body_foot - body_top)
    return bool(off <= _STRAIGHT_PX and _BAND[0] <= depth <= _BAND[1])
