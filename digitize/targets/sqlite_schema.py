"""Tables of the embedded target, and the upgrade of files from earlier versions."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from digitize.errors import TargetRefused
from digitize.targets.exchange_columns import sqlite_script
from digitize.targets.sqlite_search import TABLES
from mappers.layouts import TableLayout
from mappers.schema import load_schemas
from mappers.schema.links import PERSON_LINE, row_references
from mappers.schema.parts.table import Table

FORMAT = 5
_RELEASED = "3"
"""Format of version 0.2.0, the only earlier one that is upgraded."""
_BEFORE = ("1", "2")
_MADE = "SELECT key, value FROM meta WHERE key LIKE 'columns.%'"
_DAYS = {
    "missing": "missing_from_date", "uidb": "found_date", "iif3": "arrest_date", "iif5": "report_date",
    "po": "warrant_date",
}  # fmt: skip
"""Indexes to compare descriptions, nearest dates first, and to list persons, newest first."""
TYPES = {"int": "INTEGER", "year": "INTEGER", "money": "NUMERIC", "decimal": "NUMERIC"}
_FIXED = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS loads (
  load_id TEXT PRIMARY KEY, batch TEXT NOT NULL, receipt TEXT NOT NULL, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
  state TEXT NOT NULL DEFAULT 'loaded', source TEXT NOT NULL DEFAULT '{}', undone_at TEXT, undone_why TEXT
);
CREATE TABLE IF NOT EXISTS record_index (
  record_id TEXT PRIMARY KEY, form TEXT NOT NULL, batch TEXT NOT NULL, row_hash TEXT NOT NULL, load_id TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS record_index_batch ON record_index (batch);
CREATE INDEX IF NOT EXISTS record_index_load ON record_index (load_id);
CREATE TABLE IF NOT EXISTS record_history (
  history_id INTEGER PRIMARY KEY, record_id TEXT NOT NULL, form TEXT NOT NULL, batch TEXT NOT NULL,
  load_id TEXT NOT NULL, row_hash TEXT NOT NULL, record TEXT NOT NULL, replaced_by TEXT NOT NULL, why TEXT NOT NULL,
  at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX IF NOT EXISTS record_history_load ON record_history (load_id);
CREATE INDEX IF NOT EXISTS record_history_replaced ON record_history (replaced_by);
CREATE TABLE IF NOT EXISTS rejects (
  reject_id INTEGER PRIMARY KEY, load_id TEXT NOT NULL, batch TEXT NOT NULL, form TEXT NOT NULL,
  record_id TEXT NOT NULL, word TEXT NOT NULL, file TEXT NOT NULL DEFAULT '', line INTEGER NOT NULL DEFAULT 0,
  record TEXT NOT NULL, findings TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'open', settled_by TEXT,
  trail TEXT NOT NULL DEFAULT '[]', at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
  source_row TEXT NOT NULL DEFAULT '', delivery INTEGER NOT NULL DEFAULT 0, settings TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS rejects_batch ON rejects (batch);
CREATE INDEX IF NOT EXISTS rejects_row ON rejects (source_row);
CREATE INDEX IF NOT EXISTS rejects_record ON rejects (form, record_id);
CREATE INDEX IF NOT EXISTS rejects_settled ON rejects (settled_by);
CREATE TABLE IF NOT EXISTS deliveries (
  number INTEGER PRIMARY KEY AUTOINCREMENT, input TEXT NOT NULL UNIQUE, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE IF NOT EXISTS load_settings (key TEXT PRIMARY KEY, settings TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS flags (
  record_id TEXT NOT NULL, form TEXT NOT NULL, child TEXT NOT NULL DEFAULT '', line INTEGER NOT NULL DEFAULT 0,
  field TEXT NOT NULL, code TEXT NOT NULL, word TEXT NOT NULL, load_id TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS flags_record ON flags (record_id);
CREATE INDEX IF NOT EXISTS flags_code ON flags (code);
CREATE TABLE IF NOT EXISTS field_origin (
  record_id TEXT NOT NULL, field TEXT NOT NULL, raw TEXT NOT NULL, confidence REAL NOT NULL, by TEXT NOT NULL,
  page TEXT, zone TEXT, box TEXT, file TEXT, source_table TEXT, source_row INTEGER, source_column TEXT,
  why_empty TEXT, PRIMARY KEY (record_id, field)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS upgrade_findings (
  table_name TEXT NOT NULL, record_id TEXT NOT NULL, line INTEGER NOT NULL, name TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS layout_gaps (
  record_id TEXT NOT NULL, target_table TEXT NOT NULL, target_column TEXT NOT NULL
);
"""
# From format 3: entries had no name of their row; they are named when a batch is taken.
_FROM_3 = """
ALTER TABLE rejects ADD COLUMN source_row TEXT NOT NULL DEFAULT '';
ALTER TABLE rejects ADD COLUMN delivery INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rejects ADD COLUMN settings TEXT NOT NULL DEFAULT '';
"""


