"""Read the existing tables, and compare them with those that were created."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from psycopg import sql

from digitize.targets.postgres.constraint_parser import means_the_same
from digitize.targets.postgres.definition import Definition, TableDef

Catalogue = dict[str, dict[str, dict[str, str]]]
"""Table -> "columns", "defaults", "constraints", "indexes" or "triggers" -> name -> description by PostgreSQL."""

_COLUMNS = """
SELECT c.relname, 'columns', a.attname,
       format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
"""
# What stands where a file says nothing. A table without any has an entry as well, which tells that defaults were asked.
_DEFAULTS = """
SELECT c.relname, 'defaults', coalesce(a.attname, ''), coalesce(pg_get_expr(d.adbin, d.adrelid), '')
FROM pg_class c LEFT JOIN pg_attrdef d ON d.adrelid = c.oid
     LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum
WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind IN ('r', 'p')
"""
# Primary and foreign keys, checks and unique ones; what may not be null is told with the columns.
_CONSTRAINTS = """
SELECT c.relname, 'constraints', k.conname, pg_get_constraintdef(k.oid)
FROM pg_class c JOIN pg_constraint k ON k.conrelid = c.oid
WHERE c.relnamespace = %(schema)s::regnamespace AND k.contype IN ('p', 'f', 'c', 'u', 'x') AND k.conparentid = 0
      AND NOT c.relispartition
UNION ALL
SELECT pg_partition_root(c.oid)::regclass::text, 'constraints', c.relname || '.' || k.conname,
       pg_get_constraintdef(k.oid)
FROM pg_class c JOIN pg_constraint k ON k.conrelid = c.oid
WHERE c.relnamespace = %(schema)s::regnamespace AND c.relispartition AND k.contype IN ('f', 'c', 'u', 'x')
      AND k.conparentid = 0 AND k.conislocal
"""
_INDEXES = """
SELECT c.relname, 'indexes', i.relname,
       concat(CASE WHEN x.indisunique THEN 'unique ' END, 'on ', (SELECT string_agg(pg_get_indexdef(x.indexrelid, n, true), ', ' ORDER BY n)
         FROM generate_series(1, x.indnatts) n), ' where ' || pg_get_expr(x.indpred, x.indrelid), CASE WHEN x.indisvalid THEN '' ELSE ' (not valid)' END)
FROM pg_class c JOIN pg_index x ON x.indrelid = c.oid JOIN pg_class i ON i.oid = x.indexrelid
WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind IN ('r', 'p')
"""  # noqa: E501
# Row security and rules count as triggers: all three can lose rows in silence.
_TRIGGERS = """
SELECT c.relname, 'triggers', t.tgname, 'on ' || t.tgtype FROM pg_class c JOIN pg_trigger t ON t.tgrelid = c.oid
WHERE c.relnamespace = %(schema)s::regnamespace AND NOT t.tgisinternal AND t.tgparentid = 0 AND NOT c.relispartition
UNION ALL
SELECT pg_partition_root(c.oid)::regclass::text, 'triggers', c.relname || '.' || t.tgname, 'on ' || t.tgtype
FROM pg_class c JOIN pg_trigger t ON t.tgrelid = c.oid
WHERE c.relnamespace = %(schema)s::regnamespace AND NOT t.tgisinternal AND t.tgparentid = 0 AND c.relispartition
UNION ALL
SELECT c.relname, 'triggers', 'row security', 'on' FROM pg_class c
WHERE c.relnamespace = %(schema)s::regnamespace AND c.relrowsecurity
UNION ALL
SELECT c.relname, 'triggers', r.rulename, 'rule' FROM pg_class c JOIN pg_rewrite r ON r.ev_class = c.oid
WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind IN ('r', 'p')
"""
_QUERY = " UNION ALL ".join((_COLUMNS, _DEFAULTS, _CONSTRAINTS, _INDEXES, _TRIGGERS))
_WORD = {"columns": "column", "constraints": "constraint", "indexes": "index", "triggers": "trigger"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference from the created tables.

    kind: of the catalogue, or "tables"; is_added: it did not exist before. has_default: a column that now has one.
    """

    table: str
    kind: str
    name: str
    is_added: bool
    text: str
    has_default: bool = False


