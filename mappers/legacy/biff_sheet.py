"""The cells of one sheet of an old Excel file, record by record.

Source: as for biff.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mappers.legacy.biff import (
    BLANK,
    BOOL_ERROR,
    EOF,
    LABEL,
    LABEL_SST,
    NUMBER,
    RK,
    ROW,
    BiffRecord,
    BiffRecords,
    TextCut,
    Texts,
    byte_text,
    rk_number,
)
from mappers.legacy.biff_book import Book
from mappers.legacy.sheet import (
    ERROR,
    LOST,
    MOST_MERGES,
    TEXT_LOST,
    Format,
    Merge,
    SheetCell,
    SheetRow,
    number_cell,
    text_cell,
    yes_no,
)

_MERGED, _MANY_RK, _RICH_TEXT, _MANY_BLANK = 0xE5, 0xBD, 0xD6, 0xBE
_MANY = (_MANY_RK, _MANY_BLANK)
_BLANKS = (BLANK, _MANY_BLANK)
_FORMULAS = (0x06, 0x206, 0x406)
_STRINGS = (0x207, 0x07)
_NUMBER_2, _LABEL_2, _INTEGER_2, _BOOL_ERROR_2 = 0x03, 0x04, 0x02, 0x05
_OF_CELLS = frozenset(
    (NUMBER, LABEL, LABEL_SST, RK, BOOL_ERROR, _MANY_RK, _RICH_TEXT, *_FORMULAS)
    + (_NUMBER_2, _LABEL_2, _INTEGER_2, _BOOL_ERROR_2)
)
# The format ends at column IV: what stands behind it is damage.
_MOST_COLUMNS = 256
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
# The head of a nested sheet is 8 bytes long in BIFF 5, 16 in BIFF 8; another length is damage.
_NESTED, _HEAD_SIZES = 0x809, (8, 16)
_HIDDEN = 0x20
_MOSTLY = 0.75
_TEXT_FOLLOWS, _TRUTH, _ERROR = range(3)  # 3 is an empty text


class PlacedCell(NamedTuple):
    """One cell and its place, from 0."""

    row: int
    column: int
    cell: SheetCell


class SheetOutline(NamedTuple):
    """What is known of a sheet before its cells are read. is_ordered: no row goes on behind a later one.

    odd: rows that hold fewer or other cells than the sheet says of them, which a flipped bit does.
    """

    merges: tuple[Merge, ...]
    is_ordered: bool
    hidden: int
    odd: tuple[int, ...]


def find_outline(stream: bytes, at: int) -> SheetOutline:
    """Walk the records of a sheet for what stands behind its cells, and compare its rows with its cells."""
    merges: list[Merge] = []
    said, seen = dict[int, tuple[int, int]](), dict[int, tuple[int, int]]()
    is_ordered, last, hidden = True, 0, 0
    for kind, data, _ in _records(BiffRecords(stream, at)):
        if kind in _OF_CELLS or kind in _BLANKS:
            row, first, end = _extent(kind, data)
            is_ordered, last = is_ordered and row >= last, row
            low, high = seen.get(row, (first, end))
            seen[row] = min(low, first), max(high, end)
        elif kind == _MERGED and len(merges) < MOST_MERGES:
            # A cut record may end within a range: only whole ones are read.
            ranges = struct.iter_unpack("<4H", data[2 : 2 + (len(data) - 2) // 8 * 8])
            merges += (Merge(top + 1, left, bottom + 1, right) for top, bottom, left, right in ranges)
        elif kind == ROW and len(data) > 12:
            hidden += bool(data[12] & _HIDDEN)
            said[_number(data, 0)] = _number(data, 2), _number(data, 4)
    return SheetOutline(tuple(merges), is_ordered, hidden, _odd_rows(said, seen))


def _extent(kind: int, data: bytes) -> tuple[int, int, int]:
    """The row of a record of cells, its first column and the one behind its last."""
    first = _number(data, 2)
    return _number(data, 0), first, 1 + (_number(data, len(data) - 2) if kind in _MANY and len(data) > 5 else first)


def _odd_rows(said: Mapping[int, tuple[int, int]], seen: Mapping[int, tuple[int, int]]) -> tuple[int, ...]:
    """Rows, from 1, whose cells are not those that the sheet says; none where its program did not care."""
    filled = {row: span for row, span in said.items() if span[0] < span[1]}
    # Some programs write spans of rows that do not fit their cells: these say nothing.
    agreed = sum(filled.get(row) == span for row, span in seen.items())
    if not said or agreed < _MOSTLY * len(seen):
        return ()
    return tuple(sorted(row + 1 for row in {*filled, *seen} if filled.get(row) != seen.get(row)))


def _records(records: BiffRecords) -> Iterator[BiffRecord]:
    """The records of one sheet up to its end, without those of charts in it."""
    depth = 0
    for record in records:
        kind, data, _ = record
        if not depth:  # its head, which a flipped bit may have made into something else
            depth = 1
        elif kind == _NESTED and len(data) in _HEAD_SIZES:
            depth += 1
        elif kind == EOF and not data and depth > 1:
            depth -= 1
        elif kind == EOF and not data:
            if records.is_end():
                yield record
                return
            records.breaks += 1
        elif depth == 1:
            yield record


class SheetReader:
    """The cells of one sheet. notes: what is wrong with it, complete when they have been read."""

    def __init__(self, book: Book, stream: bytes, at: int, notes: list[str]) -> None:
        self._book, self._records, self._notes = book, BiffRecords(stream, at), notes
        self._has_end = False
        self._damaged = 0

    def rows(self, outline: SheetOutline) -> Iterator[SheetRow]:
        """The rows in order; those of a sheet that is not written in order are gathered first."""
        if outline.is_ordered:
            yield from self._group_rows()
        else:
            rows: dict[int, dict[int, SheetCell]] = {}
            for row, column, cell in self._cells():
                rows.setdefault(row, {})[column] = cell
            for row in sorted(rows):
                yield SheetRow(row + 1, rows[row])
        self._say(outline)

    def _group_rows(self) -> Iterator[SheetRow]:
        cells: dict[int, SheetCell] = {}
        at = -1
        for row, column, cell in self._cells():
            if row != at and cells:
                yield SheetRow(at + 1, cells)
                cells = {}
            at = row
            cells[column] = cell
        if cells:
            yield SheetRow(at + 1, cells, is_cut=not self._has_end)

    def _say(self, outline: SheetOutline) -> None:
        if not self._has_end:
            self._notes.append("the sheet is truncated: its end is missing")
        if broken := self._records.breaks:
            self._notes.append(f"the sheet is damaged in {broken} places; cells may be missing there")
        if self._damaged:
            self._notes.append(f"{self._damaged} records of cells are damaged and cannot be read")
        if outline.odd:
            rows = ", ".join(map(str, outline.odd[:5])) + (", ..." if len(outline.odd) > 5 else "")
            self._notes.append(f"{len(outline.odd)} rows have other cells than the sheet declares (row {rows})")
        if outline.hidden:
            self._notes.append(f"{outline.hidden} rows are hidden in the workbook; they are delivered")

    def _cells(self) -> Iterator[PlacedCell]:
        """The cells that have something in them."""
        for record in _records(self._records):
            if record.type in _OF_CELLS:
                yield from self._sound(record)
            self._has_end = record.type == EOF and not record.data

    def _sound(self, record: BiffRecord) -> Iterator[PlacedCell]:
        try:
            for found in self._read(record):
                if found.column >= _MOST_COLUMNS:
                    raise TextCut
                if found.cell.text.strip():
                    yield found
        except (TextCut, IndexError, struct.error):
            self._damaged += 1

    def _read(self, record: BiffRecord) -> Iterator[PlacedCell]:
        kind, data, _ = record
        row, column = struct.unpack_from("<HH", data)
        form, at = self._format(kind, data)
        if kind == _MANY_RK:
            yield from self._read_packed_numbers(row, column, data)
        elif kind in (NUMBER, _NUMBER_2):
            yield PlacedCell(row, column, self._number(struct.unpack_from("<d", data, at)[0], form))
        elif kind == RK:
            yield PlacedCell(row, column, self._number(rk_number(*struct.unpack_from("<I", data, at)), form))
        elif kind == _INTEGER_2:
            yield PlacedCell(row, column, self._number(float(*struct.unpack_from("<H", data, at)), form))
        elif kind in (BOOL_ERROR, _BOOL_ERROR_2):
            yield PlacedCell(row, column, _truth_or_error(data[at], is_error=bool(data[at + 1])))
        elif kind in _FORMULAS:
            yield PlacedCell(row, column, self._result(data[at : at + 8], form))
        elif kind == LABEL_SST:
            yield PlacedCell(row, column, self._read_shared_text(_number(data, at, 4), form))
        else:
            text, font = self._text(data[at:], is_short=kind == _LABEL_2)
            yield PlacedCell(row, column, text_cell(text, font or (form.font if form else "")))

    def _format(self, kind: int, data: bytes) -> tuple[Format | None, int]:
        """The format of a cell, and where its value begins. Cells of BIFF 2 hold it themselves."""
        if self._book.version == 2 or kind in (_NUMBER_2, _LABEL_2, _INTEGER_2, _BOOL_ERROR_2):
            return self._book.made_of(data[5] >> 6, data[5] & 0x3F), 7
        return self._book.format(_number(data, 4)), 6

    def _number(self, value: float, form: Format | None) -> SheetCell:
        return number_cell(value, form, is_1904=self._book.is_1904)

    def _read_packed_numbers(self, row: int, first: int, data: bytes) -> Iterator[PlacedCell]:
        # The last two bytes are the number of the last column.
        for i, (xf, packed) in enumerate(struct.iter_unpack("<HI", data[4:-2])):
            yield PlacedCell(row, first + i, self._number(rk_number(packed), self._book.format(xf)))

    def _read_shared_text(self, number: int, form: Format | None) -> SheetCell:
        if number >= len(self._book.texts):
            return SheetCell(TEXT_LOST, LOST)
        text, font = self._book.texts[number]
        return text_cell(text, self._book.font(font) or (form.font if form else ""))

    def _result(self, result: bytes, form: Format | None) -> SheetCell:
        """What a formula came to."""
        # A result that ends in FFFF is no number, but says what it is instead.
        if result[6:8] != b"\xff\xff":
            return self._number(struct.unpack("<d", result)[0], form)
        if result[0] == _TEXT_FOLLOWS:
            text, font = self._text(self._string(), is_short=self._book.version == 2)
            return text_cell(text, font or (form.font if form else ""))
        if result[0] in (_TRUTH, _ERROR):
            return _truth_or_error(result[2], is_error=result[0] == _ERROR)
        return SheetCell("")

    def _string(self) -> bytes:
        """The text that a formula came to: in the next record but one at most. Raises Cut."""
        for _ in range(2):
            begin = self._records.at
            record = next(iter(self._records), None)
            if record is None or record.type in _OF_CELLS or record.type == EOF:
                # It belongs to what follows, so it is given back.
                self._records.at = begin
                break
            if record.type in _STRINGS:
                return record.data
        raise TextCut

    def _text(self, data: bytes, *, is_short: bool) -> tuple[str, str]:
        """A text and the font of most of it, "" for that of the cell."""
        if self._book.version == 8 and not is_short:
            cursor = Texts([data, *self._records.following()])
            length = cursor.number(2)
            return (cursor.text(length)[0] if length else ""), ""
        size = 1 if is_short else 2
        length = _number(data, 0, size)
        if len(data) < size + length:
            raise TextCut
        return byte_text(data[size : size + length], self._book.page), ""


def _truth_or_error(value: int, *, is_error: bool) -> SheetCell:
    return SheetCell(_ERRORS.get(value, "#ERROR"), ERROR) if is_error else yes_no(value)


def _number(data: bytes, at: int, size: int = 2) -> int:
    return int.from_bytes(data[at : at + size], "little")
