"""What can stop a run. `digitize/exits.py` says which exit code each becomes."""

from __future__ import annotations

import errno
import traceback
from pathlib import Path


class DigitizeError(Exception):
    """Base of everything this package raises on purpose; the message says what happened and the next step."""


class OptionsError(DigitizeError):
    """`digitize.toml`, a manifest or a flag holds something that cannot be meant."""


class WorkspaceError(DigitizeError):
    """The folder is not a workspace, or is one already."""


class InputError(DigitizeError):
    """A file given by the user cannot be read."""


class NotFound(InputError):
    """There is no page, record or batch of that id."""


class MachineLacks(DigitizeError):
    """Something is not installed on this machine; the message names the command that mends it."""


class KeyUnusable(DigitizeError):
    """The office's signing key is missing, is none, or is open to other users of this machine."""


class UpdateRefused(DigitizeError):
    """A bundle is not whole, not signed by a trusted key, or does not install; the version in use stays."""


class LedgerError(DigitizeError):
    """The ledger cannot be used: in use, damaged, or written by a newer version."""


class LedgerAway(LedgerError):
    """The database of the ledger does not answer; what was recorded is there when it does again."""


class LeaseLost(LedgerError):
    """Somebody else took the work over; nothing of it was recorded."""


class DiskFull(LedgerError):
    """There is no room left to write; nothing that was finished is lost."""


class NotCounted(LedgerError):
    """Questions or passwords cannot be counted, so that nobody would be slowed down."""


class TargetRefused(DigitizeError):
    """The target refused the load; nothing was committed."""


class TooManyRefused(DigitizeError):
    """More was refused than the agreed share; what was good is done."""


def machine_trouble(error: BaseException) -> DigitizeError | None:
    """What stands behind an error where that is no fault of ours: no room on the disk, a medium that only reads, no
    memory left. None where nothing of the kind does.
    """
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
            return LedgerError(f"{place}this disk can only be read. Work on a copy that can be written.")
        if isinstance(seen, MemoryError):
            return InputError("There is not enough memory for this. A file is damaged, or was made to fill the memory.")
        seen = seen.__cause__ or seen.__context__
    return None


_FOREIGN = ("sqlite3", "polars", "pyo3")


def fault(unit: str, error: Exception) -> str:
    """The message for a fault of ours on one unit: its type and place; the error's own text may hold values."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(where.filename).name}:{where.lineno}"
    return f"{unit}: a fault in the program ({type(error).__name__} at {place}). Please report it."
