"""Opening a ledger's file: to write where that is possible, to read on a medium where it is not."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from digitize.errors import LedgerError
from digitize.machine.file_systems import network_share
from digitize.machine.sqlite_errors import plain_errors
from digitize.workspace.ledger.heads import LOG
from digitize.workspace.ledger.schema import FORMAT

_RESTORE = "Restore a backup: digitize ledger restore DIR FILE"


def connect(path: Path) -> sqlite3.Connection:
    """A connection to a ledger's file; one that can only read where the file or its folder cannot be written."""
    with plain_errors(path, "digitize ledger verify"):
        if not is_writable(path):
            return connect_to_read(path)
        if share := network_share(path):
            raise LedgerError(
                f"{path} lies on a network share ({share}), where two machines could write at once and lose each "
                "other's work. Move the workspace to a disk of this machine; share its reports instead."
            )
        # None: no transactions but our own; Python's driver would begin and end some by itself.
        db = sqlite3.connect(path, timeout=30, isolation_level=None)
        _as_rows(db)
        try:
            db.execute("PRAGMA journal_mode = WAL")
        # SQLite tells of a damaged table in the damaged words themselves.
        except UnicodeDecodeError as e:
            raise LedgerError(f"{path} is damaged. {_RESTORE}") from e
        # With less, a power cut in WAL could take back the last events, though what they tell of was done.
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA busy_timeout = 30000")
        return db


def is_writable(path: Path) -> bool:
    """Whether a ledger there can be written, with the files that SQLite puts beside it."""
    return os.access(path.parent, os.W_OK) and (os.access(path, os.W_OK) or not path.exists())


def connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection that only reads, and leaves nothing beside the file where nobody writes in it."""
    # Without a writer's files beside it nobody writes; SQLite would make such a file even to read, and cannot here.
    is_still = not path.with_name(f"{path.name}-wal").exists()
    address = f"file:{quote(str(path.resolve()))}?mode=ro{'&immutable=1' if is_still else ''}"
    db = sqlite3.connect(address, uri=True, timeout=30, isolation_level=None)
    _as_rows(db)
    return db


def _as_rows(db: sqlite3.Connection) -> None:
    db.row_factory = sqlite3.Row
    # What is no UTF-8 was never written here; it must be named as a change and not end the look at all others.
    db.text_factory = lambda data: data.decode("utf-8", "surrogateescape")


def require_format(db: sqlite3.Connection, path: Path) -> int:
    """The format of a ledger. Raises LedgerError where the file holds none, or one that this program does not know."""
    with plain_errors(path, "digitize ledger verify"):
        row = db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
    try:
        found = int(row["value"])
    except (TypeError, ValueError) as e:
        raise LedgerError(f"{path} holds no ledger. {_RESTORE}") from e
    if found > FORMAT:
        raise LedgerError(f"{path} was written by a newer version (format {found}). Upgrade cctns-digitize.")
    there = {
        r["name"] for r in db.execute("SELECT name FROM sqlite_master WHERE name IN ('row_log', 'shapes', 'marks')")
    }
    # An older format would spare its rows and signatures every check.
    later = {1: "row_log", 2: "shapes", 3: "marks"}.get(found)
    if later in there or (found == 1 and path.with_name(LOG).exists()):
        raise LedgerError(f"{path} says format {found} and was of a later one: somebody changed it. {_RESTORE}")
    if found < 1:
        raise LedgerError(f"{path} says format {found}, which never was: somebody changed it. {_RESTORE}")
    return found
