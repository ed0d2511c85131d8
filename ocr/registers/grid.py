"""The ruled lines of a sheet: its halves, the upright lines between columns, and the level lines across each half."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.geometry.gutter import runs
from ocr.geometry.ruled_bend import remove_bend, ruled_bend
from ocr.geometry.ruled_paths import STRIP_PX, Path, find_paths, strengths
from ocr.registers.gutter import crossings, ruled_gutter
from ocr.registers.line import (
    RuledLine,
    confirm_lines,
    drop_shone_through,
    drop_undrawn,
    measure_drawn,
    snap_to_rulings,
    without_doubles,
    without_letters,
)
from ocr.registers.sheet import LevelSheet

Floats = NDArray[np.float64]

# Fewer lines than this make a table only of a register that has so few columns.
_USUAL_COLUMNS = 5
_LEAST_COLUMNS = 3
# Where fewer lines are seen than columns have edges, an outer column has no line, and may hold little.
_LEAST_BANDS, _FEW_BANDS = 8, 2
_MOST_BEYOND = 2
_LEAST_UPRIGHT = 0.28
# Only where too few columns were found: on other pages so faint a path is writing.
_FAINTEST = 0.14
_LEAST_LEVEL = 0.3
_LEAST_BARE, _LEAST_DRAWN, _LEAST_RULED = 0.15, 0.12, 0.3
# A path is measured against the strong ones of its own page.
_RELATIVE = 0.5
_LEAST_SEEN = 1.5
# Breaks of three strips do not end a table.
_LONGEST_BREAK = 4
# Upright lines nearer than the first are one drawn double; of two nearer than the second one is none, since no column
# is so narrow.
_DOUBLE_PX = 16
_NARROWEST_PX = 28
_SEEN_DEPTH = 9
_LEAST_CONFIRMED = 0.3
_RULE_DEPTH = 25
_DOUBLE_LEVEL_PX = 9
_LEAST_LINES = 4
_CLOSED_PX, _CLEAR_PX = 20, 7
_SEEN_ABOVE, _SEEN_BELOW = 0.5, 0.2


@dataclass(frozen=True, slots=True)
class HalfGrid:
    """One page of a spread, or a single page.

    left, right: columns of the sheet it spans. uprights: lines between columns from the left, outermost ones too.
    levels: from the top. bend: how far columns of the page hang down, for every x of the sheet, in pixels. strokes:
    lines that were drawn over a row, not between rows.
    """

    left: int
    right: int
    uprights: tuple[RuledLine, ...]
    levels: tuple[RuledLine, ...]
    bend: Floats
    strokes: tuple[RuledLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """All ruled lines of a sheet; top, bottom: where its upright lines begin and end."""

    halves: tuple[HalfGrid, ...]
    top: int
    bottom: int


def find_grid(
    sheet: LevelSheet, *, spread: bool | None = None, cut: int | None = None, columns: int = _USUAL_COLUMNS
) -> Grid | None:
    """The ruled lines of a sheet, None when it has no columns.

    spread: whether it shows two pages, if that is known. cut: the column at which they meet, if that is known. columns:
    the fewest that it may have; a page of three may show two lines alone, with open edges.
    """
    least = max(1, min(_LEAST_COLUMNS + 1, columns - 1))
    uprights, top, bottom = _uprights(sheet, _LEAST_UPRIGHT, _LEAST_CONFIRMED)
    if len(uprights) < least:
        uprights, top, bottom = _uprights(sheet, _FAINTEST, _FAINTEST)
    # So few are a table only where they were drawn: left edges of lines of writing stand below each other, too.
    few = len(uprights) < _LEAST_COLUMNS + 1
    if len(uprights) < least or (few and min(u.drawn for u in uprights) < _LEAST_RULED):
        return None
    cut = ruled_gutter(sheet, uprights, spread) if cut is None else cut
    edges = [0, sheet.width] if cut is None else [0, cut, sheet.width]
    halves = []
    for left, right in zip(edges, edges[1:], strict=False):
        own = [u for u in uprights if left <= u.middle < right]
        half = _half(sheet, own, left, right, has_open_edges=len(own) < columns < _USUAL_COLUMNS)
        if half is not None:
            halves.append(half)
    return Grid(tuple(halves), top, bottom) if halves else None


def count_uprights(sheet: LevelSheet) -> int:
    """How many upright lines a sheet shows, faint ones too: why it has no columns."""
    return len(_uprights(sheet, _FAINTEST, _FAINTEST)[0])


def closing_line(sheet: LevelSheet, half: HalfGrid) -> RuledLine | None:
    """The last level line of a half, where its upright lines end; None where they run on, or were hardly seen."""
    if not half.levels or len(half.uprights) < _LEAST_COLUMNS:
        return None
    last = half.levels[-1]
    above, below = (_uprights_seen(sheet, half, last, at) for at in (-_CLOSED_PX, _CLOSED_PX))
    return last if last.sure and above >= _SEEN_ABOVE and below <= _SEEN_BELOW else None


def _uprights_seen(sheet: LevelSheet, half: HalfGrid, line: RuledLine, off_px: int) -> float:
    """Share of a half's upright lines that are seen on a stretch that begins near a level line and is so long."""
    seen = []
    for upright in half.uprights:
        x = int(np.clip(upright.middle, 0, sheet.width - 1))
        start = round(float(line.at[x])) + (_CLEAR_PX if off_px > 0 else -_CLEAR_PX)
        rows = np.arange(max(0, min(start, start + off_px)), min(sheet.height, max(start, start + off_px)))
        if len(rows) < abs(off_px):
            return 0.0
        at = np.clip(np.round(upright.at[rows]).astype(int), 6, sheet.width - 7)
        # Signed: a difference of uint8 wraps around below 0.
        here = np.min([sheet.image[rows, at + d] for d in (-2, -1, 0, 1, 2)], axis=0).astype(int)
        beside = np.minimum(sheet.image[rows, at - 6], sheet.image[rows, at + 6]).astype(int)
        seen.append(float((beside - here > _SEEN_DEPTH).mean()) > 0.5)
    return float(np.mean(seen))


