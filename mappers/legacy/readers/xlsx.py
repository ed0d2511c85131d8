"""Excel workbooks (.xlsx): every sheet a table, its header found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from mappers.errors import TableError
from mappers.legacy.package import ZIP, check_package, package_names
from mappers.legacy.table import LegacyRow, LegacyTable, ReadAs, unique_names

RANK = 21

_WORKBOOK = "xl/workbook.xml"
_HEADER_WITHIN = 20
_FULL_ENOUGH = 0.6


def looks_like(path: Path, head: bytes) -> bool:
    """Whether a file is an archive with a workbook in it."""
    return head.startswith(ZIP) and _WORKBOOK in package_names(path)


def read_tables(path: Path, how: ReadAs) -> Iterator[LegacyTable]:
    """The sheets of a workbook in order; a sheet without two filled cells in a row is skipped.

    The header is the first of the top rows that is text throughout and about as full as the fullest. Cells become
    text: whole numbers without a point, days and times in ISO form. Raises TableError when the file is no workbook,
    is damaged, or would unpack to something monstrous.
    """
    check_package(path)
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except Exception as e:  # openpyxl raises whatever the broken part of the package makes it raise
        raise TableError(f"{path.name}: the workbook is damaged: {type(e).__name__}", kind="unreadable") from e
    return _tables(book)


def _tables(book: Any) -> Iterator[LegacyTable]:
    try:
        for sheet in book.worksheets:
            table = _sheet(sheet)
            if table is not None:
                yield table
    finally:
        book.close()


def _sheet(sheet: Any) -> LegacyTable | None:
    top = [[_text(v) for v in row] for row in sheet.iter_rows(max_row=_HEADER_WITHIN, values_only=True)]
    at = _header_row(top)
    if at is None:
        return None
    width = max(i for i, c in enumerate(top[at]) if c) + 1
    columns, notes = unique_names(top[at][:width])
    if at:
        notes.append(f"the header is in row {at + 1}; the {at} rows above it are not data")
    return LegacyTable(sheet.title, columns, _rows(sheet, columns, at + 1), notes, None)


def _header_row(rows: list[list[str]]) -> int | None:
    fullest = max((sum(map(bool, r)) for r in rows), default=0)
    if fullest < 2:
        return None
    for i, row in enumerate(rows):
        filled = [c for c in row if c]
        if len(filled) >= max(2, fullest * _FULL_ENOUGH) and not any(c.replace(".", "").isdigit() for c in filled):
            return i
    return None


def _rows(sheet: Any, columns: tuple[str, ...], skip: int) -> Iterator[LegacyRow]:
    width = len(columns)
    for number, values in enumerate(sheet.iter_rows(min_row=skip + 1, values_only=True), skip + 1):
        cells = [_text(v) for v in values]
        if any(cells):
            padded = [*cells, *[""] * (width - len(cells))]
            surplus = any(cells[width:])
            kept = tuple(padded if surplus else padded[:width])
            yield LegacyRow(number, -1, kept, problem="too-many-cells" if surplus else "")


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        midnight = value.time() == time(0)
        return value.date().isoformat() if midnight else value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return str(value).strip()
