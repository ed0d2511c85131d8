"""Choose the type of PostgreSQL target: our own tables, or a state's with our book."""

from __future__ import annotations

import psycopg

from digitize.errors import OptionsError, TargetRefused
from digitize.targets.kind import Opening
from digitize.targets.own_tables.book import find_layout_in
from digitize.targets.own_tables.target import OwnTablesTarget
from digitize.targets.postgres.address import DatabaseAddress
from digitize.targets.postgres.connect import connect
from digitize.targets.postgres.target import PostgresTarget


def open_postgres(address: DatabaseAddress, how: Opening) -> PostgresTarget:
    """Open the target in a database.

    Raises OptionsError for a layout without a state's tables, TargetRefused if it cannot be used.
    """
    if how.layout is not None:
        if not how.layout.has_own_tables:
            raise OptionsError(
                f"Layout {how.layout.id} has no [database] and describes no existing tables. For this target, export "
                f"in that layout."
            )
        return OwnTablesTarget(address, how.patience, how.layout)
    try:
        return PostgresTarget(address, how.patience)
    except TargetRefused:
        # A schema named by itself may be a book, which knows its layout; asked only here, for it takes a connection.
        if not _is_book(address):
            raise
    return OwnTablesTarget(address, how.patience)


def _is_book(address: DatabaseAddress) -> bool:
    try:
        with connect(address) as db, db.transaction():
            return find_layout_in(db, address) is not None
    except psycopg.Error:
        # No right to look, or another program's table: what the target said first tells more.
        return False
