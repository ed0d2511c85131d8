"""Where a ledger lies: one SQLite file, or a schema of a PostgreSQL database. Both are spoken to in the same SQL."""

from digitize.workspace.engines.base import Engine, Row, Rows
from digitize.workspace.engines.where import LedgerAddress, Where, home_of

__all__ = ["Engine", "LedgerAddress", "Row", "Rows", "Where", "home_of"]
