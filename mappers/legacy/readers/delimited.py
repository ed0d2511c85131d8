"""Delimited text: CSV, TSV and their cousins, with the separator and the encoding found from the content."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from mappers.encodings import to_characters
from mappers.errors import TableError
from mappers.legacy.package import OLE, ZIP
from mappers.legacy.table import LegacyRow, LegacyTable, ReadAs, unique_names

RANK = 90

_SEPARATORS = ",;\t|^"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_FALLBACK = "latin-1"
_SAMPLE_LINES = 50
_HEAD = 4096
_CHUNK = 1 << 20
_LONG_ROW = 200
_MOST_CONTROL = 0.02


def looks_like(path: Path, head: bytes) -> bool:
    """Whether a file may be text: anything that is not an archive."""
    return not head.startswith((ZIP, OLE))


def read_tables(path: Path, how: ReadAs) -> Iterator[LegacyTable]:
    """The one table of a delimited text file; its name is the file's.

    Cells of a file that is not UTF-8 are bytes, with a note: a font encoding is decoded later, column by column. A row
    with more or fewer cells than columns is delivered with that problem. Raises TableError "not-a-table" when the
    file is no text or has one column.
    """
    with path.open("rb") as f:
        head = f.read(_HEAD)
    encoding, notes = _encoding(path, head)
    lines = _first_lines(path, encoding)
    separator = _separator(lines)
    if separator is None:
        raise TableError(f"{path.name}: no table: neither a known format nor text with separators", kind="not-a-table")
    columns, more = _header(path, encoding, separator)
    rows = _rows(path, encoding, separator, columns)
    return iter((LegacyTable(path.stem, columns, rows, [*notes, *more]),))


def _encoding(path: Path, head: bytes) -> tuple[str, tuple[str, ...]]:
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name, ()
    control = sum(b < 9 or 13 < b < 32 for b in head)
    if control > len(head) * _MOST_CONTROL:
        raise TableError(f"{path.name}: no table: the content is not text", kind="not-a-table")
    if _is_utf8(path):
        return "utf-8", ()
    return _FALLBACK, ("the text is not UTF-8; its bytes are kept until a mapping names the encoding",)


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as f:
        try:
            while chunk := f.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _first_lines(path: Path, encoding: str) -> list[str]:
    with path.open(encoding=encoding, errors="replace", newline="") as f:
        lines = (line.replace("\0", "") for line in f if line.strip())
        return [line for line, _ in zip(lines, range(_SAMPLE_LINES), strict=False)]


def _separator(lines: list[str]) -> str | None:
    """The separator that gives the same number of cells, two or more, in most lines; wider tables win ties.

    None where no separator does so in at least half of the lines.
    """
    best: tuple[int, int, str] | None = None
    for separator in _SEPARATORS:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator) if row)
        width, lines_alike = max(widths.items(), key=lambda w: (w[1], w[0]), default=(0, 0))
        if width > 1 and (best is None or (lines_alike, width) > best[:2]):
            best = (lines_alike, width, separator)
    return best[2] if best and best[0] * 2 >= len(lines) else None


def _read(path: Path, encoding: str, separator: str) -> Iterator[tuple[list[str], int, str]]:
    """The rows of the file that are not empty, with how many lines each spans and a problem word."""
    with path.open(encoding=encoding, errors="replace", newline="") as f:
        reader = csv.reader((line.replace("\0", "") for line in f), delimiter=separator)
        while True:
            before = reader.line_num
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield [], reader.line_num - before, "row-unreadable"
                continue
            if any(cell.strip() for cell in row):
                yield row, reader.line_num - before, ""


def _header(path: Path, encoding: str, separator: str) -> tuple[tuple[str, ...], list[str]]:
    first = next((row for row, _, problem in _read(path, encoding, separator) if not problem), [])
    if not first:
        raise TableError(f"{path.name}: no table: no row has anything in it", kind="not-a-table")
    if encoding == _FALLBACK:
        first = [to_characters(c.encode(_FALLBACK)) for c in first]
    return unique_names(first)


def _rows(path: Path, encoding: str, separator: str, columns: tuple[str, ...]) -> Iterator[LegacyRow]:
    rows = _read(path, encoding, separator)
    next(r for r in rows if not r[2])
    for number, (cells, lines, problem) in enumerate(rows, 1):
        missing = [""] * (len(columns) - len(cells))
        stored = [c.encode(_FALLBACK) for c in cells] if encoding == _FALLBACK else cells
        yield LegacyRow(number, -1, (*stored, *missing), problem=problem or _shape(columns, cells, lines))


def _shape(columns: tuple[str, ...], cells: list[str], lines: int) -> str:
    if lines > _LONG_ROW:
        return "quote-not-closed"
    if len(cells) == len(columns):
        return ""
    return "too-many-cells" if len(cells) > len(columns) else "too-few-cells"
