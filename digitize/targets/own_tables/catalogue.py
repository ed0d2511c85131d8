"""Definition of a state's tables, from the server's catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from digitize.targets.own_tables.kinds_of_value import OwnColumn

TableName = tuple[str, str]
"""Schema and table."""

# Of a domain the type under it. A typmod is 4 more than a length, and holds both sizes of a number.
_COLUMNS = """
SELECT n.nspname, c.relname, a.attname, coalesce(b.typname, t.typname), format_type(a.atttypid, a.atttypmod),
       CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END, a.attnotnull OR t.typnotnull,
       a.atthasdef OR a.attidentity <> '' OR t.typdefault IS NOT NULL, a.attgenerated <> '', a.attidentity = 'a'
FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid JOIN pg_attribute a ON a.attrelid = c.oid
JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type b ON b.oid = t.typbasetype
WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
  AND (n.nspname, c.relname) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
ORDER BY a.attnum
"""
_UNIQUE = """
SELECT n.nspname, c.relname, array_agg(a.attname::text ORDER BY a.attname)
FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid JOIN pg_index x ON x.indrelid = c.oid
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(x.indkey)
WHERE x.indisunique AND x.indisvalid AND x.indpred IS NULL AND x.indexprs IS NULL
  AND (n.nspname, c.relname) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
GROUP BY n.nspname, c.relname, x.indexrelid
"""
# What may change, swallow or refuse rows beside the constraints: all three are theirs, and are named.
_TRIGGERS = """
SELECT n.nspname, c.relname, 'trigger ' || t.tgname
FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid JOIN pg_trigger t ON t.tgrelid = c.oid
WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND {0}
UNION ALL
SELECT n.nspname, c.relname, 'row security' FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid
WHERE c.relrowsecurity AND {0}
UNION ALL
SELECT n.nspname, c.relname, 'rule ' || r.rulename
FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid JOIN pg_rewrite r ON r.ev_class = c.oid WHERE {0}
ORDER BY 1, 2, 3
""".format("(n.nspname, c.relname) IN (SELECT * FROM unnest(%(schemas)s::text[], %(tables)s::text[]))")
_FOREIGN = """
SELECT n.nspname, c.relname, a.attname, fn.nspname, f.relname, fa.attname
FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid
JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'f' AND array_length(k.conkey, 1) = 1
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
JOIN pg_class f ON f.oid = k.confrelid JOIN pg_namespace fn ON fn.oid = f.relnamespace
JOIN pg_attribute fa ON fa.attrelid = f.oid AND fa.attnum = k.confkey[1]
WHERE (n.nspname, c.relname) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
"""


@dataclass
class OwnTable:
    """A table of the state.

    unique: column sets that identify a row. acting: triggers, rules and policies. foreign: column -> referenced table
    and column.
    """

    columns: dict[str, OwnColumn] = field(default_factory=dict)
    unique: list[frozenset[str]] = field(default_factory=list)
    acting: list[str] = field(default_factory=list)
    foreign: dict[str, tuple[TableName, str]] = field(default_factory=dict)


OwnTables = Mapping[TableName, OwnTable]


def read_own_tables(db: psycopg.Connection[Any], names: Sequence[TableName]) -> OwnTables:
    """Those of the named tables that exist."""
    found: dict[TableName, OwnTable] = {}
    asked = ([schema for schema, _ in names], [table for _, table in names])
    for schema, table, name, kind, spelled, typmod, *flags in db.execute(_COLUMNS, asked):
        column = _column(name, kind, spelled, typmod, flags)
        found.setdefault((schema, table), OwnTable()).columns[name] = column
    for schema, table, columns in db.execute(_UNIQUE, asked):
        found[schema, table].unique.append(frozenset(columns))
    for schema, table, what in db.execute(_TRIGGERS, {"schemas": asked[0], "tables": asked[1]}):
        if (schema, table) in found:
            found[schema, table].acting.append(what)
    for schema, table, column, *other in db.execute(_FOREIGN, asked):
        found[schema, table].foreign[column] = ((other[0], other[1]), other[2])
    return found


def _column(name: str, kind: str, spelled: str, typmod: int, flags: Sequence[bool]) -> OwnColumn:
    is_not_null, has_default, is_generated, is_always = flags
    sizes = (0, 0, 0)
    if typmod >= 4 and kind in ("varchar", "bpchar"):
        sizes = (typmod - 4, 0, 0)
    elif typmod >= 4 and kind == "numeric":
        sizes = (0, (typmod - 4) >> 16, (typmod - 4) & 0x7FF)
    return OwnColumn(name, kind, spelled, *sizes, is_not_null, has_default, is_fixed=is_generated or is_always)


def table_sql(name: TableName) -> sql.Composed:
    """A table of the state in a statement."""
    return sql.SQL("{}.{}").format(sql.Identifier(name[0]), sql.Identifier(name[1]))