def prepare(db: sqlite3.Connection, path: Path, layout: TableLayout | None) -> None:
    """Create what is missing. Raises TargetRefused if the file has another schema or was altered."""
    db.execute("BEGIN IMMEDIATE")
    try:
        _make_fixed(db, path)
        is_older = db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()[0] != str(FORMAT)
        has_lost = db.execute("SELECT 1 FROM upgrade_findings").fetchone() is not None
        made = {r[0]: set(r[1].split()) for r in db.execute(_MADE)}
        tables = [t for form in load_schemas().values() for t in form.values()]
        for table in tables:
            _make_table(db, path, table, made.get(f"columns.{table.name}", set()))
        for table in tables if is_older or has_lost else ():
            _add_key(db, table)
        for name in layout.tables if layout is not None else ():
            db.execute(_laid_ddl(name, layout.columns(name) if layout is not None else []))
        db.execute("UPDATE meta SET value = ? WHERE key = 'format'", (str(FORMAT),))
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _make_fixed(db: sqlite3.Connection, path: Path) -> None:
    has_meta = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone()
    row = db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone() if has_meta else None
    found = row[0] if row else str(FORMAT)
    if found not in (str(FORMAT), _RELEASED):
        older = "Load into it once with version 0.2.0, which upgrades it to schema 3. "
        raise TargetRefused(
            f"{path} has schema {found}, this program writes {FORMAT}. {older if found in _BEFORE else ''}"
            "Nothing was loaded."
        )
    _run(db, _FROM_3 if found == _RELEASED else "")
    _run(db, _FIXED)
    # Files that this or an earlier version made before it was there.
    if "why_empty" not in {r[1] for r in db.execute("PRAGMA table_info(field_origin)")}:
        db.execute("ALTER TABLE field_origin ADD COLUMN why_empty TEXT")
    _run(db, TABLES)
    _run(db, sqlite_script())
    db.execute("INSERT OR IGNORE INTO meta VALUES ('format', ?)", (str(FORMAT),))


def _run(db: sqlite3.Connection, script: str) -> None:
    """Run statements one by one: executescript would commit pending ones."""
    # Good enough for the scripts above: none has this ending inside a text.
    for statement in script.split(";\n"):
        if statement.strip():
            db.execute(statement)


def _make_table(db: sqlite3.Connection, path: Path, table: Table, made: set[str]) -> None:
    """Create the table, or add columns new in the schema. made: columns created earlier by this program."""
    if not (made == set(table.by_name) and made <= _columns(db, table)):
        db.execute(_ddl(table))
        there = _columns(db, table)
        lacking = [c for c in table.columns if c.name not in there]
        # Missing though made once: somebody dropped it. Missing and never made: the schema has gained it.
        if lost := sorted(c.name for c in lacking if c.name in made):
            raise TargetRefused(
                f"{path}: table {table.name} lacks {', '.join(lost)}; someone altered it. Nothing was loaded."
            )
        for c in lacking:
            db.execute(f"ALTER TABLE {table.name} ADD COLUMN {c.name} {TYPES.get(c.kind, 'TEXT')}")
        columns = (f"columns.{table.name}", " ".join(table.by_name))
        db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", columns)
    if table.key:
        db.execute(f"CREATE INDEX IF NOT EXISTS {table.name}_key ON {table.name} ({', '.join(table.key)})")
    if day := _DAYS.get(table.name):
        db.execute(f"CREATE INDEX IF NOT EXISTS {table.name}_{day} ON {table.name} ({day})")


def _columns(db: sqlite3.Connection, table: Table) -> set[str]:
    return {r[1] for r in db.execute(f"PRAGMA table_info({table.name})")}


def _ddl(table: Table) -> str:
    key = "record_id TEXT NOT NULL" + (", line INTEGER NOT NULL" if table.child else "")
    columns = ", ".join(f"{c.name} {TYPES.get(c.kind, 'TEXT')}" for c in table.columns)
    primary = "record_id, line" if table.child else "record_id"
    keys = [f"PRIMARY KEY ({primary})"]
    if of := _persons_of(table.name):
        keys.append(f"FOREIGN KEY (record_id, {PERSON_LINE}) REFERENCES {of} (record_id, line)")
    return f"CREATE TABLE IF NOT EXISTS {table.name} ({key}, {columns}, {', '.join(keys)}) WITHOUT ROWID"


@cache
def _named_tables() -> Mapping[str, str]:
    links = (link for form in load_schemas() for link in row_references(form))
    return {link.table: link.of for link in links if not link.named_by}


def _persons_of(table: str) -> str:
    """Table of the persons that a table's rows refer to, "" for none."""
    return _named_tables().get(table, "")


def _add_key(db: sqlite3.Connection, table: Table) -> None:
    """Add the foreign key to persons to a table of an earlier format.

    If old rows refer to nobody, the table stays as it is, and they are listed: nothing is lost, and new rows are
    checked before they are sent (`digitize.targets.value_checks`).
    """
    name, of = table.name, _persons_of(table.name)
    (made,) = db.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    if not of or "REFERENCES" in made:
        return
    lost = f"""FROM {name} t WHERE {PERSON_LINE} IS NOT NULL AND NOT EXISTS
               (SELECT 1 FROM {of} o WHERE o.record_id = t.record_id AND o.line = t.{PERSON_LINE})"""
    db.execute("DELETE FROM upgrade_findings WHERE table_name = ?", (name,))
    db.execute(f"INSERT INTO upgrade_findings SELECT ?, record_id, line, ? {lost}", (name, PERSON_LINE))
    if db.execute("SELECT 1 FROM upgrade_findings WHERE table_name = ?", (name,)).fetchone():
        return
    old = [r[1] for r in db.execute(f"PRAGMA table_info({name})")]
    db.execute(f"ALTER TABLE {name} RENAME TO {name}_3")
    db.execute(_ddl(table))
    # Columns that somebody added stay.
    for column in (c for c in old if c not in _columns(db, table)):
        db.execute(f'ALTER TABLE {name} ADD COLUMN "{column}"')
    columns = ", ".join(f'"{c}"' for c in old)
    db.execute(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM {name}_3")
    db.execute(f"DROP TABLE {name}_3")


def _laid_ddl(name: str, columns: Sequence[str]) -> str:
    """A table of a layout: text columns only, since types are up to the target."""
    return f"CREATE TABLE IF NOT EXISTS {name} ({', '.join(f'{c} TEXT' for c in columns)})"
