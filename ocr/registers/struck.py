"""Whether a line was drawn through something written."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ocr.registers.ink import Marks

Ints = NDArray[np.int64]

_LEAST_WIDE = 1.6
_COVERED = 0.88
_BOTH_SIDES = 0.33
_SLOPES = (-0.08, -0.05, -0.025, 0.0, 0.025, 0.05, 0.08)
_BAND = (0.28, 0.85)


def is_struck(marks: Marks, own: Ints) -> bool:
    """Whether one level stroke runs through all of some marks, which lie on one line of writing.

    The headline of Devanagari and Bengali letters runs above their bodies, a stroke under a word below them: only what
    has ink on both sides along a third of its way strikes.
    """
    if not len(own):
        return False
    x0, x1 = int(marks.x0[own].min()), int(marks.x1[own].max())
    y0, y1 = int(marks.y0[own].min()), int(marks.y1[own].max())
    high, letter = y1 - y0, marks.letter_px
    if x1 - x0 < _LEAST_WIDE * letter or high < 0.5 * letter:
        return False
    ink = np.isin(marks.labels[y0:y1, x0:x1], own + 1)
    thick = ink | np.roll(ink, 1, axis=0) | np.roll(ink, -1, axis=0)
    beside = max(3, round(0.22 * letter))
    columns = np.arange(x1 - x0)
    padded = np.pad(ink, ((beside + 3, beside + 3), (0, 0)))
    for slope in _SLOPES:
        shift = slope * (columns - len(columns) / 2)
        for y in range(int(_BAND[0] * high), int(_BAND[1] * high) + 1):
            at = np.clip(np.round(y + shift).astype(int), 0, high - 1)
            if thick[at, columns].mean() < _COVERED:
                continue
            above = np.any([padded[at + beside + 3 - d, columns] for d in (beside, beside + 1, beside + 2)], axis=0)
            below = np.any([padded[at + beside + 3 + d, columns] for d in (beside, beside + 1, beside + 2)], axis=0)
            if above.mean() >= _BOTH_SIDES and below.mean() >= _BOTH_SIDES:
                return True
    return False
