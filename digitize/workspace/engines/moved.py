"""A ledger that was moved elsewhere is marked, and nobody who still has it open writes into it."""

from __future__ import annotations

from digitize.errors import LedgerError

MOVED = "SELECT value FROM meta WHERE key = 'moved_to'"


def was_moved(ledger: str, to: str) -> LedgerError:
    """The error of whoever opened it before it was moved."""
    return LedgerError(f"{ledger} was moved to {to} meanwhile. Give the same command again: it goes on there.")
