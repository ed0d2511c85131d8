"""Where a header may stand: the first spaces between level lines and, where these are far apart, lines of writing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from ocr.registers.grid import Grid, HalfGrid
from ocr.registers.ink import Marks, columns_of
from ocr.registers.line import RuledLine

Space = tuple[list[RuledLine], list[RuledLine]]
"""The upper and lower borders of a space, one for each half."""

_MOST_SPACES = 3
_MOST_BANDS = 4
_LETTERS_ABOVE = 6.0
_LEAST_HIGH = 0.9
_TALL, _TALLEST = 5.0, 14.0
_LEAST_ABOVE = 0.6
_LEAST_MARK, _MOST_MARK = 0.3, 3.0
_BAND_GAP = 0.3
_LEAST_COLUMNS = 2
_CUT_LINES = 4
_CUT_HIGH = (1.5, 8.0)


def header_spaces(grid: Grid, marks: Marks) -> list[Space]:
    """The first spaces of a sheet, on all halves at once. A border at which no line was seen has no support."""
    main, letter = grid.halves[0], marks.letter_px
    lines = _first_lines(grid, marks)
    found: list[Space] = []
    for top, foot in list(zip(lines, lines[1:], strict=False))[:_MOST_SPACES]:
        high = float(np.median(foot.at - top.at))
        if _LEAST_HIGH * letter <= high <= _TALLEST * letter:
            found.append(_on_all(grid, top, foot))
        if high > _TALL * letter:
            borders = _band_borders(main, marks, top, foot)
            found += [_on_all(grid, a, b) for a, b in zip(borders, borders[1:], strict=False)]
            # Above the first line that was seen a page's own title may stand, and the header below it.
            if top.support:
                break
    return found


def cut_spaces(grid: Grid, letter_px: float) -> Iterator[Space]:
    """Spaces between any two of the first level lines: a line may run through the words of a header."""
    for top, foot in combinations(grid.halves[0].levels[:_CUT_LINES], 2):
        if _CUT_HIGH[0] * letter_px <= float(np.median(foot.at - top.at)) <= _CUT_HIGH[1] * letter_px:
            yield _on_all(grid, top, foot)


def space_below(spaces: Sequence[Space], foot: RuledLine) -> Space | None:
    """The space that begins where another ends."""
    # The very same line: lines hold arrays, which do not compare as one value.
    return next((s for s in spaces if s[0][0] is foot), None)


def _first_lines(grid: Grid, marks: Marks) -> list[RuledLine]:
    """The first level lines of the left-hand page, with a border above them where labels stand above the first."""
    main, letter = grid.halves[0], marks.letter_px
    begin = RuledLine(main.bend + grid.top - letter, 0.0)
    lines = list(main.levels[: _MOST_SPACES + 2])
    if not lines:
        return [begin, RuledLine(main.bend + grid.bottom, 0.0)]
    above = lines[0].shift(-_LETTERS_ABOVE * letter)
    is_far = float(np.median(lines[0].at - begin.at)) > _LETTERS_ABOVE * letter
    first = begin if is_far else above
    column = columns_of(main, marks.x, marks.y)
    x = np.clip(marks.x.astype(int), 0, len(main.bend) - 1)
    inside = (column >= 0) & (column < len(main.uprights) - 1) & (marks.y < lines[0].at[x])
    high = (marks.y > first.at[x]) & (marks.y > grid.top - letter)
    if len(np.unique(column[inside & high])) >= _LEAST_ABOVE * (len(main.uprights) - 1):
        lines.insert(0, first)
    return lines


def _band_borders(main: HalfGrid, marks: Marks, top: RuledLine, foot: RuledLine) -> list[RuledLine]:
    """Borders between the first lines of writing of a space; between two of them nothing is written in any column."""
    letter = marks.letter_px
    column = columns_of(main, marks.x, marks.y)
    x = np.clip(marks.x.astype(int), 0, len(main.bend) - 1)
    high = marks.y1 - marks.y0
    own = (column >= 0) & (column < len(main.uprights) - 1) & (marks.y > top.at[x]) & (marks.y < foot.at[x])
    own &= (high >= _LEAST_MARK * letter) & (high <= _MOST_MARK * letter)
    bands: list[tuple[float, float, set[int]]] = []
    # Without the bend, so that one line of print on a bent page stays one band.
    bend = main.bend[x]
    for i in np.flatnonzero(own)[np.argsort(marks.y0[own] - bend[own])]:
        y0, y1 = float(marks.y0[i] - bend[i]), float(marks.y1[i] - bend[i])
        if bands and y0 < bands[-1][1] + _BAND_GAP * letter:
            bands[-1] = (bands[-1][0], max(bands[-1][1], y1), bands[-1][2] | {int(column[i])})
        else:
            bands.append((y0, y1, {int(column[i])}))
    bands = [b for b in bands if len(b[2]) >= _LEAST_COLUMNS][: _MOST_BANDS + 1]
    if not bands:
        return []
    between = [(a[1] + b[0]) / 2 for a, b in zip(bands, bands[1:], strict=False)]
    heights = [bands[0][0] - _BAND_GAP * letter, *between]
    return [RuledLine(main.bend + y, 0.0) for y in heights]


def _on_all(grid: Grid, top: RuledLine, foot: RuledLine) -> Space:
    main, *others = grid.halves
    tops, feet = [top], [foot]
    for other in others:
        tops.append(_line_on_other(top, main, other))
        feet.append(_line_on_other(foot, main, other))
    return tops, feet


def _line_on_other(line: RuledLine, main: HalfGrid, other: HalfGrid) -> RuledLine:
    y = line.at[max(0, main.right - 8)]
    x = min(other.left + 8, len(line.at) - 1)
    near = min(other.levels, key=lambda r: abs(r.at[x] - y), default=None)
    if near is not None and abs(near.at[x] - y) <= 10:
        return near
    return RuledLine(other.bend - other.bend[x] + y, 0.0)
