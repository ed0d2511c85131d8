"""Address of a database, without a connection and without a password."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from digitize.errors import OptionsError
from digitize.targets.kind import SCHEMA

PREFIXES = ("postgresql://", "postgres://")
_HOLDS_PASSWORD = (
    "The URL contains a password, which every user of this machine could read in the list of processes. Use "
    "PGPASSWORD, ~/.pgpass or a service file instead."
)


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """Location of a target. url: without a password. schema: of its tables."""

    url: str
    schema: str = SCHEMA

    @property
    def name(self) -> str:
        """Name for people and receipts, without user or password."""
        from psycopg.conninfo import conninfo_to_dict

        known = conninfo_to_dict(self.url)
        # Where a service file names the host, the URL knows none.
        if service := known.get("service"):
            return f"service {service}, schema {self.schema}"
        place = f"{known.get('host', 'localhost')}:{known.get('port', 5432)}/{known.get('dbname', '')}"
        return f"{place}, schema {self.schema}"


def is_address(text: str) -> bool:
    """Whether a target is a PostgreSQL database."""
    return text.startswith(PREFIXES)


def refuse_password(text: str) -> None:
    """Raise OptionsError if a URL contains a password.

    Every command reads the options of a workspace, and importing psycopg takes 0.2 s: this checks the text only.
    `parse_address` asks libpq itself before anything is opened.
    """
    place, _, words = text.partition("://")[2].partition("?")
    user, at, _ = place.partition("/")[0].partition("@")
    has_word = any(name in ("password", "sslpassword") and value for name, value in parse_qsl(words))
    if has_word or (at and user.partition(":")[2]):
        raise OptionsError(_HOLDS_PASSWORD)


def parse_address(text: str, schema: str = SCHEMA) -> DatabaseAddress:
    """Parse a URL. Raises OptionsError if it is invalid or has a password, which other users could read."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        known = conninfo_to_dict(text)
    except ProgrammingError:
        # from None: libpq's message may quote the URL, and a password with it.
        raise OptionsError("This is not a PostgreSQL URL: postgresql://USER@HOST:PORT/DATABASE?sslmode=...") from None
    if known.get("password") or known.get("sslpassword"):
        raise OptionsError(_HOLDS_PASSWORD)
    check_names(schema)
    return DatabaseAddress(text, schema)


def check_names(schema: str, loader: str = "") -> None:
    """Raise OptionsError for names that would need quotes or be truncated."""
    # PostgreSQL cuts names behind 63 letters; capitals would need quotes wherever people type the name.
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", schema):
        raise OptionsError("--schema must have lower-case letters, digits and underscores only.")
    if loader and (len(loader.encode()) > 63 or not loader.isprintable()):
        raise OptionsError("--loader must be the name of a role, at most 63 characters.")
