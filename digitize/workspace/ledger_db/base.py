"""What every engine of a ledger can do. The SQL is one; only what the two databases do differently stands here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from digitize.workspace.ledger_db.dialects import ShownAs

Row = Any
"""One row: by number, by name, or in a loop over its values; `dict(row)` and `row.keys()` as sqlite3.Row has them."""


class RowSource(Protocol):
    """What a statement gave."""

    def fetchone(self) -> Row:
        """The next row, None at the end."""

    def fetchall(self) -> list[Row]:
        """All that are left."""

    def __iter__(self) -> Iterator[Row]:
        """One after the other."""


class LedgerEngine(Protocol):
    """One connection to one ledger, used from one thread. Places for values in SQL are question marks."""

    touched: set[tuple[str, str]]
    """Table and name of the rows written since they were last taken, see `watch`."""
    dialect: ShownAs
    """How it says what the two say differently in views."""
    written: dict[tuple[str, str], tuple[Any, ...]]
    """All values of some of these, where the database told them: rows that are new and were not changed again."""

    @property
    def can_write(self) -> bool:
        """Whether anything may be written through it."""

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> RowSource:
        """Run one statement. All that it gives may be held in memory: for millions of rows there is `stream_rows`."""

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> Any:
        """Run one statement for each of these rows."""

    def insert_rows(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, replace: Sequence[str] = ()
    ) -> None:
        """Insert many rows, in as few statements as may be. replace: the key of rows that are there and take these."""

    def take_out(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Delete the rows in which these columns have these values."""

    def stream_rows(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """The rows of a query in bounded memory; other statements may run meanwhile."""

    def by_names(self, table: str, columns: Sequence[str], names: Iterable[str], order: str) -> Iterator[Row]:
        """The rows of a table that have one of these names (see `covered.entry_name`), those of one name in order."""

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Put rows into an empty table of a ledger that is being made, as they stand and unwatched."""

    def at_one_moment(self) -> AbstractContextManager[None]:
        """A context in which all that is read is of one moment, while others write."""

    def begin(self, *, moving: bool = False) -> None:
        """Begin a transaction in which nobody else writes into this ledger. moving: by the move itself.

        Raises LedgerError where it is being moved, or was.
        """

    def commit(self) -> None:
        """Keep what was written in it."""

    def rollback(self) -> None:
        """Forget what was written in it."""

    def add(self, ddl: str) -> None:
        """Make these tables, indexes and guards, inside a transaction; ddl: in SQLite's words."""

    def keep_copy(self, tail: str) -> None:
        """Before the format is raised: keep what is there under a name that ends so, where that is the engine's way."""

    def read_clock(self) -> float:
        """Seconds since 1970 by the clock that all who write into this ledger share."""

    def version(self) -> object:
        """Another value whenever somebody else wrote."""

    def watch(self) -> None:
        """From now on note in `touched` each covered row (see `covered`) that is written through this connection."""

    def settle(self) -> None:
        """Have all that was written arrive, so that `touched` is complete."""

    def translate_errors(self) -> AbstractContextManager[None]:
        """A context in which the database's errors are ours. Raises LedgerError, LedgerAway, DiskFull."""

    def damage(self) -> str:
        """What the database itself says of damage, "" where it finds none."""

    def tables(self) -> frozenset[str]:
        """The names of the tables that there are."""

    def differences(self, ddl: str) -> Iterator[tuple[str, str, str | None]]:
        """(object, what is the matter, what mends it) where tables and guards are not as ddl makes them."""

    def close(self) -> None:
        """Give it back. What was not committed is gone."""
