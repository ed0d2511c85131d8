"""Opening a target's file: to write, or to read alone on a medium or in a folder where nobody here may write."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from digitize.errors import TargetRefused
from digitize.targets import sqlite_search as searched
from digitize.targets.sqlite_schema import FORMAT, prepare
from mappers.layouts import TableLayout


def is_writable(path: Path) -> bool:
    """Whether a file there can be written, with those that SQLite puts beside it."""
    return os.access(path.parent, os.W_OK) and (os.access(path, os.W_OK) or not path.exists())


def require_writable(path: Path) -> None:
    """Raise TargetRefused where nothing can be written, before anything is tried."""
    if not is_writable(path):
        raise TargetRefused(
            f"{path} can only be read where it lies, and this is written down in it. Nothing was changed. Copy the "
            "workspace, or the file, to a disk that can be written, and run the command there."
        )


def open_file(path: Path, layout: TableLayout | None) -> sqlite3.Connection:
    """Open a file or make it, with the tables of today; one that cannot be written is opened to read.

    Raises TargetRefused for one of another schema, sqlite3.DatabaseError.
    """
    if path.is_file() and not is_writable(path):
        return open_to_read(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # isolation_level None: the program says where transactions begin. Files are loaded from a second thread.
    db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    # What a receipt says must still be there when the power goes.
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA cache_size = -16384")  # 16 MB: a batch, and what every search looks at
    prepare(db, path, layout)
    searched.fill(db)
    # Behind `prepare`, which may rebuild tables; a setting of the connection, not of the file.
    db.execute("PRAGMA foreign_keys = ON")
    return db


def open_to_read(path: Path) -> sqlite3.Connection:
    """A connection that only reads, and leaves nothing beside the file. Raises TargetRefused, sqlite3.DatabaseError."""
    # Beside a writer's file that was copied along, its newest transactions stand there alone.
    is_still = not path.with_name(f"{path.name}-wal").exists()
    address = f"file:{quote(str(path.resolve()))}?mode=ro{'&immutable=1' if is_still else ''}"
    db = sqlite3.connect(address, uri=True, timeout=30, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    row = db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
    if row is None or row[0] != str(FORMAT):
        db.close()
        raise TargetRefused(
            f"{path} is of another version, and cannot be brought to today's where it can only be read. Copy it to a "
            "disk that can be written first."
        )
    return db
