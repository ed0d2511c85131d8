"""A SQLite file, created if missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digitize.errors import OptionsError
from digitize.targets.kind import Opening, TargetKind

if TYPE_CHECKING:
    from digitize.targets.base import Target


def _check(text: str) -> None:
    """Refuse an address: taken for a path, it makes a folder called "sqlite:" in the current one."""
    if text.lower().startswith("sqlite:"):
        rest = text[len("sqlite:") :]
        path = f"/{rest.lstrip('/')}" if rest.startswith("/") else rest
        raise OptionsError(f"A SQLite target is named by its path alone: {path}, not {text}.")


def _open(text: str, how: Opening) -> Target:
    # Imported here: every command asks which target is meant, and that must cost nothing.
    from digitize.targets.sqlite import SqliteTarget

    _check(text)
    if how.layout is not None and how.layout.has_own_tables:
        raise OptionsError(f"Layout {how.layout.id} describes tables of a PostgreSQL database; a SQLite file has none.")
    return SqliteTarget(KIND.path(text), how.layout)


KIND = TargetKind(
    "a SQLite file .sqlite, .sqlite3 or .db",
    _open,
    check=_check,
    endings=(".sqlite", ".sqlite3", ".db"),
    is_database=True,
    has_layouts=True,
    example="cctns.sqlite",
)
