"""Whether the rows of two facing pages are the same rows: those of the right are put where those of the left lie.

Three things tell that they are not: writing on the right-hand page that is in no row, rows that are written on the left
alone at the table's ends, and entries that begin higher or lower under their border than on the left, or are cut by it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ocr.registers.cells import first_line, owners
from ocr.registers.facing import is_level
from ocr.registers.grid import Grid, HalfGrid
from ocr.registers.ink import Marks
from ocr.registers.labels import Heading
from ocr.registers.span import Span

Bools = NDArray[np.bool_]

_LETTER = 0.5
_CUT = 0.3
_OFF = 0.4
_FAR_OFF = 0.8
_LEAST_COLUMNS = 2
_STRAY_COLUMNS = 3
_WRITTEN = 3
_MOST_ODD = 0.2
_LEAST_ODD = 2


class HalfInk:
    """What is written in each row of one half.

    columns: in how many columns. begins: how far below its upper border a row's first line lies, in letters, NaN where
    nothing is written. cut: in how many columns that border cuts writing.
    """

    def __init__(self, half: HalfGrid, spans: Sequence[Span], marks: Marks) -> None:
        self._marks = marks
        self._column = owners(half, marks)
        self._x = np.clip(marks.x.astype(int), 0, len(half.bend) - 1)
        self._own = (marks.x >= half.left) & (marks.x < half.right)
        self._own &= (self._column >= 0) & (self._column < len(half.uprights) - 1)
        self._solid = self._own & (marks.y1 - marks.y0 >= _LETTER * marks.letter_px)
        self._middle = (half.left + half.right) // 2
        self._spans = spans
        inside = [self._marks_between(span) for span in spans]
        self.columns = np.array([self._count(self._solid & own) for own in inside])
        self.begins = np.array([self._begins(span, own) for span, own in zip(spans, inside, strict=True)])
        self.cut = np.array([self._count(self._cut_by(span)) for span in spans])

    def columns_below(self, bottom: float) -> int:
        """In how many columns something is written below the last row and above a height."""
        below = self._marks.y > self._spans[-1].bottom.at[self._x]
        return self._count(self._solid & below & (self._marks.y < bottom))

    def _marks_between(self, span: Span) -> Bools:
        y = self._marks.y
        return np.asarray((y > span.top.at[self._x]) & (y <= span.bottom.at[self._x]), np.bool_)

    def _begins(self, span: Span, inside: Bools) -> float:
        line = first_line(self._marks, np.flatnonzero(self._own & inside), self._column)
        return np.nan if line is None else (line - span.top.at[self._middle]) / self._marks.letter_px

    def _cut_by(self, span: Span) -> Bools:
        y, reach = span.top.at[self._x], _CUT * self._marks.letter_px
        return np.asarray(self._solid & (self._marks.y0 < y - reach) & (self._marks.y1 > y + reach), np.bool_)

    def _count(self, some: Bools) -> int:
        return len(np.unique(self._column[some]))


def disagreeing(grid: Grid, marks: Marks, spans: Sequence[Sequence[Span]], heading: Heading | None) -> list[bool]:
    """For each row of a spread whether its two halves may be different rows; of a single page none are."""
    count = len(spans[0])
    if len(grid.halves) != 2 or not count:
        return [False] * count
    main, other = (HalfInk(half, own, marks) for half, own in zip(grid.halves, spans, strict=True))
    off = other.begins - main.begins
    known = ~np.isnan(off)
    # All of one page may stand a little higher than the other; a row tells something against the other rows alone.
    off = np.where(known, off - (np.median(off[known]) if known.any() else 0.0), 0.0)
    cut = (other.cut >= _LEAST_COLUMNS) & (other.cut > main.cut)
    odd = int(((np.abs(off) > _OFF) | cut).sum())
    in_order = not is_level(*grid.halves) and heading is None
    stray = other.columns_below(grid.bottom) >= _STRAY_COLUMNS > main.columns_below(grid.bottom)
    alone = (main.columns >= _WRITTEN) & (other.columns == 0)
    # A right-hand page on which nothing stands at all disagrees with nothing.
    ends = bool(alone[0] or alone[-1]) and not alone.all()
    if in_order or stray or ends or odd >= max(_LEAST_ODD, _MOST_ODD * count):
        return [True] * count
    # A border that cuts writing is the next row's upper and this one's lower.
    below = np.append(cut[1:], False)
    return [bool(x) for x in (np.abs(off) > _FAR_OFF) | cut | below]
