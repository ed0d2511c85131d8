"""Making a ledger's schema, putting one aside, and what it takes of the disk."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import closing, contextmanager

from digitize.errors import LedgerError
from digitize.workspace.ledger_db.postgres import DatabaseEngine
from digitize.workspace.ledger_db.where import LedgerAddress

_LONGEST = 40
_SIZE = """
  SELECT COALESCE(SUM(pg_total_relation_size(c.oid)), 0) FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relkind = 'r'
"""


@contextmanager
def making(where: LedgerAddress, ddl: str) -> Iterator[tuple[DatabaseEngine, str]]:
    """One transaction in which a ledger is made, without rows yet; all that is done in it is kept together or not.

    Gives the connection, and the name under which a schema that was there lies now, "" where none was. ddl: in SQLite's
    words. Raises LedgerError, LedgerAway.
    """
    with changing(where) as db:
        aside = put_aside(db, "before") if is_there(db) else ""
        db.execute(f"CREATE SCHEMA {where.schema}")
        db.add(ddl)
        yield db, aside
        # Queries of the first minutes would be planned for empty tables.
        for table in sorted(db.tables()):
            db.execute(f"ANALYZE {table}")


@contextmanager
def changing(where: LedgerAddress) -> Iterator[DatabaseEngine]:
    """One transaction under the lock of a ledger that need not be there."""
    with closing(DatabaseEngine(where, is_there=False)) as db, db.guarded():
        db.start()
        try:
            yield db
            db.commit()
        except BaseException:
            db.rollback()
            raise


def create(where: LedgerAddress, ddl: str, format_: int) -> None:
    """Make a new, empty ledger. Raises LedgerError where there is one."""
    with making(where, ddl) as (db, aside):
        if aside:
            raise LedgerError(f"{where} is there already: another workspace's, or made before. Give another --site.")
        db.execute("INSERT INTO meta (key, value) VALUES ('format', ?)", (str(format_),))


def put_aside(db: DatabaseEngine, word: str) -> str:
    """Give the ledger's schema another name, inside a transaction: SCHEMA_WORD_1, or the next that is free."""
    taken = {r[0] for r in db.execute("SELECT nspname FROM pg_namespace")}
    names = (f"{db.where.schema[:_LONGEST]}_{word}_{n}" for n in itertools.count(1))
    aside = next(name for name in names if name not in taken)
    db.execute(f"ALTER SCHEMA {db.where.schema} RENAME TO {aside}")
    return aside


def is_there(db: DatabaseEngine) -> bool:
    """Whether a schema of the ledger's name is there."""
    return db.execute("SELECT 1 FROM pg_namespace WHERE nspname = ?", (db.where.schema,)).fetchone() is not None


def compact(where: LedgerAddress, *, whole: bool = False) -> tuple[int, int]:
    """Let room of what was taken out be used again, while others work. Returns bytes of the tables before and after.

    whole: write the tables anew, without what was in that room; whoever works waits.
    """
    with closing(DatabaseEngine(where)) as db:
        before = int(db.execute(_SIZE, (where.schema,)).fetchone()[0])
        for table in sorted(db.tables()):
            db.execute(f"VACUUM ({'FULL, ' if whole else ''}ANALYZE) {table}")
        return before, int(db.execute(_SIZE, (where.schema,)).fetchone()[0])
