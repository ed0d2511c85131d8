"""Rows of one table of the flat import layout in an XLSX workbook, with lines and errors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path

from digitize.errors import InputError
from digitize.files.workbook import DAMAGE, open_book

Row = tuple[int, list[str] | str]
"""Line and cells of a row; in place of the cells the code of what is broken (see validators/rulebook/structure.py)."""


def read_sheet(path: Path, sheet: str = "") -> Iterator[Row]:
    """The header and then the rows of a table, each with its line in the sheet. Blank lines are skipped.

    sheet: the first one if there is none of that name. Raises InputError if the file is no workbook.
    """
    try:
        yield from _read_xlsx(path, sheet)
    except OSError as e:
        raise InputError(f"{path.name}: cannot be read: {e.strerror or type(e).__name__}") from e


def sheet_names(path: Path) -> tuple[str, ...]:
    """Sheets of an XLSX file. Raises InputError if it is none."""
    book = open_book(path)
    try:
        return tuple(book.sheetnames)
    finally:
        book.close()


def _read_xlsx(path: Path, sheet: str) -> Iterator[Row]:
    book = open_book(path)
    try:
        names = book.sheetnames
        page = book[sheet if sheet in names else names[0]]
        width = 0
        for line, cells in enumerate(page.iter_rows(values_only=True), start=1):
            row = [_cell_text(c) for c in cells]
            filled = max((i for i, c in enumerate(row, start=1) if c), default=0)
            # The first row with anything in it is the header, and its width that of the table.
            width = width or filled
            if filled:
                yield line, (_fit(row, width, filled))
        if not width:
            raise InputError(f"{path.name}: the sheet is empty")
    except DAMAGE as e:
        raise InputError(f"{path.name}: the workbook is damaged") from e
    finally:
        book.close()


def _fit(row: Sequence[str], width: int, filled: int) -> list[str] | str:
    if filled > width:
        return "S002"
    if any("\x00" in c for c in row):
        return "S003"
    return [*row[:width], *[""] * (width - len(row))]


def _cell_text(value: object) -> str:
    """A cell as canonical text: dates as YYYY-MM-DD, times as HH:MM, whole numbers without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
