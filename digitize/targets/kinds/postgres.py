"""A PostgreSQL database by its URL, with the tables that `digitize target init` made, or a state's own ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digitize.targets.kind import Opening, TargetKind
from digitize.targets.postgres.address import PREFIXES, parse_address, refuse_password

if TYPE_CHECKING:
    from digitize.targets.base import Target
    from digitize.targets.load_status import Stood


def _open(text: str, how: Opening) -> Target:
    # Imported here: psycopg takes a fifth of a second, and every command asks which target is meant.
    from digitize.targets.own_tables.opening import open_postgres

    return open_postgres(parse_address(text, how.schema), how)


def _find_call(text: str, schema: str, call: str) -> tuple[str, Stood] | None:
    from digitize.targets.postgres.again import find_call

    return find_call(text, schema, call)


KIND = TargetKind(
    "a database postgresql://USER@HOST/DATABASE, without a password",
    _open,
    prefixes=PREFIXES,
    check=refuse_password,
    is_path=False,
    is_database=True,
    find_call=_find_call,
    has_layouts=True,
)
