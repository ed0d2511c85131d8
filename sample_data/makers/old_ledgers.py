"""A ledger of today as the formats before wrote it: what an upgrade is tried on."""

from __future__ import annotations

import sqlite3

from digitize.workspace.ledger.schema_before import DDL_5
from digitize.workspace.ledger_db.dialects import POSTGRES, ShownAs
from digitize.workspace.ledger_db.narrow import BASES
from digitize.workspace.ledger_db.narrow_sql import views


def to_format_5(db: sqlite3.Connection) -> None:
    """Turn a ledger's file into one of format 5, with the same rows."""
    plain, db.row_factory = db.row_factory, None
    rows = {view: db.execute(f"SELECT * FROM {view}").fetchall() for view in BASES}
    for view in BASES:
        db.execute(f"DROP VIEW {view}")
    for table in (*BASES.values(), "units", "names", "sqlite_stat1"):
        db.execute(f"DROP TABLE {table}")
    wanted = sqlite3.connect(":memory:")
    wanted.executescript(DDL_5)
    there = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
    order = "CASE type WHEN 'table' THEN 0 ELSE 1 END"
    guards = []
    for kind, name, sql in wanted.execute(
        f"SELECT type, name, sql FROM sqlite_master WHERE sql <> '' ORDER BY {order}"
    ):
        if kind == "trigger":
            guards.append(sql)
        elif name not in there and not name.startswith("sqlite_"):
            db.execute(sql)
    wanted.close()
    for view, own in rows.items():
        if own:
            db.executemany(f"INSERT INTO {view} VALUES ({', '.join('?' * len(own[0]))})", own)
    for sql in guards:
        db.execute(sql)
    db.execute("UPDATE meta SET value = '5' WHERE key = 'format'")
    db.row_factory = plain


def to_format_6(dialect: ShownAs) -> tuple[str, ...]:
    """What makes a ledger one of format 6, with the same rows, where no guard stands in the way."""
    keys = (
        "DROP INDEX events_finished_once", "DROP INDEX row_hashes_of_records", "DROP FUNCTION key_number",
        "DROP INDEX events_by_step", "CREATE INDEX events_by_step ON history (step, seq)",
        "CREATE UNIQUE INDEX events_finished_once ON history (unit, step, key, again)",
        "ALTER TABLE row_hashes ADD PRIMARY KEY (tbl, ref, seq)",
    )  # fmt: skip
    return (
        "INSERT INTO row_hashes (tbl, ref, seq, hash) SELECT 1, seq, seq, made FROM history WHERE LENGTH(made) > 0",
        "DROP VIEW row_log",
        "DROP VIEW events",
        "ALTER TABLE history DROP COLUMN made",
        "DROP INDEX names_by_end",
        *(f"CREATE VIEW {name} AS\n{views(dialect, '')[name]}" for name in ("row_log", "events")),
        *(keys if dialect is POSTGRES else ()),
        "UPDATE meta SET value = '6' WHERE key = 'format'",
    )
