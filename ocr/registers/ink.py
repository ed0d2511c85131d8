"""The writing of a sheet as marks: connected ink without ruled lines, specks and what shines through.

What shines through paper is blurred: it differs less from its near surroundings than a pale stroke does, though both
may be equally dark. So marks are kept by that difference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image
from ocr.registers.grid import Grid, HalfGrid
from ocr.registers.line import RuledLine
from ocr.registers.sheet import LevelSheet

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_LEAST_DEPTH = 30
_NOISES = 5.0
_EXTENT_SHARE = 0.4
_KEPT_SHARE = 0.5
_AROUND_PX = 11
_LETTER_PX = (7, 70)
_RULE_REACH_PX = 2
_CROSS_PX = 4
_STROKE_PX = 3
_SPECK = 0.28
_REMAINS_PX = 3
_LEAST_STROKE_PX = 3
_PAIR_APART = 0.7
_TALL_PX = 34
_NEAR = 1.2
_MOST_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Marks:
    """Marks of a sheet, all arrays of one length.

    x0, y0, x1, y1: boxes in pixels of the sheet, ends exclusive. x, y: middles of their ink. area: pixels. letter_px:
    how high a middling letter is. labels: (height, width), mark number + 1 or 0.
    """

    x0: Ints
    y0: Ints
    x1: Ints
    y1: Ints
    x: Floats
    y: Floats
    area: Ints
    letter_px: float
    labels: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.area)


def no_marks() -> Marks:
    """The marks of a sheet on which nothing was found."""
    whole, broken = np.zeros(0, np.int64), np.zeros(0)
    return Marks(whole, whole, whole, whole, broken, broken, whole, 0.0, np.zeros((1, 1), np.int32))


def find_marks(sheet: LevelSheet, grid: Grid) -> Marks:
    """The writing of a sheet; specks near writing stay, since dots belong to letters."""
    import cv2

    dark = 255 - sheet.image
    rules = rule_mask(sheet, grid)
    depth = max(_LEAST_DEPTH, round(_NOISES * _grain(sheet.image)))
    sharp = sharpness(sheet)
    typical = _typical_depth(dark, dark, rules, depth)
    sharpest = _KEPT_SHARE * _typical_depth(dark, sharp, rules, depth)
    ink = np.where(dark >= max(depth, round(_EXTENT_SHARE * typical)), 255, 0).astype(np.uint8)
    ink = np.where((rules > 0) & ~_find_crossings(ink, rules), 0, ink).astype(np.uint8)
    count, labels, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=8)
    joined = _joins_columns(stats, ink.shape)
    if joined.any():
        # A stroke over a row makes one piece of its cells: it is cut at the uprights, and pieces are counted anew.
        ink = np.where(joined[labels] & (rules == 2), 0, ink).astype(np.uint8)
        count, labels, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=8)
    deepest = np.zeros(count, np.uint8)
    # maximum.at, since labels repeat: by plain indexing the last pixel of a mark would decide.
    np.maximum.at(deepest, labels[ink > 0], sharp[ink > 0])
    letter = _letter_px(stats[1:], deepest[1:] >= sharpest)
    dark_enough = (deepest >= sharpest) & ~_remains(stats, centres, rules)
    keep = _find_writing(stats, centres, dark_enough, letter, sheet.image.shape)
    number = np.zeros(count, np.int32)
    number[keep] = np.arange(1, keep.sum() + 1)
    x, y, w, h, area = (stats[keep, i].astype(np.int64) for i in range(5))
    return Marks(x, y, x + w, y + h, centres[keep, 0], centres[keep, 1], area, letter, number[labels])


def sharpness(sheet: LevelSheet) -> Image:
    """How much darker each pixel is than its near surroundings, (height, width) uint8."""
    import cv2

    dark = 255 - sheet.image
    return np.asarray(cv2.subtract(dark, cv2.blur(dark, (_AROUND_PX, _AROUND_PX))), np.uint8)


def _joins_columns(stats: NDArray[np.int32], shape: tuple[int, ...]) -> Bools:
    """Which components join the writing of many columns, as a stroke over a whole row does; cut where columns end."""
    joined = (stats[:, 2] > _MOST_SHARE * shape[1]) & (stats[:, 3] <= _MOST_SHARE * shape[0])
    joined[0] = False
    return np.asarray(joined, np.bool_)


def rule_mask(sheet: LevelSheet, grid: Grid) -> Image:
    """Where ruled lines run: 1 level, 2 upright."""
    import cv2

    mask = np.zeros(sheet.image.shape, np.uint8)
    rows = np.arange(max(0, grid.top - 10), min(sheet.height, grid.bottom + 10))
    for half in grid.halves:
        columns = np.arange(
            max(half.left, round(half.uprights[0].middle) - 12), min(half.right, round(half.uprights[-1].middle) + 12)
        )
        for line in (*half.levels, *half.strokes):
            points = np.column_stack([columns, line.at[columns]]).round().astype(np.int32)
            thick = _STROKE_PX if any(line is x for x in half.strokes) else _thickness(line)
            cv2.polylines(mask, [points.reshape(-1, 1, 2)], False, (1,), thick)
        for line in half.uprights:
            points = np.column_stack([line.at[rows], rows]).round().astype(np.int32)
            cv2.polylines(mask, [points.reshape(-1, 1, 2)], False, (2,), _thickness(line))
    return mask


def _thickness(line: RuledLine) -> int:
    # Of a line drawn double also what lies between its two strokes.
    return 2 * round(_RULE_REACH_PX + line.reach_px) + 1


def _find_crossings(ink: Image, rules: Image) -> Bools:
    """Rule pixels where writing goes across: ink on both sides, above and below or left and right."""
    above, below = (np.roll(ink, s * _CROSS_PX, axis=0) > 0 for s in (1, -1))
    before, behind = (np.roll(ink, s * _CROSS_PX, axis=1) > 0 for s in (1, -1))
    return np.asarray(((rules == 1) & above & below) | ((rules == 2) & before & behind), np.bool_)


def _grain(image: Image) -> float:
    import cv2

    return 1.4826 * float(np.median(cv2.absdiff(image, cv2.medianBlur(image, 3))[::3, ::3]))


def _typical_depth(dark: Image, measure: Image, rules: Image, depth: int) -> float:
    """The largest value of a measure in a middling letter, by letters of more than the least depth."""
    import cv2

    ink = np.where((dark >= depth) & (rules == 0), 255, 0).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    deepest = np.zeros(count, np.uint8)
    np.maximum.at(deepest, labels[ink > 0], measure[ink > 0])
    high, wide = stats[1:, 3], stats[1:, 2]
    letters = (high >= _LETTER_PX[0]) & (high <= _LETTER_PX[1]) & (wide >= 3) & (wide <= 8 * high)
    return float(np.percentile(deepest[1:][letters], 65)) if letters.any() else 255.0


def _letter_px(stats: NDArray[np.int32], dark: Bools) -> float:
    high, wide = stats[:, 3], stats[:, 2]
    letters = dark & (high >= _LETTER_PX[0]) & (high <= _LETTER_PX[1]) & (wide <= 8 * high)
    # On a nearly empty sheet: letters of most sheets are ten to twenty pixels high.
    return float(np.median(high[letters])) if letters.sum() >= 5 else 14.0


def _find_writing(
    stats: NDArray[np.int32], centres: Floats, dark: Bools, letter: float, shape: tuple[int, ...]
) -> Bools:
    """Which components are writing: dark, not a speck by itself, no picture's edge."""
    wide, high = stats[:, 2], stats[:, 3]
    large = np.maximum(wide, high) >= max(3.5, _SPECK * letter)
    huge = (high > _MOST_SHARE * shape[0]) | (wide > _MOST_SHARE * shape[1])
    huge[0] = True
    body = dark & large & ~huge
    small = dark & ~large & ~huge
    if small.any() and body.any():
        strokes = _pairs(stats, centres, small, letter)
        small[small] = _has_near(centres[small], stats[body], _NEAR * letter)
        small |= strokes
    return np.asarray(body | small, np.bool_)


