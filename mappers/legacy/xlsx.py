"""Excel workbooks (.xlsx): every sheet a table, its header found."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from mappers.errors import TableError
from mappers.legacy.table import LegacyRow, LegacyTable, unique_names

_WORKBOOK = "xl/workbook.xml"
_HEADER_WITHIN = 20
_FULL_ENOUGH = 0.6
_LARGEST = 2 * 1024**3
_HIGHEST_RATIO = 500


def read_tables(path: Path) -> Iterator[LegacyTable]:
    """The sheets of a workbook in order; a sheet without two filled cells in a row is skipped.

    The header is the first of the top rows that is text throughout and about as full as the fullest. Cells become
    text: whole numbers without a point, days and times in ISO form. Raises TableError when the file is no workbook,
    is damaged, or would unpack to something monstrous.
    """
    _check_package(path)
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


def _check_package(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as package:
            infos = package.infolist()
    except zipfile.BadZipFile as e:
        raise TableError(f"{path.name}: a damaged archive", kind="unreadable") from e
    if _WORKBOOK not in {i.filename for i in infos}:
        raise TableError(f"{path.name}: an archive, but no Excel workbook", kind="not-a-table")
    size = sum(i.file_size for i in infos)
    if size > _LARGEST or size > _HIGHEST_RATIO * max(path.stat().st_size, 1):
        raise TableError(f"{path.name}: would unpack to {size // 1024**2} MB; refused", kind="unreadable")


def _sheet(sheet: Any) -> LegacyTable | None:
    top = [[_text(v) for v in row] for row in sheet.iter_rows(max_row=_HEADER_WITHIN, values_only=True)]
    at = _header_row(top)
    if at is None:
        return None
    width = max(i for i, c in enumerate(top[at]) if c) + 1
    columns, notes = unique_names(top[at][:width])
    if at:
        notes = (*notes, f"the header is in row {at + 1}; the {at} rows above it are not data")
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
    for number, values in enumerate(sheet.iter_rows(min_row=skip + 1, values_only=True), skip + 1):
        cells = [_text(v) for v in values]
        if any(cells):
            surplus = any(cells[len(columns) :])
            yield LegacyRow(number, _named(columns, cells), problem="too-many-cells" if surplus else "")


def _named(columns: tuple[str, ...], cells: list[str]) -> Mapping[str, bytes | str]:
    padded = [*cells, *[""] * (len(columns) - len(cells))]
    named: dict[str, bytes | str] = dict(zip(columns, padded, strict=False))
    named |= {f"+{i}": c for i, c in enumerate(cells[len(columns) :], 1) if c}
    return named


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
