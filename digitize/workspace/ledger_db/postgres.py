"""A ledger in a PostgreSQL schema, shared by many machines: connection, engine, schema creation."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict

from digitize.errors import DiskFull, LedgerAway, LedgerError
from digitize.targets.postgres.connect import is_passing, problem_of
from digitize.workspace.ledger_db.address import LedgerAddress
from digitize.workspace.ledger_db.base import Row, RowSource
from digitize.workspace.ledger_db.dialects import POSTGRES
from digitize.workspace.ledger_db.move_marks import MOVING_TO, was_moved
from digitize.workspace.ledger_db.postgres_ddl import NOTE, differences, statements
from digitize.workspace.ledger_db.postgres_sql import (
    PgRow,
    as_rows,
    by_number,
    escape_nuls,
    is_name,
    lists,
    to_postgres,
)
from digitize.workspace.ledger_db.watched_tables import NUMBERS, SEPARATOR, conflict_clause

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
WAIT_SECONDS = 90.0
"""How long a database that was there before is waited for: longer than it takes to start again after a crash."""
_FIRST_SECONDS = 3.0
_LINK = {
    "connect_timeout": 10, "application_name": "digitize ledger", "client_encoding": "UTF8",
    # A cut cable is noticed within a minute on this side, and by the server as well (`_SETTINGS`).
    "keepalives": 1, "keepalives_idle": 20, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30000,
}  # fmt: skip
# The lock of a writer whose machine was cut off must end before others lose patience: 35 against 90 seconds.
# What is asked of a volume lies near together: by the server's usual price of an index it would rather go through all
# pages of the ledger than look 250 of them up. Nor is a lookup shared among workers, which take longer to begin than it
# takes, nor is a table of what was looked up made ready for the millions of rows that a LIMIT cuts off (from 14 on).
_SETTINGS = """
SET search_path TO {schema}, pg_temp; SET lock_timeout = '90s'; SET idle_in_transaction_session_timeout = '10min';
SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; SET jit = off;
SET random_page_cost = 1.1; SET max_parallel_workers_per_gather = 0; SET DateStyle TO ISO;
SELECT set_config(name, 'off', false) FROM pg_settings WHERE name = 'enable_memoize'
"""
_IN_USE, _FULL, _REFUSED, _MISSING, _READ_ONLY = "55P03", "53100", "42501", ("42P01", "3F000", "3D000"), "25006"
_AGAIN = ("40001", "40P01", "25P03")
# A connection that is refused comes without a state.
_NOT_THERE = re.compile(r'FATAL: +(?P<kind>role|database) "(?P<name>.+)" does not exist')

Link = psycopg.Connection[PgRow]


def connect(where: LedgerAddress, *, patience_s: float = _FIRST_SECONDS) -> Link:
    """Autocommit connection with the ledger's schema first in the search path.

    patience_s: how long to wait for a server that does not answer. Raises LedgerAway, LedgerError.
    """
    end, pause = time.monotonic() + patience_s, 0.1
    while True:
        try:
            with plain_errors(where):
                return _open_connection(where)
        except LedgerAway:
            if time.monotonic() + pause > end:
                raise
        time.sleep(pause)
        pause = min(2 * pause, 3.0)


def _open_connection(where: LedgerAddress) -> Link:
    # What the URL says goes before what is usual here.
    db = psycopg.connect(**{**_LINK, **conninfo_to_dict(where.url)}, autocommit=True, row_factory=as_rows)  # type: ignore[arg-type]
    if problem := problem_of(db):
        db.close()
        raise LedgerError(f"{where}: {problem}")
    # The schema's name is one of small letters, digits and underscores.
    db.execute(_SETTINGS.format(schema=where.schema).encode())
    return db


@contextmanager
def plain_errors(where: LedgerAddress) -> Iterator[None]:
    """Convert driver errors to ours, with the next step and without row data; our own integrity errors pass
    unchanged.
    """
    try:
        yield
    except psycopg.IntegrityError:
        raise
    except psycopg.Error as e:
        raise _translate_error(e, where) from None


def _name_missing(error: psycopg.Error, where: LedgerAddress) -> str:
    """For people: the role or database that the server has not, with the statements that create it; "" if neither."""
    if not (found := _NOT_THERE.search(str(error))):
        return ""
    kind, name = found["kind"], found["name"].replace('"', '""')
    of = conninfo_to_dict(where.url)
    user, database = (str(of.get(n) or "").replace('"', '""') for n in ("user", "dbname"))
    grant = f'GRANT CREATE ON DATABASE "{database or user}" TO "{name if kind == "role" else user}";'
    made = f'CREATE ROLE "{name}" LOGIN; {grant}' if kind == "role" else f'CREATE DATABASE "{name}"; {grant}'
    return (
        f"{where}: the server runs, but has no {kind} {found['name']}. Nothing was recorded. Whoever administers the "
        f"server creates it with: {made} Then run the same command again."
    )


def _translate_error(error: psycopg.Error, where: LedgerAddress) -> LedgerError:
    state = error.sqlstate or ""
    if missing := _name_missing(error, where):
        return LedgerError(missing)
    if state == _IN_USE:
        return LedgerError(
            f"{where} has been in use by another program for too long. Wait, then run the command again."
        )
    if state == _FULL:
        return DiskFull(f"No room left on the disk of {where}. Make room there and run the same command again.")
    if state in _AGAIN or is_passing(error) or isinstance(error, psycopg.OperationalError):
        why = " ".join(_words(error).split())[:200]
        return LedgerAway(
            f"{where} does not answer ({why}). Recorded work is saved. When the database runs again, run the same "
            f"command."
        )
    if state == _REFUSED:
        return LedgerError(f"{where}: this role lacks a permission ({_words(error)}). Ask the owner to grant it.")
    if state == _READ_ONLY:
        return LedgerError(f"{where} is read-only at the moment. Use the primary database.")
    if state in _MISSING:
        why = f"({_words(error)}). Was it moved? See [workspace] ledger in digitize.toml, and digitize ledger verify"
        return LedgerError(f"{where} is damaged or has no ledger {why}")
    at = [p for p in (error.diag.table_name, error.diag.column_name, error.diag.constraint_name) if p]
    # Syntax and types name our own SQL; of all else the text may quote a row.
    said = _words(error) if state.startswith("42") else type(error).__name__
    return LedgerError(f"{where}: error {state} {said}{' at ' + ', '.join(at) if at else ''}")


def _words(error: Any) -> str:
    found: str = error.diag.message_primary or str(error)
    return found.splitlines()[0] if found else "no reason"


class DatabaseEngine:
    """See `LedgerEngine`. In a transaction statements are pipelined, without waiting for each answer."""

    dialect = POSTGRES

    def __init__(self, where: LedgerAddress, *, is_there: bool = True) -> None:
        """Connect to a ledger. is_there: raises LedgerError if there is none; otherwise it may be created later."""
        self.where = where
        self.touched: set[tuple[str, str]] = set()
        self.written: dict[tuple[str, str], tuple[Any, ...]] = {}
        self._is_watched = False
        self._pipe: AbstractContextManager[psycopg.Pipeline] | None = None
        self._sync: Callable[[], None] = _do_nothing
        self._clock: tuple[float, float] | None = None
        self._names = itertools.count()
        self._numbers: dict[str, int] = {}
        self._db = connect(where)
        self._can_write = self._check_access() if is_there else True

    def _check_access(self) -> bool:
        """Whether it is writable. Raises LedgerError if there is none."""
        with self.translate_errors():
            there, still = self._db.execute(_THERE).fetchone() or (False, "on")
            if not there:
                self._db.close()
                raise LedgerError(
                    f"{self.where} has no ledger. Is [workspace] ledger in digitize.toml right? If the ledger is "
                    f"lost, restore a backup: digitize ledger restore DIR FILE"
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
        """Number of a name, 0 if new. Numbers never change."""
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
        """Repeat a read after a lost connection; not in a transaction, whose start would be lost."""
        with self.translate_errors():
            try:
                return ask()
            except psycopg.OperationalError:
                if self._clock is not None or not self._db.broken:
                    raise
        self._reach()
        with self.translate_errors():
            return ask()

    def _reach(self) -> None:
        """Reconnect if needed, waiting for a restarting database."""
        if self._db.closed:
            self._db = connect(self.where, patience_s=WAIT_SECONDS)
            if self._is_watched:
                self._db.add_notice_handler(self._on_notice)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> Any:
        """See `LedgerEngine`."""
        with self.translate_errors():
            self._db.cursor().executemany(to_postgres(sql, True), map(escape_nuls, rows))

    def insert_rows(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, replace: Sequence[str] = ()
    ) -> None:
        """See `LedgerEngine`: values are sent as one array per column."""
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

    def stream_rows(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Row]:
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
        with self.translate_errors():
            # The triggers would tell of every row.
            self._db.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
            with self._db.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN".encode()) as copy:
                for row in rows:
                    copy.write_row(escape_nuls(row))
            self._db.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER".encode())

    @contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """See `LedgerEngine`."""
        with self.translate_errors():
            self._db.execute(b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            self.rollback()

    def begin(self, *, moving: bool = False) -> None:
        """See `LedgerEngine`."""
        with self.translate_errors():
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
        """Start a transaction like `begin`, without pipelining. is_asked: check for a move."""
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
        with self.translate_errors():
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
        """See `LedgerEngine`: no ledger of an older format is in a database."""

    def read_clock(self) -> float:
        """See `LedgerEngine`: the database's clock."""
        if self._clock is not None:
            told, at = self._clock
            return told + time.monotonic() - at
        return float(self.execute(_CLOCK.decode()).fetchone()[0])

    def version(self) -> object:
        """See `LedgerEngine`: changes with any transaction of the server, more often than needed."""
        return self.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text").fetchone()[0]

    def watch(self) -> None:
        """See `LedgerEngine`. Triggers send the names as notices before the statement ends."""
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
            with self.translate_errors():
                self._sync()

    def translate_errors(self) -> AbstractContextManager[None]:
        """See `LedgerEngine`."""
        return plain_errors(self.where)

    def damage(self) -> str:
        """See `LedgerEngine`: PostgreSQL refuses to read damaged pages (data checksums)."""
        return ""

    def tables(self) -> frozenset[str]:
        """See `LedgerEngine`."""
        sql = "SELECT tablename FROM pg_tables WHERE schemaname = ?"
        return frozenset(r[0] for r in self.execute(sql, (self.where.schema,)))

    def differences(self, ddl: str) -> Iterator[tuple[str, str, str | None]]:
        """See `LedgerEngine`."""
        with self.translate_errors():
            yield from differences(self._db, ddl, self.where.schema)

    def close(self) -> None:
        """See `LedgerEngine`."""
        self._pipe = None
        self._db.close()


