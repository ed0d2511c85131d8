"""The embedded target: one SQLite file with the tables of the schema, rejects, loads and origins."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl

from digitize.errors import TargetRefused
from digitize.targets import sqlite_compare as compare
from digitize.targets import sqlite_search as searched
from digitize.targets.apply_batch import apply_batch
from digitize.targets.base import HandChanges, Load, Receipt, Statement, Undone
from digitize.targets.comparing import Fold, HeldRecord, RecordGroup, Station
from digitize.targets.flags import FLAGS
from digitize.targets.from_records import as_batch
from digitize.targets.hand_changes import HandChangeFinder, slices
from digitize.targets.rows import HASH, LINE, ORIGIN, RECORD_ID, LoadBatch, RowBatch
from digitize.targets.sqlite_schema import FORMAT, TYPES, prepare
from digitize.targets.undoing import undo
from mappers.layouts import TableLayout, lay_out
from mappers.record import Record
from mappers.schema import Table, form_tables
from mappers.schema.links import named_first


class SqliteTarget:
    """Loads into one SQLite file, created if missing.

    layout: of a state's own database, whose tables are filled next to the canonical ones; values without a code stay
    empty there and are listed in layout_gaps.
    """

    def __init__(self, path: Path, layout: TableLayout | None = None) -> None:
        """Open or create the file; a read-only one can only be queried.

        Raises TargetRefused if it cannot be used or has another schema.
        """
        self._path = path
        self._layout = layout
        try:
            self._db = open_file(path, layout)
        except sqlite3.DatabaseError as e:
            raise TargetRefused(f"{path} cannot be used as a target ({e}). Nothing was loaded.") from e

    @property
    def name(self) -> str:
        """The file, for people."""
        return str(self._path)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def load(self, load: Load, *, dry_run: bool = False) -> Receipt:
        """Load a batch of records; see `take`."""
        return self.take(as_batch(load), dry_run=dry_run)

    def take(self, batch: LoadBatch, *, dry_run: bool = False) -> Receipt:
        """Load a batch in one transaction; a load committed before is recognised and not repeated.

        dry_run: report the result, and change nothing. Raises TargetRefused, and then nothing was changed.
        """
        if done := self.find_done(batch.id, batch.batch):
            return done
        require_writable(self._path)
        try:
            # IMMEDIATE waits for the right to write now; one that reads first may be refused it in the middle.
            self._db.execute("BEGIN IMMEDIATE")
            receipt = apply_batch(batch, _Store(self._db, self._layout))
            self._note(batch, receipt)
            self._db.execute("ROLLBACK" if dry_run else "COMMIT")
        # Ctrl-C, too, must leave no open transaction behind.
        except BaseException as e:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            if not isinstance(e, sqlite3.DatabaseError):
                raise
            raise TargetRefused(f"{self._path} refused the load of {batch.batch} ({e}). Nothing was changed.") from e
        return receipt

    def undo(self, load: str, why: str, *, dry_run: bool = False, force: bool = False) -> Undone:
        """Undo a load in one transaction; see `digitize.targets.undoing.undo`."""
        require_writable(self._path)
        self._db.execute("BEGIN IMMEDIATE")
        try:
            return undo(_Store(self._db, self._layout), self.name, load, why, force=force or dry_run)
        except BaseException:
            dry_run = True  # takes everything back below
            raise
        finally:
            self._db.execute("ROLLBACK" if dry_run else "COMMIT")

    def spell_rows(self, form: str, tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
        """See `Compares`."""
        return compare.spell_rows(self._db, tables)

    def present(self, form: str) -> list[tuple[RecordGroup, str, int]]:
        """See `Compares`."""
        return compare.present(self._db, form)

    def folds(self, form: str, stations: Sequence[Station]) -> dict[RecordGroup, Fold]:
        """See `Compares`."""
        return compare.folds(self._db, form, stations)

    def standing(
        self, form: str, groups: Sequence[RecordGroup], take: Callable[[list[HeldRecord]], object], at_once: int
    ) -> None:
        """See `Compares`."""
        compare.standing(self._db, form, groups, take, at_once)

    def find_done(self, load: str, batch: str) -> Receipt | None:
        """See `Target`."""
        sql = """SELECT load_id, state = 'loaded' AND undone_at IS NULL AS stands, receipt FROM loads WHERE batch = ?
                 ORDER BY rowid DESC LIMIT 1"""
        row = self._db.execute(sql, (batch,)).fetchone()
        if row and row["load_id"] == load and row["stands"]:
            return replace(Receipt(**json.loads(row["receipt"])), repeated=True)
        return None

    def versions(self, form: str, records: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        """See `Target`."""
        query = f"""SELECT record_id, load_id, row_hash FROM record_index WHERE form = ?
                    AND record_id {_Store.among}"""
        return {r: (load, content) for r, load, content in self.run(query, (form, json.dumps(list(records))))}

    def run(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Rows of one statement; ? is a placeholder for a value."""
        cursor = self._db.cursor()
        cursor.row_factory = None
        return cursor.execute(query, tuple(values)).fetchall()

    def run_all(self, statements: Iterable[Statement]) -> None:
        """Run statements in one transaction: all or none. Raises TargetRefused."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            for query, values in statements:
                self._db.execute(query, tuple(values))
            self._db.execute("COMMIT")
        # Whatever ends the statements, too, must leave no open transaction behind.
        except BaseException as e:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            if not isinstance(e, sqlite3.DatabaseError):
                raise
            require_writable(self._path)
            raise TargetRefused(f"{self._path}: {e}. Nothing was changed.") from e

    def _note(self, batch: LoadBatch, receipt: Receipt) -> None:
        self._db.execute(
            # REPLACE gives the row a new rowid: a load that comes again after others is the newest of its batch.
            "INSERT OR REPLACE INTO loads (load_id, batch, receipt, source) VALUES (?, ?, ?, ?)",
            (batch.id, batch.batch, json.dumps(asdict(receipt), sort_keys=True), json.dumps(dict(batch.source))),
        )


class _Store:
    """See `digitize.targets.undoing.Books`."""

    order = "rowid"
    among = "IN (SELECT value FROM json_each(?))"

    def __init__(self, db: sqlite3.Connection, layout: TableLayout | None) -> None:
        self._db, self._layout = db, layout

    def compare_held(self, form: str, asked: pl.DataFrame) -> Mapping[str, bool]:
        # Nothing is held yet: a first load need not ask.
        if not self._db.execute("SELECT 1 FROM record_index LIMIT 1").fetchone():
            return {}
        self._ask("record_id TEXT PRIMARY KEY, row_hash TEXT", asked)
        # The same id under another form is a change: what stood there before is retired.
        sql = """SELECT record_id, i.row_hash = a.row_hash AND i.form = ? FROM temp.asked a
                 JOIN record_index i USING (record_id)"""
        return {r[0]: bool(r[1]) for r in self._db.execute(sql, (form,))}

    def owners(self, form: str, keys: pl.DataFrame) -> Sequence[tuple[str, str]]:
        table = form_tables(form)[form]
        typed = ", ".join(f"{n} {TYPES.get(table.by_name[n].kind, 'TEXT')}" for n in table.key)
        self._ask(f"record_id TEXT, {typed}", keys)
        on = " AND ".join(f"t.{n} = a.{n}" for n in table.key)
        sql = (
            f"SELECT a.record_id, t.record_id FROM temp.asked a JOIN {form} t ON {on} WHERE t.record_id <> a.record_id"
        )
        return [(r[0], r[1]) for r in self._db.execute(sql)]

    def _ask(self, columns: str, rows: pl.DataFrame) -> None:
        self._db.execute("DROP TABLE IF EXISTS temp.asked")
        self._db.execute(f"CREATE TEMP TABLE asked ({columns})")
        marks = ", ".join("?" * rows.width)
        self._db.executemany(f"INSERT INTO temp.asked VALUES ({marks})", rows.iter_rows())

    def list_held(self, batch: str) -> set[tuple[str, str]]:
        rows = self._db.execute("SELECT form, record_id FROM record_index WHERE batch = ?", (batch,))
        return {(r[0], r[1]) for r in rows}

    def expect(self, form: str, coming: pl.DataFrame) -> None:
        """Nothing to do."""

    def retire(self, form: str, records: Sequence[str], batch: LoadBatch, why: str) -> None:
        for record in records:
            # The form it had: the id may come back as a record of another one.
            was = self._db.execute("SELECT * FROM record_index WHERE record_id = ?", (record,)).fetchone()
            if was is None:
                continue  # two records of the batch have this id, and the other has taken it out
            whole = {name: self._rows(name, record) for name in (*form_tables(was["form"]), "field_origin", FLAGS)}
            self._db.execute(
                "INSERT INTO record_history (record_id, form, batch, load_id, row_hash, record, replaced_by, why) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    record, was["form"], was["batch"], was["load_id"], was["row_hash"],
                    json.dumps({n: rows for n, rows in whole.items() if rows}, ensure_ascii=False), batch.id, why,
                ),
            )  # fmt: skip
            self.remove(was["form"], [record])

    def remove(self, form: str, records: Sequence[str]) -> None:
        # Rows that point to others first, those of the form itself last.
        for table in (*reversed(named_first(form)), *self._laid_tables(), "field_origin", FLAGS, "record_index"):
            self._db.executemany(f"DELETE FROM {table} WHERE record_id = ?", ((r,) for r in records))
        searched.take_out(self._db, records)

    def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._db.execute(query, tuple(values))]

    def list_written(self, load: str) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for form, record in self.rows("SELECT form, record_id FROM record_index WHERE load_id = ?", [load]):
            found.setdefault(form, []).append(record)
        return found

    def find_hand_changes(self, load: str, written: Mapping[str, Sequence[str]]) -> HandChanges:
        found = HandChangeFinder()
        upgraded = {r for (r,) in self.rows("SELECT DISTINCT record_id FROM upgrade_findings")}
        for form, records in written.items():
            for some in slices([r for r in records if r not in upgraded]):
                query = f"SELECT record_id, row_hash FROM record_index WHERE record_id {self.among}"
                hashes = self.rows(query, [json.dumps(some)])
                schema = dict.fromkeys((RECORD_ID, HASH), pl.String)
                tables = {name: self._read_texts(name, table, some) for name, table in form_tables(form).items()}
                there = {name: frame for name, frame in tables.items() if name == form or frame.height}
                found.add(form, there, pl.DataFrame(hashes, schema=schema, orient="row"))
        skipped = sum(len(upgraded.intersection(records)) for records in written.values())
        removed = tuple(found.removed)
        return HandChanges(tuple(found.changed), removed, (), len(removed), 0, found.uncompared + skipped)

    def _read_texts(self, name: str, table: Table, records: Sequence[str]) -> pl.DataFrame:
        """Rows of some records, in order, with all values as texts."""
        keys = [RECORD_ID, *([LINE] if table.child else [])]
        values = ", ".join(f'CAST("{n}" AS TEXT)' for n in table.by_name)
        query = (
            f"SELECT {', '.join(keys)}, {values} FROM {name} WHERE record_id {self.among} ORDER BY {', '.join(keys)}"
        )
        names = dict.fromkeys((*keys, *table.by_name), pl.String) | ({LINE: pl.Int64} if table.child else {})
        return pl.DataFrame(self.rows(query, [json.dumps(list(records))]), schema=names, orient="row")

    def hold_others(self) -> None:
        """Nobody else writes: the transaction began as a writing one."""

    def _rows(self, table: str, record: str) -> list[dict[str, object]]:
        rows = self._db.execute(f"SELECT * FROM {table} WHERE record_id = ?", (record,))
        return [{k: r[k] for k in r.keys() if r[k] is not None} for r in rows]  # noqa: SIM118  # a Row is no mapping

    def insert(self, form: str, tables: Mapping[str, pl.DataFrame], batch: RowBatch) -> None:
        own = tables[form]
        index = own.select(RECORD_ID, form=pl.lit(form), batch=pl.lit(batch.batch), hash=HASH, load=pl.lit(batch.id))
        self._db.executemany("INSERT INTO record_index VALUES (?, ?, ?, ?, ?)", index.iter_rows())
        for name in named_first(form):
            if name in tables:
                self._insert(name, tables[name].drop(HASH, strict=False))
        searched.write_searched(self._db, form, tables)
        taken = set(own[RECORD_ID])
        # Origins come for the whole batch; those of records that were refused or are unchanged are not wanted.
        rows = [o for o in batch.origins if o[0] in taken]
        into = f"INSERT INTO field_origin ({', '.join(ORIGIN)})"
        self._db.executemany(f"{into} VALUES ({', '.join('?' * len(ORIGIN))})", rows)
        if self._layout is not None:
            for record in (r for r in batch.records if r.id in taken):
                self._insert_laid(record, self._layout)

    def _insert(self, name: str, frame: pl.DataFrame) -> None:
        """Insert rows; empty columns are not sent."""
        counts = frame.null_count().row(0)
        names = [n for n, nulls in zip(frame.columns, counts, strict=True) if nulls < frame.height]
        marks = ", ".join("?" * len(names))
        sql = f"INSERT INTO {name} ({', '.join(names)}) VALUES ({marks})"
        if frame.height:
            self._db.executemany(sql, frame.select(names).iter_rows())

    def _insert_laid(self, record: Record, layout: TableLayout) -> None:
        laid = lay_out(record, layout)
        for table, rows in laid.rows.items():
            for row in rows:
                names, marks = ", ".join(row), ", ".join("?" * len(row))
                self._db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))
        gaps = [(record.id, table, column) for table, column in laid.gaps]
        self._db.executemany("INSERT INTO layout_gaps VALUES (?, ?, ?)", gaps)

    def as_list(self, values: Sequence[Any]) -> object:
        return json.dumps(list(values))

    def hold_quarantine(self) -> None:
        """Nobody else writes: the transaction began as a writing one."""

    def put_rejects(self, rows: Sequence[Mapping[str, object]]) -> None:
        for row in rows:
            sql = f"INSERT INTO rejects ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"
            self._db.execute(sql, tuple(row.values()))

    def flag(self, flags: pl.DataFrame, unchanged: Sequence[str], batch: RowBatch) -> None:
        self._db.executemany(f"DELETE FROM {FLAGS} WHERE record_id = ?", ((r,) for r in unchanged))
        self._insert(FLAGS, flags.with_columns(load_id=pl.lit(batch.id)))

    def _laid_tables(self) -> Iterable[str]:
        return (*self._layout.tables, "layout_gaps") if self._layout is not None else ()


def is_writable(path: Path) -> bool:
    """Whether a file there can be written, with those that SQLite puts beside it."""
    return os.access(path.parent, os.W_OK) and (os.access(path, os.W_OK) or not path.exists())


def require_writable(path: Path) -> None:
    """Raise TargetRefused where nothing can be written, before anything is tried."""
    if not is_writable(path):
        raise TargetRefused(
            f"{path} is read-only, but the command must write to it. Nothing was changed. Copy the workspace, or the "
            f"file, to a writable disk, and run the command there."
        )


def open_file(path: Path, layout: TableLayout | None) -> sqlite3.Connection:
    """Open a file or make it, with the tables of today; one that cannot be written is opened to read.

    Raises TargetRefused for one of another schema, sqlite3.DatabaseError.
    """
    if path.is_file() and not is_writable(path):
        return open_to_read(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # isolation_level None: the program says where transactions begin. Files are loaded from a second thread.
    db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    # What a receipt says must still be there when the power goes.
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA cache_size = -16384")  # 16 MB: a batch, and what every search looks at
    prepare(db, path, layout)
    searched.fill(db)
    # Behind `prepare`, which may rebuild tables; a setting of the connection, not of the file.
    db.execute("PRAGMA foreign_keys = ON")
    return db


def open_to_read(path: Path) -> sqlite3.Connection:
    """A connection that only reads, and leaves nothing beside the file. Raises TargetRefused, sqlite3.DatabaseError."""
    # Beside a writer's file that was copied along, its newest transactions stand there alone.
    is_still = not path.with_name(f"{path.name}-wal").exists()
    address = f"file:{quote(str(path.resolve()))}?mode=ro{'&immutable=1' if is_still else ''}"
    db = sqlite3.connect(address, uri=True, timeout=30, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    row = db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
    if row is None or row[0] != str(FORMAT):
        db.close()
        raise TargetRefused(
            f"{path} has another version, and cannot be upgraded because it is read-only. Copy it to a writable disk "
            f"first."
        )
    return db
