"""A ledger of format 1 becomes one of format 2: its rows are watched from then on; a copy of the old file stays."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from digitize.workspace.ledger.schema import COVER_DDL, FORMAT


def upgrade(db: sqlite3.Connection, path: Path) -> None:
    """Add what format 2 has, in one transaction. What stands in the ledger stays as it is."""
    copy = path.with_name(f"{path.name}.format1")
    if not copy.exists():
        # The backup call of SQLite: a plain copy would miss what is not in the file itself yet.
        with sqlite3.connect(copy) as to:
            db.backup(to)
        to.close()
    db.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have done it while this one waited.
        if int(db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()[0]) < FORMAT:
            db.execute("ALTER TABLE events ADD COLUMN rows TEXT NOT NULL DEFAULT ''")
            for statement in _statements(COVER_DDL):
                db.execute(statement)
            db.execute("UPDATE meta SET value = ? WHERE key = 'format'", (str(FORMAT),))
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _statements(script: str) -> list[str]:
    """The statements of a script; executescript would commit what stands before them."""
    found, kept = [], ""
    for part in script.split(";"):
        kept = f"{kept};{part}" if kept else part
        if sqlite3.complete_statement(f"{kept};"):
            found.append(kept)
            kept = ""
    return found
