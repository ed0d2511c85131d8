"""A ledger in one SQLite file."""

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

from digitize.machine.sqlite_errors import plain_errors
from digitize.workspace.ledger_db.dialects import SQLITE
from digitize.workspace.ledger_db.move_marks import MOVED, was_moved
from digitize.workspace.ledger_db.narrow import NUMBERED, base_of, views_ddl, written_name
from digitize.workspace.ledger_db.watched_tables import COVERED, SEPARATOR, conflict_clause

_MANY = "records"
"""The table of which most rows are written."""
_MOST_WRITTEN = 5_000
"""So many new rows are kept until they are hashed; all others are read for it."""


_SIZES = (
    ("units", "sqlite_autoindex_units_1", "10000000 1"),
    ("names", "sqlite_autoindex_names_1", "20000 1"),
    ("names", "names_by_end", "20000 300"),
    ("history", "events_finished_once", "20000000 4 1 1 1"),
    ("history", "events_by_step", "20000000 1000000"),
    ("standing", "standing", "20000000 1000000 1"),
    ("standing", "state_failed", "1000 1000 200"),
    ("outputs", "", "15000000"),
    ("row_hashes", "row_hashes", "35000000 5000000 2 1"),
    ("scan_rows", "sqlite_autoindex_scan_rows_1", "5000000 1 1 1"),
    ("scan_rows", "scans_by_volume", "5000000 250 1"),
    ("record_rows", "records_by_group", "5000000 500"),
    ("record_rows", "records_by_unit", "5000000 1"),
    ("record_rows", "records_by_batch", "5000000 5000"),
    ("record_rows", "records_by_form", "5000000 1000000"),
    ("record_rows", "records_by_verdict", "5000000 500000"),
)
"""Table, index, and how many rows there are and share a key, of five million pages: what a query is planned by."""


