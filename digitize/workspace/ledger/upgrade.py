"""A ledger of an older format becomes one of today's; of a file, a copy of the old one stays.

From format 2 on its rows are watched; from 3 on records of tables may be packed, from 4 on those of systems; from 5 on
it marks what changed. Rows are not written anew: records that were not packed are read as they stand, until their table
is mapped again.
"""

from __future__ import annotations

from digitize.workspace.engines import LedgerEngine
from digitize.workspace.ledger.marks import MARK_ALL
from digitize.workspace.ledger.schema import COVER_DDL, FORMAT, MARKS_DDL, PACKED, SHAPES_DDL, WATCHED


def upgrade(db: LedgerEngine) -> None:
    """Add what later formats have, in one transaction. What stands in the ledger stays as it is."""
    db.keep_copy(f"format{_format(db)}")
    db.begin()
    try:
        # Another process may have done it while this one waited.
        if (found := _format(db)) < FORMAT:
            if found < WATCHED:
                db.add("ALTER TABLE events ADD COLUMN rows TEXT NOT NULL DEFAULT '';")
            db.add(COVER_DDL * (found < WATCHED) + SHAPES_DDL * (found < PACKED) + MARKS_DDL)
            for statement in MARK_ALL.values():
                db.execute(statement)
            db.execute("UPDATE meta SET value = ? WHERE key = 'format'", (str(FORMAT),))
        db.commit()
    except BaseException:
        db.rollback()
        raise


def _format(db: LedgerEngine) -> int:
    return int(db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()[0])
