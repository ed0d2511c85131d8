"""A ledger of an older format becomes one of today's; a copy of the old file stays.

From format 2 on its rows are watched; from 3 on records of tables may be packed; from 4 on it marks what changed. Rows
are not written anew: records that were not packed are read as they stand, until their table is mapped again.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from digitize.workspace.ledger.marks import MARK_ALL
from digitize.workspace.ledger.schema import COVER_DDL, FORMAT, MARKS_DDL, SHAPES_DDL, WATCHED

_PACKED = 3


def upgrade(db: sqlite3.Connection, path: Path) -> None:
    """Add what later formats have, in one transaction. What stands in the ledger stays as it is."""
    copy = path.with_name(f"{path.name}.format{_format(db)}")
    if not copy.exists():
        # Named when it is whole: one that was cut off by a full disk or a kill must not pass for the backup.
        part = copy.with_name(f"{copy.name}.{os.getpid()}.part")
        part.unlink(missing_ok=True)
        # The backup call of SQLite: a plain copy would miss what is not in the file itself yet.
        with closing(sqlite3.connect(part)) as to:
            db.backup(to)
        part.replace(copy)
    db.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have done it while this one waited.
        if (found := _format(db)) < FORMAT:
            if found < WATCHED:
                db.execute("ALTER TABLE events ADD COLUMN rows TEXT NOT NULL DEFAULT ''")
            script = COVER_DDL * (found < WATCHED) + SHAPES_DDL * (found < _PACKED) + MARKS_DDL
            for statement in (*_statements(script), *MARK_ALL.values()):
                db.execute(statement)
            db.execute("UPDATE meta SET value = ? WHERE key = 'format'", (str(FORMAT),))
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _format(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()[0])


def _statements(script: str) -> list[str]:
    """The statements of a script; executescript would commit what stands before them."""
    found, kept = [], ""
    for part in script.split(";"):
        kept = f"{kept};{part}" if kept else part
        if sqlite3.complete_statement(f"{kept};"):
            found.append(kept)
            kept = ""
    return found
