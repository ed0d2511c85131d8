"""The master tables of a state, read whole: names and their codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import sql

from digitize.targets.own_tables.catalogue import TableName, table_sql
from mappers.layouts import TableLayout
from mappers.layouts.model import LayoutLookup
from mappers.layouts.own import CodeMaster, Masters


def master_name(layout: TableLayout, lookup: LayoutLookup) -> TableName:
    """Schema and table of a master table."""
    schema, dot, table = lookup.table.partition(".")
    return (schema, table) if dot else (layout.file.database.schema_name if layout.file.database else "", schema)


def master_columns(lookup: LayoutLookup) -> list[str]:
    """The columns of a master table that are asked for."""
    return [lookup.name, lookup.code, *lookup.within, *lookup.where]


def read_masters(db: psycopg.Connection[Any], layout: TableLayout) -> Masters:
    """The masters of a layout by name. They are small, and one look at each spares one for every value."""
    return {name: _read(db, layout, lookup) for name, lookup in layout.file.lookups.items()}


def _read(db: psycopg.Connection[Any], layout: TableLayout, lookup: LayoutLookup) -> CodeMaster:
    wanted = [lookup.code, lookup.name, *lookup.within]
    columns = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(c)) for c in wanted)
    where = [sql.SQL("{}::text = {}").format(sql.Identifier(c), sql.Literal(v)) for c, v in lookup.where.items()]
    query = sql.SQL("SELECT {} FROM {} WHERE {}").format(
        columns, table_sql(master_name(layout, lookup)), sql.SQL(" AND ").join([sql.SQL("true"), *where])
    )
    return _master(db.execute(query).fetchall())


def _master(rows: Sequence[tuple[str, ...]]) -> CodeMaster:
    code_of: dict[tuple[str, ...], str] = {}
    key_of: dict[str, tuple[str, ...]] = {}
    doubled: set[tuple[str, ...]] = set()
    for code, *key in rows:
        names = tuple(key)
        if None in (code, *names):
            continue
        if code_of.setdefault(names, code) != code:
            doubled.add(names)
        key_of[code] = names
    for names in doubled:
        del code_of[names]
    return CodeMaster(code_of, key_of, frozenset(doubled))
