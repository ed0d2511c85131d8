"""Lines of delimited text cut into rows, with quotes that were opened and never closed put right."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mappers.legacy.dialect import TextDialect, csv_reader

_LONGEST_LINES = 500
_LONGEST_CHARS = 4 << 20
_LOOKED_AT = 30
# After so many rows whose quote never ends, a quote no longer joins lines.
_MOST_OPEN = 20


class CutRow(NamedTuple):
    """One row as cut: its place, its cells one character a byte, a problem word or ""."""

    offset: int
    cells: list[str]
    problem: str = ""


@dataclass
class Damage:
    """What was found while rows were cut. plain: rows whose quote is taken as a letter; open: rows that are damaged."""

    plain: int = 0
    open: int = 0
    gave_up: int = 0

    def notes(self) -> Iterator[str]:
        """The same as sentences."""
        if self.plain:
            yield f"in {self.plain} rows there is a single quote; it is read as a character of its cell"
        if self.open:
            yield f"in {self.open} rows a quote is opened and not closed; each such row ends with its line"
        if self.gave_up > _MOST_OPEN:
            yield "too many quotes are not closed; from there on, no cell has more than one line"


class _Lines:
    """The lines still to be cut; those read too far can be given back."""

    def __init__(self, source: Iterator[tuple[int, bytes]]) -> None:
        self._source = source
        self._waiting: deque[tuple[int, str]] = deque()

    def next(self) -> tuple[int, str] | None:
        if self._waiting:
            return self._waiting.popleft()
        line = next(self._source, None)
        return (line[0], line[1].decode("latin-1")) if line else None

    def give_back(self, lines: Sequence[tuple[int, str]]) -> None:
        self._waiting.extendleft(reversed(lines))


def cut_rows(source: Iterator[tuple[int, bytes]], dialect: TextDialect, damage: Damage) -> Iterator[CutRow]:
    """Rows of the lines that are not blank. A row may go over many lines where its quotes say so."""
    lines = _Lines(source)
    special = [c for c in (dialect.quote, dialect.escape, "\\" if dialect.is_copy else "") if c]
    separator = dialect.separator
    while line := lines.next():
        offset, text = line
        if not any(c in text for c in special):
            stripped = text.rstrip("\r\n")
            if stripped and not stripped.isspace():
                yield CutRow(offset, stripped.split(separator))
        elif dialect.is_copy:
            yield CutRow(offset, dialect.split(_join_continued(text, lines)))
        else:
            cells, problem = _cut(line, lines, dialect, damage)
            yield CutRow(offset, cells, problem)


def _join_continued(text: str, lines: _Lines) -> str:
    """A line of a COPY file with those that follow where a backslash stands before its end."""
    count = 0
    while count < _LONGEST_LINES and re.search(r"(?<!\\)(?:\\\\)*\\\r?\n\Z", text) and (more := lines.next()):
        text += more[1]
        count += 1
    return text


def _cut(line: tuple[int, str], lines: _Lines, dialect: TextDialect, damage: Damage) -> tuple[list[str], str]:
    taken = [line]
    try:
        # Strict, so that text behind a closing quote is an error and not joined to the cell in silence.
        cells = next(csv_reader(_feed(taken, lines, damage), dialect, strict=True))
    except (csv.Error, StopIteration):
        cells = None
    # Lines are joined only to a row of the usual width, and where they are no rows by themselves.
    if cells is not None and (len(taken) == 1 or (len(cells) == dialect.width and not _are_rows(taken, dialect))):
        plain = dialect.split(line[1])
        # Without its quotes the line has the usual width: they are letters of a font.
        if len(cells) != dialect.width == len(plain) and dialect.quote:
            damage.plain += 1
            return plain, ""
        return cells, ""
    if not dialect.quote:
        lines.give_back(taken[1:])
        return dialect.split(line[1]), ""
    return _mend(taken, lines, dialect, damage)


def _feed(taken: list[tuple[int, str]], lines: _Lines, damage: Damage) -> Iterator[str]:
    """The text of the first line, then of as many more as one row may take."""
    yield taken[0][1]
    size = len(taken[0][1])
    most = _LONGEST_LINES if damage.gave_up <= _MOST_OPEN else 1
    while len(taken) < most and size < _LONGEST_CHARS and (more := lines.next()):
        taken.append(more)
        size += len(more[1])
        yield more[1]


def _mend(taken: list[tuple[int, str]], lines: _Lines, dialect: TextDialect, damage: Damage) -> tuple[list[str], str]:
    """A row whose quotes are wrong: read with quotes inside of cells allowed, else cut off at the end of its line."""
    lines.give_back(taken[1:])
    del taken[1:]
    cells = _read_leniently(taken, lines, dialect, damage)
    are_rows = _look_like_rows(taken[1:], dialect)
    if cells is not None and not are_rows:
        # Where blanks stand around quotes the strict reader refuses one behind a quote, which is no damage.
        damage.plain += len(cells) == dialect.width and not dialect.skips_blanks
        return cells, ""
    if cells is None and not are_rows and len(taken) > 1:
        damage.open += 1
        return _find_torn(taken, dialect), "quote-not-closed"
    damage.gave_up += 1
    lines.give_back(taken[1:])
    plain = dialect.split(taken[0][1])
    if len(plain) == dialect.width:
        damage.plain += 1
        return plain, ""
    damage.open += 1
    return plain, "quote-not-closed"


def _are_rows(lines: list[tuple[int, str]], dialect: TextDialect) -> bool:
    """Whether each of the lines that quotes join is a whole row by itself: the quotes are letters of a font then."""
    return bool(dialect.quote) and all(len(dialect.split(text)) == dialect.width for _, text in lines)


def _look_like_rows(swallowed: list[tuple[int, str]], dialect: TextDialect) -> bool:
    """Whether the lines that a quote swallowed are rows by themselves, most of them."""
    looked_at = swallowed[:_LOOKED_AT]
    alike = sum(len(dialect.split(text)) == dialect.width for _, text in looked_at)
    return alike > 0 and alike * 2 >= len(looked_at)


def _find_torn(taken: list[tuple[int, str]], dialect: TextDialect) -> list[str]:
    """Cells of a row whose last quote is never closed: the rest of the text is in the last of them."""
    first = taken[0][1].split(dialect.separator)
    return [*first[:-1], (first[-1] + "".join(text for _, text in taken[1:])).rstrip("\r\n")]


def _read_leniently(
    taken: list[tuple[int, str]], lines: _Lines, dialect: TextDialect, damage: Damage
) -> list[str] | None:
    """The cells when a quote ends a cell only before a separator or a line's end; None when one never ends.

    Takes as many lines as that needs.
    """
    cell = _quoted_cell(dialect)
    text = taken[0][1]
    most = _LONGEST_LINES if damage.gave_up <= _MOST_OPEN else 1
    while (cells := _cells(text, cell, dialect)) is None:
        while len(taken) < most and len(text) < _LONGEST_CHARS and (more := lines.next()):
            taken.append(more)
            text += more[1]
            if dialect.quote in more[1]:
                break
        else:
            return None
    return cells


def _quoted_cell(dialect: TextDialect) -> re.Pattern[str]:
    q, s = re.escape(dialect.quote), re.escape(dialect.separator)
    escape, plain = (r"\\.|", rf"[^\\{q}]++") if dialect.escape else ("", f"[^{q}]++")
    end = rf"{' *' if dialect.skips_blanks else ''}(?:[{s}\r\n]|\Z)"
    return re.compile(rf"{q}((?:{escape}{q}{q}|{plain}|{q}(?!{end}))*+){q}(?={end})", re.DOTALL)


def _cells(text: str, quoted: re.Pattern[str], dialect: TextDialect) -> list[str] | None:
    """The cells of one row of text, None when a quote in it does not end."""
    cells: list[str] = []
    at, text = 0, text.rstrip("\r\n")
    while True:
        if dialect.skips_blanks:
            at += len(text[at:]) - len(text[at:].lstrip(" "))
        if text.startswith(dialect.quote, at):
            m = quoted.match(text, at)
            if m is None:
                return None
            cells.append(m[1].replace(dialect.quote * 2, dialect.quote))
            at = m.end()
            if dialect.skips_blanks:
                at += len(text[at:]) - len(text[at:].lstrip(" "))
        else:
            end = text.find(dialect.separator, at)
            cells.append(text[at : end if end >= 0 else len(text)])
            at = end if end >= 0 else len(text)
        if at >= len(text) or text[at] != dialect.separator:
            return cells
        at += 1
