"""SQL dumps: each table of INSERT statements and COPY blocks, however they are interleaved."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from pathlib import Path

from mappers.errors import TableError
from mappers.legacy import sql_patterns as sql
from mappers.legacy.dialect import unescape_copy
from mappers.legacy.lines import TextForm, as_utf8, find_form, is_text, read_chunks
from mappers.legacy.package import OLE, ZIP
from mappers.legacy.sql_copy import CopyOptions, copy_options
from mappers.legacy.sql_escapes import find_grammar
from mappers.legacy.sql_keys import DeclaredKeys, KeyScanner
from mappers.legacy.sql_patterns import SqlGrammar, name_parts
from mappers.legacy.sql_scan import Scanner, SqlRow, SqlStatement
from mappers.legacy.sql_values import SqlCells
from mappers.legacy.sql_window import Window
from mappers.legacy.table import LegacyRow, LegacyTable, ReadAs, unique_names

RANK = 60

_USUAL_SCHEMAS = (b"dbo", b"public")
_MOST_TABLES = 10_000
# Statements of a table with less than so many bytes between them are read in one go.
_NEAR = 1 << 16
_COUNTED = frozenset(("insert", "copy"))


def looks_like(path: Path, head: bytes) -> bool:
    """Whether a text begins as SQL does and has an INSERT, a COPY or a CREATE TABLE near its beginning."""
    if head.startswith((ZIP, OLE)) or not is_text(head):
        return False
    text = as_utf8(head)
    start = sql.BETWEEN.match(text)
    begins = start is not None and (start.end() == len(text) or sql.SQL_WORD.match(text, start.end()) is not None)
    return begins and sql.SQL_LINE.search(next(read_chunks(path, find_form(path)), b"")) is not None


def read_tables(path: Path, how: ReadAs) -> Iterator[LegacyTable]:
    """The tables of a dump in the order in which it names them, tables without rows too.

    The file is gone through once to find where each table's rows are; then each table's rows are read from there.
    NULL is delivered as "" and counted in a note, binary values as bytes. A row that makes no sense is delivered with
    problem "broken", a statement that holds no values with problem "insert-select" and the like. Raises TableError
    "not-a-table" when no table is named.
    """
    form = find_form(path)
    head = next(read_chunks(path, form), b"")
    index = _Index(path, form, find_grammar(path, form, head), head)
    index.build()
    if not index.tables:
        raise TableError(f"{path.name}: no table: no CREATE TABLE, INSERT or COPY in it", kind="not-a-table")
    return _tables(index)


_NOWHERE = -1


def _tables(index: _Index) -> Iterator[LegacyTable]:
    opening = [*index.form.opening_notes(), *index.notes()]
    names, _ = unique_names([t.name for t in index.tables.values()])
    for name, (key, found) in zip(names, index.tables.items(), strict=True):
        columns, notes = unique_names(found.column_names())
        notes = [*opening, *notes]
        # What is wrong with the whole file is said with its first table only.
        opening = index.form.opening_notes()
        rows = _rows(index, key, found, notes)
        refers = index.keys.find_keys(found.name)
        yield LegacyTable(name, columns, rows, notes, encoding=index.form.encoding, refers=refers)


@dataclass
class _Found:
    """What the first pass found of a table. starts, ends: stretches of the file in which its statements are."""

    name: str
    columns: list[bytes] = field(default_factory=list)
    width: int = 0
    starts: array[int] = field(default_factory=lambda: array("q"))
    ends: array[int] = field(default_factory=lambda: array("q"))

    def column_names(self) -> list[str]:
        """Names of all columns, in the order of the table."""
        named = [c.decode("utf-8", "replace") for c in self.columns]
        return [*named, *(f"COLUMN_{i}" for i in range(len(named) + 1, self.width + 1))]

    def take_in(self, other: _Found) -> None:
        """What was found of the same table under another name."""
        self.add_columns(tuple(other.columns))
        self.width = max(self.width, other.width)
        stretches = sorted(zip((*self.starts, *other.starts), (*self.ends, *other.ends), strict=True))
        self.starts, self.ends = array("q"), array("q")
        for start, end in stretches:
            if self.ends and start <= self.ends[-1]:
                self.ends[-1] = max(self.ends[-1], end)
            else:
                self.starts.append(start)
                self.ends.append(end)

    def add_columns(self, names: tuple[bytes, ...]) -> None:
        """Take in columns that a statement names and the table has not yet."""
        known = {c.lower() for c in self.columns}
        self.columns += [n for n in dict.fromkeys(names) if n.lower() not in known]


@dataclass
class _Index:
    """The first pass over a dump. head: its beginning; home: the database that a name without one belongs to."""

    path: Path
    form: TextForm
    grammar: SqlGrammar
    head: bytes = b""
    home: bytes = b""
    tables: dict[tuple[bytes, ...], _Found] = field(default_factory=dict)
    lost: list[int] = field(default_factory=list)
    unfinished: int = 0
    has_usual_schema: bool = False
    too_many: int = 0
    keys: DeclaredKeys = field(default_factory=DeclaredKeys)

    def build(self) -> None:
        """Note where the rows of each table are."""
        scanner = KeyScanner(Window(self.path, self.form), self.grammar, keys=self.keys)
        for statement in scanner.statements():
            found = self._find_table(statement)
            if found is None:
                continue
            if statement.kind == "create":
                found.add_columns(statement.columns)
                continue
            if statement.columns:
                found.add_columns(statement.columns)
            if statement.kind in _COUNTED:
                self._measure(scanner, statement, found)
            end = scanner.window.offset(scanner.window.at)
            if found.ends and statement.offset - found.ends[-1] < _NEAR:
                found.ends[-1] = end
            else:
                found.starts.append(statement.offset)
                found.ends.append(end)
        self.lost, self.unfinished = scanner.lost, scanner.unfinished
        self.home = self._home(scanner.used)
        self._unite()

    def _home(self, used: Set[bytes]) -> bytes:
        """The one database that is named as the dump's own: by USE, in a comment, or by the names of tables alone."""
        named = used or {name_parts(m[1])[0].lower() for m in sql.DATABASE.finditer(self.head)}
        if not named and not self.has_usual_schema and not sql.SEARCH_PATH.search(self.head):
            named = {key[0] for key in self.tables if len(key) > 1}
        return next(iter(named)) if len(named) == 1 else b""

    def _unite(self) -> None:
        tables, self.tables = self.tables, {}
        for key, found in tables.items():
            known = self.tables.setdefault(self.key(key), found)
            if known is not found:
                known.take_in(found)

    def key(self, name: tuple[bytes, ...]) -> tuple[bytes, ...]:
        """The key of a table, without the database that is the dump's own."""
        return name[1:] if len(name) > 1 and name[0] == self.home else name

    def _measure(self, scanner: Scanner, statement: SqlStatement, found: _Found) -> None:
        row = scanner.skip_rows(statement, len(statement.columns))
        if row is not None and not found.columns and not found.width:
            found.width = self._width(row)

    def _width(self, row: SqlRow) -> int:
        if row.plain:
            return len(self.grammar.value.findall(row.plain))
        return len(row.tokens) if row.tokens is not None else row.line.count(b"\t") + 1 if row.line else 0

    def _find_table(self, statement: SqlStatement) -> _Found | None:
        key = table_key(statement)
        self.has_usual_schema |= len(key) < len(statement.name[-2:])
        if key not in self.tables:
            if len(self.tables) >= _MOST_TABLES:
                self.too_many += 1
                return None
            self.tables[key] = _Found(statement.name[-1].decode("utf-8", "replace"))
        return self.tables[key]

    def notes(self) -> Iterator[str]:
        """What the first pass found wrong with the file as a whole."""
        if self.lost:
            places = ", ".join(map(str, self.lost[:5]))
            yield f"{len(self.lost)} places cannot be read as SQL, the first at byte {places}"
        if self.unfinished:
            yield "the file is truncated: its last COPY block has no end"
        if self.too_many:
            yield f"more than {_MOST_TABLES} tables are named; {self.too_many} statements are left out"


