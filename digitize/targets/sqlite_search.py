"""Search rows in a SQLite target: written with each load, and filled once for earlier loads."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence

import polars as pl

from digitize.targets.search_columns import searched_columns, text_frame
from digitize.targets.search_making import search_rows
from digitize.targets.search_names import hex_texts
from digitize.targets.search_rows import COLUMNS, FILLED_BY, MARK, ROWS, WORDS, SearchRows
from mappers.schema import load_schemas

INDEX = "search_index"
_AT_ONCE = 2000
_KEPT = [n for n in COLUMNS if n != "tokens"]
TABLES = f"""
CREATE TABLE IF NOT EXISTS {ROWS} (
  row_id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, record_id TEXT NOT NULL, line INTEGER NOT NULL,
  form TEXT NOT NULL, station TEXT NOT NULL, year INTEGER NOT NULL, day TEXT NOT NULL, born_from INTEGER NOT NULL,
  born_to INTEGER NOT NULL, lang TEXT NOT NULL, said TEXT NOT NULL, relative TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS {ROWS}_record ON {ROWS} (record_id);
CREATE VIRTUAL TABLE IF NOT EXISTS {INDEX} USING fts5(tokens, content='', detail=none, columnsize=0, tokenize=ascii);
CREATE TABLE IF NOT EXISTS {WORDS} (
  kind TEXT NOT NULL, said TEXT NOT NULL, lang TEXT NOT NULL, near TEXT NOT NULL, spelt TEXT NOT NULL,
  PRIMARY KEY (kind, said, lang)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS {WORDS}_near ON {WORDS} (near);
CREATE INDEX IF NOT EXISTS {WORDS}_spelt ON {WORDS} (spelt);
CREATE TABLE IF NOT EXISTS search_log (
  number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, who TEXT NOT NULL,
  account TEXT NOT NULL, why TEXT NOT NULL, asked TEXT NOT NULL, shown INTEGER NOT NULL, detail TEXT NOT NULL
);
CREATE TRIGGER IF NOT EXISTS search_log_stays BEFORE UPDATE ON search_log
  BEGIN SELECT RAISE(ABORT, 'what was asked stays'); END;
CREATE TRIGGER IF NOT EXISTS search_log_grows BEFORE DELETE ON search_log
  BEGIN SELECT RAISE(ABORT, 'what was asked stays'); END;
"""


def write_searched(db: sqlite3.Connection, form: str, tables: Mapping[str, pl.DataFrame]) -> None:
    """Write search rows of inserted records, in the open transaction."""
    _write(db, search_rows(form, tables))


def take_out(db: sqlite3.Connection, records: Sequence[str]) -> None:
    """Delete search rows of records. Their index entries stay without effect: numbers are never reused."""
    db.executemany(f"DELETE FROM {ROWS} WHERE record_id = ?", ((r,) for r in records))


def fill(db: sqlite3.Connection) -> None:
    """Create search rows of all stored records if missing or made with other keys; one transaction."""
    found = db.execute("SELECT value FROM meta WHERE key = ?", (MARK,)).fetchone()
    if found and found[0] == FILLED_BY:
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        db.execute(f"DELETE FROM {ROWS}")
        db.execute(f"DELETE FROM {WORDS}")
        db.execute(f"INSERT INTO {INDEX} ({INDEX}) VALUES ('delete-all')")
        for form in load_schemas():
            _fill_form(db, form)
        db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (MARK, FILLED_BY))
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _fill_form(db: sqlite3.Connection, form: str) -> None:
    last = ""
    query = f"SELECT record_id FROM {form} WHERE record_id > ? ORDER BY record_id LIMIT {_AT_ONCE}"
    while ids := [r[0] for r in db.execute(query, (last,))]:
        tables = {}
        for name, columns in searched_columns(form).items():
            one = f"SELECT {', '.join(columns)} FROM {name} WHERE record_id IN (SELECT value FROM json_each(?))"
            tables[name] = text_frame(columns, [tuple(r) for r in db.execute(one, (json.dumps(ids),))])
        _write(db, search_rows(form, tables))
        last = ids[-1]


def _write(db: sqlite3.Connection, made: SearchRows) -> None:
    found = db.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (ROWS,)).fetchone()
    first = (found[0] if found else 0) + 1
    marks = ", ".join("?" * (len(_KEPT) + 1))
    rows = made.all_rows()
    db.executemany(
        f"INSERT INTO {ROWS} (row_id, {', '.join(_KEPT)}) VALUES ({marks})",
        rows.select(pl.int_range(first, first + pl.len()).alias("row_id"), *_KEPT).iter_rows(),
    )
    db.executemany(f"INSERT INTO {INDEX} (rowid, tokens) VALUES (?, ?)", enumerate(hex_texts(rows["tokens"]), first))
    db.executemany(f"INSERT OR IGNORE INTO {WORDS} VALUES (?, ?, ?, ?, ?)", made.all_words())
