"""The rows of a sheet with their cells, when its columns are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ocr.page import Box
from ocr.registers.cells import Cell, cells_of, corners_of, owners
from ocr.registers.facing import is_level, match_right_rows
from ocr.registers.form import RegisterForm
from ocr.registers.grid import Grid, HalfGrid, closing_line
from ocr.registers.ink import Marks
from ocr.registers.labels import Heading
from ocr.registers.line import RuledLine
from ocr.registers.rows import HalfRows
from ocr.registers.sheet import LevelSheet
from ocr.registers.span import Span
from ocr.registers.strike import with_strikes
from ocr.registers.strokes import is_cancelled

Ints = NDArray[np.int64]

AGAIN = "_number"
"""The column in which a right-hand page repeats the number of a row."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: on each half its box on the scan, and its cells by column id.

    numbered: its number column has an entry. continues: it goes on from the page before. doubtful: a border of it was
    not surely seen. kind: "inserted" when it was squeezed in between two rows later, "heading" when it is no entry.
    """

    boxes: tuple[Box, ...]
    cells: Mapping[str, Cell]
    numbered: bool
    continues: bool
    doubtful: bool
    kind: str = ""


def half_rows(
    sheet: LevelSheet,
    grid: Grid,
    marks: Marks,
    heading: Heading | None,
    columns: Sequence[str],
    form: RegisterForm | None,
) -> HalfRows:
    """What finds the rows of a page, or of the left-hand page of a spread."""
    main, *others = grid.halves
    feet: list[RuledLine | None] = list(heading.feet) if heading is not None else [None] * len(grid.halves)
    # Where the register is not known the first column is taken for that of the numbers.
    number = 0
    if form is not None and form.row_start in columns[: len(main.uprights) - 1]:
        number = columns.index(form.row_start)
    beside = (others[0], feet[1]) if others and is_level(main, others[0]) else None
    return HalfRows(main, marks, feet[0], number, beside=beside, end=closing_line(sheet, main))


def without_levels(grid: Grid, heading: Heading | None) -> Grid:
    """A grid without level lines below its header: where hardly any part rows, they are rows of letters."""
    halves = []
    for number, half in enumerate(grid.halves):
        foot = heading.feet[number].middle if heading is not None else -1.0
        halves.append(replace(half, levels=tuple(x for x in half.levels if x.middle <= foot + 1)))
    return replace(grid, halves=tuple(halves))


def spans_of(
    sheet: LevelSheet,
    grid: Grid,
    marks: Marks,
    heading: Heading | None,
    columns: Sequence[str],
    form: RegisterForm | None,
) -> list[list[Span]]:
    """The rows on each half."""
    spans = half_rows(sheet, grid, marks, heading, columns, form).spans()
    if len(grid.halves) == 1:
        return [spans]
    main, other = grid.halves
    foot = heading.feet[1] if heading is not None else None
    count = len(main.uprights) - 1
    has_own = len(columns) > count and columns[count] == AGAIN
    own = HalfRows(other, marks, foot).spans() if has_own and not is_level(main, other) else None
    return [spans, match_right_rows(spans, main, other, own, foot)]


def rows_of(
    sheet: LevelSheet, grid: Grid, marks: Marks, spans: Sequence[Sequence[Span]], columns: Sequence[str]
) -> tuple[TableRow, ...]:
    """Rows with their cells, and what is struck out in them."""
    owned = [owners(half, marks) for half in grid.halves]
    pairs = list(zip(*spans, strict=True))
    found = [
        [_half_cells(sheet, number, half, span, marks, owned[number]) for number, (half, span) in enumerate(whole)]
        for whole in (list(zip(grid.halves, parts, strict=True)) for parts in pairs)
    ]
    usual = [not parts[0].kind for parts in pairs]
    struck = with_strikes(sheet, marks, [[cell for own in halves for cell in own] for halves in found], usual)
    rows = []
    for parts, cells in zip(pairs, struck, strict=True):
        first = parts[0]
        boxes = tuple(_box(sheet, half, span) for half, span in zip(grid.halves, parts, strict=True))
        doubtful = any(p.doubtful for p in parts) or not first.numbered
        named = dict(zip(columns, cells, strict=False))
        rows.append(TableRow(boxes, named, first.numbered, first.continues, doubtful, first.kind))
    return tuple(rows)


def _half_cells(sheet: LevelSheet, number: int, half: HalfGrid, span: Span, marks: Marks, owned: Ints) -> list[Cell]:
    """The cells of a row on one half; all that is written in them is struck where a stroke runs over the whole row."""
    cells = cells_of(sheet, number, half, span, marks, owned)
    if span.kind or not is_cancelled(sheet, half, span, marks):
        return cells
    return [replace(cell, struck=not cell.blank) for cell in cells]


def _box(sheet: LevelSheet, half: HalfGrid, span: Span) -> Box:
    return sheet.box_on_scan(corners_of(half.uprights[0], half.uprights[-1], span.top, span.bottom))
