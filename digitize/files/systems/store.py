"""Joined rows of a system's tables: in a temporary file, or cached in a workspace."""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from digitize.machine.sqlite_errors import plain_errors

_AT_ONCE = 400
_SCHEMA = """
CREATE TABLE rows (
  id INTEGER PRIMARY KEY, source INTEGER, number INTEGER, up TEXT, own TEXT, said INTEGER, cells BLOB, problem TEXT
);
CREATE TABLE keys (source INTEGER, which INTEGER, key TEXT, row INTEGER);
CREATE TABLE bonds (row INTEGER PRIMARY KEY, owner INTEGER, state TEXT);
CREATE TABLE versions (row INTEGER PRIMARY KEY, first INTEGER);
CREATE TABLE newest (first INTEGER PRIMARY KEY, row INTEGER);
CREATE TABLE gone (first INTEGER PRIMARY KEY);
CREATE TABLE told (name TEXT PRIMARY KEY, text TEXT);
"""
_INDEXES = """
CREATE INDEX IF NOT EXISTS rows_up ON rows (source, up);
CREATE INDEX IF NOT EXISTS rows_own ON rows (source, own) WHERE own <> '';
CREATE INDEX IF NOT EXISTS rows_number ON rows (source, number);
CREATE INDEX IF NOT EXISTS versions_first ON versions (first);
CREATE INDEX IF NOT EXISTS keys_key ON keys (source, which, key);
"""
# Of a row that several deliveries have, the one that counts: c is that, s the first of it, whose place it has.
_COUNTING = """SELECT s.id, c.source, c.number, c.cells, s.problem, s.source, s.number, c.own, g.first IS NOT NULL
  FROM {0} s LEFT JOIN newest n ON n.first = s.id JOIN rows c ON c.id = COALESCE(n.row, s.id)
  LEFT JOIN gone g ON g.first = s.id"""
Cells = tuple[bytes | str, ...]


class KeptRow(NamedTuple):
    """A row, by its newest delivery. id: of its first delivery; source: delivered table; number: position there, from
    1. first: source and number of its first delivery, its stable identity.

    problem: why it gives nothing, "" for a good one. own: its own key. is_gone: missing in a newer complete delivery of
    its table.
    """

    id: int
    source: int
    number: int
    cells: Cells
    problem: str = ""
    first: tuple[int, int] = (0, 0)
    own: str = ""
    is_gone: bool = False


class IncomingRow(NamedTuple):
    """A row to store. up: key of its owner; keys: by which its parts refer to it; own: identifies it in other
    deliveries.
    """

    number: int
    up: str
    keys: Sequence[str]
    cells: Cells
    problem: str = ""
    own: str = ""