def _uprights(sheet: LevelSheet, least: float, least_confirmed: float) -> tuple[list[RuledLine], int, int]:
    """Lines between columns, and where they begin and end from top to bottom."""
    # Laid on its side, so that one search finds level and upright lines.
    image = np.ascontiguousarray(sheet.image.T)
    strength = strengths(image)
    first, last = _range(crossings(strength))
    paths = _strong(find_paths(strength[first : last + 1], least), least)
    at = (np.arange(len(strength)) + 0.5) * sheet.height / len(strength)
    rows = np.arange(sheet.height)
    lines = [RuledLine(np.interp(rows, at[first : last + 1], p.at), p.support) for p in paths]
    lines = confirm_lines(image, lines, round(at[first]), round(at[last]), least_confirmed)
    lines = measure_drawn(
        image, snap_to_rulings(image, lines, round(at[first]), round(at[last])), round(at[first]), round(at[last])
    )
    # A faint or broken ruling between dense columns is hidden by the figures beside it; without them it is seen.
    bare = strengths(without_letters(image))[first : last + 1]
    more = [RuledLine(np.interp(rows, at[first : last + 1], p.at), p.support) for p in find_paths(bare, _LEAST_BARE)]
    lines += [x for x in measure_drawn(image, more, round(at[first]), round(at[last])) if x.drawn >= _LEAST_DRAWN]
    lines = drop_shone_through(image, drop_undrawn(lines), round(at[first]), round(at[last]))
    return without_doubles(lines, _DOUBLE_PX, _NARROWEST_PX), round(at[first]), round(at[last])


def _range(count: Floats) -> tuple[int, int]:
    """First and last strip of the longest stretch in which lines are seen; breaks of three strips do not end it."""
    seen = np.flatnonzero(count >= _LEAST_SEEN)
    if not len(seen):
        return 0, len(count) - 1
    longest = max(runs(seen, _LONGEST_BREAK), key=len)
    return int(longest[0]), int(longest[-1])


def _strong(paths: list[Path], least: float) -> list[Path]:
    """Paths that are not much weaker than the strong ones of the page."""
    if not paths:
        return []
    usual = float(np.percentile([p.support for p in paths], 75))
    return [p for p in paths if p.support >= max(least, _RELATIVE * usual)]


