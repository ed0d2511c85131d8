"""The tables of what an office received, and how an older file becomes one of today; hashes that chain the rows."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

FORMAT = 4
RELEASED = 2
"""The format of version 0.2.0, the only earlier one that is brought up to date."""
CHAINED: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "received": (("at", "file", "sha256", "reporter", "as_on", "verdict", "flags", "summary"), ("body", "mark")),
    "keys": (("at", "reporter", "public", "act", "note"), ()),
    "acts": (("at", "act", "subject", "operator", "reason", "upto", "detail"), ()),
}
"""Table -> the columns of text and of bytes that the hash of a row covers, together with the hash of the row before."""
_KEYS = """
CREATE TABLE keys (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, reporter TEXT NOT NULL, public TEXT NOT NULL,
  act TEXT NOT NULL CHECK (act IN ('add', 'revoke')), note TEXT NOT NULL, hash TEXT NOT NULL DEFAULT ''
);
"""
_RECEIVED = """
CREATE TABLE received (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, file TEXT NOT NULL, sha256 TEXT NOT NULL,
  reporter TEXT NOT NULL, as_on TEXT NOT NULL, verdict TEXT NOT NULL CHECK (verdict IN ('taken', 'refused')),
  flags TEXT NOT NULL, summary TEXT NOT NULL, body BLOB NOT NULL, hash TEXT NOT NULL,
  mark BLOB NOT NULL DEFAULT x''
);
CREATE INDEX received_by_day ON received (reporter, as_on) WHERE verdict = 'taken';
CREATE UNIQUE INDEX once ON received (sha256) WHERE verdict = 'taken';
CREATE INDEX received_by_hash ON received (sha256);
"""
_SINCE_4 = """
CREATE INDEX IF NOT EXISTS received_flagged ON received (reporter, as_on) WHERE verdict = 'taken' AND flags <> '[]';
CREATE INDEX IF NOT EXISTS received_refused ON received (at) WHERE verdict = 'refused';
"""
"""Daily snapshots of ten years: what is odd is found without looking at what is not."""
_SINCE_3 = """
CREATE TABLE acts (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, act TEXT NOT NULL, subject TEXT NOT NULL,
  operator TEXT NOT NULL, reason TEXT NOT NULL, upto INTEGER NOT NULL, detail TEXT NOT NULL, hash TEXT NOT NULL
);
CREATE TABLE heads (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, received INTEGER NOT NULL, keys INTEGER NOT NULL,
  acts INTEGER NOT NULL, hash TEXT NOT NULL, public TEXT NOT NULL, signature TEXT NOT NULL
);
"""


def _make_triggers(*tables: str) -> str:
    return "".join(
        f"CREATE TRIGGER {t}_{word} BEFORE {act} ON {t} BEGIN SELECT RAISE(ABORT, 'history is never changed'); END;"
        for t in tables
        for word, act in (("stay", "UPDATE"), ("remain", "DELETE"))
    )


def make_sqlite_schema() -> str:
    """The statements that make an empty file."""
    meta = "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    guards = _make_triggers("keys", "received", "acts", "heads")
    said = f"INSERT INTO meta VALUES ('format', '{FORMAT}');"
    return f"BEGIN;{meta}{_KEYS}{_RECEIVED}{_SINCE_3}{_SINCE_4}{guards}{said}COMMIT;"


def make_postgres_schema() -> str:
    """The same for PostgreSQL. Text is compared byte by byte, as SQLite does, whatever the database's language."""
    tables = f"{_KEYS}{_RECEIVED}{_SINCE_3}{_SINCE_4}"
    for old, own in (
        ("INTEGER PRIMARY KEY AUTOINCREMENT", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
        ("INTEGER", "BIGINT"),
        ("BLOB", "BYTEA"),
        ("x''", "''"),
        ("TEXT", 'TEXT COLLATE "C"'),
    ):
        tables = tables.replace(old, own)
    stays = """
      CREATE FUNCTION history_stays() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'history is never changed'; END $$;
    """
    guards = "".join(
        f"CREATE TRIGGER {t}_stay BEFORE UPDATE OR DELETE ON {t} FOR EACH ROW EXECUTE FUNCTION history_stays();"
        f"CREATE TRIGGER {t}_remain BEFORE TRUNCATE ON {t} EXECUTE FUNCTION history_stays();"
        for t in ("keys", "received", "acts", "heads")
    )
    meta = "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);"
    return f"{meta}{tables}{stays}{guards}INSERT INTO meta VALUES ('format', '{FORMAT}');"


def upgrade(db: sqlite3.Connection) -> None:
    """Bring a file of version 0.2.0 to today's format. What was received without its signature stays without one."""
    db.execute("BEGIN IMMEDIATE")
    try:
        _chain_keys(db)
        for step in _SINCE_4.split(";"):
            db.execute(step)
        db.execute("UPDATE meta SET value = ? WHERE key = 'format'", (str(FORMAT),))
    except BaseException:
        db.rollback()
        raise
    db.commit()


def _chain_keys(db: sqlite3.Connection) -> None:
    """Add what an office does and the heads, and chain the list of keys by hashes."""
    steps = [*_SINCE_3.split(";"), "DROP TRIGGER IF EXISTS keys_stay",
             "ALTER TABLE keys ADD COLUMN hash TEXT NOT NULL DEFAULT ''",
             "ALTER TABLE received ADD COLUMN mark BLOB NOT NULL DEFAULT x''"]  # fmt: skip
    for step in steps:
        db.execute(step)
    last = ""
    for r in db.execute("SELECT * FROM keys ORDER BY seq").fetchall():
        last = hash_row(last, [str(r[n]) for n in CHAINED["keys"][0]])
        db.execute("UPDATE keys SET hash = ? WHERE seq = ?", (last, r["seq"]))
    # A trigger holds a semicolon of its own, so it is made in one piece.
    for text in _make_triggers("acts", "heads").split("END;"):
        if text:
            db.execute(f"{text}END;")
    db.execute(_make_triggers("keys").split("END;")[0] + "END;")
    _insert_first_head(db, last)


def _insert_first_head(db: sqlite3.Connection, keys_hash: str) -> None:
    """Of a file that had none: what was there before is told of as it is now."""
    row = db.execute("SELECT seq, hash FROM received ORDER BY seq DESC LIMIT 1").fetchone()
    keys = db.execute("SELECT MAX(seq) AS n FROM keys").fetchone()["n"] or 0
    ends = {"received": (row["seq"], row["hash"]) if row else (0, ""), "keys": (keys, keys_hash), "acts": (0, "")}
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    if row or keys:
        sql = "INSERT INTO heads (at, received, keys, acts, hash, public, signature) VALUES (?, ?, ?, 0, ?, '', '')"
        db.execute(sql, (at, ends["received"][0], keys, hash_head("", at, ends)))


def hash_row(last: str, parts: Iterable[str], packed: bytes = b"") -> str:
    """The hash of a row: of the one before it, and of all that stands in it."""
    return hashlib.sha256("\x1f".join((last, *parts)).encode("utf-8") + packed).hexdigest()


def hash_head(last: str, at: str, ends: Mapping[str, tuple[int, str]]) -> str:
    """The hash of a head. ends: table -> number and hash of its newest row."""
    told = [text for table in CHAINED for text in (str(ends[table][0]), ends[table][1])]
    return hash_row(last, [at, *told])
