"""What can stop a run. `digitize/exits.py` says which exit code each becomes."""

from __future__ import annotations

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


class LedgerError(DigitizeError):
    """The ledger cannot be used: in use, damaged, or written by a newer version."""


class DiskFull(LedgerError):
    """There is no room left to write; nothing that was finished is lost."""


class TargetRefused(DigitizeError):
    """The target refused the load; nothing was committed."""


class TooManyRefused(DigitizeError):
    """More was refused than the agreed share; what was good is done."""


def fault(unit: str, error: Exception) -> str:
    """The message for a fault of ours on one unit: its type and place; the error's own text may hold values."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(where.filename).name}:{where.lineno}"
    return f"{unit}: a fault in the program ({type(error).__name__} at {place}). Please report it."
