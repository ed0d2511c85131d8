"""Rows of one table of the flat import layout, out of a CSV or XLSX file: the line of each, and what is broken."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path

from digitize.errors import InputError

MAX_LINES, MAX_ROW, MAX_UNPACKED = 1000, 4_000_000, 4 << 30
# Said here: the limit of the csv module is one for the whole process, and readers of old tables raise it.
MAX_CELL = 131_072
SUFFIXES = (".csv", ".xlsx")
_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}

Row = tuple[int, list[str] | str]
"""Line and cells of a row; in place of the cells the code of what is broken (see validators/structure.py)."""


def read_rows(path: Path, sheet: str = "") -> Iterator[Row]:
    """The header and then the rows of a table, each with the line it begins on. Blank lines are passed over.

    sheet: of an XLSX file; its first one when there is none of that name. Raises InputError when the file is no table.
    """
    try:
        if path.stat().st_size == 0:
            raise InputError(f"{path.name}: the file is empty")
        yield from _read_xlsx(path, sheet) if path.suffix.lower() == ".xlsx" else _read_csv(path)
    except OSError as e:
        raise InputError(f"{path.name}: cannot be read: {e.strerror or type(e).__name__}") from e


def sheet_names(path: Path) -> tuple[str, ...]:
    """The sheets of an XLSX file. Raises InputError when it is none."""
    book = _open_book(path)
    try:
        return tuple(book.sheetnames)
    finally:
        book.close()


def _read_csv(path: Path) -> Iterator[Row]:
    encoding = _encoding(path)
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as f:
        first = True
        for line, text in _logical_lines(f):
            row = _split(text)
            if not row:
                continue
            if first:
                _check_header(path, text, row)
                first = False
            yield line, row
    if first:
        raise InputError(f"{path.name}: the file has no rows, not even a header")


def _encoding(path: Path) -> str:
    with path.open("rb") as f:
        head = f.read(8)
    if head.startswith((b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"\xff\xd8\xff", b"\x89PNG")):
        raise InputError(f"{path.name}: this is not a CSV file, whatever its name says")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    return "utf-8-sig"


def _logical_lines(lines: Iterator[str]) -> Iterator[tuple[int, str]]:
    """Rows as text: lines joined while a quote is open. A line whose quote never closes stands alone, and is broken."""
    waiting: list[str] = []
    number = 0
    while True:
        row: list[str] = []
        is_open = False
        while not row or is_open:
            text = waiting.pop(0) if waiting else next(lines, None)
            if text is None or len(row) >= MAX_LINES:
                waiting = [*row[1:], *([text] if text is not None else []), *waiting]
                row = row[:1]
                break
            row.append(text)
            is_open ^= text.count('"') % 2 == 1
        if not row:
            return
        yield number + 1, "".join(row)
        number += len(row)


def _split(text: str) -> list[str] | str:
    """The cells of a row, [] for a blank line, or the code of what is broken."""
    bare = text.rstrip("\r\n")
    if not bare.strip():
        return []
    if "\x00" in bare:
        return "S003"
    if any("\udc80" <= c <= "\udcff" for c in bare) if not bare.isascii() else False:
        return "S001"
    if len(bare) > MAX_ROW:
        return "S008"
    try:
        row = next(csv.reader([bare], strict=True))
    except csv.Error as e:
        return "S008" if "limit" in str(e) else "S004"
    return "S008" if max(map(len, row)) > MAX_CELL else row


def _check_header(path: Path, text: str, row: list[str] | str) -> None:
    if isinstance(row, str):
        raise InputError(f"{path.name}: line 1: the header cannot be read ({row}); is this a CSV file in UTF-8?")
    for delimiter, word in _DELIMITERS.items():
        if len(row) == 1 and delimiter in text:
            raise InputError(f"{path.name}: line 1: the columns are parted by {word}; the import layout wants commas")


def _read_xlsx(path: Path, sheet: str) -> Iterator[Row]:
    book = _open_book(path)
    try:
        names = book.sheetnames
        page = book[sheet if sheet in names else names[0]]
        width = 0
        for line, cells in enumerate(page.iter_rows(values_only=True), start=1):
            row = [_cell_text(c) for c in cells]
            filled = max((i for i, c in enumerate(row, start=1) if c), default=0)
            width = width or filled
            if filled:
                yield line, (_fit(row, width, filled))
        if not width:
            raise InputError(f"{path.name}: the sheet is empty")
    except (KeyError, ValueError, zipfile.BadZipFile, SyntaxError) as e:
        raise InputError(f"{path.name}: the workbook is damaged") from e
    finally:
        book.close()


def _fit(row: Sequence[str], width: int, filled: int) -> list[str] | str:
    if filled > width:
        return "S002"
    if any("\x00" in c for c in row):
        return "S003"
    return [*row[:width], *[""] * (width - len(row))]


def _open_book(path: Path):  # type: ignore[no-untyped-def]  # openpyxl has no types
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(path) as z:
            if sum(i.file_size for i in z.infolist()) > MAX_UNPACKED:
                raise InputError(f"{path.name}: the workbook would unpack to more than 4 GiB")
        return load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, SyntaxError, EOFError) as e:
        raise InputError(f"{path.name}: this is not an XLSX workbook, or it is damaged") from e


def _cell_text(value: object) -> str:
    """A cell as canonical text: dates as YYYY-MM-DD, times as HH:MM, whole numbers without a point."""
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