def table_key(statement: SqlStatement) -> tuple[bytes, ...]:
    """The name of a table without case, usual schema and database."""
    parts = tuple(p.lower() for p in statement.name[-2:])
    return parts[1:] if len(parts) > 1 and parts[0] in _USUAL_SCHEMAS else parts


def _rows(index: _Index, key: tuple[bytes, ...], found: _Found, notes: list[str]) -> Iterator[LegacyRow]:
    cells = SqlCells(index.form, index.grammar)
    number = broken = 0
    for start, end in zip(found.starts, found.ends, strict=True):
        scanner = Scanner(Window(index.path, index.form, start, end), index.grammar)
        for statement in scanner.statements():
            if statement.kind == "create":
                continue
            if index.key(table_key(statement)) != key:
                if statement.kind in _COUNTED:
                    scanner.skip_rows(statement, 0)
                continue
            for row in _statement_rows(scanner, statement, found, cells, number):
                number = row.number
                broken += row.problem == "broken"
                yield row
    if broken:
        notes.append(f"{broken} rows cannot be read as SQL; they are reported with their place and without cells")
    notes += [*cells.notes(), *index.form.closing_notes()]


def _statement_rows(
    scanner: Scanner, statement: SqlStatement, found: _Found, cells: SqlCells, number: int
) -> Iterator[LegacyRow]:
    width = max(len(found.columns), found.width)
    if statement.kind not in _COUNTED:
        for i in range(max(int(statement.more or 1), 1)):
            yield LegacyRow(number + 1 + i, statement.offset, ("",) * width, False, statement.kind)
        return
    places = _places(statement, found)
    is_strange = places is not None and (_NOWHERE in places or len(set(places)) < len(places))
    expected = len(statement.columns) or width
    copy = copy_options(statement.more) if statement.kind == "copy" else None
    for row in scanner.rows(statement, len(statement.columns)):
        number += 1
        values = _values(row, cells, scanner.window.data, copy)
        problem = row.problem or ("broken" if is_strange else "")
        if not problem and len(values) != expected:
            problem = "too-many-cells" if len(values) > expected else "too-few-cells"
        if places and not is_strange and len(values) <= expected:
            spread: list[bytes | str] = [""] * width
            for place, value in zip(places, values, strict=False):
                spread[place] = value
            values = spread
        yield LegacyRow(number, row.offset, (*values, *[""] * (width - len(values))), False, problem)


def _places(statement: SqlStatement, found: _Found) -> list[int] | None:
    """Where each value of a row goes; None where they stand in the order of the table.

    A column that the first pass over a damaged file did not see has its place nowhere; one that is named twice has the
    same place twice.
    """
    if not statement.columns:
        return None
    known = {c.lower(): i for i, c in enumerate(found.columns)}
    places = [known.get(c.lower(), _NOWHERE) for c in statement.columns]
    return None if places == list(range(len(found.columns))) else places


def _values(row: SqlRow, cells: SqlCells, data: bytes, copy: CopyOptions | None) -> list[bytes | str]:
    if row.plain:
        return cells.plain(row.plain)
    if row.tokens is not None:
        return cells.read_cells(row.tokens, data)
    if copy is None or (row.problem and not row.line):
        return []
    out: list[bytes | str] = []
    for stored in copy.split(row.line):
        cell = None if stored == copy.null else unescape_copy(stored)
        cells.nulls += cell is None
        out.append("" if cell is None else cells.form.cell(cell))
    return out
