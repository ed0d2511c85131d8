"""Whether a backslash is an escape in the strings of a SQL dump: by what makes rows of it, not by its head alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from mappers.legacy.lines import TextForm
from mappers.legacy.sql_patterns import SqlGrammar, grammar, has_backslash_escapes
from mappers.legacy.sql_scan import Scanner, SqlRow
from mappers.legacy.sql_window import Window

_ESCAPED = b"\\'"
_STATEMENT = re.compile(rb"\b(?:INSERT|REPLACE|INTO)\s[^()';]{1,300}(?:\([^()';]*\)\s*)?VALUES?\s*\(", re.IGNORECASE)
# How far behind a quote its statement is looked for, how far ahead it is read, and how many such places.
_BEHIND, _AHEAD, _MOST = 1 << 18, 1 << 14, 16


def find_grammar(path: Path, form: TextForm, head: bytes) -> SqlGrammar:
    """The patterns for a dump. head: its beginning.

    Statements with a backslash before a quote are read both ways. Where the head does not speak of escapes, they are
    believed if fewer rows are broken or of another width with them; where it does, they are given up only if far fewer
    are without them. A stretch may be cut at its end, which breaks one row either way.
    """
    is_said = has_backslash_escapes(head)
    broken = {True: 0, False: 0}
    for start, end in _places(path, form):
        for has_backslash in broken:
            broken[has_backslash] += _count_broken(path, form, start, end, grammar(has_backslash=has_backslash))
    if is_said:
        return grammar(has_backslash=broken[True] <= 2 * broken[False])
    return grammar(has_backslash=broken[True] < broken[False])


def _places(path: Path, form: TextForm) -> Iterator[tuple[int, int]]:
    """Stretches of the file that begin with an INSERT and hold a quote behind a backslash, not too many."""
    w = Window(path, form)
    seen = tried = 0
    while tried < _MOST:
        at = w.data.find(_ESCAPED, seen)
        if at < 0:
            seen = len(w.data)
            w.at = max(w.at, seen - _BEHIND)
            seen -= w.at + 1
            if not w.read_more():
                return
            seen = max(seen, 0)
            continue
        tried += 1
        begins = [m.start() for m in _STATEMENT.finditer(w.data, max(w.at, at - _BEHIND), at)]
        if begins:
            w.at = begins[-1]
            start = w.offset(w.at)
            ahead = at + _AHEAD - w.at
            w.read_ahead(ahead)
            at = 0
            end = w.offset(min(len(w.data), w.at + ahead))
            yield start, end
            seen = w.at = min(len(w.data), w.at + ahead)
        else:
            seen = min(len(w.data), at + _AHEAD)


def _count_broken(path: Path, form: TextForm, start: int, end: int, g: SqlGrammar) -> int:
    """How many rows of a stretch make no sense, or are not as wide as most of their statement."""
    scanner = Scanner(Window(path, form, start, end), g)
    broken = 0
    for statement in scanner.statements():
        if statement.kind != "insert":
            continue
        widths: Counter[int] = Counter()
        for row in scanner.rows(statement, len(statement.columns)):
            if row.problem:
                broken += 1
            else:
                widths[_width(row, g)] += 1
        usual = len(statement.columns) or max(widths, key=lambda w: (widths[w], w), default=0)
        broken += sum(n for width, n in widths.items() if width != usual)
    return broken + len(scanner.lost)


def _width(row: SqlRow, g: SqlGrammar) -> int:
    return len(row.tokens) if row.tokens is not None else len(g.value.findall(row.plain))
