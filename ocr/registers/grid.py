"""The ruled lines of a sheet: its halves, the upright lines between columns, and the level lines across each half."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image
from ocr.registers.sheet import Sheet
from ocr.registers.strips import STRIP_PX, Path, find_bend, find_paths, straightened, strengths

Floats = NDArray[np.float64]

_LEAST_COLUMNS = 3
_MOST_BEYOND = 2
_LEAST_UPRIGHT = 0.28
_FAINTEST = 0.14
_LEAST_LEVEL = 0.3
_RELATIVE = 0.5
_SURE = 0.55
_LEAST_SEEN = 1.5
_LONGEST_BREAK = 4
_DOUBLE_PX = 16
_NARROWEST_PX = 28
_SEEN_DEPTH = 9
_BESIDE_DEPTH = 45
_BESIDE_PX = 13
_SMOOTH_PX = 9
_DENSE = 0.7
_CROSS_PX = 4.0
_LEAST_FREE = 0.08
_NEAR_SINGLE = ((5, 5),)
_NEAR_DOUBLE = ((5, 5), (5, 10), (10, 5))
_NEAREST_TWIN_PX, _FARTHEST_TWIN_PX = 3, 12
_LEAST_CONFIRMED = 0.3
_OF_MIDDLING, _OF_STRONG = 0.6, 0.45
_RULE_DEPTH = 25
_DOUBLE_LEVEL_PX = 9
_MIDDLE = (0.36, 0.64)
_GAP = 0.35
_RIM = 0.06
_OFF_COST = 0.25
_SEEN_THROUGH = 0.25
_STRONG = 0.45
_LEAST_LINES = 4
_SPREAD_ASPECT = (1.08, 1.75)
_MOST_SURE_ASPECT = 1.46


@dataclass(frozen=True, slots=True)
class Line:
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

    def moved(self, by: float) -> Line:
        """A line beside it, not seen."""
        return Line(self.at + by, 0.0)


@dataclass(frozen=True, slots=True)
class HalfGrid:
    """One page of a spread, or a single page.

    left, right: columns of the sheet it spans. uprights: lines between columns from the left, outermost ones too.
    levels: from the top. bend: how far columns of the page hang down, for every x of the sheet, in pixels.
    """

    left: int
    right: int
    uprights: tuple[Line, ...]
    levels: tuple[Line, ...]
    bend: Floats


@dataclass(frozen=True, slots=True)
class Grid:
    """All ruled lines of a sheet; top, bottom: where its upright lines begin and end."""

    halves: tuple[HalfGrid, ...]
    top: int
    bottom: int


def find_grid(sheet: Sheet, *, spread: bool | None = None) -> Grid | None:
    """The ruled lines of a sheet, None when it has no columns. spread: whether it shows two pages, if that is known."""
    uprights, top, bottom = _uprights(sheet, _LEAST_UPRIGHT, _LEAST_CONFIRMED)
    if len(uprights) < _LEAST_COLUMNS + 1:
        uprights, top, bottom = _uprights(sheet, _FAINTEST, _FAINTEST)
    if len(uprights) < _LEAST_COLUMNS + 1:
        return None
    cut = _gutter(sheet, uprights, spread)
    edges = [0, sheet.width] if cut is None else [0, cut, sheet.width]
    halves = []
    for left, right in zip(edges, edges[1:], strict=False):
        own = [u for u in uprights if left <= u.middle < right]
        half = _half(sheet, own, left, right)
        if half is not None:
            halves.append(half)
    return Grid(tuple(halves), top, bottom) if halves else None


def _uprights(sheet: Sheet, least: float, least_confirmed: float) -> tuple[list[Line], int, int]:
    """Lines between columns, and where they begin and end from top to bottom."""
    strength = strengths(np.ascontiguousarray(sheet.image.T))
    first, last = _range(_crossings(strength))
    paths = _strong(find_paths(strength[first : last + 1], least), least)
    at = (np.arange(len(strength)) + 0.5) * sheet.height / len(strength)
    rows = np.arange(sheet.height)
    lines = [Line(np.interp(rows, at[first : last + 1], p.at), p.support) for p in paths]
    image = np.ascontiguousarray(sheet.image.T)
    lines = confirmed(image, lines, round(at[first]), round(at[last]), least_confirmed)
    return _without_doubles(lines, _DOUBLE_PX, _NARROWEST_PX), round(at[first]), round(at[last])


def _crossings(strength: Floats) -> Floats:
    """How many lines or strokes cross each strip."""
    return np.asarray((strength > _STRONG).sum(axis=1) / 2.0, np.float64)


def _range(count: Floats) -> tuple[int, int]:
    """First and last strip of the longest stretch in which lines are seen; breaks of three strips do not end it."""
    seen = np.flatnonzero(count >= _LEAST_SEEN)
    if not len(seen):
        return 0, len(count) - 1
    runs = np.split(seen, np.flatnonzero(np.diff(seen) > _LONGEST_BREAK) + 1)
    longest = max(runs, key=len)
    return int(longest[0]), int(longest[-1])


def _usual(count: Floats) -> float:
    """What a strip inside the table has at least: few strips have less."""
    inside = count[count >= _LEAST_SEEN]
    return float(np.percentile(inside, 12)) if len(inside) else 0.0


def _strong(paths: list[Path], least: float) -> list[Path]:
    """Paths that are not much weaker than the strong ones of the page."""
    if not paths:
        return []
    usual = float(np.percentile([p.support for p in paths], 75))
    return [p for p in paths if p.support >= max(least, _RELATIVE * usual)]


def confirmed(image: Image, lines: list[Line], first: int, last: int, least: float = _LEAST_CONFIRMED) -> list[Line]:
    """Lines that are also seen where nothing is written beside them; their support becomes what is seen there.

    image: level lines run from left to right in it; first, last: columns looked at. A path along a row of letters is
    seen on letters alone.
    """
    import cv2

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
        found.append(Line(line.at, support))
    supports = [x.support for x in found if x.support >= least] or [0.0]
    usual = max(_OF_MIDDLING * float(np.percentile(supports, 60)), _OF_STRONG * float(np.percentile(supports, 90)))
    return [x for x in found if x.support >= max(least, usual)]


def _has_twin(line: Line, lines: list[Line]) -> bool:
    """Whether another line runs so near that the two may be one drawn double."""
    return any(x is not line and _NEAREST_TWIN_PX <= abs(x.middle - line.middle) <= _FARTHEST_TWIN_PX for x in lines)


def _without_doubles(lines: list[Line], apart_px: float, narrowest_px: float = 0.0) -> list[Line]:
    """Lines drawn double as one, in their middle; of two still too near for a column the one better seen."""
    kept: list[Line] = []
    for line in sorted(lines, key=lambda x: x.middle):
        near = float(np.median(np.abs(line.at - kept[-1].at))) if kept else np.inf
        if near < apart_px:
            before = kept.pop()
            reach = near / 2 + max(before.reach_px, line.reach_px)
            line = Line((before.at + line.at) / 2, max(before.support, line.support), reach)
        elif near < narrowest_px or (kept and _cross(line, kept[-1])):
            line = max(line, kept.pop(), key=lambda x: x.support)
        kept.append(line)
    return kept


def _cross(one: Line, two: Line) -> bool:
    """Whether two lines run into each other, as a path does that left its own line for the next."""
    return float(np.abs(one.at - two.at).min()) < _CROSS_PX


def _gutter(sheet: Sheet, uprights: list[Line], spread: bool | None) -> int | None:
    """The column at which two pages meet, None for a single page."""
    low, high = _SPREAD_ASPECT
    if spread is False or not low <= sheet.width / sheet.height <= high:
        return None
    strength = strengths(sheet.image)
    count = _crossings(strength)
    usual = _usual(count)
    if usual >= _LEAST_LINES:
        at = _gap(sheet, count < _GAP * usual)
        if at is not None:
            return at
    if not spread or sheet.width >= _MOST_SURE_ASPECT * sheet.height:
        return None
    lines = _lines_through(sheet, strength)
    if len(lines) >= _LEAST_LINES:
        seen = np.mean([p.strength for p in lines], axis=0)
        at = _gap(sheet, seen < _GAP * float(np.median(seen)))
        if at is not None or _go_through(lines):
            return at
    return _widest_gap(sheet, uprights)


def _go_through(lines: list[Path]) -> bool:
    """Whether half of the level lines are seen all across the middle."""
    count = len(lines[0].strength)
    middle = slice(round(_MIDDLE[0] * count), round(_MIDDLE[1] * count))
    whole = [float(np.percentile(p.strength[middle], 10)) > _SEEN_THROUGH for p in lines]
    return sum(whole) >= max(_LEAST_LINES, 0.5 * len(lines))


def _gap(sheet: Sheet, quiet: NDArray[np.bool_]) -> int | None:
    """The middle of a long stretch of quiet strips near the middle of a sheet."""
    strips = np.arange(len(quiet))
    found = np.flatnonzero(quiet & (strips >= _MIDDLE[0] * len(quiet)) & (strips < _MIDDLE[1] * len(quiet)))
    if not len(found):
        return None
    runs = np.split(found, np.flatnonzero(np.diff(found) > 1) + 1)
    run = max(runs, key=lambda r: len(r) - _OFF_COST * abs(float(r.mean()) + 0.5 - len(quiet) / 2))
    return int(round((run[0] + run[-1] + 1) / 2 * sheet.width / len(quiet)))


def _lines_through(sheet: Sheet, strength: Floats) -> list[Path]:
    """Level lines over the whole sheet, whether or not they go on across its middle."""
    at = (np.arange(len(strength)) + 0.5) * sheet.width / len(strength)
    columns = np.arange(sheet.width)
    paths = find_paths(strength, _LEAST_LEVEL)
    lines = [Line(np.interp(columns, at, p.at), p.support) for p in paths]
    rim = round(_RIM * sheet.width)
    kept = {round(x.middle) for x in confirmed(sheet.image, lines, rim, sheet.width - rim)}
    return [p for p, line in zip(paths, lines, strict=True) if round(line.middle) in kept]


def _widest_gap(sheet: Sheet, uprights: list[Line]) -> int:
    """The middle of the sheet, moved between the two upright lines about it."""
    middle = sheet.width / 2
    before = max((u.middle for u in uprights if u.middle < middle), default=middle)
    behind = min((u.middle for u in uprights if u.middle >= middle), default=middle)
    near = [x for x in (before, behind) if abs(x - middle) < 0.02 * sheet.width]
    return round(near[0]) + 2 if len(near) == 1 else round((before + behind) / 2)


def _half(sheet: Sheet, uprights: list[Line], left: int, right: int) -> HalfGrid | None:
    if not uprights:
        return None
    strength = strengths(sheet.image, left, right)
    bend = find_bend(strength)
    straight = straightened(strength, bend)
    first, last = _extent(uprights, left, right, len(straight))
    paths = _strong(find_paths(straight[first : last + 1], _LEAST_LEVEL), _LEAST_LEVEL)
    at = left + (np.arange(len(strength)) + 0.5) * (right - left) / len(strength)
    columns = np.arange(sheet.width)
    lines = [Line(np.interp(columns, at[first : last + 1], p.at + bend[first : last + 1]), p.support) for p in paths]
    lines = confirmed(sheet.image, lines, round(at[first]), round(at[last]))
    levels = _without_doubles(lines, _DOUBLE_LEVEL_PX)
    smooth = np.interp(columns, at, bend)
    x0, x1 = (
        _ends(sheet, levels, left, right) if len(levels) >= _LEAST_LINES else _written(sheet, uprights, left, right)
    )
    inner = [u for u in uprights if x0 - _DOUBLE_PX <= u.middle <= x1 + _DOUBLE_PX]
    if len(uprights) - len(inner) > _MOST_BEYOND:
        inner, x0, x1 = uprights, uprights[0].middle, uprights[-1].middle
    return HalfGrid(left, right, tuple(_framed(inner, x0, x1)), tuple(levels), smooth)


def _extent(uprights: list[Line], left: int, right: int, count: int) -> tuple[int, int]:
    """First and last of so many strips between the outermost uprights of a half."""
    wide = (right - left) / count
    first = int((uprights[0].middle - left) / wide)
    last = int((uprights[-1].middle - left) / wide)
    return min(max(0, first), count - 2), max(min(count - 1, last), first + 1)


def _ends(sheet: Sheet, levels: list[Line], left: int, right: int) -> tuple[float, float]:
    """Where level lines begin and end from left to right."""
    x = np.arange(left, right)
    seen = np.zeros(len(x))
    for line in levels:
        y = np.clip(np.round(line.at[left:right]).astype(int), 2, sheet.height - 3)
        beside = np.maximum(sheet.image[y - 2, x], sheet.image[y + 2, x]).astype(int)
        here = np.minimum(np.minimum(sheet.image[y - 1, x], sheet.image[y + 1, x]), sheet.image[y, x]).astype(int)
        seen += beside - here > _SEEN_DEPTH
    smooth = np.convolve(seen, np.ones(9) / 9, "same")
    inside = np.flatnonzero(smooth > 0.4 * float(np.percentile(smooth, 60)))
    if not len(inside):
        return float(left), float(right)
    runs = np.split(inside, np.flatnonzero(np.diff(inside) > 2 * STRIP_PX) + 1)
    longest = max(runs, key=lambda run: run[-1] - run[0])
    return float(x[longest[0]]), float(x[longest[-1]])


def _written(sheet: Sheet, uprights: list[Line], left: int, right: int) -> tuple[float, float]:
    """The outermost uprights, or where writing ends beyond them when there is some in many places."""
    first, last = uprights[0].middle, uprights[-1].middle
    rim = round(0.015 * sheet.width)
    for a, b, is_left in ((left + rim, round(first) - 6, True), (round(last) + 6, right - rim, False)):
        if b - a < _NARROWEST_PX:
            continue
        ink = sheet.image[:, a:b] < 255 - 2 * _RULE_DEPTH
        bands = np.array_split(ink.any(axis=1), 40)
        if sum(bool(band.any()) for band in bands) < 8:
            continue
        columns = np.flatnonzero(ink.sum(axis=0) > 0)
        low, high = np.percentile(columns, (2, 98))
        first, last = (min(first, a + low - 8), last) if is_left else (first, max(last, a + high + 8))
    return first, last


def _framed(uprights: list[Line], x0: float, x1: float) -> list[Line]:
    """Uprights with an edge put where level lines begin or end without one."""
    framed = list(uprights)
    if uprights[0].middle - x0 > 1.5 * _DOUBLE_PX:
        framed.insert(0, uprights[0].moved(x0 - uprights[0].middle))
    if x1 - uprights[-1].middle > 1.5 * _DOUBLE_PX:
        framed.append(uprights[-1].moved(x1 - uprights[-1].middle))
    return framed
