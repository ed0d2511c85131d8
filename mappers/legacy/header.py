"""Which of the first rows of a table names its columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_NUMBER = re.compile(r"[+-]?\d[\d.,/:@\- ]*\Z")
_YEAR = re.compile(r"(?:18|19|20)\d\d\Z")
_WITHIN = 20
_TITLE_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Header:
    """at: index of the row that names the columns, or of the first row of data where none does. width: columns."""

    at: int
    is_there: bool
    width: int
    found: int

    def fill(self, names: Sequence[str]) -> list[str]:
        """One name for each column: those of the header, COLUMN_1 and so on where there is none."""
        given = [n.strip() for n in names]
        while len(given) > self.width and not given[-1]:
            given.pop()
        return [*given, *(f"COLUMN_{i}" for i in range(len(given) + 1, self.width + 1))]

    def notes(self) -> Iterator[str]:
        """What the reader of the table has to know of it."""
        if self.at:
            yield f"the {self.at} lines above the header are titles, not data"
        if not self.is_there:
            yield "no header: the first row looks like data; columns are called COLUMN_1, COLUMN_2 and so on"
        elif self.found < self.width:
            yield f"the header names {self.found} columns, most rows have {self.width}; the rest are called COLUMN_n"


def find_header(rows: Sequence[Sequence[str]], width: int) -> Header | None:
    """The header among the first rows; None when no row has anything in it. width: cells in most rows.

    Rows above it that fill hardly any cell are titles. A row that has numbers where the rows below have them is data.
    """
    for at, row in enumerate(rows[:_WITHIN]):
        filled = sum(bool(c.strip()) for c in row)
        if filled > max(1, width * _TITLE_SHARE) or (filled == 1 == width):
            is_there = not _is_data(row, rows[at + 1 :])
            return Header(at, is_there, width, len(row))
    first = next((i for i, row in enumerate(rows) if any(c.strip() for c in row)), None)
    return None if first is None else Header(first, False, width, 0)


def _is_data(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    numbers = [i for i, cell in enumerate(row) if _NUMBER.match(cell.strip())]
    if not numbers:
        return False
    if len(numbers) < len(row) and all(_YEAR.match(row[i].strip()) for i in numbers):
        values = [r[i].strip() for r in below for i in numbers if i < len(r)]
        return sum(bool(_YEAR.match(v)) for v in values) * 2 > len(values)
    return any(_mostly_numbers(below, i) for i in numbers)


def _mostly_numbers(rows: Sequence[Sequence[str]], column: int) -> bool:
    cells = [r[column].strip() for r in rows if column < len(r) and r[column].strip()]
    return sum(bool(_NUMBER.match(c)) for c in cells) * 2 >= len(cells)