def _do_nothing() -> None:
    """Before the first transaction."""


_LONGEST = 40
_SIZE = """
  SELECT COALESCE(SUM(pg_total_relation_size(c.oid)), 0) FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relkind = 'r'
"""


@contextmanager
def making(where: LedgerAddress, ddl: str) -> Iterator[tuple[DatabaseEngine, str]]:
    """One transaction that creates an empty ledger, committed as a whole or not at all.

    Yields the connection, and the new name of a schema that was there before, "" if none. ddl: in SQLite syntax. Raises
    LedgerError, LedgerAway.
    """
    with changing(where) as db:
        aside = put_aside(db, "before") if is_there(db) else ""
        db.execute(f"CREATE SCHEMA {where.schema}")
        db.add(ddl)
        yield db, aside
        # Queries of the first minutes would be planned for empty tables.
        for table in sorted(db.tables()):
            db.execute(f"ANALYZE {table}")


@contextmanager
def changing(where: LedgerAddress) -> Iterator[DatabaseEngine]:
    """One transaction under the lock of a ledger that need not exist."""
    with closing(DatabaseEngine(where, is_there=False)) as db, db.translate_errors():
        db.start()
        try:
            yield db
            db.commit()
        except BaseException:
            db.rollback()
            raise


def create(where: LedgerAddress, ddl: str, format_: int) -> None:
    """Create an empty ledger. Raises LedgerError if there is one."""
    with making(where, ddl) as (db, aside):
        if aside:
            raise LedgerError(f"{where} exists already, from another workspace or an earlier one. Give another --site.")
        db.execute("INSERT INTO meta (key, value) VALUES ('format', ?)", (str(format_),))


