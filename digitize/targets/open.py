"""Which target is meant: a PostgreSQL URL, a SQLite file, or a folder."""

from __future__ import annotations

from pathlib import Path

from digitize.errors import OptionsError
from digitize.targets.base import Target
from digitize.targets.postgres.address import SCHEMA, Patience, is_address, parse_address
from digitize.workspace import Place

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


def open_place_target(place: Place) -> Target:
    """The target that a workspace loads into. Raises OptionsError and TargetRefused."""
    from digitize.targets.shapes import find_layout
    from digitize.targets.sqlite import SqliteTarget

    loading = place.options.load
    layout = find_layout(place, loading.layout)
    if is_address(loading.target):
        if layout is not None:
            raise OptionsError("[load] layout fills tables of a SQLite file; with PostgreSQL export in that layout.")
        return open_target(
            loading.target, loading.schema_name, Patience(loading.lock_seconds, loading.statement_seconds)
        )
    if loading.target.startswith(tuple(FOLDERS)):
        kind, _, folder = loading.target.partition(":")
        return open_target(f"{kind}:{place.folder / folder}")
    return SqliteTarget(place.target, layout)
