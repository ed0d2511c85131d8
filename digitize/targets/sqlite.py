"""The embedded target: one SQLite file with a table for each table of the schema, rejects, loads and origins."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from digitize.errors import TargetRefused
from digitize.keys import plain_hash
from digitize.targets.base import Load, Receipt, flat_rows, row_hash
from mappers.layouts import Laid, Layout, lay_out
from mappers.record import Record, to_plain
from mappers.schema import form_tables, load_schemas
from mappers.schema.table import Table

FORMAT = 2
_OLDER = "1"
_MADE = "SELECT key, value FROM meta WHERE key LIKE 'columns.%'"
_TYPES = {"int": "INTEGER", "year": "INTEGER", "money": "NUMERIC", "decimal": "NUMERIC"}
_FIXED = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS loads (
  load_id TEXT PRIMARY KEY, batch TEXT NOT NULL, receipt TEXT NOT NULL, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE IF NOT EXISTS record_index (
  record_id TEXT PRIMARY KEY, form TEXT NOT NULL, batch TEXT NOT NULL, row_hash TEXT NOT NULL, load_id TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS record_index_batch ON record_index (batch);
CREATE TABLE IF NOT EXISTS rejects (
  record_id TEXT PRIMARY KEY, form TEXT NOT NULL, batch TEXT NOT NULL, record TEXT NOT NULL, findings TEXT NOT NULL,
  load_id TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS field_origin (
  record_id TEXT NOT NULL, field TEXT NOT NULL, raw TEXT NOT NULL, confidence REAL NOT NULL, by TEXT NOT NULL,
  page TEXT, zone TEXT, box TEXT, file TEXT, source_table TEXT, source_row INTEGER, source_column TEXT,
  PRIMARY KEY (record_id, field)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS layout_gaps (
  record_id TEXT NOT NULL, target_table TEXT NOT NULL, target_column TEXT NOT NULL
);
"""


