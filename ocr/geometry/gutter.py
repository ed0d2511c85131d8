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
from ocr.geometry.paper import divide_by_ground, ground_of, ink_of
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
# Of a gutter that may lie aslant: how far it leans a pixel, the steps in which that is tried, of the height what may
# cross it and what is not looked at, and its least width, 3 mm of an open book.
_MOST_LEAN, _LEAN_STEP, _CROSSING, _RIM = 0.052, 0.013, 0.005, 0.05
_LEAST_GUTTER, _THIN_PX = 0.008, 5
# How light the paper of a column is among its pixels, and what it becomes; how much darker a faint rule is, and how
# long; of the height what runs along a column.
_PAPER_SHARE, _EVEN, _FAINT, _RULE_PX, _ALONG = 75, 240, 17, 21, 8
# How far away the paper beside a fold is looked for, and greys that are as dark.
_FOLD_REACH, _SAME_SHADE = 0.06, 3.0
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


class Gutter(NamedTuple):
    """A gutter that may lie aslant: the shares of a picture's width between which it runs, and how wide it is."""

    low: float
    high: float
    width: float


def slanted_gutter(grey: Image, shares: tuple[float, float] = MIDDLE) -> Gutter | None:
    """The gutter between two shares of the width, None without one: a band that no ink crosses from top to bottom.

    grey: (height, width) uint8, 0 black, seen small. Where a fold or a dark ground is seen it lies there and nowhere
    else, as columns of writing have bands of paper between them, too; elsewhere it is the widest band. It may lean by 3
    degrees, as that of a book that was laid askew.
    """
    height, width = grey.shape
    if min(height, width) < _LEAST_PX:
        return None
    rim = round(_RIM * height)
    folds: list[tuple[float, float, QuietGap | None]] = []
    bands: list[tuple[float, float, QuietGap | None]] = []
    for lean in map(float, np.arange(-_MOST_LEAN, _MOST_LEAN + _LEAN_STEP / 2, _LEAN_STEP)):
        # Edges of the paper run across a gutter at its ends.
        straight = _straighten(grey, lean)[rim : height - rim]
        found = gaps(mask_between(_find_uncrossed(straight), shares))
        # A lean must be earned: of two bands that are as wide, or as dark, the more upright one.
        cost = abs(lean) * height / 4
        fold = _find_fold(straight, shares)
        if fold is not None:
            at, depth = fold
            holding = widest([g for g in found if g.first <= at < g.behind])
            folds.append((depth - cost, lean, holding and QuietGap(at, at)))
        gap = widest(found)
        if gap is not None and gap.width - cost >= _LEAST_GUTTER * width:
            bands.append((gap.width - cost, lean, gap))
    worth, lean, gap = max(folds or bands, key=lambda one: one[0], default=(0.0, 0.0, None))
    if gap is None:
        return None
    off = abs(lean * height / 2)
    return Gutter((gap.middle - off) / width, (gap.middle + off) / width, worth / width)


def _find_uncrossed(straight: Image) -> Bools:
    """Columns that ink does not cross, however dark the shadow of a fold is that runs along them."""
    import cv2

    paper = np.maximum(np.percentile(straight, _PAPER_SHARE, axis=0), 1.0)
    even = np.clip(straight * (_EVEN / paper), 0, 255).astype(np.uint8)
    flat = divide_by_ground(even, ground_of(even))
    # Rules of a table are thin, and seen small hardly darker than their paper; noise is not so long, but it grows where
    # a dark column is made light.
    faint = 255 - _FAINT * np.maximum(1.0, _EVEN / 2 / paper)
    rules = cv2.morphologyEx((flat < faint).astype(np.uint8), cv2.MORPH_OPEN, np.ones((1, _RULE_PX), np.uint8))
    ink = np.maximum(ink_of(flat), 255 * rules)
    # Edges of a table or of the paper, and the black rim of a scan, run along.
    along = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((max(2, len(ink) // _ALONG), 1), np.uint8))
    # They are not quite straight.
    along = cv2.dilate(along, np.ones((_THIN_PX, _THIN_PX), np.uint8))
    return np.asarray((ink > along).mean(axis=0) <= _CROSSING, np.bool_)


def _find_fold(straight: Image, shares: tuple[float, float]) -> tuple[int, float] | None:
    """The column that is darkest against the paper on both its sides, and how much darker; None if none clearly is."""
    import cv2

    width = straight.shape[1]
    # Closed, as a fold's shadow is broad and the edge of a table is thin.
    shades = cv2.morphologyEx(straight, cv2.MORPH_CLOSE, np.ones((1, _THIN_PX), np.uint8))
    columns = cv2.blur(np.median(shades, axis=0).astype(np.float32)[None, :], (5, 1))
    reach = max(3, round(_FOLD_REACH * width))
    side = np.ones((1, reach), np.uint8)
    # The lightest column on the left, and on the right.
    lightest = [cv2.dilate(columns, side, anchor=(at, 0))[0] for at in (reach - 1, 0)]
    depth = np.minimum(*lightest) - columns[0]
    depth[~mask_between(np.ones(width, np.bool_), shares)] = 0
    deep = np.flatnonzero(depth >= depth.max() - _SAME_SHADE)
    if depth.max() < _SHADE:
        return None
    # A dark ground between two papers is broad: its middle.
    band = max(runs(deep), key=len)
    return int(band[len(band) // 2]), float(depth.max())


def _straighten(picture: Image, lean: float) -> Image:
    """A picture whose rows are moved so that what leans so much stands upright, its middle row left in place."""
    import cv2

    height, width = picture.shape
    matrix = np.array([[1, lean, -lean * height / 2], [0, 1, 0]])
    return np.asarray(cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)


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
