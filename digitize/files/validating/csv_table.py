"""CSV files in blocks: regular ones parsed at once, others row by row, with the same result."""

from __future__ import annotations

import codecs
import csv
import io
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from digitize.errors import InputError
from digitize.files.validating.block import LINE, Block, Row, rows_block
from digitize.files.validating.csv_rows import MAX_CELL, MAX_LINES, find_rows

MAX_ROW, BLOCK = 4_000_000, 4 << 20
_MAX_LINE, _SMALL = 64 << 20, 64 << 10
_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}
# How workbooks, PDFs, old Office files, gzip, JPEG, PNG, SQLite and Parquet files begin.
_OTHER_KINDS = (
    *(b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"\xff\xd8\xff", b"\x89PNG"),
    *(b"SQLite format 3", b"PAR1"),
)


def open_csv(path: Path, block: int = BLOCK) -> CsvReader:
    """Open a CSV file in UTF-8 or UTF-16. Raises InputError if it is none, or has no header.

    block: bytes per read.
    """
    return CsvReader(path.name, _utf8(path, block), block)


class CsvReader:
    """One CSV table in UTF-8. Raises InputError if it has no header.

    Rows carry the line they start on. Blank lines are skipped. A quote not closed within MAX_LINES lines spoils only
    its own line.
    """

    def __init__(self, name: str, chunks: Iterator[bytes], block: int = BLOCK) -> None:
        """name: for messages. chunks: the table's text, cut anywhere. block: bytes that are parsed at a time."""
        self._name, self._block, self._chunks = name, block, chunks
        self._carry = next(chunks, b"")
        self._at = len(self._carry)
        # The header is looked for in little, since what is cut into lines for it goes back.
        self._size = min(_SMALL, block)
        self._waiting: deque[str] = deque()
        self._next = 1
        self.line, self.names = self._header()
        self._size = block

    def blocks(self, wanted: Mapping[str, int]) -> Iterator[Block]:
        """See `TableReader`."""
        failed = 0
        while True:
            if not self._waiting:
                raw = self._take()
                if not raw:
                    return
                block = self._parse_whole(raw, wanted)
                if block is not None:
                    # Back to full blocks step by step, after one that had to be cut.
                    self._size = min(self._block, 2 * self._size)
                    yield block
                    continue
                if len(raw) > 2 * _SMALL and len(raw) != failed:
                    # Something in it has to be looked at by itself: most of it may still be parsed as a whole.
                    failed = len(raw)
                    self._size, self._carry = max(_SMALL, failed // 4), raw + self._carry
                    continue
                self._waiting.extend(_lines(raw))
            yield self._row_by_row(wanted)

    def _header(self) -> tuple[int, list[str]]:
        while row := self._next_row():
            line, text = row
            cells = split_row(text)
            if not cells:
                continue
            self._check_header(line, text, cells)
            self._give_back()
            return line, [c.strip() for c in cells]
        raise InputError(f"{self._name}: the file has no rows, not even a header")

    def _check_header(self, line: int, text: str, cells: list[str] | str) -> None:
        where = f"{self._name}: line {line}"
        if isinstance(cells, str):
            raise InputError(f"{where}: the header cannot be read ({cells}); is this a CSV file in UTF-8?")
        for delimiter, word in _DELIMITERS.items():
            if len(cells) == 1 and delimiter in text:
                raise InputError(f"{where}: the columns are separated by {word}; the import layout needs commas")

    def _give_back(self) -> None:
        """Return split lines to the byte buffer, so that they can be parsed at once."""
        rest = "".join(self._waiting).encode("utf-8", "surrogateescape")
        self._waiting.clear()
        self._carry = rest + self._carry

    def _take(self) -> bytes:
        """Bytes up to the end of a line; b"" at the end of the file."""
        if len(self._carry) > self._size:
            # A carriage return at the very end may be one half of a line's end.
            cut = max(self._carry.rfind(b"\n", 0, self._size), self._carry.rfind(b"\r", 0, self._size - 1)) + 1
            if cut:
                raw, self._carry = self._carry[:cut], self._carry[cut:]
                return raw
        parts, cut = [self._carry], -1
        self._carry = b""
        length = len(parts[0])
        while length < self._size or cut < 0:
            more = next(self._chunks, b"")
            if not more:
                break
            parts.append(more)
            length += len(more)
            self._at += len(more)
            cut = max(cut, more.rfind(b"\n"), more.rfind(b"\r", 0, -1))
            if cut < 0 and length > _MAX_LINE:
                return self._drop_line(parts)
        else:
            whole = b"".join(parts)
            cut = max(whole.rfind(b"\n"), whole.rfind(b"\r", 0, -1)) + 1
            self._carry = whole[cut:]
            return whole[:cut]
        return b"".join(parts)

    def _drop_line(self, parts: list[bytes]) -> bytes:
        """Skip an oversized line; its placeholder is reported as too long."""
        start = b"".join(parts)
        cut = max(start.rfind(b"\n"), start.rfind(b"\r", 0, -1)) + 1
        before = start[:cut]
        del parts[:], start
        while more := next(self._chunks, b""):
            self._at += len(more)
            end = more.find(b"\n")
            if end >= 0:
                self._carry = more[end + 1 :]
                break
        return before + b"x" * (MAX_ROW + 1) + b"\n"

    def _parse_whole(self, raw: bytes, wanted: Mapping[str, int]) -> Block | None:
        """Parse the block's complete rows at once; None if any needs individual treatment."""
        if b"\r" in raw:
            # Carriage returns alone end lines, too; only the slow way knows them.
            if raw.count(b"\r") != raw.count(b"\r\n"):
                return None
            raw = raw.replace(b"\r\n", b"\n")
        # With one column polars takes a blank line for an empty cell; here it is no row.
        if len(self.names) == 1:
            return None
        if not raw.endswith(b"\n"):
            raw += b"\n"
        rows = find_rows(raw, len(self.names))
        if rows is None:
            return None
        sound, odd = rows.split_odd(raw)
        frame = _parse(sound, wanted)
        # polars saw other rows than were counted here: nothing of it is believed.
        if frame is None or frame.height != len(rows.starts) - len(odd):
            return None
        lines = self._next + rows.lines
        others = [(int(lines[i]), split_row(text)) for i, text in odd]
        self._next += rows.line_count
        self._carry = raw[rows.length :] + self._carry
        block = rows_block((row for row in others if row[1]), len(self.names), wanted)
        whole = frame.select(pl.Series(LINE, lines[~rows.odd], dtype=pl.Int64), *wanted)
        whole = pl.concat([whole, block.frame]).sort(LINE) if block.frame.height else whole
        return Block(whole, block.faults, self._at)

    def _row_by_row(self, wanted: Mapping[str, int]) -> Block:
        rows: list[Row] = []
        while self._waiting and (row := self._next_row()):
            line, text = row
            cells = split_row(text)
            if cells:
                rows.append((line, cells))
        return rows_block(rows, len(self.names), wanted, self._at)

    def _next_row(self) -> tuple[int, str] | None:
        """One row as text: lines are joined while a quote is open; an unclosed one is a broken row of its own."""
        row: list[str] = []
        is_open = False
        while not row or is_open:
            text = self._next_line()
            if text is None or len(row) >= MAX_LINES:
                # The lines behind the first go back: each may be a row by itself.
                self._waiting.extendleft(reversed([*row[1:], *([text] if text is not None else [])]))
                row = row[:1]
                break
            row.append(text)
            is_open ^= text.count('"') % 2 == 1
        if not row:
            return None
        line, self._next = self._next, self._next + len(row)
        return line, "".join(row)

    def _next_line(self) -> str | None:
        if not self._waiting:
            self._waiting.extend(_lines(self._take()))
        return self._waiting.popleft() if self._waiting else None


def split_row(text: str) -> list[str] | str:
    """Cells of a row, [] for a blank line, or the error code."""
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
        # As in blocks that are parsed as a whole, so that both ways give the same cell.
        row = next(csv.reader([bare.replace("\r\n", "\n")], strict=True))
    except csv.Error as e:
        return "S008" if "limit" in str(e) else "S004"
    return "S008" if max(map(len, row)) > MAX_CELL else row


def _utf8(path: Path, size: int) -> Iterator[bytes]:
    """The file's content as UTF-8, without a byte order mark."""
    try:
        with path.open("rb") as f:
            chunk = f.read(size)
            if not chunk:
                raise InputError(f"{path.name}: the file is empty")
            if chunk.startswith(_OTHER_KINDS):
                raise InputError(f"{path.name}: this is not a CSV file, despite its name")
            is_utf16 = chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
            decoder = codecs.getincrementaldecoder("utf-16")() if is_utf16 else None
            chunk = chunk.removeprefix(codecs.BOM_UTF8)
            while chunk:
                yield decoder.decode(chunk).encode("utf-8", "surrogatepass") if decoder else chunk
                chunk = f.read(size)
            if decoder:
                # Raises where the file breaks off within a character.
                decoder.decode(b"", final=True)
    except OSError as e:
        raise InputError(f"{path.name}: cannot be read: {e.strerror or type(e).__name__}") from e
    except UnicodeError as e:
        raise InputError(f"{path.name}: it starts as UTF-16, but does not continue so") from e


def _lines(raw: bytes) -> Iterator[str]:
    return iter(io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8", errors="surrogateescape", newline=""))


def _parse(raw: bytes, wanted: Mapping[str, int]) -> pl.DataFrame | None:
    places = sorted(set(wanted.values()))
    try:
        frame = pl.read_csv(raw, has_header=False, infer_schema=False, columns=places)
    except pl.exceptions.PolarsError:
        return None
    names = dict(zip(places, frame.columns, strict=True))
    return frame.select(pl.col(names[place]).alias(name) for name, place in wanted.items())
