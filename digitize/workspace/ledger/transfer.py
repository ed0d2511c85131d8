"""Copy all rows of a ledger between engines: for backups, and for moving a ledger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path

from digitize.errors import LedgerError
from digitize.workspace.ledger.opening import connect
from digitize.workspace.ledger.schema import DDL, FORMAT
from digitize.workspace.ledger_db import LedgerEngine, Row
from digitize.workspace.ledger_db.move_marks import MARKS
from digitize.workspace.ledger_db.sqlite import script

_HELD_FOR_A_MOMENT = frozenset({"leases"})
TABLES = tuple(t for t in re.findall(r"CREATE TABLE (\w+)", DDL) if t not in _HELD_FOR_A_MOMENT)
"""What a ledger is. Leases are none of it: who holds one works on the ledger that was."""


def copy_rows(source: LedgerEngine, target: LedgerEngine) -> None:
    """Copy a ledger into an empty one. Raises LedgerError if the source has an older format."""
    found = source.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()[0]
    if int(found) != FORMAT:
        raise LedgerError(f"The ledger has format {found}. Any command that writes upgrades it to {FORMAT}.")
    for table in TABLES:
        # What a move left as marks is of the ledger that was moved, not of what is in it.
        rows = iter(source.stream_rows(f"SELECT * FROM {table} ORDER BY {_order(table)}"))
        if table == "meta":
            rows = (r for r in rows if r["key"] not in MARKS)
        first = next(rows, None)
        if first is not None:
            target.fill(table, first.keys(), _values(first, rows))


def _values(first: Row, rest: Iterator[Row]) -> Iterator[tuple[object, ...]]:
    return (tuple(row) for row in chain((first,), rest))


def _order(table: str) -> str:
    # In the order of the key they are written without being sorted in.
    return {"row_hashes": "tbl, ref, seq", "standing": "step, unit"}.get(table, "1")


def write_file(source: LedgerEngine, file: Path) -> None:
    """Write a consistent ledger file while others write. file: empty or missing."""
    with source.at_one_moment():
        fill_file(source, file)


def fill_file(source: LedgerEngine, file: Path) -> None:
    """Write a ledger file from a snapshot of a ledger. file: empty or missing."""
    with closing(connect(file)) as db, db.translate_errors():
        db.execute("PRAGMA journal_mode = DELETE")
        db.executescript("BEGIN;" + script(DDL))
        copy_rows(source, db)
        db.execute("COMMIT")
