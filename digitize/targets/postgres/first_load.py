"""First load of a form: keys and indexes are built after the rows, all in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl
import psycopg
from psycopg import sql

from digitize.errors import TargetRefused
from digitize.targets.apply_batch import apply_batch
from digitize.targets.base import Receipt
from digitize.targets.postgres.address import DatabaseAddress
from digitize.targets.postgres.definition import TableDef, build_keys, drop_keys
from digitize.targets.postgres.loads import begin, note
from digitize.targets.postgres.store import PostgresStore
from digitize.targets.postgres.tables import define_tables
from digitize.targets.rows import LoadBatch
from digitize.targets.search_rows import ROWS
from mappers.schema import form_tables

# So that sorting a million keys needs no files; the transaction's own setting.
_SORTS_IN_MEMORY = """SELECT set_config(name, '256MB', true) FROM pg_settings
                       WHERE name = 'maintenance_work_mem' AND setting::bigint < 256 * 1024"""


class _EmptyStore(PostgresStore):
    """A store with no records of its form."""

    freezes = True

    def compare_held(self, form: str, asked: pl.DataFrame) -> Mapping[str, bool]:
        return {}

    def owners(self, form: str, keys: pl.DataFrame) -> list[tuple[str, str]]:
        return []

    def list_held(self, batch: str) -> set[tuple[str, str]]:
        return set()


def take_first(
    db: psycopg.Connection[Any], address: DatabaseAddress, form: str, batches: Iterable[LoadBatch]
) -> list[Receipt]:
    """Load the first batches of a form, in a transaction set up by `use`.

    Its tables are locked, emptied of remains of undone loads, and stripped of keys and indexes; these are rebuilt at
    the end under the same names, with 256 MB of memory allowed on the server. Raises TargetRefused if there are records
    of the form already.
    """
    # Foreign keys hang on other tables' keys, so they go first and come back last.
    foreign = {name: _movable(define_tables()[name], is_foreign=True) for name in form_tables(form)}
    keys = {name: _movable(define_tables()[name], is_foreign=False) for name in form_tables(form)}
    names = sql.SQL(", ").join(sql.Identifier(n) for n in keys)
    db.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(names))
    if not _is_empty(db, form):
        raise TargetRefused(f"{address.name}: there are records of {form} already; load without --first.")
    # Only rows of a table emptied in the same transaction can be frozen as they are copied.
    db.execute(sql.SQL("TRUNCATE {}").format(names))
    for name, table in (*foreign.items(), *keys.items()):
        for statement in drop_keys(name, table):
            db.execute(statement)
    # The keys of what is searched as well, where nothing was searched yet.
    others = {ROWS: TableDef({}, {}, define_tables()[ROWS].indexes)} if _is_empty(db, ROWS) else {}
    for name, table in others.items():
        for statement in drop_keys(name, table):
            db.execute(statement)
    receipts = []
    for batch in batches:
        begin(db, batch)
        receipts.append(apply_batch(batch, _EmptyStore(db)))
        note(db, batch, receipts[-1])
    db.execute(_SORTS_IN_MEMORY)
    for name, table in (*keys.items(), *foreign.items(), *others.items()):
        for statement in build_keys(name, table):
            db.execute(statement)
    return receipts


def _is_empty(db: psycopg.Connection[Any], table: str) -> bool:
    found = db.execute(sql.SQL("SELECT EXISTS (SELECT 1 FROM {})").format(sql.Identifier(table)))
    return found.fetchone() == (False,)


def _movable(table: TableDef, *, is_foreign: bool) -> TableDef:
    """Foreign keys of a table, or its other keys and indexes; checks stay, since each row is checked anyway."""
    there = {n: body for n, body in table.constraints.items() if not body.startswith("CHECK")}
    keys = {n: body for n, body in there.items() if body.startswith("FOREIGN") == is_foreign}
    return TableDef({}, keys, {} if is_foreign else table.indexes)