def put_aside(db: DatabaseEngine, word: str) -> str:
    """Give the ledger's schema another name, inside a transaction: SCHEMA_WORD_1, or the next that is free."""
    taken = {r[0] for r in db.execute("SELECT nspname FROM pg_namespace")}
    names = (f"{db.where.schema[:_LONGEST]}_{word}_{n}" for n in itertools.count(1))
    aside = next(name for name in names if name not in taken)
    db.execute(f"ALTER SCHEMA {db.where.schema} RENAME TO {aside}")
    return aside


def is_there(db: DatabaseEngine) -> bool:
    """Whether a schema of the ledger's name is there."""
    return db.execute("SELECT 1 FROM pg_namespace WHERE nspname = ?", (db.where.schema,)).fetchone() is not None


def compact(where: LedgerAddress, *, whole: bool = False) -> tuple[int, int]:
    """Free deleted rows for reuse while others work. Returns table bytes before and after.

    whole: rewrite the tables without free space; others wait.
    """
    with closing(DatabaseEngine(where)) as db:
        before = int(db.execute(_SIZE, (where.schema,)).fetchone()[0])
        for table in sorted(db.tables()):
            db.execute(f"VACUUM ({'FULL, ' if whole else ''}ANALYZE) {table}")
        return before, int(db.execute(_SIZE, (where.schema,)).fetchone()[0])
