"""Which rows a transaction writes: SQLite tells it, so that no code can forget to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from digitize.workspace.ledger.chain import COVERED, Entry, entry_hash, entry_name

_MOST_AT_ONCE = 20_000


class Covering:
    """Collects the names of the rows that this connection writes.

    The triggers are temporary: they belong to the connection, and the file holds none that another program lacks the
    function for.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        """Watch all tables that count."""
        self._db = db
        self._touched: set[tuple[str, str]] = set()
        db.create_function("row_touched", 2, lambda table, key: self._touched.add((table, key)))
        for table in COVERED:
            for what, aliases in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",))):
                calls = "; ".join(f"SELECT row_touched('{table}', {entry_name(table, a)})" for a in aliases)
                name = f"{table}_{what.lower()}_is_noted"
                db.execute(f"CREATE TEMP TRIGGER {name} AFTER {what} ON main.{table} BEGIN {calls}; END")

    @property
    def is_empty(self) -> bool:
        """Whether no row was written since the last `take`."""
        return not self._touched

    def take(self) -> list[Entry]:
        """What was written since the last time, as it stands now."""
        entries = [(table, key, entry_hash(self._db, table, key)) for table, key in self._touched]
        self._touched.clear()
        return entries

    def forget(self) -> None:
        """The transaction was rolled back."""
        self._touched.clear()

    def everything(self) -> Iterator[None]:
        """Touch every row there is, and stop each time when some thousands are waiting to be taken."""
        for table in COVERED:
            for row in self._db.execute(f"SELECT DISTINCT {entry_name(table)} FROM {table}"):
                self._touched.add((table, row[0]))
                if len(self._touched) >= _MOST_AT_ONCE:
                    yield
        yield


def changed_entries(db: sqlite3.Connection, table: str, keys: Iterable[str]) -> Iterator[str]:
    """Those of the names under which something else stands than the ledger wrote last."""
    newest = "SELECT hash FROM row_log WHERE tbl = ? AND key = ? ORDER BY seq DESC LIMIT 1"
    for key in keys:
        row = db.execute(newest, (table, key)).fetchone()
        if (row[0] if row else b"") != entry_hash(db, table, key):
            yield key
