"""A picture of a register's page for people: its columns by name, its rows, its cells, and what of them is doubtful."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ocr.outputs.overlay import DOUBTFUL, SURE, to_png

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocr.registers.cells import Cell
    from ocr.registers.grid import HalfGrid
    from ocr.registers.table import RegisterTable, TableRow

    Colours = NDArray[np.uint8]

_FONT = cv2.FONT_HERSHEY_SIMPLEX
_SCALE, _SIGN_PX = 0.6, 12
_BAND_PX = 24
_TINT = 0.16
_STEP_PX = 16
_THIN, _THICK = 2, 4


def draw_table(table: RegisterTable, kinds: Mapping[str, str] | None = None) -> bytes:
    """The level page with its columns and rows as PNG bytes; the page alone where no columns were found.

    kinds: of columns by id, written behind their names. Columns and rows that were surely seen are blue, what is
    doubtful is orange: a dashed rule was put where none was seen, a thick frame is a row or cell in doubt. Cells with
    writing are tinted. Names are drawn in Latin letters, so they need no font.
    """
    if table.grid is None:
        return draw_rows(table)
    page = _with_rows(table)
    for half in table.grid.halves:
        _draw_uprights(page, half, table.grid.top, table.grid.bottom)
    return to_png(np.vstack([_name_band(table, kinds or {}), page]))


def draw_rows(table: RegisterTable) -> bytes:
    """The level page with its rows and cells alone as PNG bytes, for columns that are drawn over it."""
    return to_png(_with_rows(table))


def _with_rows(table: RegisterTable) -> Colours:
    page = cv2.cvtColor(table.sheet.image, cv2.COLOR_GRAY2BGR)
    _tint_cells(page, table.rows)
    for number, row in enumerate(table.rows, start=1):
        _draw_row(page, row, number)
    _draw_header(page, table)
    return np.asarray(page, np.uint8)


def _tint_cells(page: Colours, rows: Sequence[TableRow]) -> None:
    tinted = page.copy()
    for row in rows:
        for cell in row.cells.values():
            colour = DOUBTFUL if _is_doubtful(cell) else SURE
            if not cell.blank or _is_doubtful(cell):
                cv2.fillPoly(tinted, [_outline(cell)], colour)
    page[:] = cv2.addWeighted(tinted, _TINT, page, 1 - _TINT, 0)


def _is_doubtful(cell: Cell) -> bool:
    return cell.unread or cell.misplaced


def _outline(cell: Cell) -> NDArray[np.int32]:
    """The corners of a cell and points along its borders, in pixels of the sheet."""
    left, right, top, bottom = cell.sides
    x = np.linspace(left.middle, right.middle, 9).round().astype(int)
    x = np.clip(x, 0, len(top.at) - 1)
    upper, lower = np.column_stack([x, top.at[x]]), np.column_stack([x, bottom.at[x]])
    return np.vstack([upper, lower[::-1]]).round().astype(np.int32)


def _draw_uprights(page: Colours, half: HalfGrid, top: int, bottom: int) -> None:
    y = np.append(np.arange(max(0, top), min(bottom, len(page) - 1), _STEP_PX), min(bottom, len(page) - 1))
    for line in half.uprights:
        points = np.column_stack([line.at[y], y]).round().astype(np.int32)
        is_seen = line.support > 0
        for i in range(0, len(points) - 1, 1 if is_seen else 2):
            cv2.line(page, points[i].tolist(), points[i + 1].tolist(), SURE if is_seen else DOUBTFUL, _THIN)


def _draw_row(page: Colours, row: TableRow, number: int) -> None:
    if not row.cells:
        return
    colour, thick = (DOUBTFUL, _THICK) if row.doubtful else (SURE, _THIN)
    cells = list(row.cells.values())
    for half in {cell.half for cell in cells}:
        own = [cell for cell in cells if cell.half == half]
        left, right = own[0].sides[0].middle, own[-1].sides[1].middle
        x = np.clip(np.linspace(left, right, 40).round().astype(int), 0, page.shape[1] - 1)
        for border in own[0].sides[2:]:
            cv2.polylines(page, [np.column_stack([x, border.at[x]]).round().astype(np.int32)], False, colour, thick)
    first = cells[0]
    y = round(float(np.median(first.sides[2].at + first.sides[3].at)) / 2)
    text = str(number)
    at = max(2, round(first.sides[0].middle) - _SIGN_PX * len(text) - 6), y + 6
    cv2.putText(page, text, at, _FONT, _SCALE, (255, 255, 255), 5)
    cv2.putText(page, text, at, _FONT, _SCALE, colour, 2)


def _draw_header(page: Colours, table: RegisterTable) -> None:
    """A thick line where the header ends."""
    if table.heading is None or table.grid is None:
        return
    for half, foot in zip(table.grid.halves, table.heading.feet, strict=True):
        x = np.arange(max(0, round(half.uprights[0].middle)), min(page.shape[1], round(half.uprights[-1].middle)), 8)
        cv2.polylines(page, [np.column_stack([x, foot.at[x]]).round().astype(np.int32)], False, SURE, 2 * _THICK)


def _name_band(table: RegisterTable, kinds: Mapping[str, str]) -> Colours:
    """The names of the columns, written upwards above them."""
    assert table.grid is not None  # noqa: S101  # asked by the caller
    names = [f"{name} ({kinds[name]})" if name in kinds else name for name in table.columns]
    middles = [
        (a.middle + b.middle) / 2 for h in table.grid.halves for a, b in zip(h.uprights, h.uprights[1:], strict=False)
    ]
    longest = max((cv2.getTextSize(name, _FONT, _SCALE, 1)[0][0] for name in names), default=0)
    band = np.full((longest + 2 * _BAND_PX // 2, table.sheet.width, 3), 255, np.uint8)
    for name, middle in zip(names, middles, strict=False):
        (wide, high), below = cv2.getTextSize(name, _FONT, _SCALE, 1)
        written = np.full((high + below + 4, wide + 4, 3), 255, np.uint8)
        cv2.putText(written, name, (2, high + 2), _FONT, _SCALE, (0, 0, 0), 1, cv2.LINE_AA)
        upright = np.rot90(written)
        x = int(np.clip(round(middle) - upright.shape[1] // 2, 0, band.shape[1] - upright.shape[1]))
        y = band.shape[0] - upright.shape[0] - 4
        band[y : y + upright.shape[0], x : x + upright.shape[1]] = upright
    return band
