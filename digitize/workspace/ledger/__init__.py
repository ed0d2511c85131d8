"""The append-only history of one workspace, in one SQLite file."""

from digitize.workspace.ledger.core import Event, Ledger
from digitize.workspace.ledger.state import StepState

__all__ = ["Event", "Ledger", "StepState"]
