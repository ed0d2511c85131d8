"""dBase and FoxPro tables: a streaming reader that says what is damaged and delivers the rest.

Source of the layout: the published dBase III/IV and FoxPro file format descriptions.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

from mappers.errors import TableError
from mappers.legacy.memo import MemoFile, open_memo
from mappers.legacy.table import LegacyRow, LegacyTable, ReadAs, unique_names

RANK = 30

_VERSIONS = frozenset(b"\x03\x04\x05\x30\x31\x32\x43\x7b\x83\x87\x8b\x8e\xcb\xf5\xfb")
_VISUAL_FOXPRO = frozenset(b"\x30\x31\x32")
_TYPES = frozenset(b"CNFDLMIBYTGPQVW0+@O")
_FLAGS = b" *"
_END = 0x0D
_BACKLINK = 263
_CHUNK_ROWS = 512
# Julian day number of 31 December of the year 0.
_JULIAN_OF_1 = 1721425
_SAMPLE = 100


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    type: str
    start: int
    length: int


@dataclass(frozen=True)
class _Header:
    """The head of a table. count: rows it claims; first: offset of the first row; length: bytes of a row."""

    version: int
    count: int
    first: int
    length: int
    fields: tuple[_Field, ...]
    notes: tuple[str, ...]


def looks_like(path: Path, head: bytes) -> bool:
    """Whether the first bytes of a file are the head of a DBF: a known version, a date, one sound field at least."""
    if len(head) < 65 or head[0] not in _VERSIONS:
        return False
    first, length = struct.unpack_from("<HH", head, 8)
    is_dated = head[2] <= 12 and head[3] <= 31
    return is_dated and first >= 65 and length >= 2 and 32 < head[43] < 127 and head[32:33].isalnum()


def read_tables(path: Path, how: ReadAs) -> Iterator[LegacyTable]:
    """The one table of a DBF; its name is the file's.

    Rows marked as deleted are delivered with that mark, a row cut off at the end of the file with problem "cut".
    Character fields are bytes; dates stay as written ("19980312", impossible ones too), numbers are plain text.
    Raises TableError when the head makes no sense.
    """
    size = path.stat().st_size
    with path.open("rb") as f:
        header = _read_header(f, path.name, size)
    memo_file, memo_notes = open_memo(path, how.memo, wanted=any(x.type in "MGP" for x in header.fields))
    held = max(0, size - header.first) // header.length
    notes = [*header.notes, *memo_notes, *_count_notes(header, held)]
    columns = tuple(x.name for x in header.fields if x.type != "0")
    return iter((LegacyTable(path.stem, columns, _rows(path, header, memo_file), notes, header.count),))


def _count_notes(header: _Header, held: int) -> Iterator[str]:
    if header.count > held:
        yield f"the file is cut: it claims {header.count} rows and holds {held} whole ones"


def _read_header(f: BinaryIO, name: str, size: int) -> _Header:
    head = f.read(32)
    version, count, first, length = head[0], *struct.unpack_from("<IHH", head, 4)
    if head[15] == 1:
        raise TableError(f"{name}: the table is encrypted", kind="encrypted")
    fields, names_notes = _read_fields(f, name)
    total = 1 + sum(x.length for x in fields)
    end = f.tell() + (_BACKLINK if version in _VISUAL_FOXPRO else 0)
    notes = [*names_notes]
    if first < 33 or first > size:
        notes.append(f"the head says its rows begin at byte {first}; they are taken from byte {end}")
        first = end
    if length != total:
        best = max((length, total), key=lambda n: _sound_rows(f, first, n))
        notes.append(f"the head says {length} bytes a row, its fields need {total}; {best} fits the rows")
        length = best
    return _Header(version, count, first, max(length, 1), fields, tuple(notes))


def _sound_rows(f: BinaryIO, first: int, length: int) -> int:
    """How many of the first rows begin with a row mark when rows have this length."""
    if length < 2:
        return 0
    f.seek(first)
    data = f.read(length * _SAMPLE)
    rows = range(0, len(data) - length + 1, length)
    return sum(data[i] in _FLAGS for i in rows) * 1000 // max(len(rows), 1)


def _read_fields(f: BinaryIO, name: str) -> tuple[tuple[_Field, ...], list[str]]:
    raw: list[bytes] = []
    while len(raw) < 1024:
        descriptor = f.read(32)
        if not descriptor or descriptor[0] == _END:
            f.seek(-len(descriptor) + 1, 1)
            break
        if len(descriptor) < 32 or not 32 < descriptor[11] < 127:
            raise TableError(f"{name}: the list of fields is damaged at field {len(raw) + 1}", kind="unreadable")
        raw.append(descriptor)
    if not raw:
        raise TableError(f"{name}: the table has no fields", kind="unreadable")
    names, notes = unique_names([d[:11].split(b"\0")[0].decode("latin-1") for d in raw])
    odd = tuple(
        f"field {name} is of the unknown type {chr(d[11])}; it is read as characters"
        for d, name in zip(raw, names, strict=True)
        if d[11] not in _TYPES
    )
    return tuple(_place(raw, names)), [*notes, *odd]


def _place(raw: list[bytes], names: tuple[str, ...]) -> Iterator[_Field]:
    start = 1
    for descriptor, name in zip(raw, names, strict=True):
        kind = chr(descriptor[11]) if descriptor[11] in _TYPES else "C"
        length = descriptor[16] + (descriptor[17] << 8 if kind == "C" else 0)
        yield _Field(name, kind, start, length)
        start += length


def _rows(path: Path, header: _Header, memo: MemoFile | None) -> Iterator[LegacyRow]:
    readers = [(x.start, x.start + x.length, _reader(x.type, memo)) for x in header.fields if x.type != "0"]
    number = 0
    with path.open("rb") as f:
        f.seek(header.first)
        while chunk := f.read(header.length * _CHUNK_ROWS):
            for at in range(0, len(chunk), header.length):
                row = chunk[at : at + header.length]
                if row == b"\x1a" or (row[:1] == b"\x1a" and number >= header.count):
                    return
                number += 1
                if number > header.count and row[0] not in _FLAGS:
                    return
                yield _row(number, row, header, readers)


Reader = Callable[[bytes], tuple[bytes | str, str]]


def _row(number: int, row: bytes, header: _Header, readers: list[tuple[int, int, Reader]]) -> LegacyRow:
    problem = "cut" if len(row) < header.length else "" if row[0] in _FLAGS else "row-mark-damaged"
    if not problem and number > header.count:
        problem = "beyond-count"
    cells: list[bytes | str] = []
    for start, end, read in readers:
        cell, wrong = read(row[start:end])
        cells.append(cell)
        problem = problem or wrong
    offset = header.first + (number - 1) * header.length
    return LegacyRow(number, offset, tuple(cells), row[:1] == b"*", problem)


def _reader(kind: str, memo: MemoFile | None) -> Reader:
    """How cells of a type are read: their value and a problem word, "" when there is none."""
    if kind in "MGP":
        return lambda cell: _memo_cell(cell, memo)
    return _READERS.get(kind, _text_cell)


def _memo_cell(cell: bytes, memo: MemoFile | None) -> tuple[bytes | str, str]:
    block = struct.unpack("<I", cell)[0] if len(cell) == 4 else int(t) if (t := cell.strip(b" \0")).isdigit() else 0
    if not block:
        return "", "" if not cell.strip(b" \0") or len(cell) == 4 else "memo-damaged"
    if memo is None:
        return "", "memo-missing"
    text = memo.read(block)
    return ("", "memo-damaged") if text is None else (text, "")


def _bytes_cell(cell: bytes) -> tuple[bytes | str, str]:
    return cell.rstrip(b" \0"), ""


def _text_cell(cell: bytes) -> tuple[bytes | str, str]:
    return cell.strip(b" \0").decode("latin-1"), ""


def _int_cell(cell: bytes) -> tuple[bytes | str, str]:
    return (str(struct.unpack("<i", cell)[0]), "") if len(cell) == 4 else ("", "cell-damaged")


def _double_cell(cell: bytes) -> tuple[bytes | str, str]:
    return (format(struct.unpack("<d", cell)[0], "g"), "") if len(cell) == 8 else _text_cell(cell)


def _currency_cell(cell: bytes) -> tuple[bytes | str, str]:
    if len(cell) != 8:
        return "", "cell-damaged"
    return format(Decimal(struct.unpack("<q", cell)[0]) / 10_000, "f"), ""


def _moment_cell(cell: bytes) -> tuple[bytes | str, str]:
    if len(cell) != 8:
        return "", "cell-damaged"
    days, milliseconds = struct.unpack("<II", cell)
    if not days:
        return "", ""
    if not _JULIAN_OF_1 <= days < _JULIAN_OF_1 + 3_652_059 or milliseconds >= 86_400_000:
        return cell.hex(), "date-damaged"
    day = date.fromordinal(1) + timedelta(days=days - _JULIAN_OF_1 - 1)
    minutes = round(milliseconds / 1000) // 60
    return f"{day.isoformat()} {minutes // 60:02d}:{minutes % 60:02d}", ""


_READERS: dict[str, Reader] = {
    "C": _bytes_cell,
    "I": _int_cell,
    "+": _int_cell,
    "B": _double_cell,
    "O": _double_cell,
    "Y": _currency_cell,
    "T": _moment_cell,
    "@": _moment_cell,
}