class SqliteTarget:
    """Loads into one SQLite file; makes it when it is not there.

    layout: of a state's own database, whose tables are filled beside the canonical ones; values for which it has no
    code are left empty there and listed in layout_gaps.
    """

    def __init__(self, path: Path, layout: Layout | None = None) -> None:
        """Open or make the file. Raises TargetRefused when it cannot be used or holds another schema."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._layout = layout
        try:
            self._db = sqlite3.connect(path, timeout=30, isolation_level=None)
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA synchronous = FULL")
            self._prepare()
        except sqlite3.DatabaseError as e:
            raise TargetRefused(f"{path} cannot be used as a target ({e}). Nothing was loaded.") from e

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def load(self, load: Load) -> Receipt:
        """Take a batch in one transaction; a load that was committed before is recognised and not done again."""
        done = self._db.execute("SELECT receipt FROM loads WHERE load_id = ?", (load.id,)).fetchone()
        if done and self._is_newest(load):
            return replace(Receipt(**json.loads(done["receipt"])), repeated=True)
        try:
            self._db.execute("BEGIN IMMEDIATE")
            receipt = self._take(load)
            self._db.execute("COMMIT")
        except sqlite3.DatabaseError as e:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise TargetRefused(f"{self._path} refused the load of {load.batch} ({e}). Nothing was changed.") from e
        return receipt

    def _take(self, load: Load) -> Receipt:
        rows = self._db.execute("SELECT record_id, row_hash FROM record_index WHERE batch = ?", (load.batch,))
        before = {r["record_id"]: r["row_hash"] for r in rows}
        hashes = {r.id: row_hash(r) for r in load.clean}
        changed = [r for r in load.clean if before.get(r.id) != hashes[r.id]]
        gone = sorted(set(before) - set(hashes))
        self._remove([*gone, *(r.id for r in changed)])
        for record in changed:
            self._insert(record, load, hashes[record.id])
        self._keep_rejects(load)
        updated = sum(1 for r in changed if r.id in before)
        receipt = Receipt(
            load=load.id,
            batch=load.batch,
            read=len(load.clean) + len(load.rejects) + load.held,
            inserted=len(changed) - updated,
            updated=updated,
            unchanged=len(load.clean) - len(changed),
            rejected=len(load.rejects),
            held=load.held,
            withdrawn=len(gone),
            content=plain_hash(sorted(hashes.items())),
        )
        self._db.execute(
            "INSERT OR REPLACE INTO loads (load_id, batch, receipt) VALUES (?, ?, ?)",
            (load.id, load.batch, json.dumps(asdict(receipt), sort_keys=True)),
        )
        return receipt

    def _is_newest(self, load: Load) -> bool:
        sql = "SELECT load_id FROM loads WHERE batch = ? ORDER BY rowid DESC LIMIT 1"
        row = self._db.execute(sql, (load.batch,)).fetchone()
        return bool(row["load_id"] == load.id)

    def _insert(self, record: Record, load: Load, content: str) -> None:
        for table, rows in flat_rows(record).items():
            for row in rows:
                self._insert_row(table, row)
        if self._layout is not None:
            self._insert_laid(lay_out(record, self._layout), record.id)
        index = {
            "record_id": record.id, "form": record.form, "batch": load.batch, "row_hash": content, "load_id": load.id,
        }  # fmt: skip
        self._insert_row("record_index", index)
        for path, value in record.cells():
            o = value.origin
            self._db.execute(
                "INSERT INTO field_origin VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    record.id, path, value.raw, value.confidence, value.by, o.page or None, o.zone or None,
                    json.dumps(o.box) if o.box else None, o.file or None, o.table or None, o.row or None,
                    o.column or None,
                ),
            )  # fmt: skip

    def _insert_laid(self, laid: Laid, record: str) -> None:
        for table, rows in laid.rows.items():
            for row in rows:
                self._insert_row(table, row)
        for table, column in laid.gaps:
            self._insert_row("layout_gaps", {"record_id": record, "target_table": table, "target_column": column})

    def _keep_rejects(self, load: Load) -> None:
        self._db.execute("DELETE FROM rejects WHERE batch = ?", (load.batch,))
        for record, findings in load.rejects:
            whole = json.dumps(to_plain(record), ensure_ascii=False, sort_keys=True)
            said = json.dumps([asdict(f) for f in findings], ensure_ascii=False)
            self._db.execute(
                "INSERT INTO rejects VALUES (?, ?, ?, ?, ?, ?)",
                (record.id, record.form, load.batch, whole, said, load.id),
            )

    def _remove(self, records: Iterable[str]) -> None:
        for record in records:
            for table in (*self._tables_of(record), *self._laid_tables(), "field_origin", "record_index"):
                self._db.execute(f"DELETE FROM {table} WHERE record_id = ?", (record,))

    def _tables_of(self, record: str) -> Iterable[str]:
        row = self._db.execute("SELECT form FROM record_index WHERE record_id = ?", (record,)).fetchone()
        return form_tables(row["form"]) if row else ()

    def _laid_tables(self) -> Iterable[str]:
        return (*self._layout.tables, "layout_gaps") if self._layout is not None else ()

    def _insert_row(self, table: str, row: Mapping[str, object]) -> None:
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        self._db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))

    def _prepare(self) -> None:
        self._db.executescript("BEGIN IMMEDIATE;" + _FIXED + "COMMIT;")
        self._db.execute("INSERT OR IGNORE INTO meta VALUES ('format', ?)", (str(FORMAT),))
        found = self._db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()["value"]
        if found not in (str(FORMAT), _OLDER):
            raise TargetRefused(f"{self._path} holds schema {found}, this program writes {FORMAT}. Nothing was loaded.")
        self._db.execute("BEGIN IMMEDIATE")
        made = {r["key"]: set(r["value"].split()) for r in self._db.execute(_MADE)}
        for table in (t for form in load_schemas().values() for t in form.values()):
            self._prepare_table(table, made.get(f"columns.{table.name}", set()))
        for name in self._layout.tables if self._layout is not None else ():
            self._db.execute(_laid_ddl(name, self._layout.columns(name) if self._layout is not None else []))
        self._db.execute("UPDATE meta SET value = ? WHERE key = 'format'", (str(FORMAT),))
        self._db.execute("COMMIT")

    def _prepare_table(self, table: Table, made: set[str]) -> None:
        """Make the table, or add what the schema has gained since. made: columns this program gave it before."""
        if made == set(table.by_name) and made <= self._columns(table):
            return
        self._db.execute(_ddl(table))
        lacking = [c for c in table.columns if c.name not in self._columns(table)]
        if lost := sorted(c.name for c in lacking if c.name in made):
            self._db.execute("ROLLBACK")
            raise TargetRefused(
                f"{self._path}: table {table.name} lacks {', '.join(lost)}; someone altered it. Nothing was loaded."
            )
        for c in lacking:
            self._db.execute(f"ALTER TABLE {table.name} ADD COLUMN {c.name} {_TYPES.get(c.kind, 'TEXT')}")
        columns = (f"columns.{table.name}", " ".join(table.by_name))
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", columns)

    def _columns(self, table: Table) -> set[str]:
        return {r["name"] for r in self._db.execute(f"PRAGMA table_info({table.name})")}


def _ddl(table: Table) -> str:
    key = "record_id TEXT NOT NULL" + (", line INTEGER NOT NULL" if table.child else "")
    columns = ", ".join(f"{c.name} {_TYPES.get(c.kind, 'TEXT')}" for c in table.columns)
    primary = "record_id, line" if table.child else "record_id"
    return f"CREATE TABLE IF NOT EXISTS {table.name} ({key}, {columns}, PRIMARY KEY ({primary})) WITHOUT ROWID"


def _laid_ddl(name: str, columns: Sequence[str]) -> str:
    """A table of a layout: text throughout, as the target's own types are its own affair."""
    return f"CREATE TABLE IF NOT EXISTS {name} ({', '.join(f'{c} TEXT' for c in columns)})"
