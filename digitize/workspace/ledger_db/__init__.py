"""Storage of a ledger: one SQLite file, or a schema of a PostgreSQL database, with the same SQL."""

from digitize.workspace.ledger_db.address import LedgerAddress, Where, home_of
from digitize.workspace.ledger_db.base import LedgerEngine, Row, RowSource

__all__ = ["LedgerEngine", "LedgerAddress", "Row", "RowSource", "Where", "home_of"]
