"""Blank cells that may not be: ink too faint, too small or too near a ruled line to count as writing.

A cell is blank when no mark in it counts as writing. What made marks of ink leaves out what is paler than most of the
page, specks, and what is left of ruled lines; in a blank cell such ink is looked at again, since a value that is lost
there is lost without a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ocr.registers.cells import Cell
from ocr.registers.grid import Grid
from ocr.registers.ink import Marks, rule_mask, sharpness
from ocr.registers.sheet import LevelSheet
from ocr.registers.span import Span

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_EXTENT, _LEAST_SHARP = 0.3, 8.0
_PEAK = 0.5
_LEAST_PX = 3
_LETTER = 0.5
_FLAT = 0.35
_LEAST_QUOTE_PX = 3.5
_QUOTE, _MOST_QUOTE_WIDE, _MOST_QUOTE_HIGH = 0.24, 1.2, 0.9
_ABOVE, _BELOW = 1.1, 0.4
_PAIR_APART, _PAIR_LEVEL, _STROKE = 0.7, 0.2, 0.1
_INSIDE = 0.2
# 2.2 letters beyond a border had twice as many cells asked on unruled pages, and found two more (docs/lab.md).
_BEYOND_SIDE, _BEYOND_BORDER = 3.0, 1.0


@dataclass(frozen=True, slots=True)
class Faint:
    """Ink of a sheet, kept as writing or not: middles, widths and heights in pixels of the sheet, all of one length."""

    x: Floats
    y: Floats
    wide: Floats
    high: Floats
    letter_px: float

    def may_be_written(self, cell: Cell, line: float | None) -> bool:
        """Whether ink in a cell may be writing: as large as a letter, or small on the row's first line as a ditto mark.

        Where an edge of the cell was not surely seen, letters near beyond it may be the cell's own. line: the height of
        the row's first line, None where it has none.
        """
        letter = self.letter_px
        size = np.maximum(self.wide, self.high)
        letters = self._pixels_within(cell, _BEYOND_SIDE, _BEYOND_BORDER) & (size >= _LETTER * letter)
        letters &= self.high >= _FLAT * letter
        if line is None or letters.any():
            return bool(letters.any())
        own = self._pixels_within(cell)
        on_line = own & (self.y >= line - _ABOVE * letter) & (self.y <= line + _BELOW * letter)
        on_line &= (self.wide <= _MOST_QUOTE_WIDE * letter) & (self.high <= _MOST_QUOTE_HIGH * letter)
        least = max(_LEAST_QUOTE_PX, _QUOTE * letter)
        return bool((on_line & (size >= least)).any()) or self._has_pair(on_line)

    def _pixels_within(self, cell: Cell, side: float = 0.0, border: float = 0.0) -> Bools:
        """What lies in a cell, and so many letters beyond those of its sides, and those of its borders, not seen."""
        left, right, top, bottom = cell.sides
        letter = self.letter_px
        x, y = self.x.astype(int), self.y.astype(int)
        # A line that was seen has a soft edge, which is no ink of the cell.
        more = [side if line.support == 0 else -_INSIDE for line in (left, right)]
        own = (self.x > left.at[y] - more[0] * letter) & (self.x < right.at[y] + more[1] * letter)
        more = [0.0 if line.sure else border for line in (top, bottom)]
        own &= (self.y > top.at[x] - more[0] * letter) & (self.y <= bottom.at[x] + more[1] * letter)
        return np.asarray(own, np.bool_)

    def _has_pair(self, own: Bools) -> bool:
        """Whether two small strokes stand close beside each other on one height."""
        some = np.flatnonzero(own & (self.high >= _STROKE * self.letter_px))
        some = some[np.argsort(self.x[some])]
        across, down = np.diff(self.x[some]), np.abs(np.diff(self.y[some]))
        near = (across <= _PAIR_APART * self.letter_px) & (down <= _PAIR_LEVEL * self.letter_px)
        return bool(near.any())


def find_faint(sheet: LevelSheet, grid: Grid, marks: Marks, spans: Sequence[Sequence[Span]]) -> Faint:
    """All ink of a sheet beside its ruled lines that is at least half as sharp as a middling letter.

    spans: the rows of each half.
    """
    import cv2

    sharp = sharpness(sheet)
    typical = _typical(sharp, marks)
    ink = ((sharp >= max(_LEAST_SHARP, _EXTENT * typical)) & (rule_mask(sheet, _thin(grid, spans)) == 0)).astype(
        np.uint8
    )
    count, labels, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=8)
    peak = np.zeros(count, np.uint8)
    np.maximum.at(peak, labels[ink > 0], sharp[ink > 0])
    kept = (peak >= _PEAK * typical) & (stats[:, 4] >= _LEAST_PX)
    kept[0] = False
    wide, high = (stats[kept, i].astype(np.float64) for i in (2, 3))
    return Faint(centres[kept, 0], centres[kept, 1], wide, high, marks.letter_px)


def _thin(grid: Grid, spans: Sequence[Sequence[Span]]) -> Grid:
    """A grid whose level lines that border no row are single: two of them may be the two sides of a row of letters."""
    borders = {id(line) for own in spans for span in own for line in (span.top, span.bottom)}
    halves = []
    for half in grid.halves:
        levels = (line if id(line) in borders else replace(line, reach_px=0.0) for line in half.levels)
        halves.append(replace(half, levels=tuple(levels)))
    return replace(grid, halves=tuple(halves))


def _typical(sharp: NDArray[np.uint8], marks: Marks) -> float:
    """How sharp a middling letter is at its sharpest."""
    peak = np.zeros(len(marks) + 1, np.uint8)
    written = marks.labels > 0
    np.maximum.at(peak, marks.labels[written], sharp[written])
    letters = marks.y1 - marks.y0 >= _LETTER * marks.letter_px
    return float(np.median(peak[1:][letters])) if letters.any() else 255.0
