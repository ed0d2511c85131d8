"""Which ledger is meant: a file, or a schema of a database; without a connection, and without a password."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from digitize.errors import OptionsError
from digitize.targets.postgres.address import DatabaseAddress, parse_address

_LONGEST = 63


@dataclass(frozen=True, slots=True)
class LedgerAddress:
    """A ledger in PostgreSQL. url: without a password; schema: of its tables.

    home: the workspace's folder, in which the key and the log of heads lie; None for who only reaches the database.
    """

    url: str
    schema: str
    home: Path | None = None

    @property
    def name(self) -> str:
        """The ledger for people, without user or password."""
        return DatabaseAddress(self.url, self.schema).name

    def __str__(self) -> str:
        """As `name`: a message that shows where the ledger is must not show the URL."""
        return self.name


Where: TypeAlias = Path | LedgerAddress
"""A ledger's file, or its place in a database."""


def home_of(where: Where) -> Path | None:
    """The folder of the workspace whose ledger it is, where it is known."""
    return where.parent if isinstance(where, Path) else where.home


def ledger_address(url: str, site_id: str, home: Path | None = None, schema: str = "") -> LedgerAddress:
    """The address of a workspace's ledger. schema: its own name if not that made of the workspace's id.

    Raises OptionsError for a text that is no URL of PostgreSQL or holds a password, and for a schema of all.
    """
    parse_address(url, own := schema or schema_of(site_id))
    # A ledger is put aside by giving its schema another name: it must be nobody else's.
    if own.startswith(("pg_", "public", "information_schema")):
        raise OptionsError(f"ledger_schema: {own} is the database's own. Give the ledger a schema for itself.")
    return LedgerAddress(url, own, home)


def schema_of(site_id: str) -> str:
    """The schema of a workspace's ledger, so that several may lie in one database: ledger_wb_sample of wb-sample."""
    return f"ledger_{re.sub(r'[^a-z0-9]+', '_', site_id.lower())}"[:_LONGEST]
