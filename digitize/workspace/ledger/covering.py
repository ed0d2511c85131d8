"""Which rows a transaction writes: the database tells it, so that no code can forget to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from digitize.workspace.engines import Engine
from digitize.workspace.engines.covered import COVERED, entry_name
from digitize.workspace.ledger.chain import Entry, entry_hash, entry_hashes

_MOST_AT_ONCE = 20_000
_HASHED_AT_ONCE = 1_000


class Covering:
    """Collects the names of the rows that this connection writes."""

    def __init__(self, db: Engine) -> None:
        """Watch all tables that count."""
        self._db = db
        db.touched = set()
        db.watch()

    @property
    def is_empty(self) -> bool:
        """Whether no row was written since the last `take`."""
        self._db.settle()
        return not self._db.touched

    def take(self) -> list[Entry]:
        """What was written since the last time, as it stands now."""
        self._db.settle()
        written = sorted(self._db.touched)
        self._db.touched.clear()
        return [entry for table, own in groupby(written, key=lambda t: t[0]) for entry in self._hashed(table, own)]

    def _hashed(self, table: str, own: Iterable[tuple[str, str]]) -> Iterator[Entry]:
        keys = [key for _, key in own]
        for i in range(0, len(keys), _HASHED_AT_ONCE):
            some = entry_hashes(self._db, table, keys[i : i + _HASHED_AT_ONCE])
            yield from ((table, key, content) for key, content in some.items())

    def forget(self) -> None:
        """The transaction was rolled back."""
        self._db.touched.clear()

    def everything(self) -> Iterator[None]:
        """Touch every row there is, and stop each time when some thousands are waiting to be taken."""
        for table in COVERED:
            for row in self._db.each(f"SELECT DISTINCT {entry_name(table)} FROM {table}"):
                self._db.touched.add((table, row[0]))
                if len(self._db.touched) >= _MOST_AT_ONCE:
                    yield
        yield


def changed_entries(db: Engine, table: str, keys: Iterable[str]) -> Iterator[str]:
    """Those of the names under which something else stands than the ledger wrote last."""
    newest = "SELECT hash FROM row_log WHERE tbl = ? AND key = ? ORDER BY seq DESC LIMIT 1"
    for key in keys:
        row = db.execute(newest, (table, key)).fetchone()
        if (row[0] if row else b"") != entry_hash(db, table, key):
            yield key
