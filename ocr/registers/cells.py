"""The cells of a row: where they lie, whether anything is written in them, and pictures of their lines."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image
from ocr.page import Box
from ocr.registers.ditto import looks_ditto
from ocr.registers.grid import HalfGrid
from ocr.registers.ink import Marks
from ocr.registers.line import RuledLine
from ocr.registers.sheet import LevelSheet
from ocr.registers.span import INSERTED, Span
from ocr.registers.writing import Entry

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

UNREAD = "unread"
_LEAST_MARK = 0.5
_LEAST_QUOTE, _MOST_QUOTE, _QUOTE_OFF = 0.27, 0.75, 0.9
_LEAST_SMALL_STROKE = 0.22
_LEAST_DASH = 0.8
_LINE_MARGIN = 0.45
_SAME_LINE = 0.8
_SQUEEZED = 0.6
_RULE_PX, _UPRIGHT_PX = 2.5, 4.5


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.

    column: number on its half. corners: of its quadrilateral with points along its upper and lower border, sheet pixels
    (n, 2). box: on the scan. blank: nothing is written there. marks: numbers of the marks in it. struck: a stroke runs
    through all that is written, struck_in_part: through a word of it. ditto: it holds no more than the two strokes of a
    ditto mark. unread: it is blank by its marks, but something may be written there all the same. misplaced: its column
    was put where no line was seen, or its row may be another's.
    """

    half: int
    column: int
    sides: tuple[RuledLine, RuledLine, RuledLine, RuledLine]
    box: Box
    blank: bool
    marks: Ints
    struck: bool
    ditto: bool
    struck_in_part: bool = False
    unread: bool = False
    misplaced: bool = False


def corners_of(left: RuledLine, right: RuledLine, top: RuledLine, bottom: RuledLine) -> Floats:
    """Points along the upper and the lower border of a cell, in sheet pixels, (18, 2)."""
    width = len(top.at)
    points = []
    for border in (top, bottom):
        middle = int(np.clip((left.middle + right.middle) / 2, 0, width - 1))
        y = int(np.clip(border.at[middle], 0, len(left.at) - 1))
        # Nine points: on a bent page a border sags between a cell's corners.
        x = np.linspace(left.at[y], right.at[y], 9)
        points.append(np.column_stack([x, border.at[np.clip(x.round().astype(int), 0, width - 1)]]))
    return np.vstack(points)


def cells_of(sheet: LevelSheet, half_number: int, half: HalfGrid, span: Span, marks: Marks, owned: Ints) -> list[Cell]:
    """All cells of a row on one half. owned: the column of every mark on this half."""
    # What was squeezed in between rows is written smaller; by the usual measure much of it would be specks.
    if span.kind == INSERTED:
        marks = replace(marks, letter_px=_SQUEEZED * marks.letter_px)
    x = np.clip(marks.x.astype(int), 0, sheet.width - 1)
    inside = (marks.y > span.top.at[x]) & (marks.y <= span.bottom.at[x])
    inside &= (marks.x >= half.left) & (marks.x < half.right)
    line = first_line(marks, np.flatnonzero(inside & (owned >= 0)), owned)
    found = []
    for column in range(len(half.uprights) - 1):
        own = np.flatnonzero(inside & (owned == column))
        left, right = half.uprights[column], half.uprights[column + 1]
        box = sheet.box_on_scan(corners_of(left, right, span.top, span.bottom))
        quote = _is_quote(marks, own, line)
        blank = not (quote or is_written(marks, own))
        found.append(
            Cell(
                half_number,
                column,
                (left, right, span.top, span.bottom),
                box,
                blank,
                own,
                False,
                not blank and _is_ditto(marks, own),
            )
        )
    return found


def first_line(marks: Marks, own: Ints, owned: Ints) -> float | None:
    """The height of a row's first line of writing, by the uppermost letters of its columns; None without any."""
    letters = own[marks.y1[own] - marks.y0[own] >= _LEAST_MARK * marks.letter_px]
    tops = [float(marks.y[letters[owned[letters] == c]].min()) for c in np.unique(owned[letters])]
    return float(np.median(tops)) if tops else None


def _is_quote(marks: Marks, own: Ints, line: float | None) -> bool:
    """Whether a small mark stands on the row's first line, as the strokes of a ditto mark do that run together."""
    if line is None:
        return False
    high, wide = marks.y1[own] - marks.y0[own], marks.x1[own] - marks.x0[own]
    small = (np.minimum(high, wide) >= _LEAST_QUOTE * marks.letter_px) & (high <= _MOST_QUOTE * marks.letter_px)
    return bool((small & (np.abs(marks.y[own] - line) <= _QUOTE_OFF * marks.letter_px)).any())


def is_written(marks: Marks, own: Ints) -> bool:
    """Whether marks are writing: one as large as a letter, a dash, or two strokes beside each other."""
    if not len(own):
        return False
    high, wide, letter = marks.y1[own] - marks.y0[own], marks.x1[own] - marks.x0[own], marks.letter_px
    letters = (high >= _LEAST_MARK * letter) | (wide >= _LEAST_DASH * letter)
    if letters.any():
        return True
    strokes = np.flatnonzero((high > wide) & (high >= _LEAST_SMALL_STROKE * letter))
    if len(strokes) < 2:
        return False
    x, y = marks.x[own][strokes], marks.y[own][strokes]
    order = np.argsort(x)
    near = (np.diff(x[order]) < letter) & (np.abs(np.diff(y[order])) < 0.3 * letter)
    return bool(near.any())


