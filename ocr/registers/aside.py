"""What stands around a table: notes in the margins, and what may be the page's number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image
from ocr.page import Box
from ocr.registers.cells import cut_level
from ocr.registers.grid import Grid, HalfGrid, closing_line
from ocr.registers.ink import Marks
from ocr.registers.sheet import LevelSheet
from ocr.registers.span import Span

Ints = NDArray[np.int64]

_SOLID = 0.5
_TALLEST, _WIDEST = 4.0, 25.0
_EDGE_PX = 10
_EDGE_REACH = 0.4
_JOIN = (1.3, 0.55)
_LEAST_MARKS = 2
_LINE = 0.8
_MOST_LINES = 12
_NUMBER_MARKS, _NUMBER_WIDE = 4, 5.0
_ALONE_HIGH, _ALONE_WIDE = 0.55, 0.2
_OFF_CENTRE = 0.12
_PAD = 0.5
_FRAME_PX = 60


@dataclass(frozen=True, slots=True)
class Aside:
    """Something written or printed outside of a table.

    where: "left", "right", "above" or "below" the table, or in the "gutter". half: the page of a spread it stands on.
    box: on the scan. pictures: its lines, cut from the scan. row: which row lies nearest, from 0, None without rows.
    may_number: it may be the page's number, so short is it and so placed. may_title: it stands above the middle of the
    table, as a printed title does.
    """

    where: str
    half: int
    box: Box
    pictures: tuple[Image, ...]
    row: int | None
    may_number: bool
    may_title: bool = False


def find_asides(sheet: LevelSheet, grid: Grid, marks: Marks, spans: Sequence[Sequence[Span]]) -> tuple[Aside, ...]:
    """All that stands around the table of a sheet, from the top; spans: the rows of each half."""
    where, half = _places(sheet, grid, marks, spans)
    high, wide = marks.y1 - marks.y0, marks.x1 - marks.x0
    letter = marks.letter_px
    fits = (high <= _TALLEST * letter) & (wide <= _WIDEST * letter)
    inner = (marks.x0 > _EDGE_PX) & (marks.y0 > _EDGE_PX)
    inner &= (marks.x1 < sheet.width - _EDGE_PX) & (marks.y1 < sheet.height - _EDGE_PX)
    own = np.flatnonzero((where >= 0) & fits & inner)
    found = []
    for cluster in _clusters(sheet, marks, own, where):
        number = int(half[cluster[0]])
        aside = _make_aside(sheet, marks, cluster, _NAMES[int(where[cluster[0]])], number, spans)
        if aside is not None:
            is_centred = _is_centred(grid.halves[number], marks, cluster)
            found.append(replace(aside, may_title=aside.where == "above" and is_centred))
    return tuple(sorted(found, key=lambda a: (a.box.y0, a.box.x0)))


_NAMES = ("left", "right", "above", "below", "gutter")


def _places(sheet: LevelSheet, grid: Grid, marks: Marks, spans: Sequence[Sequence[Span]]) -> tuple[Ints, Ints]:
    """Where each mark stands, by number in _NAMES, -1 in the table; and on which half."""
    where = np.full(len(marks), -1, np.int64)
    half = np.zeros(len(marks), np.int64)
    rows = np.clip(np.round(marks.y).astype(int), 0, sheet.height - 1)
    columns = np.clip(np.round(marks.x).astype(int), 0, sheet.width - 1)
    reach = _EDGE_REACH * marks.letter_px
    last = len(grid.halves) - 1
    for number, (own, rows_of) in enumerate(zip(grid.halves, spans, strict=True)):
        here = (marks.x >= own.left) & (marks.x < own.right)
        half[here] = number
        top, foot = _ends(sheet, grid, own, rows_of)
        first, behind = own.uprights[0], own.uprights[-1]
        left = marks.x1 < first.at[rows] + reach
        right = marks.x0 > behind.at[rows] - reach
        where[here & left] = 0 if number == 0 else 4
        where[here & right] = 1 if number == last else 4
        # Last: what stands at a corner counts as above or below, not as beside.
        where[here & (marks.y < top[columns])] = 2
        where[here & (marks.y > foot[columns])] = 3
    return where, half


def _ends(
    sheet: LevelSheet, grid: Grid, half: HalfGrid, spans: Sequence[Span]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Height of the table's upper and lower end for every column of the sheet."""
    top, foot = half.bend + grid.top, half.bend + grid.bottom
    for line in half.levels:
        middle = line.middle
        if abs(middle - grid.top) < _FRAME_PX:
            top = line.at
            break
    closing = closing_line(sheet, half)
    if closing is not None:
        foot = closing.at
    if spans:
        top, foot = np.minimum(top, spans[0].top.at), np.maximum(foot, spans[-1].bottom.at)
    return top, foot


