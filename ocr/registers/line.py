"""Ruled lines of a sheet: which paths are lines, and which two are one that was drawn double."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image

Floats = NDArray[np.float64]

_SURE = 0.55
_SEEN_DEPTH = 9
# A line counts where nothing is written beside it: along a row of letters, or the headline of Devanagari, a path is
# seen on ink alone.
_BESIDE_DEPTH = 45
_BESIDE_PX = 13
_SMOOTH_PX = 9
_DENSE = 0.7
_CROSS_PX = 4.0
_LEAST_FREE = 0.08
# Rows above and below at which paper must be free; beside a twin it lies between the two, or beyond the other one.
_NEAR_SINGLE = ((5, 5),)
_NEAR_DOUBLE = ((5, 5), (5, 10), (10, 5))
_NEAREST_TWIN_PX, _FARTHEST_TWIN_PX = 3, 12
_LEAST_CONFIRMED = 0.3
_OF_MIDDLING, _OF_STRONG = 0.6, 0.45


@dataclass(frozen=True, slots=True)
class RuledLine:
    """One ruled line of a sheet.

    at: where it runs: y for every x of the sheet (level), or x for every y (upright). support: 0..1, how much of it was
    seen; 0.0 for a line that was put where none was seen. reach_px: half of what lies between the two strokes of a line
    that is drawn double.
    """

    at: Floats
    support: float
    reach_px: float = 0.0

    @property
    def sure(self) -> bool:
        """Whether the line was surely seen."""
        return self.support >= _SURE

    @property
    def middle(self) -> float:
        """Where it typically lies."""
        return float(np.median(self.at))

    def moved(self, by: float) -> RuledLine:
        """A line beside it, not seen."""
        return RuledLine(self.at + by, 0.0)


def confirmed(
    image: Image, lines: list[RuledLine], first: int, last: int, least: float = _LEAST_CONFIRMED
) -> list[RuledLine]:
    """Lines that are also seen where nothing is written beside them; their support becomes what is seen there.

    image: level lines run from left to right in it; first, last: columns looked at. A path along a row of letters is
    seen on letters alone.
    """
    import cv2

    # Signed: a difference of uint8 wraps around below 0.
    smooth = cv2.blur(image, (_SMOOTH_PX, 1)).astype(np.int16)
    darkest = cv2.erode(cv2.blur(image, (3, 3)), np.ones((1, _BESIDE_PX), np.uint8)).astype(np.int16)
    x = np.arange(first, last)
    found = []
    for line in lines:
        y = np.clip(np.round(line.at[first:last]).astype(int), 14, image.shape[0] - 15)
        here = np.min([smooth[y + d, x] for d in (-3, -2, -1, 0, 1, 2, 3)], axis=0)
        seen: list[float] = []
        for up, down in _NEAR_SINGLE if not _has_twin(line, lines) else _NEAR_DOUBLE:
            above = np.min([darkest[y - up - d, x] for d in (0, 2, 4)], axis=0)
            below = np.min([darkest[y + down + d, x] for d in (0, 2, 4)], axis=0)
            free = np.minimum(above, below) >= 255 - _BESIDE_DEPTH
            if free.sum() >= _LEAST_FREE * len(x):
                ground = np.minimum(smooth[y - up - 1, x], smooth[y + down + 1, x])
                seen.append(float((ground - here > _SEEN_DEPTH)[free].mean()))
        # Between dense columns, or beside its twin, a line leaves no place free; no row of letters is so well seen.
        support = max([*seen, line.support if line.support >= _DENSE else 0.0])
        found.append(RuledLine(line.at, support))
    supports = [x.support for x in found if x.support >= least] or [0.0]
    usual = max(_OF_MIDDLING * float(np.percentile(supports, 60)), _OF_STRONG * float(np.percentile(supports, 90)))
    return [x for x in found if x.support >= max(least, usual)]


def without_doubles(lines: list[RuledLine], apart_px: float, narrowest_px: float = 0.0) -> list[RuledLine]:
    """Lines drawn double as one, in their middle; of two still too near for a column the one better seen."""
    kept: list[RuledLine] = []
    for line in sorted(lines, key=lambda x: x.middle):
        near = float(np.median(np.abs(line.at - kept[-1].at))) if kept else np.inf
        if near < apart_px:
            before = kept.pop()
            reach = near / 2 + max(before.reach_px, line.reach_px)
            line = RuledLine((before.at + line.at) / 2, max(before.support, line.support), reach)
        elif near < narrowest_px or (kept and _cross(line, kept[-1])):
            line = max(line, kept.pop(), key=lambda x: x.support)
        kept.append(line)
    return kept


def _has_twin(line: RuledLine, lines: list[RuledLine]) -> bool:
    """Whether another line runs so near that the two may be one drawn double."""
    return any(x is not line and _NEAREST_TWIN_PX <= abs(x.middle - line.middle) <= _FARTHEST_TWIN_PX for x in lines)


def _cross(one: RuledLine, two: RuledLine) -> bool:
    """Whether two lines run into each other, as a path does that left its own line for the next."""
    return float(np.abs(one.at - two.at).min()) < _CROSS_PX
