"""Opening a ledger's file: to write where that is possible, to read on a medium where it is not."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from digitize.errors import LedgerError
from digitize.machine.sqlite_errors import plain_errors
from digitize.workspace.ledger.schema import FORMAT


def connect(path: Path) -> sqlite3.Connection:
    """A connection to a ledger's file; one that can only read where the file or its folder cannot be written."""
    with plain_errors(path, "digitize ledger verify"):
        can_write = os.access(path, os.W_OK) if path.exists() else True
        if not can_write or not os.access(path.parent, os.W_OK):
            return _to_read(path)
        # None: no transactions but our own; Python's driver would begin and end some by itself.
        db = sqlite3.connect(path, timeout=30, isolation_level=None)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA journal_mode = WAL")
        # With less, a power cut in WAL could take back the last events, though what they tell of was done.
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA busy_timeout = 30000")
        return db


def _to_read(path: Path) -> sqlite3.Connection:
    # Without a writer's files beside it nobody writes; SQLite would make such a file even to read, and cannot here.
    is_still = not path.with_name(f"{path.name}-wal").exists()
    address = f"file:{quote(str(path.resolve()))}?mode=ro{'&immutable=1' if is_still else ''}"
    db = sqlite3.connect(address, uri=True, timeout=30, isolation_level=None)
    db.row_factory = sqlite3.Row
    return db


def require_format(db: sqlite3.Connection, path: Path) -> int:
    """The format of a ledger. Raises LedgerError where the file holds none, or one that this program does not know."""
    with plain_errors(path, "digitize ledger verify"):
        row = db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
    try:
        found = int(row["value"])
    except (TypeError, ValueError) as e:
        raise LedgerError(f"{path} holds no ledger. Restore it from a backup.") from e
    if found > FORMAT:
        raise LedgerError(f"{path} was written by a newer version (format {found}). Upgrade cctns-digitize.")
    if found < 1:
        raise LedgerError(f"{path} says format {found}, which never was: somebody changed it. Restore a backup.")
    return found
