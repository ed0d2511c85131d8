"""Convert SQLite errors to ours: which file, what is wrong, and the next step."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digitize.errors import DiskFull, LedgerError
from digitize.machine.system import free_bytes


@contextmanager
def plain_errors(path: Path, verify: str) -> Iterator[None]:
    """Convert SQLite errors to ours, with the next step; our own integrity errors pass unchanged.

    verify: the command that checks the file for damage. Raises DiskFull, LedgerError.
    """
    try:
        yield
    # A constraint or trigger of ours spoke: the file is sound.
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as e:
        text = str(e)
        if "full" in text or ("disk I/O" in text and _is_full(path)):
            raise DiskFull(f"No room left on the disk of {path}. Make room and run the same command again.") from e
        if "locked" in text or "busy" in text:
            raise LedgerError(f"{path} is in use by another program. Wait for it, then run this again.") from e
        # A file that was cut to nothing is a sound, empty database for SQLite: only its missing tables tell.
        if "malformed" in text or "not a database" in text or "no such table" in text:
            raise LedgerError(f"{path} is damaged ({text}). Run: {verify}, and restore a backup.") from e
        if "disk I/O" in text:
            raise LedgerError(
                f"{path}: its disk could not be read or written. Check the disk, then run: {verify}."
            ) from e
        if "readonly" in text or "unable to open" in text:
            raise LedgerError(
                f"{path} cannot be written ({text}). Check who owns its folder, and whether the disk is writable."
            ) from e
        raise


def _is_full(path: Path) -> bool:
    """Whether the disk has no room for SQLite's journal files."""
    try:
        return free_bytes(path.parent) < _NEEDED
    except OSError:
        return False


_NEEDED = 1 << 20
