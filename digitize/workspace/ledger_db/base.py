"""Interface of a ledger engine. The SQL is shared; only differences between the two databases are methods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from digitize.workspace.ledger_db.dialects import ShownAs

Row = Any
"""One row: by number, by name, or in a loop over its values; `dict(row)` and `row.keys()` as sqlite3.Row has them."""


class RowSource(Protocol):
    """Rows of a statement."""

    def fetchone(self) -> Row:
        """Next row, None at the end."""

    def fetchall(self) -> list[Row]:
        """All remaining rows."""

    def __iter__(self) -> Iterator[Row]:
        """Iterate over the rows."""


class LedgerEngine(Protocol):
    """One connection to one ledger, used from one thread. SQL placeholders are question marks."""

    touched: set[tuple[str, str]]
    """Table and name of the rows written since they were last taken, see `watch`."""
    dialect: ShownAs
    """How it says what the two say differently in views."""
    written: dict[tuple[str, str], tuple[Any, ...]]
    """All values of some of these, where the database told them: rows that are new and were not changed again."""

    @property
    def can_write(self) -> bool:
        """Whether it is writable."""

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> RowSource:
        """Run one statement. The result may be held in memory: for millions of rows use `stream_rows`."""

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> Any:
        """Run one statement for each of these rows."""

    def insert_rows(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, replace: Sequence[str] = ()
    ) -> None:
        """Insert many rows in few statements. replace: key on which existing rows are overwritten."""

    def take_out(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Delete rows with these values in these columns."""

    def stream_rows(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """Stream the rows of a query in bounded memory; other statements may run meanwhile."""

    def by_names(self, table: str, columns: Sequence[str], names: Iterable[str], order: str) -> Iterator[Row]:
        """Rows of a table with one of these names (see `covered.entry_name`), grouped by name in order."""

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Bulk insert into an empty table of a new ledger, unchanged and unwatched."""

    def at_one_moment(self) -> AbstractContextManager[None]:
        """A context with a consistent read snapshot while others write."""

    def begin(self, *, moving: bool = False) -> None:
        """Start a transaction as the only writer of this ledger. moving: by the move itself.

        Raises LedgerError if it is being or was moved.
        """

    def commit(self) -> None:
        """Commit the transaction."""

    def rollback(self) -> None:
        """Roll the transaction back."""

    def add(self, ddl: str) -> None:
        """Create tables, indexes and triggers inside a transaction; ddl: in SQLite syntax."""

    def keep_copy(self, tail: str) -> None:
        """Before a format upgrade: keep a copy with that suffix, if the engine does so."""

    def read_clock(self) -> float:
        """Seconds since 1970 by the clock that all who write into this ledger share."""

    def version(self) -> object:
        """A value that changes when others write."""

    def watch(self) -> None:
        """From now on record covered rows (see `covered`) written on this connection in `touched`."""

    def settle(self) -> None:
        """Wait for all writes, so that `touched` is complete."""

    def translate_errors(self) -> AbstractContextManager[None]:
        """A context that converts database errors to ours. Raises LedgerError, LedgerAway, DiskFull."""

    def damage(self) -> str:
        """Damage reported by the database itself, "" if none."""

    def tables(self) -> frozenset[str]:
        """Names of existing tables."""

    def differences(self, ddl: str) -> Iterator[tuple[str, str, str | None]]:
        """(object, problem, fix) where tables and triggers differ from ddl."""

    def close(self) -> None:
        """Close the connection. Uncommitted data are rolled back."""