def _clusters(sheet: LevelSheet, marks: Marks, own: Ints, where: Ints) -> list[Ints]:
    """Marks of one place that lie close together."""
    import cv2

    found: list[Ints] = []
    # Each of two marks is grown by half of what may lie between them.
    across, down = (max(1, round(j * marks.letter_px / 2)) for j in _JOIN)
    for place in np.unique(where[own]):
        some = own[where[own] == place]
        mask = np.zeros((sheet.height, sheet.width), np.uint8)
        for i in some:
            y0, y1 = max(0, int(marks.y0[i]) - down), int(marks.y1[i]) + down
            mask[y0:y1, max(0, int(marks.x0[i]) - across) : int(marks.x1[i]) + across] = 1
        _, labels = cv2.connectedComponents(mask, connectivity=8)
        at = labels[marks.y[some].astype(int), marks.x[some].astype(int)]
        found += [some[at == label] for label in np.unique(at)]
    return found


def _make_aside(
    sheet: LevelSheet, marks: Marks, own: Ints, where: str, half: int, spans: Sequence[Sequence[Span]]
) -> Aside | None:
    """A cluster as an aside, None when it is too little to be writing."""
    letter = marks.letter_px
    high, wide = (marks.y1 - marks.y0)[own], (marks.x1 - marks.x0)[own]
    solid = (high >= _SOLID * letter) & (high <= 2.5 * letter)
    x0, x1 = float(marks.x0[own].min()), float(marks.x1[own].max())
    y0, y1 = float(marks.y0[own].min()), float(marks.y1[own].max())
    lines = _lines(marks, own[high >= _SOLID * letter])
    if not solid.any() or not lines or len(lines) > _MOST_LINES:
        return None
    may_number = where in ("above", "below") and len(lines) == 1
    may_number &= int(solid.sum()) <= _NUMBER_MARKS and x1 - x0 <= _NUMBER_WIDE * letter
    is_note = int(solid.sum()) >= _LEAST_MARKS or float(wide.max()) >= 2 * letter
    alone = float(high.max()) >= _ALONE_HIGH * letter and float(wide.max()) >= _ALONE_WIDE * letter
    # One mark alone is kept only where it may be the number of the page.
    if not is_note and not (may_number and alone):
        return None
    pad = _PAD * letter
    pictures = tuple(cut_level(sheet, x0 - pad, max(0.0, top - pad), x1 + pad, foot + pad) for top, foot in lines)
    corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    row = _nearest(spans[half], (x0 + x1) / 2, (y0 + y1) / 2)
    return Aside(where, half, sheet.box_on_scan(corners), pictures, row, may_number)


def _is_centred(half: HalfGrid, marks: Marks, own: Ints) -> bool:
    """Whether marks stand above the middle of a half's table."""
    first, last = half.uprights[0].middle, half.uprights[-1].middle
    middle = (float(marks.x0[own].min()) + float(marks.x1[own].max())) / 2
    return abs(middle - (first + last) / 2) <= _OFF_CENTRE * (last - first)


def _lines(marks: Marks, own: Ints) -> list[tuple[float, float]]:
    """Top and foot of each line of writing, from the top."""
    found: list[tuple[float, float]] = []
    middle = -np.inf
    for i in own[np.argsort(marks.y[own])]:
        top, foot = float(marks.y0[i]), float(marks.y1[i])
        if found and marks.y[i] - middle < _LINE * marks.letter_px:
            found[-1] = (min(found[-1][0], top), max(found[-1][1], foot))
        else:
            found.append((top, foot))
        middle = float(marks.y[i])
    return found


def _nearest(rows: Sequence[Span], x: float, y: float) -> int | None:
    """The row of a half that lies nearest to a point."""
    if not rows:
        return None
    at = int(np.clip(round(x), 0, len(rows[0].top.at) - 1))
    off = [max(float(r.top.at[at]) - y, y - float(r.bottom.at[at]), 0.0) for r in rows]
    return int(np.argmin(off))
