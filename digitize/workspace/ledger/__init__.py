"""The append-only history of one workspace's work, one SQLite file."""

from digitize.workspace.ledger.core import Event, Ledger

__all__ = ["Event", "Ledger"]