class RowStore:
    """Rows of all tables of one system, written once and then read by key; a context manager."""

    def __init__(self, folder: Path | None = None, *, at: Path | None = None) -> None:
        """Open an empty store. folder: with free space; the system's temporary folder by default.

        at: a named file that may be kept; otherwise it is deleted with the process.
        """
        self._folder = None if at else tempfile.TemporaryDirectory(dir=folder, prefix=".rows-")
        self.path = at or Path(self._folder.name if self._folder else "") / "rows.sqlite"
        self._db = sqlite3.connect(self.path, isolation_level=None)
        # It is made anew after a crash: nothing of it has to survive one, or be locked against others.
        self._db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;")
        self._db.executescript(f"PRAGMA temp_store = FILE; PRAGMA cache_size = -32000; {_SCHEMA}")
        if self._folder:
            # Without a name a killed process leaves nothing behind; where open files keep theirs, it goes at the end.
            with suppress(OSError):
                self._folder.cleanup()
        self._next = 1

    @classmethod
    def read(cls, path: Path) -> RowStore:
        """Open a stored file read-only. Raises sqlite3.Error for an invalid one."""
        store = cls.__new__(cls)
        store._folder, store.path = None, path
        store._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)
        store._db.execute("PRAGMA cache_size = -32000")
        return store

    def __enter__(self) -> RowStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the rows and their disk space."""
        self._db.close()
        if self._folder is not None:
            with suppress(OSError):
                self._folder.cleanup()

    def keep(self, path: Path) -> RowStore:
        """Move the finished file into place atomically, and continue reading from there."""
        self._db.close()
        with self.path.open("rb+") as file:
            os.fsync(file.fileno())
        self.path.replace(path)
        return RowStore.read(path)

    def write_note(self, name: str, text: str) -> None:
        """Store a note about the rows."""
        self._db.execute("INSERT OR REPLACE INTO told VALUES (?, ?)", (name, text))

    def read_note(self, name: str) -> str:
        """A stored note, "" if there is none."""
        found = self._db.execute("SELECT text FROM told WHERE name = ?", (name,)).fetchone()
        return str(found[0]) if found else ""

    def add(self, source: int, rows: Iterable[IncomingRow], columns: Sequence[str] = ()) -> int:
        """Store rows of a table. Returns their number. Raises DiskFull, and what reading the rows raises."""
        first, of = self._next, blake2b(repr(tuple(columns)).encode("utf-8", "surrogatepass")).digest()
        with plain_errors(self.path, "the same command again"):
            self._db.execute("BEGIN")
            for number, up, keys, cells, problem, own in rows:
                data = _pack_cells(cells)
                said = int.from_bytes(blake2b(data, key=of, digest_size=8).digest(), signed=True)
                kept = (self._next, source, number, up, own, said, data, problem)
                self._db.execute("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?)", kept)
                for which, key in enumerate(keys):
                    if key:
                        self._db.execute("INSERT INTO keys VALUES (?, ?, ?, ?)", (source, which, key, self._next))
                self._next += 1
            self._db.execute("COMMIT")
        return self._next - first

    def finish(self) -> None:
        """Build the indexes."""
        self._db.executescript(_INDEXES)

    def ask(self, sql: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a query."""
        return self._db.execute(sql, values)

    def change(self, sql: str, values: Iterable[Sequence[object]]) -> None:
        """Write rows by a statement."""
        self._db.executemany(sql, values)

    def bind(self, bonds: Iterable[tuple[int, int | None, str]]) -> None:
        """Store the owner of each row: (row, owner or None, reason for none)."""
        with plain_errors(self.path, "the same command again"):
            self._db.execute("BEGIN")
            self._db.executemany("INSERT OR REPLACE INTO bonds VALUES (?, ?, ?)", bonds)
            self._db.execute("COMMIT")

    def finish_bonds(self) -> None:
        """Build the index of parts by owner."""
        self._db.executescript("CREATE INDEX IF NOT EXISTS bonds_owner ON bonds (owner) WHERE owner IS NOT NULL;")

    def chunks(self, source: int, size: int) -> Iterator[tuple[int, int]]:
        """(first, last number) of chunks of a table in order, bad rows included."""
        numbers = self._db.execute("SELECT number FROM rows WHERE source = ? ORDER BY number", (source,))
        while some := numbers.fetchmany(size):
            yield some[0][0], some[-1][0]

    def firsts(self, source: int, numbers: tuple[int, int] | None = None) -> Iterator[KeptRow]:
        """Rows of a table that no earlier delivery has, in order, in their current version, bad ones included.

        numbers: first and last, for a piece of the table.
        """
        where = "s.source = ? AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.row = s.id)"
        where += " AND s.number BETWEEN ? AND ?" if numbers else ""
        sql = f"{_COUNTING.format('rows')} WHERE {where} ORDER BY s.number"
        return map(_parse_row, self._db.execute(sql, (source, *(numbers or ()))))

    def by_up(self, source: int, keys: Sequence[str]) -> Iterator[tuple[str, Cells]]:
        """Cells of a table's rows by owner key."""
        for some in _lots(keys):
            sql = f"""SELECT up, cells FROM rows
                      WHERE source = ? AND problem = '' AND up IN ({_marks(some)}) ORDER BY number"""
            for up, cells in self._db.execute(sql, (source, *some)):
                yield up, _cells(cells)

    def parts_of(self, owners: Sequence[int]) -> Iterator[tuple[int, KeptRow]]:
        """Parts of rows: (owner, part), by delivery and number."""
        for some in _lots(owners):
            table = f"(SELECT b.owner, r.* FROM bonds b JOIN rows r ON r.id = b.row WHERE b.owner IN ({_marks(some)}))"
            sql = _COUNTING.format(table).replace("SELECT s.id", "SELECT s.owner, s.id", 1)
            for owner, *row in self._db.execute(f"{sql} ORDER BY c.source, c.number", some):
                yield owner, _parse_row(row)

    def cells(self, row: int) -> Cells:
        """Cells of one row."""
        return _cells(self._db.execute("SELECT cells FROM rows WHERE id = ?", (row,)).fetchone()[0])

    def versions(self, first: int) -> list[tuple[int, Cells]]:
        """All deliveries of a row, the earliest first: (the table it is of, its cells)."""
        sql = """SELECT source, cells FROM rows WHERE id = ?1 OR id IN (SELECT row FROM versions WHERE first = ?1)
                 ORDER BY source, number"""
        return [(source, _cells(cells)) for source, cells in self._db.execute(sql, (first,))]

    def first_of(self, source: int, number: int) -> tuple[int, int, int] | None:
        """(id, table, number) of the first delivery of a row, None if not stored."""
        sql = """SELECT f.id, f.source, f.number FROM rows r LEFT JOIN versions v ON v.row = r.id
                 JOIN rows f ON f.id = COALESCE(v.first, r.id) WHERE r.source = ? AND r.number = ?"""
        found = self._db.execute(sql, (source, number)).fetchone()
        return (found[0], found[1], found[2]) if found else None

    def owner_of(self, row: int) -> int | None:
        """Owner of a part, None if it has none."""
        found = self._db.execute("SELECT owner FROM bonds WHERE row = ?", (row,)).fetchone()
        return found[0] if found else None

    def place_of(self, row: int) -> tuple[int, int]:
        """Table and number of a row."""
        found = self._db.execute("SELECT source, number FROM rows WHERE id = ?", (row,)).fetchone()
        return found[0], found[1]

    def states(self, source: int) -> dict[str, int]:
        """Reasons for orphan rows of a table, with counts; "" for linked ones."""
        sql = "SELECT b.state, COUNT(*) FROM bonds b JOIN rows r ON r.id = b.row WHERE r.source = ? GROUP BY b.state"
        return dict(self._db.execute(sql, (source,)).fetchall())

    def count_gone(self, source: int) -> int:
        """How many rows, first delivered with this table, a newer delivery of it has no more."""
        sql = "SELECT COUNT(*) FROM gone g JOIN rows r ON r.id = g.first WHERE r.source = ?"
        return int(self._db.execute(sql, (source,)).fetchone()[0])

    def state_of(self, source: int, numbers: Sequence[int]) -> dict[int, str]:
        """Reasons for orphans among rows of a table, by number; "" for linked ones."""
        found: dict[int, str] = {}
        for some in _lots(numbers):
            sql = f"""SELECT r.number, b.state FROM rows r JOIN bonds b ON b.row = r.id
                      WHERE r.source = ? AND r.number IN ({_marks(some)})"""
            found.update(self._db.execute(sql, (source, *some)).fetchall())
        return found


def _parse_row(row: Sequence[Any]) -> KeptRow:
    i, source, number, cells, problem, first, first_number, own, is_gone = row
    return KeptRow(i, source, number, _cells(cells), problem, (first, first_number), own, bool(is_gone))


def _pack_cells(cells: Cells) -> bytes:
    """Cells as JSON bytes: workspace data may come from elsewhere and must not be executable."""
    text = json.dumps(cells, ensure_ascii=False, separators=(",", ":"), default=_as_plain)
    return text.encode("utf-8", "surrogatepass")


def _as_plain(cell: bytes) -> list[str]:
    return [cell.decode("latin-1")]


def _cells(data: bytes) -> Cells:
    found = json.loads(data.decode("utf-8", "surrogatepass"))
    return tuple([c[0].encode("latin-1") if c.__class__ is list else c for c in found])


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _lots(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for at in range(0, len(values), _AT_ONCE):
        yield values[at : at + _AT_ONCE]
