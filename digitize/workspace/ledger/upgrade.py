"""A ledger of an older format becomes one of today's; a copy of the old file stays.

From format 2 on its rows are watched; from 3 on records of tables may be packed, from 4 on those of systems. Rows are
not written anew: records that were not packed are read as they stand, until their table is mapped again.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from digitize.workspace.ledger.schema import COVER_DDL, FORMAT, PACKED, SHAPES_DDL, WATCHED


def upgrade(db: sqlite3.Connection, path: Path) -> None:
    """Add what later formats have, in one transaction. What stands in the ledger stays as it is."""
    copy = path.with_name(f"{path.name}.format{_format(db)}")
    if not copy.exists():
        # The backup call of SQLite: a plain copy would miss what is not in the file itself yet.
        with sqlite3.connect(copy) as to:
            db.backup(to)
        to.close()
    db.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have done it while this one waited.
        if (found := _format(db)) < FORMAT:
            if found < WATCHED:
                db.execute("ALTER TABLE events ADD COLUMN rows TEXT NOT NULL DEFAULT ''")
            for statement in _statements(COVER_DDL * (found < WATCHED) + SHAPES_DDL * (found < PACKED)):
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
