"""SYLK, in which Multiplan and early spreadsheets exchanged tables: a line for each cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mappers.errors import TableError
from mappers.legacy.lines import find_form, read_lines
from mappers.legacy.table import LegacyRow, LegacyTable, ReadAs, unique_names

RANK = 35

_PLACE = re.compile(rb";([XY])(\d{1,7})(?=;|$)")
_VALUE = re.compile(rb';K(?:"((?:[^"]|"")*)"|([^;]*))')
_MOST_COLUMNS = 1024


def looks_like(path: Path, head: bytes) -> bool:
    """Whether a file begins as SYLK does."""
    return head.startswith(b"ID;P")


def read_tables(path: Path, how: ReadAs) -> Iterator[LegacyTable]:
    """The one table of a file; its first row names the columns. Raises TableError "not-a-table" when no cell is in it."""
    notes: list[str] = []
    rows = _rows(path, notes)
    first = next(rows, None)
    if first is None:
        raise TableError(f"{path.name}: no table: there is no cell in it", kind="not-a-table")
    columns, more = unique_names([_as_text(c) for c in first.cells])
    notes += more
    return iter((LegacyTable(path.stem, columns, _fitted(rows, len(columns)), notes),))


def _rows(path: Path, notes: list[str]) -> Iterator[LegacyRow]:
    """Rows as wide as their last cell. A cell that cannot be understood is counted in a note."""
    cells: dict[int, bytes] = {}
    row, column, start, lost = 0, 0, -1, 0
    for offset, line in read_lines(path, find_form(path)):
        if not line.startswith(b"C;"):
            continue
        places = {p[1]: int(p[2]) for p in _PLACE.finditer(line.rstrip())}
        value = _VALUE.search(line.rstrip())
        if places.get(b"Y", row) != row:
            if cells:
                yield _row(row, start, cells)
            cells, row, column, start = {}, places[b"Y"], 0, offset
        column = places.get(b"X", column + 1)
        if value is None or row < 1 or not 1 <= column <= _MOST_COLUMNS:
            lost += 1
            continue
        cells[column] = value[2] if value[1] is None else value[1].replace(b'""', b'"')
    if cells:
        yield _row(row, start, cells)
    if lost:
        notes.append(f"{lost} cells have no value or no place and are not delivered")


def _row(number: int, offset: int, cells: dict[int, bytes]) -> LegacyRow:
    return LegacyRow(number, offset, tuple(cells.get(n, b"") for n in range(1, max(cells) + 1)))


def _fitted(rows: Iterator[LegacyRow], width: int) -> Iterator[LegacyRow]:
    for row in rows:
        few = (b"",) * (width - len(row.cells))
        problem = "too-many-cells" if len(row.cells) > width else ""
        yield LegacyRow(row.number, row.offset, (*row.cells, *few), False, problem)


def _as_text(cell: bytes | str) -> str:
    return cell if isinstance(cell, str) else cell.decode("latin-1")
