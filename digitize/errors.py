"""Errors that can stop a run. `digitize/exits.py` maps them to exit codes."""

from __future__ import annotations

import errno
import traceback
from pathlib import Path


class DigitizeError(Exception):
    """Base of all errors this package raises on purpose; the message states the problem and the next step."""


class OptionsError(DigitizeError):
    """`digitize.toml`, a manifest or a flag has an invalid value."""


class WorkspaceError(DigitizeError):
    """The folder is not a workspace, or already is one."""


class InputError(DigitizeError):
    """A file given by the user cannot be read."""


class OutputError(DigitizeError):
    """A file cannot be written at the place given by the user."""


class NotFound(InputError):
    """There is no page, record or batch of that id."""


class MachineLacks(DigitizeError):
    """Something is not installed on this machine; the message names the command that fixes it."""


class KeyUnusable(DigitizeError):
    """The office's signing key is missing, invalid, or readable by other users of this machine."""


class UpdateRefused(DigitizeError):
    """A bundle is incomplete, not signed by a trusted key, or does not install; the version in use stays."""


class LedgerError(DigitizeError):
    """The ledger cannot be used: in use, damaged, or written by a newer version."""


class LedgerAway(LedgerError):
    """The ledger's database does not answer; recorded results are kept."""


class LeaseLost(LedgerError):
    """The lease was lost to another worker; nothing was recorded."""


class DiskFull(LedgerError):
    """The disk is full; finished work is kept."""


class NotCounted(LedgerError):
    """Rate limiting is unavailable, so requests and passwords cannot be counted."""


class TargetRefused(DigitizeError):
    """The target refused the load; nothing was committed."""


class TooManyRefused(DigitizeError):
    """More was refused than the agreed share; accepted work is kept."""


def machine_trouble(error: BaseException) -> DigitizeError | None:
    """The cause of an error that is no bug of ours: disk full, read-only medium, out of memory. None for others."""
    seen: BaseException | None = error
    while seen is not None:
        number = seen.errno if isinstance(seen, OSError) else None
        # Libraries that are no Python put the system's number into their text.
        text = str(seen) if isinstance(seen, OSError) or type(seen).__module__.startswith(_FOREIGN) else ""
        place = f"{seen.filename}: " if isinstance(seen, OSError) and isinstance(seen.filename, str) else ""
        if number in (errno.ENOSPC, errno.EDQUOT) or "os error 28" in text or "disk is full" in text:
            return DiskFull(f"{place}no room left on the disk. Make room and run the same command again.")
        if "No usable temporary directory" in text:
            return DiskFull(
                "No room left in the folder for temporary files. Make room, or set TMPDIR to another folder."
            )
        if number == errno.EROFS or "os error 30" in text:
            return LedgerError(f"{place}this disk is read-only. Work on a writable copy.")
        if isinstance(seen, MemoryError):
            return InputError("Not enough memory. A file may be damaged or malicious.")
        seen = seen.__cause__ or seen.__context__
    return None


_FOREIGN = ("sqlite3", "polars", "pyo3")


def fault(unit: str, error: Exception) -> str:
    """Message for an internal error on one unit: its type and location; the error's own text may contain values."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(where.filename).name}:{where.lineno}"
    return f"{unit}: a fault in the program ({type(error).__name__} at {place}). Please report it."