def _half(
    sheet: LevelSheet, uprights: list[RuledLine], left: int, right: int, *, has_open_edges: bool
) -> HalfGrid | None:
    if not uprights:
        return None
    strength = strengths(sheet.image, left, right)
    bend = ruled_bend(strength)
    straight = remove_bend(strength, bend)
    first, last = _extent(uprights, left, right, len(straight))
    paths = _strong(find_paths(straight[first : last + 1], _LEAST_LEVEL), _LEAST_LEVEL)
    at = left + (np.arange(len(strength)) + 0.5) * (right - left) / len(strength)
    columns = np.arange(sheet.width)
    lines = [
        RuledLine(np.interp(columns, at[first : last + 1], p.at + bend[first : last + 1]), p.support) for p in paths
    ]
    lines = confirm_lines(sheet.image, lines, round(at[first]), round(at[last]))
    lines = drop_shone_through(sheet.image, lines, round(at[first]), round(at[last]))
    levels = without_doubles(lines, _DOUBLE_LEVEL_PX)
    smooth = np.interp(columns, at, bend)
    x0, x1 = (
        _ends(sheet, levels, left, right)
        if len(levels) >= _LEAST_LINES
        else _extend_to_writing(sheet, uprights, left, right, _FEW_BANDS if has_open_edges else _LEAST_BANDS)
    )
    inner = [u for u in uprights if x0 - _DOUBLE_PX <= u.middle <= x1 + _DOUBLE_PX]
    if not inner:
        # Its level lines are elsewhere, as the edges of papers beside each other are: no table.
        return None
    if len(uprights) - len(inner) > _MOST_BEYOND:
        inner, x0, x1 = uprights, uprights[0].middle, uprights[-1].middle
    return HalfGrid(left, right, tuple(_add_edges(inner, x0, x1)), tuple(levels), smooth)


def _extent(uprights: list[RuledLine], left: int, right: int, count: int) -> tuple[int, int]:
    """First and last of so many strips between the outermost uprights of a half."""
    wide = (right - left) / count
    first = min(max(0, int((uprights[0].middle - left) / wide)), count - 2)
    last = int((uprights[-1].middle - left) / wide)
    return first, max(min(count - 1, last), first + 1)


def _ends(sheet: LevelSheet, levels: list[RuledLine], left: int, right: int) -> tuple[float, float]:
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
    longest = max(runs(inside, 2 * STRIP_PX), key=lambda run: run[-1] - run[0])
    return float(x[longest[0]]), float(x[longest[-1]])


def _extend_to_writing(
    sheet: LevelSheet, uprights: list[RuledLine], left: int, right: int, least_bands: int
) -> tuple[float, float]:
    """The outermost uprights, or where writing ends beyond them when it stands at so many of forty heights."""
    first, last = uprights[0].middle, uprights[-1].middle
    rim = round(0.015 * sheet.width)
    for a, b, is_left in ((left + rim, round(first) - 6, True), (round(last) + 6, right - rim, False)):
        if b - a < _NARROWEST_PX:
            continue
        ink = sheet.image[:, a:b] < 255 - 2 * _RULE_DEPTH
        bands = np.array_split(ink.any(axis=1), 40)
        if sum(bool(band.any()) for band in bands) < least_bands:
            continue
        columns = np.flatnonzero(ink.sum(axis=0) > 0)
        low, high = np.percentile(columns, (2, 98))
        first, last = (min(first, a + low - 8), last) if is_left else (first, max(last, a + high + 8))
    return first, last


def _add_edges(uprights: list[RuledLine], x0: float, x1: float) -> list[RuledLine]:
    """Uprights with an edge put where level lines begin or end without one."""
    framed = list(uprights)
    if uprights[0].middle - x0 > 1.5 * _DOUBLE_PX:
        framed.insert(0, uprights[0].shift(x0 - uprights[0].middle))
    if x1 - uprights[-1].middle > 1.5 * _DOUBLE_PX:
        framed.append(uprights[-1].shift(x1 - uprights[-1].middle))
    return framed