def lines_of(marks: Marks, own: Ints) -> list[Entry]:
    """Lines of writing in a cell, from the top, in sheet pixels."""
    letter = marks.letter_px
    high = marks.y1[own] - marks.y0[own]
    large = own[(high >= _LEAST_MARK * letter) | (marks.x1[own] - marks.x0[own] >= _LEAST_DASH * letter)]
    merged: list[Entry] = []
    for i in large[np.argsort(marks.y[large])]:
        entry = Entry(float(marks.y0[i]), float(marks.y1[i]), float(marks.area[i]), float(marks.y[i]))
        if merged and marks.y[i] - merged[-1].ink_y < _SAME_LINE * letter:
            merged[-1].take(entry)
        else:
            merged.append(entry)
    # Small marks alone are a line as well, as those of a ditto mark.
    return merged or ([Entry(float(marks.y0[own].min()), float(marks.y1[own].max()), 1.0)] if len(own) else [])


def pictures_of(sheet: LevelSheet, cell: Cell, marks: Marks) -> list[Image]:
    """The lines of a cell cut from the scan at full size, grey with a white ground."""
    found = []
    lines = lines_of(marks, cell.marks)
    letter = marks.letter_px
    for number, line in enumerate(lines):
        # Half-way to the lines beside it at most, so that none of their ink comes along.
        above = (lines[number - 1].bottom + line.top) / 2 if number else line.top - 0.8 * letter
        below = (line.bottom + lines[number + 1].top) / 2 if number + 1 < len(lines) else line.bottom + 0.8 * letter
        top, bottom = max(above, line.top - _LINE_MARGIN * letter), min(below, line.bottom + _LINE_MARGIN * letter)
        # Of three lines that run into each other the middle one has no room between the other two.
        if bottom <= top:
            top, bottom = line.top, line.bottom
        own = cell.marks[in_line(marks, cell.marks, line)]
        x0 = float(marks.x0[own].min()) - 0.5 * letter if len(own) else cell.sides[0].middle
        x1 = float(marks.x1[own].max()) + 0.5 * letter if len(own) else cell.sides[1].middle
        found.append(_without_surroundings(cut_level(sheet, x0, top, x1, bottom), (x0, top, x1, bottom), cell, marks))
    return found


def _without_surroundings(picture: Image, where: tuple[float, float, float, float], cell: Cell, marks: Marks) -> Image:
    """A picture of a cell's line without rulings and the feet of letters of other rows: an engine reads them along.

    where: left, top, right and bottom of the picture on the sheet. What the cell's own marks cover stays, also where it
    runs over a border.
    """
    import cv2

    x0, y0, x1, y1 = where
    high, wide = picture.shape
    x = x0 + (np.arange(wide) + 0.5) * (x1 - x0) / wide
    y = y0 + (np.arange(high) + 0.5) * (y1 - y0) / high
    column = np.clip(x.round().astype(int), 0, marks.labels.shape[1] - 1)
    row = np.clip(y.round().astype(int), 0, marks.labels.shape[0] - 1)
    left, right, top, bottom = cell.sides
    beyond = x[None, :] < (left.at[row] + left.reach_px + _UPRIGHT_PX)[:, None]
    beyond |= x[None, :] > (right.at[row] - right.reach_px - _UPRIGHT_PX)[:, None]
    beyond |= y[:, None] < (top.at[column] + (_RULE_PX if top.support else 0.0))[None, :]
    beyond |= y[:, None] > (bottom.at[column] - (_RULE_PX if bottom.support else 0.0))[None, :]
    if not beyond.any():
        return picture
    # Grey edges of letters lie around what counts as their ink.
    low, first = max(0, int(row[0]) - 3), max(0, int(column[0]) - 3)
    labels = marks.labels[low : int(row[-1]) + 4, first : int(column[-1]) + 4]
    own = cv2.dilate(np.isin(labels, cell.marks + 1).astype(np.uint8), np.ones((5, 5), np.uint8))
    return np.asarray(np.where(beyond & (own[np.ix_(row - low, column - first)] == 0), 255, picture), np.uint8)


def cut_level(sheet: LevelSheet, x0: float, y0: float, x1: float, y1: float) -> Image:
    """An upright rectangle of the sheet cut from the scan at full size."""
    import cv2

    scale = float(np.sqrt(abs(np.linalg.det(sheet.to_flat[:, :2]))))
    size = max(8, round((x1 - x0) * scale)), max(8, round((y1 - y0) * scale))
    step = np.array([[(x1 - x0) / size[0], 0, x0], [0, (y1 - y0) / size[1], y0], [0, 0, 1]])
    matrix = sheet.to_flat @ step
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(sheet.flat, matrix, size, flags=flags, borderValue=(255,)), np.uint8)


def owners(half: HalfGrid, marks: Marks) -> Ints:
    """The column that holds most of each mark; a mark that reaches over a line belongs where its middle lies."""
    rows = np.clip(np.round(marks.y).astype(int), 0, len(half.uprights[0].at) - 1)
    lines = np.array([u.at for u in half.uprights])
    return np.asarray((lines[:, rows] <= marks.x).sum(axis=0) - 1, np.int64)


def in_line(marks: Marks, own: Ints, line: Entry) -> Bools:
    """Which marks belong to a line: those nearer to the middle of its ink than a line's height."""
    near = np.abs(marks.y[own] - line.ink_y) <= _SAME_LINE * marks.letter_px
    return np.asarray(near, np.bool_)


def _is_ditto(marks: Marks, own: Ints) -> bool:
    wide = float(marks.x1[own].max() - marks.x0[own].min())
    high = float(marks.y1[own].max() - marks.y0[own].min())
    return looks_ditto(wide, high, len(own), marks.letter_px)
