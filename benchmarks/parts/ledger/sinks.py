"""Where invented rows of a ledger go: into SQLite's file, or by COPY into PostgreSQL; indexes last in both."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from digitize.workspace.integrity.move_ledger import write_address
from digitize.workspace.ledger.chain import START
from digitize.workspace.ledger.opening import connect_to_read
from digitize.workspace.ledger.schema import DDL
from digitize.workspace.ledger.transfer import copy_rows
from digitize.workspace.ledger_db import LedgerAddress
from digitize.workspace.ledger_db.postgres import connect, making
from digitize.workspace.place import LEDGER, Place, open_place

_INDEX = re.compile(r"CREATE (UNIQUE )?INDEX[^;]*;")
_LARGE = ("history", "names", "outputs", "record_rows", "row_hashes", "scan_rows", "standing", "units")
_WORDS = ("units", "names")
_MAKING = "making"
"""The row of `meta` by which a maker that was cut off goes on; gone when all is made."""


@dataclass(slots=True)
class Reached:
    """How far a ledger was made: volumes, scans, events and the newest one's hash, the last number of either
    dictionary.
    """

    seq: int = 0
    last: str = START
    volumes: int = 0
    scans: int = 0
    units: int = 0
    names: int = 0


class RowSink(Protocol):
    """Takes rows as their tables have them, in the order of their columns in the ledger's schema."""

    reached: Reached

    def words(self, table: str) -> dict[str, int]:
        """Text -> number of a dictionary, of all texts that may be asked for again."""

    def put(self, rows: Mapping[str, Sequence[tuple[object, ...]]]) -> None:
        """Insert rows by table."""

    def keep(self, reached: Reached) -> None:
        """What was put until now stays."""

    def end(self) -> None:
        """Make the indexes: building them at once is far quicker."""


class FileSink:
    """SQLite's file. What was cut off is begun anew."""

    def __init__(self, file: Path) -> None:
        self._db = sqlite3.connect(file, isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000", "locking_mode = EXCLUSIVE"):
            self._db.execute(f"PRAGMA {pragma}")
        row = self._db.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        ends = {f"{t}": self._db.execute(f"SELECT COALESCE(MAX(id), 0) FROM {t}").fetchone()[0] for t in _WORDS}
        self.reached = Reached(*(row or (0, START)), **ends)
        for (name,) in self._db.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql <> ''").fetchall():
            self._db.execute(f"DROP INDEX {name}")
        self._db.execute("BEGIN")

    def words(self, table: str) -> dict[str, int]:
        """See `RowSink`."""
        return {name: number for number, name in self._db.execute(f"SELECT id, name FROM {table}")}

    def put(self, rows: Mapping[str, Sequence[tuple[object, ...]]]) -> None:
        """See `RowSink`."""
        for table, some in rows.items():
            self._db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(some[0]))})", some)

    def keep(self, reached: Reached) -> None:
        """See `RowSink`: nothing stays before the end."""

    def end(self) -> None:
        """See `RowSink`."""
        self._db.execute("COMMIT")
        for statement in _INDEX.finditer(DDL):
            self._db.execute(statement.group(0))
        self._db.close()


def in_database(place: Place, url: str) -> Place:
    """The same workspace with its ledger, which holds little yet, in a database; one that is there goes on."""
    if isinstance(place.ledger, LedgerAddress):
        return place
    write_address(place.folder, url)
    made = open_place(place.folder)
    assert isinstance(made.ledger, LedgerAddress)
    with closing(connect_to_read(place.folder / LEDGER)) as source, making(made.ledger, DDL) as (db, _):
        copy_rows(source, db)
    return made


