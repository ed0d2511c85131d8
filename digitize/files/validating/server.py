"""Tables of a PostgreSQL database, read in one snapshot and never changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from digitize.errors import InputError
from digitize.files.validating.block import LINE, Block
from digitize.files.validating.csv_table import BLOCK, CsvReader
from digitize.targets.postgres.address import parse_address

if TYPE_CHECKING:
    import psycopg

_CONNECT_SECONDS = 10
# Views and foreign tables (v, f) have no size of their own: `_planned_bytes` asks the planner.
_TABLES = """
SELECT c.relname, c.relkind IN ('v', 'f'), pg_table_size(c.oid) FROM pg_class c
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
AND CASE WHEN %(schema)s = '' THEN pg_table_is_visible(c.oid) AND c.relnamespace <> 'pg_catalog'::regnamespace
    ELSE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %(schema)s) END
ORDER BY c.relname
"""
_COLUMNS = """
SELECT a.attname, t.typname, t.typcategory FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = %(table)s::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
# Types whose text is not that of the import layout -> the text that is.
_TEXTS = {
    "time": "to_char({}, 'HH24:MI')",
    "timetz": "to_char({}::time, 'HH24:MI')",
    **dict.fromkeys(
        ("timestamp", "timestamptz"),
        "CASE WHEN {0}::time = '00:00' THEN to_char({0}, 'YYYY-MM-DD') ELSE to_char({0}, 'YYYY-MM-DD HH24:MI') END",
    ),
    **dict.fromkeys(("numeric", "float4", "float8"), "regexp_replace({}::text, '\\.0+$', '')"),
}
# Arrays, composites and JSON: the import layout is flat.
_NESTED_CATEGORIES, _NESTED_TYPES = ("A", "C"), ("json", "jsonb", "xml", "hstore")


@dataclass(frozen=True)
class Database:
    """A database by its URL, `postgresql://USER@HOST:PORT/NAME#SCHEMA`; the schema is optional.

    All tables are read in one read-only transaction, so that their rows are consistent. The password comes from
    PGPASSWORD, ~/.pgpass or a service file. A context manager: connects on first use.
    """

    url: str

    def __post_init__(self) -> None:
        """Raises OptionsError for an invalid URL, or one with a password."""
        self._connection_options  # noqa: B018  # it is read for its errors

    @cached_property
    def _connection_options(self) -> dict[str, Any]:
        from psycopg.conninfo import conninfo_to_dict

        return dict(conninfo_to_dict(parse_address(self._address).url))

    @property
    def _address(self) -> str:
        return self.url.partition("#")[0]

    @property
    def schema(self) -> str:
        """Schema of the tables; "" for the search path."""
        return self.url.partition("#")[2]

    @property
    def name(self) -> str:
        """Database name for people, without host and user."""
        name = self._connection_options.get("dbname") or self._connection_options.get("service") or "postgresql"
        return f"{name}#{self.schema}" if self.schema else str(name)

    def __enter__(self) -> Database:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the transaction and the connection, if any."""
        if "_db" in self.__dict__:
            self._db.close()
            del self.__dict__["_db"]

    @cached_property
    def _db(self) -> psycopg.Connection[tuple[Any, ...]]:
        import psycopg

        settings = {"connect_timeout": str(_CONNECT_SECONDS), **self._connection_options}
        settings |= {"application_name": "digitize", "client_encoding": "UTF8"}
        try:
            db = psycopg.connect(**settings)
        except psycopg.Error as e:
            raise InputError(f"{self.name}: {_reason(e)}") from None
        db.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        db.read_only = True
        # The server's own style may put the day or the month first.
        db.execute("SET LOCAL datestyle TO 'ISO, YMD'")
        return db

    def _rows(self, query: str, **values: str) -> list[tuple[Any, ...]]:
        import psycopg

        try:
            # Where no values are given psycopg leaves a per cent sign in the query alone.
            return self._db.execute(query.encode(), values or None).fetchall()
        except psycopg.Error as e:
            raise InputError(f"{self.name}: {_reason(e)}") from None

    @cached_property
    def sizes(self) -> dict[str, int]:
        """Table -> approximate size in bytes. Raises InputError if the database cannot be read."""
        found = self._rows(_TABLES, schema=self.schema)
        return {name: self._planned_bytes(name) if is_elsewhere else size for name, is_elsewhere, size in found}

    def _planned_bytes(self, table: str) -> int:
        """The server's size estimate for a view."""
        plan = self._rows(f"EXPLAIN (FORMAT JSON) SELECT * FROM {self._quote_table(table)}")[0][0][0]["Plan"]
        return int(plan["Plan Rows"]) * int(plan["Plan Width"])

    def open(self, table: str) -> DatabaseTable:
        """Open a table with known columns. Raises InputError if it cannot be read, or is not flat."""
        columns = {name: (kind, group) for name, kind, group in self._rows(_COLUMNS, table=self._quote_table(table))}
        nested = [n for n, (kind, group) in columns.items() if kind in _NESTED_TYPES or group in _NESTED_CATEGORIES]
        if nested:
            raise InputError(
                f"{self.name}: table {table}: column {nested[0]} contains lists or structures; the import layout is "
                f"flat"
            )
        return DatabaseTable(self, table, {name: kind for name, (kind, _) in columns.items()}, list(columns))

    def copy_as_csv(self, table: str, columns: Mapping[str, str]) -> Iterator[bytes]:
        """Columns of a table as CSV. columns: name -> SQL expression of its text. Raises InputError."""
        import psycopg

        # A further column, for a line of one empty cell is none.
        asked = ", ".join((*(f"{text} AS {_quote(name)}" for name, text in columns.items()), "1 AS _row"))
        query = f"COPY (SELECT {asked} FROM {self._quote_table(table)}) TO STDOUT (FORMAT csv, HEADER)"
        try:
            with self._db.cursor() as cursor, cursor.copy(query.encode()) as rows:
                yield from _join_rows(rows)
        except psycopg.Error as e:
            raise InputError(f"{self.name}: table {table}: {_reason(e)}") from None

    def _quote_table(self, table: str) -> str:
        return ".".join(_quote(part) for part in (self.schema, table) if part)


