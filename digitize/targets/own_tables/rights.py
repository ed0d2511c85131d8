"""Rights needed to load into a state's tables, and which of them this role lacks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import psycopg

from digitize.targets.own_tables.catalogue import OwnTables, TableName
from mappers.layouts import TableLayout

# SELECT: a row is read back and found again by its key. UPDATE and DELETE: a later version, and taking a load back.
_NEEDED = ("SELECT", "INSERT", "UPDATE", "DELETE")


def missing_rights(
    db: psycopg.Connection[Any],
    layout: TableLayout,
    names: Mapping[str, TableName],
    masters: Collection[TableName],
    tables: OwnTables,
) -> Iterator[str]:
    """Missing rights, each with the statement by which the owner grants it."""
    role = _fetch_value(db, "SELECT quote_ident(current_user)")
    sequences = {_parts(t.sequence, layout.schema_of(t)) for t in layout.file.tables if t.sequence}
    barred = {s for s in {n[0] for n in (*names.values(), *masters, *sequences)} if not _may_use(db, s)}
    for schema in sorted(barred):
        yield f"schema {schema}: the role may not use it: GRANT USAGE ON SCHEMA {schema} TO {role};"
    # What stands in a schema that may not be used cannot even be asked about.
    for name in sorted({n for n in (*names.values(), *masters) if n in tables and n[0] not in barred}):
        needed = _NEEDED if name in names.values() else ("SELECT",)
        lacking = [
            n for n in needed if not _fetch_value(db, "SELECT has_table_privilege(%s, %s)", _quote_name(name), n)
        ]
        if lacking:
            words, dotted = ", ".join(lacking), ".".join(name)
            yield f"{dotted}: the role lacks {words}: GRANT {words} ON {dotted} TO {role};"
    for table in layout.file.tables:
        name = names[table.name]
        if name in tables and name[0] not in barred and not table.sequence:
            sequences |= set(_find_sequences(db, name, [k for k in table.key if k not in table.columns]))
    yield from _sequences(db, sorted(s for s in sequences if s[0] not in barred), role)


def _may_use(db: psycopg.Connection[Any], schema: str) -> bool:
    # A schema that is not there is told with its tables.
    return bool(
        _fetch_value(
            db, "SELECT coalesce(has_schema_privilege(to_regnamespace(quote_ident(%s)), 'USAGE'), true)", schema
        )
    )


def _find_sequences(db: psycopg.Connection[Any], name: TableName, columns: Collection[str]) -> Iterator[TableName]:
    """Sequences of serial columns; identity columns need no separate right."""
    query = """SELECT n.nspname, s.relname FROM pg_attribute a
               JOIN pg_class s ON s.oid = to_regclass(pg_get_serial_sequence(%s, a.attname))
               JOIN pg_namespace n ON n.oid = s.relnamespace
               WHERE a.attrelid = %s::regclass AND a.attname = ANY(%s) AND a.attidentity = ''"""
    yield from db.execute(query, (_quote_name(name), _quote_name(name), list(columns)))


def _sequences(db: psycopg.Connection[Any], names: Collection[TableName], role: str) -> Iterator[str]:
    query = """SELECT has_sequence_privilege(c.oid, 'USAGE')
               FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE c.relkind = 'S' AND n.nspname = %s AND c.relname = %s"""
    for name in names:
        may, dotted = _fetch_value(db, query, *name), ".".join(name)
        if may is None:
            yield f"{dotted}: there is no such sequence"
        elif not may:
            yield f"{dotted}: the role may not use it: GRANT USAGE ON SEQUENCE {dotted} TO {role};"


def _parts(dotted: str, schema: str) -> TableName:
    first, dot, second = dotted.partition(".")
    return (first, second) if dot else (schema, first)


def _quote_name(name: TableName) -> str:
    return f'"{name[0]}"."{name[1]}"'


def _fetch_value(db: psycopg.Connection[Any], query: str, *values: object) -> Any:
    row = db.execute(query, values).fetchone()
    return row[0] if row else None
