"""What is written on one half of a sheet, by column and height, and the lines of writing in a column."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ocr.geometry.gutter import runs
from ocr.registers.grid import HalfGrid
from ocr.registers.ink import Marks, columns_of
from ocr.registers.line import RuledLine

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_SOLID = 0.5
_SOLID_WIDE = 1.2
_MERGE = 0.35
_SIGN_GAP, _SIGN_HIGH = 0.2, 0.6
_LEAST_HIGH, _LEAST_AREA = 0.45, 0.25
_LOWEST, _LONGEST, _LONG = 0.8, 3.0, 8.0
_REACH = 1.3
_BREAK = 2.2


@dataclass(frozen=True, slots=True)
class Writing:
    """Marks of one half: column, left and right on the sheet, and heights with the page's bend taken out.

    solid: too large for a speck, and not what is left of a level line.
    """

    column: Ints
    left: Ints
    right: Ints
    top: Floats
    bottom: Floats
    y: Floats
    area: Ints
    solid: Bools
    letter_px: float

    def add_beside(self, other: Writing, lower_px: float, columns: int) -> Writing:
        """This page's writing with that of the page beside it, whose heights are so much lower here."""
        return Writing(
            np.concatenate([self.column, other.column + columns]),
            np.concatenate([self.left, other.left]),
            np.concatenate([self.right, other.right]),
            np.concatenate([self.top, other.top + lower_px]),
            np.concatenate([self.bottom, other.bottom + lower_px]),
            np.concatenate([self.y, other.y + lower_px]),
            np.concatenate([self.area, other.area]),
            np.concatenate([self.solid, other.solid]),
            self.letter_px,
        )

    def keep_below(self, y: float) -> Writing:
        """What lies below a height."""
        return self.drop(self.y <= y)

    def keep_above(self, y: float) -> Writing:
        """What lies above a height."""
        return self.drop(self.y > y)

    def drop(self, own: Bools) -> Writing:
        """All but some marks."""
        names = ("column", "left", "right", "top", "bottom", "y", "area", "solid")
        return replace(self, **{name: getattr(self, name)[~own] for name in names})

    def foot_of(self, start: float) -> float:
        """Where writing that begins at a height ends: it goes on while the next is no further than two lines away."""
        own = self.solid & (self.bottom > start)
        foot = start
        for top, bottom in sorted(zip(self.top[own], self.bottom[own], strict=True)):
            if top > foot + _BREAK * self.letter_px and foot > start:
                break
            foot = max(foot, bottom)
        return float(foot)

    def quiet_above(self, top: float) -> float:
        """The emptiest height shortly above an entry."""
        at = np.arange(top - _REACH * self.letter_px, top + 0.5)
        ink = np.zeros(len(at))
        near = (self.bottom > at[0]) & (self.top < at[-1])
        for a, b, area in zip(self.top[near], self.bottom[near], self.area[near], strict=True):
            ink[(at >= a) & (at < b)] += area / max(1.0, b - a)
        # Sums of the same ink may differ in their last bits.
        best = np.flatnonzero(ink <= ink.min() + 1e-9)
        # Of equally long gaps the lowest, nearest to the entry.
        longest = max(runs(best), key=lambda r: (len(r), r[0]))
        return float(at[longest].mean())


class Entry:
    """Marks of one column that lie on one height."""

    __slots__ = ("area", "bottom", "top", "weighed")

    def __init__(self, top: float, bottom: float, area: float, y: float | None = None) -> None:
        self.top, self.bottom, self.area = top, bottom, area
        self.weighed = area * ((top + bottom) / 2 if y is None else y)

    @property
    def y(self) -> float:
        """Its middle."""
        return (self.top + self.bottom) / 2

    @property
    def ink_y(self) -> float:
        """The middle of its ink."""
        return self.weighed / max(1.0, self.area)

    def take(self, other: Entry) -> None:
        """Add what belongs to the same line."""
        self.top, self.bottom = min(self.top, other.top), max(self.bottom, other.bottom)
        self.area, self.weighed = self.area + other.area, self.weighed + other.weighed


def writing_of(half: HalfGrid, marks: Marks, below: RuledLine | None) -> Writing:
    """The marks of a half within its columns, below a line."""
    column = columns_of(half, marks.x, marks.y)
    inside = (column >= 0) & (column < len(half.uprights) - 1) & (marks.x >= half.left) & (marks.x < half.right)
    at = np.clip(marks.x.astype(int), 0, len(half.bend) - 1)
    if below is not None:
        inside &= marks.y > below.at[at]
    bend = half.bend[at[inside]]
    high, wide = (marks.y1 - marks.y0)[inside], (marks.x1 - marks.x0)[inside]
    return Writing(
        column[inside],
        marks.x0[inside],
        marks.x1[inside],
        marks.y0[inside] - bend,
        marks.y1[inside] - bend,
        marks.y[inside] - bend,
        marks.area[inside],
        _is_solid(high, wide, marks.letter_px),
        marks.letter_px,
    )


def _is_solid(high: Ints, wide: Ints, letter_px: float) -> Bools:
    """Which marks are as high as a letter or as wide as a dash, and not what is left of a level line."""
    is_line = (high < _LOWEST * letter_px) & (wide > np.maximum(_LONGEST * letter_px, _LONG * high))
    return np.asarray(((high >= _SOLID * letter_px) | (wide >= _SOLID_WIDE * letter_px)) & ~is_line, np.bool_)


def entries_of(writing: Writing, column: int) -> list[Entry]:
    """What stands in a column, line by line from the top; specks are left out."""
    own = (writing.column == column) & writing.solid
    boxes = sorted(zip(writing.top[own], writing.bottom[own], writing.area[own], strict=True))
    merged: list[Entry] = []
    for top, bottom, area in boxes:
        entry = Entry(float(top), float(bottom), float(area))
        if merged and _is_same_line(merged[-1], entry, writing.letter_px):
            merged[-1].take(entry)
        else:
            merged.append(entry)
    if not merged:
        return []
    high = float(np.median([e.bottom - e.top for e in merged]))
    heavy = float(np.median([e.area for e in merged]))
    return [e for e in merged if e.bottom - e.top >= _LEAST_HIGH * high and e.area >= _LEAST_AREA * heavy]


def _is_same_line(line: Entry, mark: Entry, letter_px: float) -> bool:
    """Whether a mark overlaps a line, or is a sign that hangs close below it."""
    high = mark.bottom - mark.top
    overlaps = mark.top < line.bottom - _MERGE * min(high, line.bottom - line.top)
    return overlaps or (mark.top - line.bottom < _SIGN_GAP * letter_px and high < _SIGN_HIGH * letter_px)
