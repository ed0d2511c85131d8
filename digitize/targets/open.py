"""Which target is meant: a PostgreSQL URL, a SQLite file, or a folder."""

from __future__ import annotations

from pathlib import Path

from digitize.errors import OptionsError
from digitize.targets.base import Target
from digitize.targets.postgres.address import SCHEMA, Patience, is_address, parse_address

FILES = (".sqlite", ".sqlite3", ".db")
FOLDERS = {"csv:": "csv", "parquet:": "parquet"}


def open_target(text: str, schema: str = SCHEMA, patience: Patience | None = None) -> Target:
    """The target of that name. Raises OptionsError when it cannot be meant, TargetRefused when it cannot be used."""
    if is_address(text):
        from digitize.targets.postgres.target import PostgresTarget

        return PostgresTarget(parse_address(text, schema), patience)
    for prefix, kind in FOLDERS.items():
        if text.startswith(prefix):
            from digitize.targets.folder import FolderTarget

            return FolderTarget(Path(text.removeprefix(prefix)), kind)
    path = Path(text)
    if path.suffix.lower() in FILES:
        from digitize.targets.sqlite import SqliteTarget

        return SqliteTarget(path)
    raise OptionsError(
        f"A target is a URL postgresql://..., a file {', '.join(FILES)}, or a folder csv:DIR, parquet:DIR."
    )
