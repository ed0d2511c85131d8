"""The rows of a system's tables while they are put together: in a file that is gone with the process."""

from __future__ import annotations

import pickle
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from digitize.machine.sqlite_errors import plain_errors

_AT_ONCE = 400
_SCHEMA = """
CREATE TABLE rows (
  id INTEGER PRIMARY KEY, source INTEGER, number INTEGER, up TEXT, cells BLOB, problem TEXT
);
CREATE TABLE keys (source INTEGER, which INTEGER, key TEXT, row INTEGER);
CREATE TABLE bonds (row INTEGER PRIMARY KEY, owner INTEGER, state TEXT);
"""
_INDEXES = """
CREATE INDEX IF NOT EXISTS rows_up ON rows (source, up);
CREATE INDEX IF NOT EXISTS rows_number ON rows (source, number);
CREATE INDEX IF NOT EXISTS keys_key ON keys (key, which, source);
"""
Cells = tuple[bytes | str, ...]


class KeptRow(NamedTuple):
    """A row. id: here; source: the delivered table it is of; number: its place there, from 1.

    problem: why nothing can be made of it, "" for a good one.
    """

    id: int
    source: int
    number: int
    cells: Cells
    problem: str = ""


class IncomingRow(NamedTuple):
    """A row to keep. up: key of what it belongs to; keys: those by which its parts know it."""

    number: int
    up: str
    keys: Sequence[str]
    cells: Cells
    problem: str = ""


class RowStore:
    """Rows of all tables of one system, to be written once and then read by key; a context manager."""

    def __init__(self, folder: Path | None = None) -> None:
        """Open an empty one. folder: where there is room; the system's own place for such files when not given."""
        self._folder = tempfile.TemporaryDirectory(dir=folder, prefix=".rows-")
        self._path = Path(self._folder.name) / "rows.sqlite"
        self._db = sqlite3.connect(self._path, isolation_level=None)
        # Gone with the process: nothing of it has to survive a crash, or be locked against others.
        self._db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;")
        self._db.executescript(f"PRAGMA temp_store = FILE; PRAGMA cache_size = -32000; {_SCHEMA}")
        # Without a name a killed process leaves nothing behind; where open files keep theirs, it goes at the end.
        with suppress(OSError):
            self._folder.cleanup()
        self._next = 1

    def __enter__(self) -> RowStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the rows and the room they took."""
        self._db.close()
        with suppress(OSError):
            self._folder.cleanup()

    def add(self, source: int, rows: Iterable[IncomingRow]) -> int:
        """Keep rows of a table. Returns how many. Raises DiskFull, and what reading the rows raises."""
        first = self._next
        with plain_errors(self._path, "the same command again"):
            self._db.execute("BEGIN")
            for number, up, keys, cells, problem in rows:
                data = pickle.dumps(cells, pickle.HIGHEST_PROTOCOL)
                kept = (self._next, source, number, up, data, problem)
                self._db.execute("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?)", kept)
                for which, key in enumerate(keys):
                    if key:
                        self._db.execute("INSERT INTO keys VALUES (?, ?, ?, ?)", (source, which, key, self._next))
                self._next += 1
            self._db.execute("COMMIT")
        return self._next - first

    def finish(self) -> None:
        """Make what was written quick to find."""
        self._db.executescript(_INDEXES)

    def ask(self, sql: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a query."""
        return self._db.execute(sql, values)

    def bind(self, bonds: Iterable[tuple[int, int | None, str]]) -> None:
        """Keep whose part each row is: (row, the row it belongs to or None, why it belongs to none)."""
        with plain_errors(self._path, "the same command again"):
            self._db.execute("BEGIN")
            self._db.executemany("INSERT INTO bonds VALUES (?, ?, ?)", bonds)
            self._db.execute("COMMIT")

    def finish_bonds(self) -> None:
        """Make parts quick to find by what they belong to."""
        self._db.executescript("CREATE INDEX IF NOT EXISTS bonds_owner ON bonds (owner) WHERE owner IS NOT NULL;")

    def of_source(self, source: int) -> Iterator[KeptRow]:
        """All rows of one table, in its order, bad ones too."""
        sql = "SELECT id, source, number, cells, problem FROM rows WHERE source = ? ORDER BY number"
        return (KeptRow(i, s, n, pickle.loads(c), p) for i, s, n, c, p in self._db.execute(sql, (source,)))

    def by_up(self, source: int, keys: Sequence[str]) -> Iterator[tuple[str, KeptRow]]:
        """The rows of a table by the key of what they belong to."""
        for some in _lots(keys):
            sql = f"""SELECT up, id, source, number, cells FROM rows
                      WHERE source = ? AND problem = '' AND up IN ({_marks(some)}) ORDER BY number"""
            for up, i, s, n, c in self._db.execute(sql, (source, *some)):
                yield up, KeptRow(i, s, n, pickle.loads(c))

    def parts_of(self, owners: Sequence[int]) -> Iterator[tuple[int, KeptRow]]:
        """The parts of rows: (whose, the part), by delivery and number."""
        for some in _lots(owners):
            sql = f"""SELECT b.owner, r.id, r.source, r.number, r.cells FROM bonds b JOIN rows r ON r.id = b.row
                      WHERE b.owner IN ({_marks(some)}) ORDER BY r.source, r.number"""
            for owner, i, s, n, c in self._db.execute(sql, some):
                yield owner, KeptRow(i, s, n, pickle.loads(c))

    def cells(self, row: int) -> Cells:
        """The cells of one row."""
        found: Cells = pickle.loads(self._db.execute("SELECT cells FROM rows WHERE id = ?", (row,)).fetchone()[0])
        return found

    def states(self, source: int) -> dict[str, int]:
        """Why rows of a table belong to none, with their number; "" for those that do."""
        sql = "SELECT b.state, COUNT(*) FROM bonds b JOIN rows r ON r.id = b.row WHERE r.source = ? GROUP BY b.state"
        return dict(self._db.execute(sql, (source,)).fetchall())

    def state_of(self, source: int, numbers: Sequence[int]) -> dict[int, str]:
        """Of rows of a table, by number, why they belong to none; "" for those that do."""
        found: dict[int, str] = {}
        for some in _lots(numbers):
            sql = f"""SELECT r.number, b.state FROM rows r JOIN bonds b ON b.row = r.id
                      WHERE r.source = ? AND r.number IN ({_marks(some)})"""
            found.update(self._db.execute(sql, (source, *some)).fetchall())
        return found


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _lots(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for at in range(0, len(values), _AT_ONCE):
        yield values[at : at + _AT_ONCE]
