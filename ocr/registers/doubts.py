"""Rows with what is doubtful in them: those that may not be where they were put, and blank cells that may hold ink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ocr.registers.cells import first_line, owners
from ocr.registers.grid import Grid, HalfGrid
from ocr.registers.ink import Marks
from ocr.registers.sheet import LevelSheet
from ocr.registers.span import HEADING, Span
from ocr.registers.table_rows import TableRow
from ocr.registers.unread import find_faint


def with_doubts(
    sheet: LevelSheet,
    grid: Grid,
    marks: Marks,
    spans: Sequence[Sequence[Span]],
    rows: Sequence[TableRow],
    misplaced: Sequence[bool],
) -> tuple[TableRow, ...]:
    """Rows with their blank cells unread where something may be written there.

    misplaced: rows whose columns or halves may be others' than they seem; they are doubtful, and none of their cells is
    surely blank. A row that is no entry, or struck out as a whole, stays as it is: nobody needs what may stand in it.
    """
    faint = find_faint(sheet, grid, marks, spans)
    lines = [_first_lines(half, own, marks) for half, own in zip(grid.halves, spans, strict=True)]
    found = []
    for number, (row, is_misplaced) in enumerate(zip(rows, misplaced, strict=True)):
        row = replace(row, doubtful=row.doubtful or is_misplaced)
        if row.kind != HEADING and not _is_struck(row):
            cells = {
                name: replace(
                    cell,
                    unread=cell.blank and (is_misplaced or faint.may_be_written(cell, lines[cell.half][number])),
                    misplaced=is_misplaced,
                )
                for name, cell in row.cells.items()
            }
            row = replace(row, cells=cells)
        found.append(row)
    return tuple(found)


def _first_lines(half: HalfGrid, spans: Sequence[Span], marks: Marks) -> list[float | None]:
    """The height of the first line of writing of each row of a half."""
    owned = owners(half, marks)
    x = np.clip(marks.x.astype(int), 0, len(half.bend) - 1)
    own = (marks.x >= half.left) & (marks.x < half.right) & (owned >= 0)
    inside = [own & (marks.y > s.top.at[x]) & (marks.y <= s.bottom.at[x]) for s in spans]
    return [first_line(marks, np.flatnonzero(some), owned) for some in inside]


def _is_struck(row: TableRow) -> bool:
    written = [cell for cell in row.cells.values() if not cell.blank]
    return bool(written) and all(cell.struck for cell in written)
