"""Address of a ledger: a file, or a database schema; without a connection, and without a password."""

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

    home: workspace folder with key and log of heads; None for clients that only reach the database.
    """

    url: str
    schema: str
    home: Path | None = None

    @property
    def name(self) -> str:
        """Name of the ledger for people, without user or password."""
        return DatabaseAddress(self.url, self.schema).name

    def __str__(self) -> str:
        """As `name`: messages must not show the URL."""
        return self.name


Where: TypeAlias = Path | LedgerAddress
"""A ledger's file, or its place in a database."""


def home_of(where: Where) -> Path | None:
    """Workspace folder of a ledger, if known."""
    return where.parent if isinstance(where, Path) else where.home


def ledger_address(url: str, site_id: str, home: Path | None = None, schema: str = "") -> LedgerAddress:
    """Address of a workspace's ledger. schema: its own name, if not derived from the workspace's id.

    Raises OptionsError for an invalid PostgreSQL URL or one with a password, and for a shared schema.
    """
    parse_address(url, own := schema or schema_of(site_id))
    # A ledger is put aside by giving its schema another name: it must be nobody else's.
    if own.startswith(("pg_", "public", "information_schema")):
        raise OptionsError(f"ledger_schema: {own} is reserved by the database. Give the ledger its own schema.")
    return LedgerAddress(url, own, home)


def schema_of(site_id: str) -> str:
    """Schema of a workspace's ledger, so that one database can hold several: ledger_wb_sample for wb-sample."""
    return f"ledger_{re.sub(r'[^a-z0-9]+', '_', site_id.lower())}"[:_LONGEST]
