"""The table of exit codes. Libraries raise types; only the command line knows codes."""

from __future__ import annotations

from enum import IntEnum

from digitize import errors


class Exit(IntEnum):
    """Exit status for scripts; docs/operations.md prints this table."""

    DONE = 0
    FAULT = 1
    USAGE = 2
    REFUSED = 3
    BAD_SETUP = 4
    BAD_INPUT = 5
    MISSING = 6
    LEDGER = 7
    TARGET = 8
    BAD_OUTPUT = 9
    INTERRUPTED = 130
    UNREAD = 141


_BY_NAME = {
    "TooManyRefused": Exit.REFUSED,
    "EncodingUnclear": Exit.REFUSED,
    "OptionsError": Exit.BAD_SETUP,
    "MappingError": Exit.BAD_SETUP,
    "FormError": Exit.BAD_SETUP,
    "RuleError": Exit.BAD_SETUP,
    "WorkspaceError": Exit.BAD_INPUT,
    "InputError": Exit.BAD_INPUT,
    "NotFound": Exit.BAD_INPUT,
    "Refused": Exit.BAD_INPUT,
    "UpdateRefused": Exit.BAD_INPUT,
    "TableError": Exit.BAD_INPUT,
    "ScanError": Exit.BAD_INPUT,
    "OutputError": Exit.BAD_OUTPUT,
    "MachineLacks": Exit.MISSING,
    "EngineMissing": Exit.MISSING,
    "KeyUnusable": Exit.MISSING,
    "LedgerError": Exit.LEDGER,
    "DiskFull": Exit.LEDGER,
    "TargetRefused": Exit.TARGET,
}
OURS = ("digitize.", "ocr.", "mappers.", "validators.")
"""How the modules of our own errors are called: their messages are meant for people."""


def exit_code(error: BaseException) -> Exit | None:
    """Exit code of an error raised on purpose, None for a bug of ours.

    Types are looked up by name, so that the other three packages (and their imports) are not loaded at start.
    """
    trouble = errors.machine_trouble(error)
    # A target that refused for want of room says so with the code of a full disk.
    if trouble is not None and (isinstance(trouble, errors.DiskFull) or not isinstance(error, errors.DigitizeError)):
        return _BY_NAME[type(trouble).__name__]
    for kind in type(error).__mro__:
        if kind.__module__.startswith(OURS) and kind.__name__ in _BY_NAME:
            return _BY_NAME[kind.__name__]
    if isinstance(error, errors.DigitizeError):
        return Exit.FAULT
    return None
