"""dBase and FoxPro tables: a streaming reader that says what is damaged and delivers the rest."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, repeat
from pathlib import Path
from typing import Any, BinaryIO

from mappers.legacy.damage import RowDamage
from mappers.legacy.dbf_cells import Cell, Convert, apply_flags, columns, null_bits
from mappers.legacy.dbf_cut import AHEAD, BEHIND, Cutter
from mappers.legacy.dbf_fields import Field, Head
from mappers.legacy.dbf_fit import FLAGS
from mappers.legacy.dbf_head import has_whole_rows, looks_like_dbf, read_head
from mappers.legacy.memo import MemoFile, open_memo
from mappers.legacy.table import LegacyRow, LegacyTable, ReadAs

RANK = 30

_CHUNK_BYTES = 1 << 15
# Rows read together at the least: some are looked at again with the next ones.
_FEWEST = 4 * (AHEAD + BEHIND)
_END = b"\x1a"
_PADDING = b" \0"
_MARKS = frozenset((b" ", b"*"))
# Takes the fields as one tuple: faster than calling the class, and done for each row.
_new_row: Any = partial(tuple.__new__, LegacyRow)


def looks_like(path: Path, head: bytes) -> bool:
    """Whether a file begins as a DBF of any version."""
    return looks_like_dbf(path, head)


def read_tables(path: Path, how: ReadAs) -> Iterator[LegacyTable]:
    """The one table of a DBF; its name is the file's.

    Rows marked as deleted are delivered with that mark, a row cut off at the end of the file with problem "cut", one
    whose mark is damaged with "row-mark-damaged". Character and memo fields are bytes; dates stay as written
    ("19980312"), numbers are plain text, pictures a marker. A cell that makes no sense is delivered as it is stored and
    said in the notes. Raises TableError when the head makes no sense.
    """
    head = read_head(path)
    size = path.stat().st_size
    # Type 0 is the hidden column of null flags.
    shown = tuple(x.name for x in head.fields if x.type != "0")
    notes = [*head.notes, *_count_notes(path, head, size)]
    memo: MemoFile | None = None
    # B is a memo in dBASE (10 bytes) and a number in FoxPro (8).
    if any(x.type in "MGPW" or (x.type == "B" and x.length == 10) for x in head.fields):
        memo, said = open_memo(path, how.memo, head.version)
        notes += said
    rows = chain.from_iterable(_Rows(path, head, memo, notes).chunks())
    return iter((LegacyTable(path.stem, shown, rows, notes, head.count, encoding=head.encoding),))


def _count_notes(path: Path, head: Head, size: int) -> Iterator[str]:
    held, rest = divmod(max(0, size - head.first), head.length)
    if head.count > held:
        with path.open("rb") as f:
            f.seek(max(size - 1, 0))
            is_whole = rest == 1 and f.read(1) == _END
        if is_whole:
            yield (
                f"the count is wrong: the header declares {head.count} rows, the file has {held} and ends with its "
                f"end"
                f" mark; all {held} are delivered"
            )
        else:
            yield (
                f"the file is truncated: it declares {head.count} rows and has {held} complete ones; "
                f"{head.count - held} are missing or truncated"
            )


@dataclass
class _Rows:
    """The rows of a table on their way. notes grow when the last row has been read."""

    path: Path
    head: Head
    memo: MemoFile | None
    notes: list[str]

    def __post_init__(self) -> None:
        """Settle how rows are cut."""
        head = self.head
        self._damage = RowDamage()
        self._columns = columns(head, self.memo, self._damage)
        self._bits = null_bits(head)
        ends = [min(x.start + x.length, head.length) for x in head.fields]
        starts = [min(x.start, head.length) for x in head.fields]
        widths = [end - start for start, end in zip(starts, ends, strict=True)]
        self._tail = head.length - 1 - sum(widths)
        form = "1s" + "".join(f"{n}s" for n in widths) + (f"{self._tail}s" if self._tail else "")
        self._row = struct.Struct(form)
        self._at = {x.name: i for i, x in enumerate(head.fields, 1)}

    def chunks(self) -> Iterator[Iterable[LegacyRow]]:
        """Rows, many at a time; the notes are complete when the last has been taken."""
        length, at = self.head.length, self.head.first
        many = max(_FEWEST, min(4096, _CHUNK_BYTES // length))
        number, data = 0, b""
        with self.path.open("rb") as f:
            cutter = Cutter(self.head, is_whole=has_whole_rows(f, self.head, self.path.stat().st_size))
            f.seek(at)
            while True:
                data += f.read(many * length - len(data))
                whole, is_end = self._before_end(data, number, len(data) // length)
                is_last = is_end or len(data) < many * length
                found = cutter.find(data, whole, is_last=is_last) if self.head.fits else None
                if found is None and is_last and self.head.fits:
                    found = cutter.last_row(data, whole)
                sound, done = whole - (0 if is_last else cutter.rows_kept(data, whole)), 0
                if found is not None:
                    sound, done = found.start // length, found.end
                if sound:
                    yield self._chunk(data[: sound * length], number, sound, at)
                    number += sound
                if found is not None:
                    broken = list(self._yield_broken_rows(data[found.start : found.end], number, at + found.start))
                    yield broken
                    number += len(broken)
                elif is_last:
                    yield from self._last(data[whole * length :], number, f, at + whole * length)
                    break
                done = done or sound * length
                data, at = data[done:], at + done
        if self.memo is not None:
            self.memo.file.close()
        self._say_counts(number)
        self.notes.extend(self._damage.sentences())

    def _yield_broken_rows(self, data: bytes, number: int, offset: int) -> Iterator[LegacyRow]:
        """Bytes between sound rows as rows with a problem; few surplus ones go with the row before them."""
        length = self.head.length
        whole, rest = divmod(len(data), length)
        if not whole and rest <= length // 2:
            self._damage.add(f"{rest} bytes before a row belong to no row; they are not delivered", number + 1)
            return
        is_own = rest > length // 2
        for i in range(whole + is_own):
            is_odd = i == whole + is_own - 1 and rest > 0
            cells = data[i * length : (i + 1) * length]
            (row,) = self._chunk(cells.ljust(length, b"\0"), number + i, 1, offset + i * length)
            surplus = data[whole * length :] if is_odd and not is_own else b""
            problem = "broken" if not is_odd else "too-short" if is_own else "too-long"
            self._damage.add("bytes are missing or too many; the rows after it are intact again", row.number)
            yield row._replace(cells=(*row.cells, surplus) if surplus else row.cells, problem=problem)

    def _before_end(self, data: bytes, number: int, whole: int) -> tuple[int, bool]:
        """How many rows of the chunk stand before the end of the table, and whether it ends there.

        It ends behind the claimed rows at the first that has no row mark: an end mark, or what is no row any more.
        """
        head = self.head
        claimed = head.count - number
        if claimed >= whole:
            return whole, False
        for i in range(max(claimed, 0), whole):
            if data[i * head.length] not in FLAGS:
                return i, True
        return whole, False

    def _chunk(self, data: bytes, number: int, count: int, first: int) -> Iterable[LegacyRow]:
        """So many rows behind the given number. first: where they begin in the file."""
        raw = list(zip(*self._row.iter_unpack(data), strict=True))
        numbers = range(number + 1, number + count + 1)
        offsets = range(first, first + count * self.head.length, self.head.length)
        cells = self._cells(raw, numbers)
        deleted = map(b"*".__eq__, raw[0])
        # Not strict: the words for problems may be repeated without end.
        return map(_new_row, zip(numbers, offsets, cells, deleted, self._problems(raw[0], numbers), strict=False))

    def _cells(self, raw: list[tuple[bytes, ...]], numbers: range) -> Iterable[tuple[Cell, ...]]:
        read: list[Iterable[Cell]] = []
        flags = self._flags(raw)
        for field, convert in self._columns:
            stored = raw[self._at[field.name]]
            read.append(self._column(field, convert, stored, numbers, flags))
        cells: Iterable[tuple[Cell, ...]] = zip(*read, strict=False) if read else repeat((), len(numbers))
        if self._tail and any(t.strip(_PADDING) for t in raw[-1]):
            said = f"{self._tail} bytes after the last field, delivered as a cell without a column,"
            for t, number in zip(raw[-1], numbers, strict=True):
                if t.strip(_PADDING):
                    self._damage.add(said, number)
            return ((*c, t) if t.strip(_PADDING) else c for c, t in zip(cells, raw[-1], strict=True))
        return cells

    def _column(
        self, field: Field, convert: Convert, stored: Sequence[bytes], numbers: range, flags: Sequence[int]
    ) -> Iterable[Cell]:
        if stored and len(stored[0]) < field.length:  # the row is shorter than its fields
            return stored
        cells = convert(stored, numbers)
        if field.name in self._bits and flags:
            return apply_flags(cells, stored, flags, *self._bits[field.name])
        return cells

    def _flags(self, raw: list[tuple[bytes, ...]]) -> list[int]:
        at = next((i for i, x in enumerate(self.head.fields, 1) if x.type == "0"), 0)
        return [int.from_bytes(b, "little") for b in raw[at]] if at and self._bits else []

    def _problems(self, marks: Sequence[bytes], numbers: range) -> Iterable[str]:
        if not self.head.fits:
            return repeat("row-length-unknown")
        if _MARKS.issuperset(marks):
            return repeat("")
        for mark, number in zip(marks, numbers, strict=True):
            if mark not in _MARKS:
                self._damage.add("the mark before a row is damaged", number)
        return ["" if m in _MARKS else "row-mark-damaged" for m in marks]

    def _last(self, rest: bytes, number: int, f: BinaryIO, offset: int) -> Iterator[Iterable[LegacyRow]]:
        """What follows the last whole row: an end mark, a row that is cut, or bytes that belong to none."""
        head = self.head
        is_row = number < head.count or (number > head.count and rest[:1] in _MARKS)
        if is_row and rest[:1] != _END and 0 < len(rest) < head.length:
            padded = rest.ljust(head.length, b"\0")
            (row,) = self._chunk(padded, number, 1, offset)
            yield (row._replace(problem="cut"),)
            return
        behind = len(rest) + sum(map(len, iter(partial(f.read, _CHUNK_BYTES), b"")))
        if rest.strip(b"\x1a\0 \r\n") or behind > len(rest):
            behind -= rest.startswith(_END)
            rows = behind // head.length
            much = f", as many as {rows} rows need: rows removed long ago, or rows of a damaged file" if rows else ""
            self.notes.append(f"{behind} bytes are after the last row{much}; they are not delivered")

    def _say_counts(self, number: int) -> None:
        count = self.head.count
        if number > count:
            self.notes.append(
                f"the count is wrong: the header declares {count} rows, the file has {number}; all {number} are "
                f"delivered"
            )
