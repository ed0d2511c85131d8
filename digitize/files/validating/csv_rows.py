"""Row boundaries in a block of CSV, and irregular rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

# A quote that nobody closed would take the rest of the file for one cell.
MAX_LINES = 1000
# Said here: the limit of the csv module is one for the whole process, and readers of old tables raise it.
MAX_CELL = 131_072
_NEWLINE, _QUOTE, _COMMA = 10, 34, 44
Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Rows:
    """Complete rows of a block. starts, ends: bytes; lines: line of each start, from 0; odd: irregular ones.

    length: bytes of all rows; line_count: lines.
    """

    starts: Array
    ends: Array
    lines: Array
    odd: Array
    line_count: int

    @property
    def length(self) -> int:
        """Bytes of all rows."""
        return int(self.ends[-1])

    def split_odd(self, raw: bytes) -> tuple[bytes, list[tuple[int, str]]]:
        """Regular rows as one text; irregular ones with their numbers."""
        if not self.odd.any():
            return raw[: self.length], []
        kept = np.repeat(~self.odd, self.ends - self.starts)
        sound = np.frombuffer(raw, np.uint8)[: self.length][kept].tobytes()
        odd = [int(i) for i in np.flatnonzero(self.odd)]
        # Bytes that are not UTF-8 come along as codes, by which `split_row` knows them.
        return sound, [(i, raw[self.starts[i] : self.ends[i]].decode("utf-8", "surrogateescape")) for i in odd]


def find_rows(raw: bytes, width: int) -> Rows | None:
    """Complete rows of a block that starts with a row; None if quotes make row ends ambiguous.

    Irregular: another width, very long, or with bytes that are zero or not UTF-8.
    """
    marks = np.frombuffer(raw, np.uint8)
    newlines, commas = np.flatnonzero(marks == _NEWLINE), np.flatnonzero(marks == _COMMA)
    last = newlines
    if _QUOTE in raw:
        quotes = np.flatnonzero(marks == _QUOTE)
        # An even number of quotes before it: a line feed that ends a row. After an odd one it stands in a cell.
        last = newlines[np.searchsorted(quotes, newlines) % 2 == 0]
        if not len(last) or not _are_well_set(marks, quotes[quotes < last[-1]]):
            return None
        commas = commas[np.searchsorted(quotes, commas) % 2 == 0]
    ends = last + 1
    starts = np.concatenate([[0], ends[:-1]])
    lines = np.searchsorted(newlines, starts)
    line_count = int(np.searchsorted(newlines, ends[-1]))
    if np.diff(lines, append=line_count).max() >= MAX_LINES:
        return None
    odd = (np.diff(np.searchsorted(commas, last), prepend=0) != width - 1) | (ends - starts > MAX_CELL)
    odd[np.searchsorted(ends, np.flatnonzero(marks[: ends[-1]] == 0), side="right")] = True
    odd[list(_not_utf8(raw[: ends[-1]], ends))] = True
    return Rows(starts, ends, lines, odd, line_count)


def _are_well_set(marks: Array, quotes: Array) -> bool:
    """Whether every quote opens or closes a cell, or is doubled inside one."""
    opening, closing = quotes[0::2], quotes[1::2]
    before = marks[opening[opening > 0] - 1]
    is_fit = np.isin(before, (_COMMA, _NEWLINE, _QUOTE)).all()
    # There is always a sign behind: these quotes lie before the last line feed.
    return bool(is_fit and np.isin(marks[closing + 1], (_COMMA, _NEWLINE, _QUOTE)).all())


def _not_utf8(raw: bytes, ends: Array) -> Iterator[int]:
    """Numbers of rows with invalid UTF-8."""
    at = 0
    while not raw.isascii():
        try:
            raw[at:].decode("utf-8")
        except UnicodeDecodeError as e:
            row = int(np.searchsorted(ends, at + e.start, side="right"))
            yield row
            at = int(ends[row])
            continue
        return
