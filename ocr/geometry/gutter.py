"""Where something ends from side to side: the quiet gaps of a picture's columns, and the gutter between two pages.

What must not cross a gap differs: text on a page of free lines (page_gutter), level lines of a register
(ocr/registers/gutter.py), boxes of lines between two columns of print (ocr/pages/lines.py). The search is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image
from ocr.geometry.strands import without_rules

Bools = NDArray[np.bool_]
Positions = NDArray[np.intp]

MIDDLE = (0.36, 0.64)
"""Between which shares of a scan's width two pages of a volume meet, however it was laid."""
_FREE_MIDDLE = (0.38, 0.62)
_LEAST_ASPECT, _MOST_ASPECT = 1.15, 2.2
_LEAST_PX = 100
# Without a shadow a gap must be this wide, and wider than all others: columns of print have gaps, too.
_GAP = 0.03
_SHADE = 12.0
_LEAST_INK = 0.004


class QuietGap(NamedTuple):
    """A run of quiet columns: the first, and the one behind the last."""

    first: int
    behind: int

    @property
    def width(self) -> int:
        """How many columns it has."""
        return self.behind - self.first

    @property
    def middle(self) -> float:
        """Between its first column and its last."""
        return (self.first + self.behind) / 2


def runs(at: Positions, step: float = 1) -> list[Positions]:
    """Positions in order, parted wherever one is farther from the one before than a step."""
    return np.split(at, np.flatnonzero(np.diff(at) > step) + 1) if len(at) else []


def gaps(quiet: Bools) -> list[QuietGap]:
    """The quiet runs of a picture's columns from the left."""
    return [QuietGap(int(run[0]), int(run[-1]) + 1) for run in runs(np.flatnonzero(quiet))]


def widest(some: Sequence[QuietGap], off_cost: float = 0.0, middle: float = 0.0) -> QuietGap | None:
    """The widest gap, None of none; off_cost: how many columns of width a column away from the middle takes."""
    return max(some, key=lambda gap: gap.width - off_cost * abs(gap.middle - middle), default=None)


def mask_between(quiet: Bools, shares: tuple[float, float] = MIDDLE) -> Bools:
    """What is quiet between two shares of the width; all else is not."""
    at = np.arange(len(quiet))
    return np.asarray(quiet & (at >= shares[0] * len(quiet)) & (at < shares[1] * len(quiet)), np.bool_)


def page_gutter(ink: Image, grey: Image) -> float | None:
    """The column of the gutter on a level picture seen small, None when two pages are not sure.

    ink: 255 ink; grey: as scanned, level in the same way. Sure is: wider than high, a white gap from top to bottom near
    the middle with writing on both sides, and a shadow along it or a gap wider than any other.
    """
    height, width = ink.shape
    if height < _LEAST_PX or not _LEAST_ASPECT <= width / height <= _MOST_ASPECT:
        return None
    low, high = (round(share * width) for share in _FREE_MIDDLE)
    if _crossing_rule(ink, low, high) or not _both_written(ink, low, high):
        return None
    text = (without_rules(ink) > 0).sum(axis=0)
    # White at the picture's edge is margin. A gap that only reaches into the middle counts: shadow or width decide.
    inner = [g for g in gaps(text <= max(1, 0.004 * height)) if g.first > 0.05 * width and g.behind < 0.95 * width]
    gap = widest([g for g in inner if g.behind > low and g.first < high])
    if gap is None:
        return None
    at = _darkest(grey, max(gap.first, low), min(gap.behind, high))
    if at is not None and gap.first - 0.02 * width <= at <= gap.behind + 0.02 * width:
        return at
    other = widest([g for g in inner if g != gap])
    is_wide = gap.width >= _GAP * width and gap.width >= 1.6 * (other.width if other else 0)
    return gap.middle if is_wide and low <= gap.middle <= high else None


def _crossing_rule(ink: Image, low: int, high: int) -> bool:
    """Whether a ruled line runs across the whole middle: a register's, which is read across both pages."""
    import cv2

    middle = ink[:, low:high]
    # Closed along, since worn rules are broken, and thickened below, since they lie a little aslant.
    joined = cv2.morphologyEx(middle, cv2.MORPH_CLOSE, np.ones((1, 9), np.uint8))
    return bool((cv2.dilate(joined, np.ones((3, 1), np.uint8)) > 0).mean(axis=1).max() > 0.97)


def _both_written(ink: Image, low: int, high: int) -> bool:
    left, right = float((ink[:, :low] > 0).mean()), float((ink[:, high:] > 0).mean())
    return min(left, right) >= _LEAST_INK and min(left, right) >= 0.12 * max(left, right)


def _darkest(grey: Image, low: int, high: int) -> float | None:
    """The middle of the darkest band of columns between two, when it is clearly darker than the paper beside it."""
    import cv2

    if high - low < 8:
        return None
    columns = np.median(grey, axis=0).astype(np.float32)
    smooth = cv2.blur(columns[None, :], (5, 1))[0]
    band = smooth[low:high]
    at = int(np.argmin(band))
    beside = float(np.percentile(smooth, 60))
    return float(low + at) if beside - float(band[at]) >= _SHADE else None
