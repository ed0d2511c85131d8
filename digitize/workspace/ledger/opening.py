"""Open a ledger: writable if possible, read-only on a read-only medium."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from digitize.errors import LedgerError
from digitize.machine.file_systems import network_share
from digitize.machine.sqlite_errors import plain_errors
from digitize.workspace.ledger.heads import LOG
from digitize.workspace.ledger.schema import FORMAT, RELEASED
from digitize.workspace.ledger_db import LedgerEngine, Where, home_of
from digitize.workspace.ledger_db.sqlite import FileEngine

_RESTORE = "Restore a backup: digitize ledger restore DIR FILE"
_BETWEEN = (
    "Run any command that writes with the development version of 1 December 2026, which upgrades it to format "
    "{FORMAT}; or restore a backup: digitize ledger restore DIR FILE"
)


def open_engine(where: Where) -> LedgerEngine:
    """Connect to an existing ledger. Raises LedgerError if there is none."""
    if isinstance(where, Path):
        if not where.is_file():
            raise LedgerError(
                f"{where} is missing. A workspace cannot continue without its ledger. Restore a backup: digitize "
                f"ledger restore DIR FILE"
            )
        return connect(where)
    # Only here: whoever keeps a file needs no driver, and none is imported.
    from digitize.workspace.ledger_db.postgres import DatabaseEngine

    return DatabaseEngine(where)


def require_reachable(where: Where) -> None:
    """Raise LedgerError if a ledger that is to be created lies in a database that does not let us in."""
    if not isinstance(where, Path):
        from digitize.workspace.ledger_db import postgres

        postgres.connect(where).close()


def connect(path: Path) -> FileEngine:
    """Connect to a ledger file; read-only if the file or its folder is not writable."""
    with plain_errors(path, "digitize ledger verify"):
        if not is_writable(path):
            return connect_to_read(path)
        if share := network_share(path):
            raise LedgerError(
                f"{path} is on a network share ({share}), where two machines could write at once and lose each "
                "other's work. Move the workspace to a disk of this machine; share its reports instead."
            )
        db = _open_file(path, str(path))
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
    """Whether a ledger there is writable, including SQLite's side files."""
    return os.access(path.parent, os.W_OK) and (os.access(path, os.W_OK) or not path.exists())


def connect_to_read(path: Path) -> FileEngine:
    """Read-only connection that leaves no side files if nobody writes."""
    # Without a writer's files beside it nobody writes; SQLite would make such a file even to read, and cannot here.
    is_still = not path.with_name(f"{path.name}-wal").exists()
    address = f"file:{quote(str(path.resolve()))}?mode=ro{'&immutable=1' if is_still else ''}"
    db = _open_file(path, address)
    db.can_write = False
    return db


def _open_file(path: Path, address: str) -> FileEngine:
    # None: no transactions but our own; Python's driver would begin and end some by itself.
    is_uri = address.startswith("file:")
    db = sqlite3.connect(address, uri=is_uri, timeout=30, isolation_level=None, factory=FileEngine)
    db.path, db.touched, db.written = path, set(), {}
    db.row_factory = sqlite3.Row
    # What is no UTF-8 was never written here; it must be named as a change and not end the look at all others.
    db.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    return db


def require_format(db: LedgerEngine, where: Where) -> int:
    """Format of a ledger. Raises LedgerError if there is none, if it is unknown, or if the ledger was moved."""
    with db.translate_errors():
        row = db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
    try:
        found = int(row["value"])
    except (TypeError, ValueError) as e:
        raise LedgerError(f"{where} has no ledger. {_RESTORE}") from e
    if found > FORMAT:
        raise LedgerError(f"{where} was written by a newer version (format {found}). Upgrade cctns-digitize.")
    if RELEASED < found < FORMAT:
        raise LedgerError(f"{where} has format {found}, which no release wrote. {_BETWEEN}")
    home = home_of(where)
    # Format 1 would spare its rows and signatures every check.
    is_later = not isinstance(where, Path) or "heads" in db.tables() or (home is not None and (home / LOG).exists())
    if found == RELEASED and is_later:
        raise LedgerError(f"{where} has format {found}, but had a later one before: it was altered. {_RESTORE}")
    moved = db.execute("SELECT value FROM meta WHERE key = 'moved_to'").fetchone()
    if moved is not None:
        raise LedgerError(
            f"{where} was moved to {moved['value']}, but digitize.toml does not say so. This one is only a copy."
        )
    if found < RELEASED:
        raise LedgerError(f"{where} has format {found}, which does not exist: it was altered. {_RESTORE}")
    return found
