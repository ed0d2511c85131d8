"""Which database is meant, and how long is waited for it; without a connection, and without a password."""

from __future__ import annotations

import re
from dataclasses import dataclass

from digitize.errors import OptionsError

PREFIXES = ("postgresql://", "postgres://")
SCHEMA = "cctns"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a target is. url: without a password. schema: of its tables."""

    url: str
    schema: str = SCHEMA

    @property
    def name(self) -> str:
        """The target for people and receipts, without user or password."""
        from psycopg.conninfo import conninfo_to_dict

        known = conninfo_to_dict(self.url)
        if service := known.get("service"):
            return f"service {service}, schema {self.schema}"
        place = f"{known.get('host', 'localhost')}:{known.get('port', 5432)}/{known.get('dbname', '')}"
        return f"{place}, schema {self.schema}"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited, in seconds, for a lock and for one statement; how often a batch is tried."""

    lock_seconds: float = 60.0
    statement_seconds: float = 1800.0
    tries: int = 6


def is_address(text: str) -> bool:
    """Whether a target is a PostgreSQL database."""
    return text.startswith(PREFIXES)


def parse_address(text: str, schema: str = SCHEMA) -> Address:
    """The address in a URL. Raises OptionsError when it is none, or holds a password: other users could read it."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        known = conninfo_to_dict(text)
    except ProgrammingError:
        raise OptionsError("This is not a PostgreSQL URL: postgresql://USER@HOST:PORT/DATABASE?sslmode=...") from None
    if known.get("password") or known.get("sslpassword"):
        raise OptionsError(
            "The URL holds a password, which every user of this machine could read in the list of processes. Leave it "
            "out and give it in PGPASSWORD, ~/.pgpass or a service file."
        )
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", schema):
        raise OptionsError("--schema is a name of small letters, digits and underscores.")
    return Address(text, schema)
