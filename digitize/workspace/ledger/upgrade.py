"""Upgrade a ledger of version 0.2.0 (format 1, always a file); a copy of the old file is kept next to it.

It stored texts in each row, without row hashes or marks. Events keep their hashes; all other rows are hashed at the end
(`LedgerFile`). Records stay as stored until their table is mapped again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from digitize.workspace.ledger.dirty_parts import MARK_ALL
from digitize.workspace.ledger.schema import ADDED_DDL, FORMAT, NARROW_DDL
from digitize.workspace.ledger_db import LedgerEngine
from digitize.workspace.ledger_db.narrow import NARROW, Dictionary

_AT_ONCE = 5_000
_INDEXES = (
    "events_finished_once", "events_by_unit", "state_by_step", "records_by_group", "records_by_unit",
    "records_by_batch",
)  # fmt: skip
_OLD_TABLES = ("events", "results", "state", "scans", "records")


def upgrade(db: LedgerEngine) -> None:
    """Upgrade to the current format in one transaction. Content does not change."""
    found = _format(db)
    if found == FORMAT:
        return
    db.keep_copy(f"format{found}")
    db.begin()
    try:
        # Another process may have done it while this one waited.
        if _format(db) != FORMAT:
            _narrow_tables(db)
            for statement in MARK_ALL.values():
                db.execute(statement)
            db.execute("UPDATE meta SET value = ? WHERE key = 'format'", (str(FORMAT),))
        db.commit()
    except BaseException:
        db.rollback()
        raise


def _narrow_tables(db: LedgerEngine) -> None:
    """Copy wide tables into narrow ones, with views under the old names."""
    for name in _INDEXES:
        # One that somebody took out made things quick, and is made again.
        db.execute(f"DROP INDEX IF EXISTS {name}")
    for name in _OLD_TABLES:
        db.execute(f"ALTER TABLE {name} RENAME TO {name}_1")
    db.add(ADDED_DDL + NARROW_DDL)
    words = Dictionary(db)
    for view, order in (("events", "seq"), ("state", "unit, step"), ("scans", "seq"), ("records", "record")):
        columns = [c for c in NARROW[view].columns if c != "made"]
        for some in _split(db, f"SELECT {', '.join(columns)} FROM {view}_1 ORDER BY {order}"):
            targets, rows = words.rows(view, columns, some)
            db.insert_rows(NARROW[view].base, targets, rows)
    _copy_results(db)
    for name in _OLD_TABLES:
        db.execute(f"DROP TABLE {name}_1")


def _copy_results(db: LedgerEngine) -> None:
    """Copy results by their "done" event."""
    sql = """SELECT e.seq, r.data FROM results_1 r JOIN events_1 e
      ON e.unit = r.unit AND e.step = r.step AND e.key = r.key AND e.outcome = 'done' ORDER BY e.seq"""
    # Those of before are gone, for today's have their names.
    db.execute("CREATE INDEX events_of_results ON events_1 (unit, step, key)")
    for some in _split(db, sql):
        db.insert_rows("outputs", ("seq", "data"), [tuple(row) for row in some])


def _split(db: LedgerEngine, sql: str) -> Iterator[Sequence[Any]]:
    rows = iter(db.stream_rows(sql))
    while some := list(islice(rows, _AT_ONCE)):
        yield some


def _format(db: LedgerEngine) -> int:
    return int(db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()[0])
