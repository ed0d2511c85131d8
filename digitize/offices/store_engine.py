"""Where an office's store lies: one SQLite file, or a PostgreSQL database. Both are spoken to in the same SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from digitize.errors import LedgerError, OptionsError
from digitize.machine.sqlite_errors import plain_errors
from digitize.offices import store_format
from digitize.offices.store_rows import Row

if TYPE_CHECKING:
    import psycopg

_MEND = "digitize national verify, or state verify"
_SCHEMA = "digitize_office"
SCHEMES = ("postgresql://", "postgres://")


class StoreEngine(Protocol):
    """One connection. name: what it is called in messages."""

    name: str

    def rows(self, sql: str, values: Sequence[Any] = ()) -> Iterable[Row]:
        """The rows of a query; places for values are question marks."""

    def change(self, sql: str, values: Sequence[Any] = ()) -> None:
        """Run a statement that gives no rows."""

    def begin(self) -> None:
        """Begin a transaction in which nobody else writes."""

    def commit(self) -> None:
        """Keep what was written."""

    def rollback(self) -> None:
        """Forget it."""

    def close(self) -> None:
        """End the connection."""

    def translate_errors(self) -> Any:
        """A context in which the database's errors are ours. Raises LedgerError, DiskFull."""


def open_engine(where: Path | str) -> StoreEngine:
    """The store in a file, or at an address; made where there is none. Raises LedgerError, DiskFull, OptionsError."""
    return PostgresEngine(where) if isinstance(where, str) else SqliteEngine(where)


def check_address(url: str) -> str:
    """The address, when it is one of PostgreSQL without a password, which would lie in a file. Raises OptionsError."""
    from urllib.parse import parse_qs, urlsplit

    if not url.startswith(SCHEMES):
        raise OptionsError("The store is a PostgreSQL address such as postgresql://office@db.example/national")
    parts = urlsplit(url)
    if parts.password or "password" in parse_qs(parts.query):
        raise OptionsError("Leave the password out of the address; use PGPASSWORD or ~/.pgpass.")
    return url


class SqliteEngine:
    """One file: the default."""

    def __init__(self, path: Path) -> None:
        """Open it, and bring it to today's format."""
        self.name, self._path = str(path), path
        with self.translate_errors():
            # Before connecting, which makes the file.
            is_new = not path.exists()
            self._db = sqlite3.connect(path, timeout=30, isolation_level=None)
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA journal_mode = WAL")
            # What was answered with "taken" must be there after a power cut.
            self._db.execute("PRAGMA synchronous = FULL")
            if is_new:
                self._db.executescript(store_format.make_sqlite_schema())
            found = self._db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
        _check_format(self.name, found)
        if int(found["value"]) < store_format.FORMAT:
            with self.translate_errors():
                store_format.upgrade(self._db)

    def rows(self, sql: str, values: Sequence[Any] = ()) -> Iterable[Row]:
        """See `StoreEngine`."""
        return self._db.execute(sql, tuple(values))

    def change(self, sql: str, values: Sequence[Any] = ()) -> None:
        """See `StoreEngine`."""
        self._db.execute(sql, tuple(values))

    def executescript(self, sql: str) -> None:
        """Several statements at once."""
        self._db.executescript(sql)

    def begin(self) -> None:
        """See `StoreEngine`."""
        self._db.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """See `StoreEngine`."""
        self._db.commit()

    def rollback(self) -> None:
        """See `StoreEngine`."""
        self._db.rollback()

    def close(self) -> None:
        """See `StoreEngine`."""
        self._db.close()

    def translate_errors(self) -> Any:
        """See `StoreEngine`."""
        return plain_errors(self._path, _MEND)


class PostgresEngine:
    """A database of its own, in the schema digitize_office. The password comes from PGPASSWORD or ~/.pgpass."""

    def __init__(self, url: str) -> None:
        """Connect; the tables are made where there are none."""
        # Only here: whoever keeps a file needs no driver.
        import psycopg
        from psycopg.rows import dict_row

        self._url = check_address(url)
        try:
            self.name = str(psycopg.conninfo.conninfo_to_dict(url).get("dbname") or "PostgreSQL")
        except psycopg.ProgrammingError as e:
            raise OptionsError("PostgreSQL does not understand the address of the store.") from e
        with self.translate_errors():
            self._db: psycopg.Connection[dict[str, Any]] = psycopg.connect(
                url, autocommit=True, row_factory=dict_row, connect_timeout=30
            )
            self._make()
        _check_format(self.name, self._db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone())

    def _make(self) -> None:
        with self._db.transaction():
            # Two that begin at once would both find nothing.
            self._db.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (_SCHEMA,))
            found = self._db.execute("SELECT to_regclass(%s) AS t", (f"{_SCHEMA}.meta",)).fetchone()
            if found is None or found["t"] is None:
                self._db.execute(f"CREATE SCHEMA IF NOT EXISTS {_SCHEMA}")
                self._db.execute(f"SET LOCAL search_path TO {_SCHEMA}")
                self._db.execute(store_format.make_postgres_schema().encode())
        self._db.execute(f"SET search_path TO {_SCHEMA}")

    def rows(self, sql: str, values: Sequence[Any] = ()) -> Iterable[Row]:
        """See `StoreEngine`."""
        with self.translate_errors():
            return self._db.execute(sql.replace("?", "%s").encode(), tuple(values))

    def change(self, sql: str, values: Sequence[Any] = ()) -> None:
        """See `StoreEngine`."""
        self._db.execute(sql.replace("?", "%s").encode(), tuple(values))

    def begin(self) -> None:
        """See `StoreEngine`."""
        self._db.execute("BEGIN")
        # Numbers of rows and the chain of hashes must come one after the other; readers are not kept waiting.
        self._db.execute("LOCK TABLE heads IN EXCLUSIVE MODE")

    def commit(self) -> None:
        """See `StoreEngine`."""
        self._db.execute("COMMIT")

    def rollback(self) -> None:
        """See `StoreEngine`."""
        if not self._db.closed:
            self._db.execute("ROLLBACK")

    def close(self) -> None:
        """See `StoreEngine`."""
        self._db.close()

    @contextmanager
    def translate_errors(self) -> Iterator[None]:
        """See `StoreEngine`."""
        import psycopg

        try:
            yield
        except psycopg.OperationalError as e:
            # Its text may name the address; the first line says what is wrong.
            told = str(e).strip().splitlines()
            raise LedgerError(f"The store {self.name} does not answer: {told[0] if told else 'no reason'}") from e


def _check_format(name: str, found: Row | None) -> None:
    if found is None or int(found["value"]) > store_format.FORMAT:
        raise LedgerError(f"{name} was written by a newer version. Upgrade cctns-digitize.")
    if int(found["value"]) not in (store_format.FORMAT, store_format.RELEASED):
        raise LedgerError(
            f"{name} has format {found['value']}, which is no longer supported. Open it once with version 0.2.0, if "
            f"that can read it; otherwise restore a backup."
        )