def read_catalogue(db: psycopg.Connection[Any], schema: str) -> Catalogue:
    """Existing tables of a schema. Takes about 20 ms."""
    found: Catalogue = {}
    for table, kind, name, text in db.execute(_QUERY, {"schema": f'"{schema}"'}):
        found.setdefault(table, {}).setdefault(kind, {})[name] = text
    return found


def catalogue_query(schema: str) -> sql.Composed:
    """Query of `read_catalogue`, as an expression that returns JSON."""
    text = _QUERY.replace("%(schema)s::regnamespace", "{}::regnamespace")
    parts = sql.SQL(text).format(*[sql.Literal(f'"{schema}"')] * text.count("{}"))
    return sql.SQL(
        "(SELECT jsonb_object_agg(relname, kinds) FROM (SELECT relname, jsonb_object_agg(kind, names) kinds FROM ("
        "SELECT relname, kind, jsonb_object_agg(name, text) names FROM ({}) c (relname, kind, name, text) "
        "GROUP BY 1, 2) k GROUP BY 1) t)"
    ).format(parts)


def differences(made: Mapping[str, Any], found: Catalogue, ours: Definition) -> list[Difference]:
    """Semantic differences between the existing and the created tables; extra tables, indexes and nullable columns are
    harmless.

    made: catalogue when they were created, or when changes were accepted. ours: as created by this program.
    """
    lines: list[Difference] = []
    for table, kinds in sorted(made.items()):
        if table not in ours:
            continue
        if table not in found:
            lines.append(Difference(table, "tables", table, False, f"table {table} is missing"))
            continue
        defaults = found[table].get("defaults", {})
        for kind in _WORD:
            some = _of_kind(table, kind, kinds.get(kind, {}), found[table].get(kind, {}), _names(ours[table], kind))
            lines += [replace(d, has_default=d.kind == "columns" and d.name in defaults) for d in some]
        if "defaults" in kinds:  # an older program did not ask
            lines += _of_defaults(table, kinds["defaults"], defaults, ours[table])
    return lines


def _names(table: TableDef, kind: str) -> Collection[str]:
    return {"columns": table.columns, "constraints": table.constraints, "indexes": table.indexes}.get(kind, {})


def _of_kind(
    table: str, kind: str, made: Mapping[str, str], found: Mapping[str, str], ours: Collection[str]
) -> Iterable[Difference]:
    word = _WORD[kind]
    for name, text in sorted(made.items()):
        if name not in found:
            if name in ours:  # what was somebody else's may go again
                yield Difference(table, kind, name, False, f"table {table}: {word} {name} is missing")
        elif not means_the_same(text, found[name]):
            yield Difference(table, kind, name, False, f"table {table}: {word} {name} is {found[name]}, not {text}")
    for name in sorted(found.keys() - made.keys()):
        # What may refuse or swallow rows. A further column that may be empty, or a plain index, does neither.
        if kind in ("constraints", "triggers") or (kind == "columns" and found[name].endswith("not null")):
            yield Difference(table, kind, name, True, f"table {table}: {word} {name} was added")
        elif kind == "indexes" and found[name].startswith("unique"):
            yield Difference(table, kind, name, True, f"table {table}: {word} {name} was added, and is unique")


def _of_defaults(table: str, made: Mapping[str, str], found: Mapping[str, str], ours: TableDef) -> Iterable[Difference]:
    """Our columns that would get another value if none is sent."""
    for name in sorted(ours.columns):
        was, now = made.get(name, ""), found.get(name, "")
        if was != now:
            text = f"table {table}: column {name} has the default {now or 'null'}, not {was or 'null'}"
            yield Difference(table, "defaults", name, not was, text, bool(now))