@dataclass
class DatabaseTable:
    """An open table; a row's line is its position, from 1. kinds: column -> type."""

    database: Database
    table: str
    kinds: Mapping[str, str]
    names: list[str]
    line: int = 0

    def blocks(self, wanted: Mapping[str, int]) -> Iterator[Block]:
        """See `TableReader`."""
        columns = {}
        for name, place in wanted.items():
            column = self.names[place]
            columns[name] = _TEXTS.get(self.kinds[column], "{}").format(_quote(column))
        reader = CsvReader(f"{self.database.name}: {self.table}", self.database.copy_as_csv(self.table, columns))
        done = 0
        for block in reader.blocks({name: i for i, name in enumerate(columns)}):
            yield _number_block(block, done)
            done += block.frame.height + len(block.faults)


def _number_block(block: Block, done: int) -> Block:
    """A block whose lines are row positions in the table. done: rows before it."""
    lines = sorted([*block.frame[LINE], *(line for line, _ in block.faults)])
    places = dict(zip(lines, range(done + 1, done + 1 + len(lines)), strict=True))
    numbered = pl.Series(LINE, [places[line] for line in block.frame[LINE]], dtype=pl.Int64)
    return Block(
        block.frame.with_columns(numbered), tuple((places[line], code) for line, code in block.faults), block.at
    )


def _join_rows(rows: Iterable[bytes | bytearray | memoryview]) -> Iterator[bytes]:
    """Rows in pieces of the size that is parsed at a time."""
    held: list[bytes | bytearray | memoryview] = []
    size = 0
    for row in rows:
        held.append(row)
        size += len(row)
        if size >= BLOCK:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


# What a message of libpq or the server says -> what is told; hosts, users and rows stand in the message itself.
_REASONS = (
    (
        ("password", "authentication", "pg_hba", "role "),
        "the server refuses this user; see PGPASSWORD, ~/.pgpass",
    ),
    (("database ", "does not exist"), "the server has no such database"),
    (("SSL", "certificate"), "the server and this machine do not agree on encryption; see sslmode"),
    (("translate host name", "resolve"), "the server's name is not known here"),
    (("timeout", "timed out"), "the server did not answer in time"),
    (("refused", "No such file", "unreachable"), "no server answers there"),
)


def _reason(error: psycopg.Error) -> str:
    """Why a database cannot be read, without its host or user."""
    if error.sqlstate:
        said = (error.diag.message_primary or "").strip()
        return f"the database cannot be read: {said} ({error.sqlstate})"
    text = str(error)
    found = next((told for words, told in _REASONS if any(word in text for word in words)), "the connection broke")
    return f"the database cannot be reached: {found}"
