"""A ledger in a schema of a PostgreSQL database, for many machines at once."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, TypeVar

import psycopg

from digitize.errors import LedgerError
from digitize.workspace.ledger_db.base import Row, RowSource
from digitize.workspace.ledger_db.covered import NUMBERS, SEPARATOR, conflict_clause
from digitize.workspace.ledger_db.dialects import POSTGRES
from digitize.workspace.ledger_db.moved import MOVING_TO, was_moved
from digitize.workspace.ledger_db.postgres_ddl import NOTE, differences, statements
from digitize.workspace.ledger_db.postgres_reach import WAIT_SECONDS, connect, plain_errors
from digitize.workspace.ledger_db.postgres_sql import by_number, escape_nuls, is_name, lists, to_postgres
from digitize.workspace.ledger_db.where import LedgerAddress

T = TypeVar("T")
_FETCHED = 2_000
# The lock is of the schema's name, and ends with the transaction. The clock is read when it is held.
_BEGIN = """
BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('digitize ledger {schema}', 0));
SELECT extract(epoch FROM clock_timestamp())::float8{marks}
"""
_CLOCK = b"SELECT extract(epoch FROM clock_timestamp())::float8"
_THERE = b"SELECT to_regclass('meta') IS NOT NULL, current_setting('transaction_read_only')"
_MAY_WRITE = b"SELECT has_table_privilege(to_regclass('history'), 'INSERT')"


class DatabaseEngine:
    """See `LedgerEngine`. In a transaction statements are sent without waiting for each one's answer (a pipeline)."""

    dialect = POSTGRES

    def __init__(self, where: LedgerAddress, *, is_there: bool = True) -> None:
        """Connect to a ledger. is_there: raises LedgerError where there is none; else it may yet be made."""
        self.where = where
        self.touched: set[tuple[str, str]] = set()
        self.written: dict[tuple[str, str], tuple[Any, ...]] = {}
        self._is_watched = False
        self._pipe: AbstractContextManager[psycopg.Pipeline] | None = None
        self._sync: Callable[[], None] = _nothing
        self._clock: tuple[float, float] | None = None
        self._names = itertools.count()
        self._numbers: dict[str, int] = {}
        self._db = connect(where)
        self._can_write = self._check_access() if is_there else True

    def _check_access(self) -> bool:
        """Whether what is there can be written. Raises LedgerError where nothing is."""
        with self.guarded():
            there, still = self._db.execute(_THERE).fetchone() or (False, "on")
            if not there:
                self._db.close()
                raise LedgerError(
                    f"{self.where} holds no ledger. Is [workspace] ledger in digitize.toml right? If it is lost, put "
                    "a backup in its place: digitize ledger restore DIR FILE"
                )
            may = self._db.execute(_MAY_WRITE).fetchone()
        return still == "off" and bool(may and may[0])

    @property
    def can_write(self) -> bool:
        """See `LedgerEngine`."""
        return self._can_write

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> RowSource:
        """See `LedgerEngine`."""
        asked = by_number(sql, values, self._number)
        return self._retry_read(lambda: self._db.execute(to_postgres(asked, bool(values)), escape_nuls(values) or None))

    def _number(self, name: str) -> int:
        """The number of a name, 0 where there is none yet. Numbers are never changed."""
        if name not in self._numbers:
            row = self._retry_read(
                lambda: self._db.execute(b"SELECT id FROM names WHERE name = %s", (name,))
            ).fetchone()
            if row is None:
                return 0
            # A transaction that is rolled back may have made it, and another one makes another.
            if self._clock is not None:
                return int(row[0])
            self._numbers[name] = int(row[0])
        return self._numbers[name]

    def _retry_read(self, ask: Callable[[], T]) -> T:
        """What only reads is asked again of a database that went away; in a transaction its beginning would be lost."""
        with self.guarded():
            try:
                return ask()
            except psycopg.OperationalError:
                if self._clock is not None or not self._db.broken:
                    raise
        self._reach()
        with self.guarded():
            return ask()

    def _reach(self) -> None:
        """Connect anew where the connection was lost, and wait for a database that is started again."""
        if self._db.closed:
            self._db = connect(self.where, patience_s=WAIT_SECONDS)
            if self._is_watched:
                self._db.add_notice_handler(self._on_notice)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> Any:
        """See `LedgerEngine`."""
        with self.guarded():
            self._db.cursor().executemany(to_postgres(sql, True), map(escape_nuls, rows))

    def put(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, replace: Sequence[str] = ()
    ) -> None:
        """See `LedgerEngine`: the values of a column go as one list."""
        if rows:
            names = ", ".join(columns)
            asked, end = lists(table, columns), conflict_clause(columns, replace)
            self._send(f"INSERT INTO {table} ({names}) SELECT * FROM unnest({asked}){end}", columns, rows)

    def take_out(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """See `LedgerEngine`."""
        if rows:
            keys = ", ".join(f"k{i}" for i in range(len(columns)))
            same = " AND ".join(f"{table}.{c} = k.k{i}" for i, c in enumerate(columns))
            self._send(
                f"DELETE FROM {table} USING unnest({lists(table, columns)}) AS k({keys}) WHERE {same}", columns, rows
            )

    def _send(self, sql: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        plain = [escape_nuls(row) for row in rows]
        self.execute(sql, [[row[i] for row in plain] for i in range(len(columns))])

    def each(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """See `LedgerEngine`."""
        name = f"each_{next(self._names)}"
        # WITH HOLD: it goes on where a transaction ends meanwhile.
        self.execute(f"DECLARE {name} NO SCROLL CURSOR WITH HOLD FOR {sql}", values)
        try:
            while rows := self.execute(f"FETCH {_FETCHED} FROM {name}").fetchall():
                yield from rows
                if len(rows) < _FETCHED:
                    break
        finally:
            # Gone already where its transaction was rolled back, or the connection lost.
            with suppress(LedgerError):
                if not self._db.closed:
                    self.execute(f"CLOSE {name}")

    def by_names(self, table: str, columns: Sequence[str], names: Iterable[str], order: str) -> Iterator[Row]:
        """See `LedgerEngine`."""
        parts = [p for p in (name.split(SEPARATOR) for name in names) if is_name(columns, p)]
        given_ = [[int(p[i]) if c in NUMBERS else p[i] for p in parts] for i, c in enumerate(columns)]
        asked = lists(table, columns)
        same = " AND ".join(f"t.{c} = k.k{i}" for i, c in enumerate(columns))
        keys = ", ".join(f"k{i}" for i in range(len(columns)))
        sql = f"SELECT t.* FROM unnest({asked}) AS k({keys}) JOIN {table} t ON {same} ORDER BY {order}"
        yield from self.execute(sql, given_)

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """See `LedgerEngine`."""
        with self.guarded():
            # The triggers would tell of every row.
            self._db.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
            with self._db.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN".encode()) as copy:
                for row in rows:
                    copy.write_row(escape_nuls(row))
            self._db.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER".encode())

    @contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """See `LedgerEngine`."""
        with self.guarded():
            self._db.execute(b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            self.rollback()

    def begin(self, *, moving: bool = False) -> None:
        """See `LedgerEngine`."""
        with self.guarded():
            self._reach()
            try:
                self.start(is_asked=not moving)
            except psycopg.OperationalError:
                if not self._db.broken:
                    self.rollback()
                    raise
                # Nothing was done in it yet.
                self._reach()
                self.start(is_asked=not moving)
            self._pipe = self._db.pipeline()
            self._sync = self._pipe.__enter__().sync

    def start(self, *, is_asked: bool = False) -> None:
        """Begin a transaction as `begin` does, in which each statement is waited for. is_asked: whether it moves."""
        marks = f", (SELECT value FROM meta WHERE key = '{MOVING_TO}')" if is_asked else ""
        done = self._db.execute(_BEGIN.format(schema=self.where.schema, marks=marks).encode())
        while done.nextset():
            pass
        row = done.fetchone()
        assert row is not None
        self._clock = (row[0], time.monotonic())
        if is_asked and row[1] is not None:
            self.rollback()
            raise was_moved(str(self.where), MOVING_TO, row[1])

    def commit(self) -> None:
        """See `LedgerEngine`."""
        with self.guarded():
            self._db.execute(b"COMMIT")
            self._leave_pipe()
        self._clock = None

    def rollback(self) -> None:
        """See `LedgerEngine`."""
        self._clock = None
        with suppress(psycopg.Error):
            self._leave_pipe()
        try:
            if not self._db.closed:
                self._db.execute(b"ROLLBACK")
        except psycopg.Error:
            # Whatever is the matter with it: the server ends the transaction with the connection.
            self._db.close()

    def _leave_pipe(self) -> None:
        pipe, self._pipe = self._pipe, None
        if pipe is not None:
            pipe.__exit__(None, None, None)

    def add(self, ddl: str) -> None:
        """See `LedgerEngine`."""
        for statement in statements(ddl):
            self.execute(statement)

    def keep_copy(self, tail: str) -> None:
        """See `LedgerEngine`: no ledger of an older format lies in a database."""

    def now(self) -> float:
        """See `LedgerEngine`: the database's clock."""
        if self._clock is not None:
            told, at = self._clock
            return told + time.monotonic() - at
        return float(self.execute(_CLOCK.decode()).fetchone()[0])

    def version(self) -> object:
        """See `LedgerEngine`: it changes with any transaction of the server, which is more often than it need."""
        return self.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text").fetchone()[0]

    def watch(self) -> None:
        """See `LedgerEngine`. Triggers send the names as messages, which come before the statement's end."""
        self._is_watched = True
        self._db.add_notice_handler(self._on_notice)

    def _on_notice(self, told: psycopg.errors.Diagnostic) -> None:
        text = told.message_primary or ""
        if text.startswith(NOTE):
            table, *names = text[1:].split(NOTE)
            self.touched.update((table, name) for name in names)

    def settle(self) -> None:
        """See `LedgerEngine`."""
        if self._pipe is not None:
            with self.guarded():
                self._sync()

    def guarded(self) -> AbstractContextManager[None]:
        """See `LedgerEngine`."""
        return plain_errors(self.where)

    def damage(self) -> str:
        """See `LedgerEngine`: PostgreSQL refuses what is damaged when it is read (data checksums)."""
        return ""

    def tables(self) -> frozenset[str]:
        """See `LedgerEngine`."""
        sql = "SELECT tablename FROM pg_tables WHERE schemaname = ?"
        return frozenset(r[0] for r in self.execute(sql, (self.where.schema,)))

    def differences(self, ddl: str) -> Iterator[tuple[str, str, str | None]]:
        """See `LedgerEngine`."""
        with self.guarded():
            yield from differences(self._db, ddl, self.where.schema)

    def close(self) -> None:
        """See `LedgerEngine`."""
        self._pipe = None
        self._db.close()


def _nothing() -> None:
    """Before the first transaction."""
