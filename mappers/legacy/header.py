"""Which of the first rows of a table names its columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from mappers.legacy.header_words import known_share

_NUMBER = re.compile(r"[+-]?\d[\d.,/:@\- ]*\Z")
_YEAR = re.compile(r"(?:18|19|20)\d\d\Z")
_WITHIN = 20
_TITLE_SHARE = 0.5
# Rows below the first that are compared with it; in how many rows a value that comes again is looked for.
_COMPARED, _SEARCHED = 5, 60
_FEWEST_ALIKE = 3
_KNOWN = 0.5
# "Date: 12/03/1998", "Page 1", "District : Kalpanapur": a label with its value, which no column is called.
_LABELLED = re.compile(
    r"[^\W\d][^:=]{0,30}?\s*[:=]\s*\S|(?:page|sheet|पृष्ठ|पान)\s*(?:no\.?)?\s*[-.]?\s*\d+(?:\s*(?:of|/)\s*\d+)?\s*\Z"
    r"|[^\W\d][^\d]{0,30}?\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{2,4}\s*\Z",
    re.I,
)
DOUBT = (
    "the first row was read as the header, though it looks much like the rows below it; if it is a record, add a "
    "header row above it"
)


class _Kind(Enum):
    """What the first full row of a table is."""

    NAMES = "names"
    DOUBTFUL = "doubtful"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Header:
    """at: index of the row that names the columns, or of the first row of data where none does. width: columns.

    is_doubtful: it may be a record.
    """

    at: int
    is_there: bool
    width: int
    found: int
    is_doubtful: bool = False

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
        if self.is_there and self.is_doubtful:
            yield DOUBT
        if self.is_there and self.found < self.width:
            yield f"the header names {self.found} columns, most rows have {self.width}; the rest are called COLUMN_n"


def find_header(rows: Sequence[Sequence[str]], width: int) -> Header | None:
    """The header among the first rows; None when no row has anything in it. width: cells in most rows.

    Rows above it that fill hardly any cell are titles, and so are labels with their values. A row that has numbers
    where the rows below have them is data; so is one of no known word that is like the rows below.
    """
    for at, row in enumerate(rows[:_WITHIN]):
        filled = sum(bool(c.strip()) for c in row)
        if filled > max(1, width * _TITLE_SHARE) or (filled == 1 == width):
            if _is_title(row, rows[at + 1 :]):
                continue
            kind = _kind(row, rows[at + 1 :])
            return Header(at, kind != _Kind.RECORD, width, len(row), kind == _Kind.DOUBTFUL)
    first = next((i for i, row in enumerate(rows) if any(c.strip() for c in row)), None)
    return None if first is None else Header(first, False, width, 0)


def is_labelled(cell: str) -> bool:
    """Whether a cell is a label with its value, as in the lines above a table."""
    return _LABELLED.match(cell.strip()) is not None


def _is_title(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row is labels with their values and the next one, which fills as many cells, has none."""
    filled = [c for c in row if c.strip()]
    following = next((f for r in below if (f := [c for c in r if c.strip()])), [])
    return len(following) >= len(filled) and all(map(is_labelled, filled)) and not any(map(is_labelled, following))


def _kind(row: Sequence[str], below: Sequence[Sequence[str]]) -> _Kind:
    if _is_data(row, below):
        return _Kind.RECORD
    records = [r for r in below[:_SEARCHED] if sum(bool(c.strip()) for c in r) > 1]
    texts = [i for i, c in enumerate(row) if c.strip() and not _NUMBER.match(c.strip())]
    if not records or len(texts) < 2 or _are_letters(row) or any(_are_numbers(records, i) for i in texts):
        return _Kind.NAMES
    known = known_share(row)
    if known >= _KNOWN and known > sum(map(known_share, records[:_COMPARED])) / len(records[:_COMPARED]):
        return _Kind.NAMES
    again = _find_repeats(row, records)
    if again > (len(texts) / 2 if known >= _KNOWN else 0) or (known == 0 and _is_alike(row, records, texts)):
        return _Kind.RECORD
    return _Kind.DOUBTFUL


def _are_letters(row: Sequence[str]) -> bool:
    """Whether the cells are A, B, C or F1, F2, F3: what columns are called that have no name."""
    found = [c.strip() for c in row if c.strip()]
    stems = {c.rstrip("0123456789") for c in found}
    return len(set(found)) == len(found) and (
        max(map(len, found)) == 1 or (len(stems) == 1 and stems.isdisjoint(found))
    )


def _find_repeats(row: Sequence[str], records: Sequence[Sequence[str]]) -> int:
    """In how many columns the row's text comes again below, in rows that are not the same all through."""
    others = [r for r in records if r != row] or records
    return sum(
        any(map(str.isalpha, c)) and any(i < len(r) and r[i].strip() == c.strip() for r in others)
        for i, c in enumerate(row)
    )


def _is_alike(row: Sequence[str], records: Sequence[Sequence[str]], texts: Sequence[int]) -> bool:
    """Whether each text is as long, of as many words and in such letters as those below it."""
    if len(records) < _FEWEST_ALIKE:
        return False
    for i in texts:
        cells = [r[i].strip() for r in records if i < len(r) and r[i].strip()]
        own = row[i].strip()
        lengths, words = [len(c) for c in cells], [len(c.split()) for c in cells]
        if (
            not cells
            or not min(lengths) <= len(own) <= max(lengths)
            or not min(words) <= len(own.split()) <= max(words)
        ):
            return False
        if _letters(own) not in set(map(_letters, cells)):
            return False
    return True


def _letters(cell: str) -> tuple[bool, ...]:
    return cell.isascii(), cell.isupper(), cell.islower(), cell[:1].isupper(), "_" in cell, any(map(str.isdigit, cell))


def _are_numbers(records: Sequence[Sequence[str]], column: int) -> bool:
    return any(column < len(r) and r[column].strip() for r in records) and _mostly_numbers(records, column)


def _is_data(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    numbers = [i for i, cell in enumerate(row) if _NUMBER.match(cell.strip())]
    if not numbers:
        return False
    # Years can name columns (1998, 1999): whether they are values is told by the rows below.
    if len(numbers) < len(row) and all(_YEAR.match(row[i].strip()) for i in numbers):
        values = [r[i].strip() for r in below for i in numbers if i < len(r)]
        return sum(bool(_YEAR.match(v)) for v in values) * 2 > len(values)
    return any(_mostly_numbers(below, i) for i in numbers)


def _mostly_numbers(rows: Sequence[Sequence[str]], column: int) -> bool:
    cells = [r[column].strip() for r in rows if column < len(r) and r[column].strip()]
    return sum(bool(_NUMBER.match(c)) for c in cells) * 2 >= len(cells)