def _pairs(stats: NDArray[np.int32], centres: Floats, small: Bools, letter: float) -> Bools:
    """Which small components are the two upright strokes of a ditto mark: of one height, close beside each other."""
    wide, high = stats[:, 2], stats[:, 3]
    strokes = np.flatnonzero(small & (high > wide) & (high >= _LEAST_STROKE_PX))
    found = np.zeros(len(stats), np.bool_)
    order = strokes[np.argsort(centres[strokes, 0])]
    for i, j in zip(order, order[1:], strict=False):
        across, down = centres[j, 0] - centres[i, 0], abs(centres[j, 1] - centres[i, 1])
        if across <= _PAIR_APART * letter and down <= 2 and abs(int(high[i]) - int(high[j])) <= 1:
            found[[i, j]] = True
    return found


def _remains(stats: NDArray[np.int32], centres: Floats, rules: Image) -> Bools:
    """Which components are what is left of a ruled line: thin, long, along one and near it."""
    import cv2

    near = cv2.dilate(rules, np.ones((2 * _REMAINS_PX + 1,) * 2, np.uint8))
    at = near[centres[:, 1].round().astype(int), centres[:, 0].round().astype(int)]
    wide, high, area = stats[:, 2], stats[:, 3], stats[:, 4]
    level = (at > 0) & (wide >= 2 * high) & (area <= 3.2 * wide)
    upright = (at > 0) & (high >= 2.5 * wide) & (area <= 3.2 * high) & (wide <= 5)
    upright |= (high >= _TALL_PX) & (high >= 4 * wide) & (area <= 3.6 * high)
    specks = (at > 0) & (wide <= 4) & (high <= 4)
    return np.asarray(level | upright | specks, np.bool_)


def _has_near(points: Floats, boxes: NDArray[np.int32], reach: float) -> Bools:
    """Which points lie no further than reach from any of some boxes."""
    x0, y0 = boxes[:, 0] - reach, boxes[:, 1] - reach
    x1, y1 = boxes[:, 0] + boxes[:, 2] + reach, boxes[:, 1] + boxes[:, 3] + reach
    order = np.argsort(y0)
    found = np.zeros(len(points), bool)
    for i, (x, y) in enumerate(points):
        here = order[: np.searchsorted(y0[order], y)]
        found[i] = bool(((y1[here] >= y) & (x0[here] <= x) & (x1[here] >= x)).any())
    return found


def columns_of(half: HalfGrid, x: Floats, y: Floats) -> Ints:
    """Which column of a half points lie in: 0 for the first; -1 before it, the number of columns behind the last."""
    rows = np.clip(np.round(y).astype(int), 0, len(half.uprights[0].at) - 1)
    lines = np.array([u.at for u in half.uprights])
    return np.asarray((lines[:, rows] <= x).sum(axis=0) - 1, np.int64)
