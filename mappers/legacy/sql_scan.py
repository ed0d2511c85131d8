"""SQL dumps read statement by statement in a window of bytes; what is broken ends with its row, not with the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from mappers.legacy import sql_patterns as sql
from mappers.legacy.lines import LONGEST_LINE
from mappers.legacy.sql_patterns import SqlGrammar, name_parts
from mappers.legacy.sql_tokens import Broken, Incomplete, SqlToken, read_row
from mappers.legacy.sql_window import Window, match_end

_AHEAD = 1 << 16
_LONGEST_ROW = 16 << 20
_SHORTEST_LIMIT = 1 << 16
_MOST_TRIES = 40
_NOT_COLUMNS = frozenset(
    b"primary key unique constraint index foreign check fulltext spatial exclude like period".split()
)
_MOST_COLUMNS = 4096


class SqlStatement(NamedTuple):
    """A statement that says something of a table.

    kind: insert, copy, create, or the reason why its rows cannot be read (insert-select, insert-set, ...). name: parts
    of the table's name. columns: those it names. more: for copy, its options; for an insert-select, how many rows.
    """

    kind: str
    name: tuple[bytes, ...]
    columns: tuple[bytes, ...]
    offset: int
    more: bytes = b""


class SqlRow(NamedTuple):
    """A row of an INSERT or COPY. plain: its text where all values are plain; tokens: else; line: of a COPY."""

    offset: int
    plain: bytes = b""
    tokens: list[list[SqlToken]] | None = None
    line: bytes = b""
    problem: str = ""


@dataclass
class Scanner:
    """One pass over a dump. After `statements` gives an insert or copy, `rows` gives its rows, or else skips them.

    lost: places where a statement made no sense and has no row of its own. used: databases that USE names.
    """

    window: Window
    grammar: SqlGrammar
    lost: list[int] = field(default_factory=list)
    used: set[bytes] = field(default_factory=set)
    unfinished: int = 0
    _limit: int = _LONGEST_ROW

    def statements(self) -> Iterator[SqlStatement]:
        """The statements that say something of tables, in order."""
        w = self.window
        while True:
            # So far ahead that the head of a statement is seen whole.
            w.read_ahead(_AHEAD)
            w.at = match_end(sql.BETWEEN, w.data, w.at)
            if w.at >= len(w.data) and not w.read_more():
                return
            w.read_ahead(_AHEAD)
            statement = self._statement()
            if statement is not None:
                yield statement
            else:
                self._skip()

    def _statement(self) -> SqlStatement | None:
        w = self.window
        # The first letter says which patterns are worth a trial.
        first = w.data[w.at : w.at + 1].lower()
        if first in (b"i", b"r") and (m := sql.INSERT.match(w.data, w.at)):
            return self._insert(m)
        if first == b"i" and w.data[w.at : w.at + 6].lower() == b"insert" and w.data[w.at + 6 : w.at + 7].isspace():
            self.lost.append(w.offset(w.at))
        if first == b"c" and (m := sql.COPY.match(w.data, w.at)):
            return self._take("copy", m, m[3] or b"")
        if first == b"c" and (m := sql.CREATE.match(w.data, w.at)):
            return self._create(m)
        if first in (b"c", b"a") and sql.ROUTINE.match(w.data, w.at):
            self._skip_past(sql.ROUTINE_END)
        elif first == b"u" and (m := sql.USE.match(w.data, w.at)):
            self.used.add(name_parts(m[1])[0].lower())
        elif first == b"d" and (m := sql.DELIMITER.match(w.data, w.at)):
            w.at = m.end()
            # Under another delimiter stand routines, and their statements are no rows.
            if m[1] not in (b";", b";;\r"):
                self._skip_past(sql.DELIMITER_BACK)
        return None

    def _take(self, kind: str, m: re.Match[bytes], more: bytes = b"") -> SqlStatement:
        offset = self.window.offset(self.window.at)
        self.window.at = m.end()
        columns = tuple(name_parts(m[2])) if m.lastindex and m.lastindex > 1 and m[2] else ()
        return SqlStatement(kind, tuple(name_parts(m[1])), columns, offset, more)

    def _insert(self, m: re.Match[bytes]) -> SqlStatement:
        word = m[3].split()[0].lower()
        statement = self._take("insert" if word.startswith(b"value") else f"insert-{word.decode()}", m)
        if statement.kind == "insert":
            return statement
        before, start = self.window.data, self.window.at
        self._skip()
        # Where the window has moved, the place in it means nothing any more: one row is counted then.
        body = self.window.data[start : self.window.at] if self.window.data is before else b""
        return statement._replace(more=b"%d" % (1 + len(sql.NEXT_SELECT.findall(body))))

    def _create(self, m: re.Match[bytes]) -> SqlStatement:
        """A CREATE TABLE with the names of its columns; those read so far where it is broken."""
        statement = self._take("create", m)
        w = self.window
        names: list[bytes] = []
        depth, is_first = 0, True
        while len(names) < _MOST_COLUMNS and (t := self.grammar.token.match(w.data, w.at)):
            w.at = t.end()
            if t.lastgroup == "space":
                continue
            sign = t[0] if t.lastgroup == "sign" else b""
            depth += (sign == b"(") - (sign == b")")
            if depth == 0:
                break
            if depth == 1 and is_first and not sign and t[0].lower() not in _NOT_COLUMNS:
                names += name_parts(t[0])[:1]
            is_first = depth == 1 and sign in (b"(", b",")
            if len(w.data) - w.at < _AHEAD // 16:
                w.read_ahead(_AHEAD)
        return statement._replace(columns=tuple(names))

    def rows(self, statement: SqlStatement, width: int) -> Iterator[SqlRow]:
        """The rows of the statement that was given last; broken ones as such. width: cells a row should have, or 0."""
        return self._read_copied(statement) if statement.kind == "copy" else self._read_inserted(width)

    def skip_rows(self, statement: SqlStatement, width: int) -> SqlRow | None:
        """Go behind the rows of the statement that was given last. Returns the first of them."""
        rows = self.rows(statement, width)
        first = next(rows, None)
        while first is not None:
            # Rows of plain values are passed many at a time; only the first one is looked at.
            if statement.kind == "insert":
                self.window.at = match_end(self.grammar.run, self.window.data, self.window.at)
            if next(rows, None) is None:
                break
        return first

    def _read_inserted(self, width: int) -> Iterator[SqlRow]:
        w, match = self.window, self.grammar.row.match
        w.read_ahead(_AHEAD)
        w.at = match_end(sql.SPACE, w.data, w.at)
        while True:
            if len(w.data) - w.at < _AHEAD:
                w.read_ahead(_AHEAD)
            m = match(w.data, w.at)
            if m:
                offset = w.offset(w.at)
                w.at = m.end()
                yield SqlRow(offset, m[0])
                if m.lastindex:
                    continue
            else:
                row = self._odd_row()
                yield row
                if row.problem and not self._find_next_row(width):
                    return
                if row.problem:
                    continue
            if not self._goes_on():
                return

    def _odd_row(self) -> SqlRow:
        """A row that is not all plain values. What cannot be read is broken, what the file ends in is cut."""
        w = self.window
        offset = w.offset(w.at)
        is_whole = True
        while w.data[w.at : w.at + 1] == b"(":
            try:
                tokens, end = read_row(w.data, w.at, self.grammar)
            except Broken:
                break
            except Incomplete:
                is_whole = len(w.data) - w.at < self._limit
                if is_whole and self._double():
                    continue
                break
            w.at = end
            return SqlRow(offset, tokens=tokens)
        if not is_whole:
            # Each such row halves what the next may cost: a file full of open quotes still comes to an end.
            self._limit = max(self._limit // 2, _SHORTEST_LIMIT)
        is_last = w.data.find(b";\n", w.at) < 0 and sql.NEXT_STATEMENT.search(w.data, w.at) is None
        return SqlRow(offset, problem="cut" if is_last and not w.read_more() else "broken")

    def _double(self) -> bool:
        """Have twice as much ahead. False at the end of the file."""
        ahead = len(self.window.data) - self.window.at
        self.window.read_ahead(2 * ahead)
        return len(self.window.data) - self.window.at > ahead

    def _find_next_row(self, width: int) -> bool:
        """Whether, behind a broken row, another row of the same statement is found before the next statement."""
        w = self.window
        w.at += 1
        for _ in range(_MOST_TRIES):
            m = sql.NEXT_ROW.search(w.data, w.at)
            if m is None:
                break
            w.at = m.end() if m[0][:1] == b")" else m.start()
            if m[0][:1] != b")":
                return False
            try:
                tokens, _ = read_row(w.data, w.at, self.grammar)
            except (Broken, Incomplete):
                continue
            if len(tokens) == width or not width:
                return True
        self._skip_to_statement()
        return False

    def _goes_on(self) -> bool:
        """Whether another row of the statement follows."""
        w = self.window
        w.at = match_end(sql.SPACE, w.data, w.at)
        if w.data[w.at : w.at + 1] == b",":
            w.at += 1
            w.at = match_end(sql.SPACE, w.data, w.at)
            return w.data[w.at : w.at + 1] != b";" and w.at < len(w.data)
        return w.data[w.at : w.at + 1] == b"("

    def _read_copied(self, statement: SqlStatement) -> Iterator[SqlRow]:
        w = self.window
        while True:
            end = w.data.find(b"\n", w.at)
            if end < 0 and len(w.data) - w.at < LONGEST_LINE and w.read_more():
                continue
            line = w.data[w.at : end if end >= 0 else len(w.data)]
            if not line and end < 0:
                self.unfinished += 1
                return
            offset = w.offset(w.at)
            w.at += len(line) + (end >= 0)
            line = line.removesuffix(b"\r")
            if line == b"\\.":
                return
            if end < 0 or len(line) > LONGEST_LINE:
                self._skip_past(re.compile(rb"\n")) if len(line) >= LONGEST_LINE and end < 0 else None
                yield SqlRow(offset, line=line[:LONGEST_LINE], problem="cut")
            else:
                yield SqlRow(offset, line=line)

    def _skip(self) -> None:
        """Go to the end of a statement that is of no use, or to a line that begins another."""
        w = self.window
        # What begins here is none that could be read, even where it begins as an INSERT does.
        w.read_ahead(_AHEAD)
        w.at = min(w.at + 1, len(w.data)) if w.data[w.at : w.at + 1] in (b"i", b"I") else w.at
        while True:
            w.read_ahead(_AHEAD)
            m = sql.OTHER.match(w.data, w.at)
            w.at = m.end() if m else w.at
            if w.at < len(w.data):
                w.at += w.data[w.at] in b";\n"
                if w.data[w.at - 1] in b";\n" or w.data[w.at : w.at + 1] in (b"i", b"I"):
                    return
                w.at += 1
            elif not w.read_more():
                return

    def _skip_past(self, pattern: re.Pattern[bytes]) -> None:
        """Go behind a pattern, which is looked for near; stay where it is not found."""
        w = self.window
        w.read_ahead(_AHEAD * 16)
        m = pattern.search(w.data, w.at)
        w.at = m.end() if m else w.at

    def _skip_to_statement(self) -> None:
        """Go to a line that begins a statement, however far."""
        w = self.window
        while (m := sql.NEXT_STATEMENT.search(w.data, w.at)) is None:
            w.at = max(w.at, w.data.rfind(b"\n") + 1 or len(w.data) - 1)
            if not w.read_more():
                w.at = len(w.data)
                return
        w.at = m.start()