class FileEngine(sqlite3.Connection):
    """See `LedgerEngine`. A native SQLite connection, with its features: VACUUM INTO, backup."""

    path: Path
    can_write: bool = True
    dialect = SQLITE
    touched: set[tuple[str, str]]
    written: dict[tuple[str, str], tuple[Any, ...]]

    def insert_rows(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, replace: Sequence[str] = ()
    ) -> None:
        """See `LedgerEngine`."""
        marks = ", ".join("?" * len(columns))
        self.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}){conflict_clause(columns, replace)}", rows
        )

    def take_out(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """See `LedgerEngine`."""
        self.executemany(f"DELETE FROM {table} WHERE {' AND '.join(f'{c} = ?' for c in columns)}", rows)

    def stream_rows(self, sql: str, values: Sequence[Any] = ()) -> Iterator[sqlite3.Row]:
        """See `LedgerEngine`."""
        return iter(self.execute(sql, tuple(values)))

    def by_names(self, table: str, columns: Sequence[str], names: Iterable[str], order: str) -> Iterator[sqlite3.Row]:
        """See `LedgerEngine`."""
        sql = f"SELECT * FROM {table} WHERE {' AND '.join(f'{c} = ?' for c in columns)} ORDER BY {order}"
        for values in (name.split(SEPARATOR) for name in names):
            # With other parts it names no row: somebody else wrote it.
            if len(values) == len(columns):
                yield from self.execute(sql, values)

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """See `LedgerEngine`."""
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        self.executemany(sql, map(tuple, rows))

    @contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """See `LedgerEngine`."""
        self.execute("BEGIN")
        try:
            yield
        finally:
            self.rollback()

    def begin(self, *, moving: bool = False) -> None:
        """See `LedgerEngine`."""
        # IMMEDIATE locks before anything is read: a last hash or lease then stays true until it is used.
        self.execute("BEGIN IMMEDIATE")
        if not moving and (moved := self.execute(MOVED).fetchone()):
            self.rollback()
            raise was_moved(str(self.path), *moved)

    def add(self, ddl: str) -> None:
        """See `LedgerEngine`."""
        for statement in _statements(script(ddl)):
            self.execute(statement)

    def keep_copy(self, tail: str) -> None:
        """See `LedgerEngine`."""
        copy = self.path.with_name(f"{self.path.name}.{tail}")
        if not copy.exists():
            # Named when it is whole: one that was cut off by a full disk or a kill must not pass for the copy.
            part = copy.with_name(f"{copy.name}.{os.getpid()}.part")
            _clear_copies(copy, part)
            try:
                # The backup call of SQLite: a plain copy would miss what is not in the file itself yet.
                with closing(sqlite3.connect(part)) as to:
                    self.backup(to)
                part.replace(copy)
            finally:
                part.unlink(missing_ok=True)

    def read_clock(self) -> float:
        """See `LedgerEngine`: the clock of the machine with the file."""
        return time.time()

    def version(self) -> object:
        """See `LedgerEngine`."""
        return self.execute("PRAGMA data_version").fetchone()[0]

    def watch(self) -> None:
        """See `LedgerEngine`.

        The triggers are temporary: they belong to the connection, so that other programs do not fail on their function.
        """
        self.create_function("row_touched", 2, self._note)
        # Of all columns of a new row, as they stand in the table.
        columns = [r[1] for r in self.execute(f"PRAGMA table_info({_MANY})")]
        of_many = f"FROM {_MANY} WHERE record = {written_name(SQLITE, _MANY, 'NEW')}"
        self.create_function("row_written", 1 + len(columns), self._note_new)
        for table in COVERED:
            for what, aliases in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",))):
                calls = "; ".join(
                    f"SELECT row_touched('{table}', {written_name(SQLITE, table, alias)})" for alias in aliases
                )
                if (table, what) == (_MANY, "INSERT"):
                    calls = f"SELECT row_written(record, {', '.join(columns)}) {of_many}"
                name = f"{table}_{what.lower()}_is_noted"
                self.execute(f"CREATE TEMP TRIGGER {name} AFTER {what} ON main.{base_of(table)} BEGIN {calls}; END")

    def _note(self, table: str, key: str) -> None:
        self.touched.add((table, key))
        if self.written:
            self.written.pop((table, key), None)

    def _note_new(self, key: str, *values: Any) -> None:
        name = (_MANY, key)
        self.touched.add(name)
        if len(self.written) < _MOST_WRITTEN or name in self.written:
            self.written[name] = values

    def settle(self) -> None:
        """See `LedgerEngine`: writes take effect at once."""

    def translate_errors(self) -> AbstractContextManager[None]:
        """See `LedgerEngine`."""
        return plain_errors(self.path, "digitize ledger verify")

    def damage(self) -> str:
        """See `LedgerEngine`."""
        found = self.execute("PRAGMA integrity_check").fetchone()[0]
        return "" if found == "ok" else str(found)

    def tables(self) -> frozenset[str]:
        """See `LedgerEngine`."""
        return frozenset(r[0] for r in self.execute("SELECT name FROM sqlite_master WHERE type = 'table'"))

    def differences(self, ddl: str) -> Iterator[tuple[str, str, str | None]]:
        """See `LedgerEngine`: history tables and triggers exist with their original DDL."""
        wanted = sqlite3.connect(":memory:")
        wanted.executescript(script(ddl))
        query = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
        there = {(r[0], r[1]): _plain(r[2]) for r in self.execute(query)}
        made = {(r[0], r[1]): _plain(r[2]) for r in wanted.execute(query)}
        weaker = _weaker_tables(self, wanted, {k: v for k, v in there.items() if k in made})
        wanted.close()
        yield from ((f"table {name}", "was weakened", None) for name in weaker)
        for kind, name in sorted(made):
            if (kind, name) not in there:
                yield f"{kind} {name}", "is gone", None
            # Of indexes one says that nothing is done twice; the others only make things quick.
            elif (kind in ("trigger", "view") or "UNIQUE INDEX" in made[kind, name]) and there[kind, name] != made[
                kind, name
            ]:
                yield f"{kind} {name}", "was changed", None
        for kind, name in sorted(there.keys() - made.keys()):
            # A further index does no harm; a trigger can change what is written.
            if kind == "trigger":
                yield f"{kind} {name}", "was added", f"check what it does, and drop it: DROP TRIGGER {name}"


def _weaker_tables(
    db: sqlite3.Connection, wanted: sqlite3.Connection, there: Mapping[tuple[str, str], str]
) -> list[str]:
    """Tables without their unique keys, or with different DDL than every ledger."""
    own = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?"
    found = []
    for name in sorted(name for kind, name in there if kind == "table"):
        # Tables that older formats have, too, may stand there in other words.
        words = _plain(wanted.execute(own, (name,)).fetchone()[0]) if name in NUMBERED else ""
        if (words and there["table", name] != words) or _list_unique_keys(wanted, name) - _list_unique_keys(db, name):
            found.append(name)
    return found


def _list_unique_keys(db: sqlite3.Connection, table: str) -> set[tuple[str, ...]]:
    """Unique keys of a table: columns with collation."""
    rows = db.execute(f"PRAGMA table_info({table})").fetchall()
    keys = {("key", *(r[1] for r in sorted(rows, key=lambda r: int(r[5])) if r[5]))}
    for _, index, unique, origin, partial in db.execute(f"PRAGMA index_list({table})").fetchall():
        if unique and origin != "c" and not partial:
            columns = db.execute(f"PRAGMA index_xinfo({index})").fetchall()
            keys.add(tuple(f"{c[2]} {c[4]}" for c in columns if c[5]))
    return keys


def _clear_copies(copy: Path, own: Path) -> None:
    """Remove leftovers of killed upgrades next to a copy: each is as large as the ledger."""
    import psutil

    for part in copy.parent.glob(f"{copy.name}.*.part"):
        number = part.name.split(".")[-2]
        if part == own or (number.isdecimal() and not psutil.pid_exists(int(number))):
            for tail in ("", "-journal"):
                part.with_name(part.name + tail).unlink(missing_ok=True)


def script(ddl: str) -> str:
    """DDL of these tables and the views over them."""
    if "CREATE TABLE history " not in ddl:
        return ddl
    sizes = ", ".join(f"('{table}', NULLIF('{index}', ''), '{size}')" for table, index, size in _SIZES)
    # Without them a new ledger's queries would be planned as if all tables were small and all keys equally rare.
    known = f"DELETE FROM sqlite_stat1;\nINSERT INTO sqlite_stat1 VALUES {sizes};\n"
    return f"{ddl}{views_ddl(SQLITE)}ANALYZE names;\n{known}"


def _statements(script: str) -> Iterator[str]:
    """Statements of a script; executescript would commit the open transaction."""
    kept = ""
    for part in script.split(";"):
        kept = f"{kept};{part}" if kept else part
        if sqlite3.complete_statement(f"{kept};"):
            if kept.strip():
                yield kept
            kept = ""


def _plain(sql: str | None) -> str:
    return re.sub(r"\s+", " ", sql or "").strip()