class DatabaseSink:
    """A ledger in PostgreSQL, by COPY. What was cut off goes on behind the last batch that was kept."""

    def __init__(self, where: LedgerAddress) -> None:
        self._where, self._db = where, connect(where)
        self._columns = _columns()
        self._types = {t: self._types_of(t) for t in self._columns}
        found = self._db.execute(b"SELECT value FROM meta WHERE key = 'making'").fetchone()
        if found is None:
            self._begin()
            found = self._db.execute(b"SELECT value FROM meta WHERE key = 'making'").fetchone()
        assert found is not None
        held = json.loads(found[0])
        self._later: list[str] = held.pop("later")
        self.reached = Reached(**held)
        self._db.execute(b"SET synchronous_commit = off")
        self._run("BEGIN")

    def _run(self, sql: str, values: Sequence[Any] = ()) -> Any:
        return self._db.execute(sql.encode(), values or None)

    def _types_of(self, table: str) -> list[str]:
        sql = """SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
          WHERE attrelid = to_regclass(%s) AND attnum > 0"""
        held = {r[0]: r[1] for r in self._run(sql, (table,))}
        return [held[c] for c in self._columns[table]]

    def _begin(self) -> None:
        """Take the indexes and keys of the large tables away, and note how they are made again."""
        row = self._run("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        ends = {t: self._run(f"SELECT COALESCE(MAX(id), 0) FROM {t}").fetchone()[0] for t in _WORDS}
        reached = Reached(*(row or (0, START)), **ends)
        large = ", ".join(f"'{t}'::regclass" for t in _LARGE)
        keys = self._run(
            f"""SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
              WHERE conrelid IN ({large}) AND contype IN ('p', 'u') ORDER BY conrelid::regclass::text, contype"""
        ).fetchall()
        later = [f"ALTER TABLE {t} ADD CONSTRAINT {name} {text}" for t, name, text in keys]
        later += [m[0].rstrip(";") for m in _INDEX.finditer(_ddl())]
        self._run("BEGIN")
        for table, name, _ in keys:
            self._run(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for match in re.finditer(r"INDEX (\w+) ON (\w+)", "\n".join(later)):
            if match[2] in _LARGE:
                self._run(f"DROP INDEX {match[1]}")
        self._triggers("DISABLE")
        later = [s for s in later if re.search(r"(?:TABLE|ON) (\w+)", s)[1] in _LARGE]  # type: ignore[index]
        value = json.dumps({**asdict(reached), "later": later})
        self._run("INSERT INTO meta (key, value) VALUES (%s, %s)", (_MAKING, value))
        self._run("COMMIT")

    def _triggers(self, word: str) -> None:
        for table in self._columns:
            self._run(f"ALTER TABLE {table} {word} TRIGGER USER")

    def words(self, table: str) -> dict[str, int]:
        """See `RowSink`. Pages and records are not asked for again: a page's name ends with two numbers."""
        rows = self._run(f"SELECT id, name FROM {table} WHERE name !~ '-[0-9]{{4,}}-[0-9]{{4}}(-r1)?$'")
        return {r[1]: r[0] for r in rows}

    def put(self, rows: Mapping[str, Sequence[tuple[object, ...]]]) -> None:
        """See `RowSink`."""
        for table, some in rows.items():
            named = f"COPY {table} ({', '.join(self._columns[table])}) FROM STDIN (FORMAT BINARY)"
            with self._db.cursor().copy(named.encode()) as copy:
                copy.set_types(self._types[table])
                for row in some:
                    copy.write_row(row)

    def keep(self, reached: Reached) -> None:
        """See `RowSink`."""
        self.reached = reached
        value = json.dumps({**asdict(reached), "later": self._later})
        self._run("UPDATE meta SET value = %s WHERE key = %s", (value, _MAKING))
        self._run("COMMIT")
        self._run("BEGIN")

    def end(self) -> None:
        """See `RowSink`."""
        self._run("COMMIT")
        while self._later:
            # One after the other: it goes on behind what is made, and others see how far it is.
            print(self._later[0], flush=True)
            self._run("BEGIN")
            self._run(self._later.pop(0))
            self.keep(self.reached)
            self._run("COMMIT")
        self._triggers("ENABLE")
        self._run("DELETE FROM meta WHERE key = %s", (_MAKING,))
        for table in self._columns:
            self._run(f"VACUUM ANALYZE {table}")
        self._db.close()


def _ddl() -> str:
    # As the engine makes them: see `postgres_ddl`.
    from digitize.workspace.ledger_db.postgres_ddl import statements

    return ";\n".join(statements(DDL)) + ";"


def _columns() -> dict[str, list[str]]:
    """Table -> its columns, in the order in which rows have them."""
    from digitize.workspace.ledger_db.sqlite import script

    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(script(DDL))
        tables: Iterable[tuple[str]] = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        names = [t for (t,) in tables if not t.startswith("sqlite_")]
        return {t: [r[1] for r in db.execute(f"PRAGMA table_info({t})")] for t in names}
