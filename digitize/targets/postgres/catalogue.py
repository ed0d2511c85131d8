"""What tables are really there, and in what they differ from those that were made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import psycopg

Catalogue = dict[str, dict[str, dict[str, str]]]
"""Table -> "columns", "constraints", "indexes" or "triggers" -> name -> how PostgreSQL describes it."""

_COLUMNS = """
SELECT c.relname, 'columns', a.attname,
       format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
"""
# Primary and foreign keys, checks and unique ones; what may not be null is told with the columns.
_CONSTRAINTS = """
SELECT c.relname, 'constraints', k.conname, pg_get_constraintdef(k.oid)
FROM pg_class c JOIN pg_constraint k ON k.conrelid = c.oid
WHERE c.relnamespace = %(schema)s::regnamespace AND k.contype IN ('p', 'f', 'c', 'u')
"""
_INDEXES = """
SELECT c.relname, 'indexes', i.relname,
       concat(CASE WHEN x.indisunique THEN 'unique ' END, 'on ', (SELECT string_agg(pg_get_indexdef(x.indexrelid, n, true), ', ' ORDER BY n)
         FROM generate_series(1, x.indnatts) n), CASE WHEN x.indisvalid THEN '' ELSE ' (not valid)' END)
FROM pg_class c JOIN pg_index x ON x.indrelid = c.oid JOIN pg_class i ON i.oid = x.indexrelid
WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind IN ('r', 'p')
"""  # noqa: E501
# Row security and rules count as triggers: all three can lose rows in silence.
_TRIGGERS = """
SELECT c.relname, 'triggers', t.tgname, 'on ' || t.tgtype FROM pg_class c JOIN pg_trigger t ON t.tgrelid = c.oid
WHERE c.relnamespace = %(schema)s::regnamespace AND NOT t.tgisinternal
UNION ALL
SELECT c.relname, 'triggers', 'row security', 'on' FROM pg_class c
WHERE c.relnamespace = %(schema)s::regnamespace AND c.relrowsecurity
UNION ALL
SELECT c.relname, 'triggers', r.rulename, 'rule' FROM pg_class c JOIN pg_rewrite r ON r.ev_class = c.oid
WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind IN ('r', 'p')
"""
_WORD = {"columns": "column", "constraints": "constraint", "indexes": "index", "triggers": "trigger"}


def read_catalogue(db: psycopg.Connection[Any], schema: str) -> Catalogue:
    """The tables of a schema that is there, as they are now. Takes about 20 ms."""
    found: Catalogue = {}
    query = " UNION ALL ".join((_COLUMNS, _CONSTRAINTS, _INDEXES, _TRIGGERS))
    for table, kind, name, text in db.execute(query, {"schema": f'"{schema}"'}):
        found.setdefault(table, {}).setdefault(kind, {})[name] = text
    return found


def differences(made: Mapping[str, Any], found: Catalogue) -> list[str]:
    """In what the tables differ from those that were made; further tables, indexes and nullable columns are nobody's
    harm.
    """
    lines: list[str] = []
    for table, kinds in sorted(made.items()):
        if table not in found:
            lines.append(f"table {table} is gone")
            continue
        for kind in _WORD:
            lines += _of_kind(table, kind, kinds.get(kind, {}), found[table].get(kind, {}))
    return lines


def _of_kind(table: str, kind: str, made: Mapping[str, str], found: Mapping[str, str]) -> Iterable[str]:
    word = _WORD[kind]
    for name, text in sorted(made.items()):
        if name not in found:
            yield f"table {table}: {word} {name} is gone"
        elif found[name] != text:
            yield f"table {table}: {word} {name} is {found[name]}, not {text}"
    for name in sorted(found.keys() - made.keys()):
        # What may refuse or swallow rows. A further column that may be empty, or a plain index, does neither.
        if kind in ("constraints", "triggers") or (kind == "columns" and found[name].endswith("not null")):
            yield f"table {table}: {word} {name} was added"
        elif kind == "indexes" and found[name].startswith("unique"):
            yield f"table {table}: {word} {name} was added, and is unique"
