"""Metadata of a target: version and definition of its tables, and why a DBA's changes were accepted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache

from psycopg import sql

from digitize.machine.work_keys import plain_hash
from digitize.targets.postgres.catalogue import catalogue_query
from digitize.targets.postgres.definition import Statement
from digitize.targets.postgres.masters import master_rows
from digitize.targets.postgres.tables import VERSION, define_tables
from digitize.targets.search_rows import FILLED_BY, MARK

_SERVER = sql.SQL("to_jsonb(current_setting('server_version_num')::int / 10000)")


@cache
def masters_key() -> str:
    """Key of the rows that the master tables should have."""
    return plain_hash({name: [list(row) for row in rows] for name, rows in master_rows().items()})


def write_meta(schema: str) -> Iterator[Statement]:
    """Statements that record what was created; the server describes it itself."""
    rows: dict[str, sql.Composable] = {
        "version": _json(VERSION),
        "definition": _json({name: table.as_plain() for name, table in define_tables().items()}),
        "masters": _json(masters_key()),
        "catalogue": catalogue_query(schema),
        "server": _SERVER,
    }
    for key, value in rows.items():
        yield _upsert_meta(key, value, "excluded.value")


def write_filled() -> Statement:
    """Statement that records, for empty tables, that everything in them is searchable."""
    return _upsert_meta(MARK, _json(FILLED_BY), "excluded.value")


def write_adopted(schema: str, what: Sequence[str]) -> Iterator[Statement]:
    """Statements that accept the present tables, and record why, when and by which role."""
    entry = sql.SQL("jsonb_build_array(jsonb_build_object('at', now(), 'role', session_user, 'what', {}))")
    yield _upsert_meta("adopted", entry.format(_json(list(what))), "meta.value || excluded.value")
    yield _upsert_meta("catalogue", catalogue_query(schema), "excluded.value")
    yield _upsert_meta("server", _SERVER, "excluded.value")


def _upsert_meta(key: str, value: sql.Composable, again: str) -> Statement:
    return sql.SQL(f"INSERT INTO meta VALUES ({{}}, {{}}) ON CONFLICT (key) DO UPDATE SET value = {again}").format(
        sql.Literal(key), value
    )


def _json(value: object) -> sql.Composed:
    return sql.SQL("{}::jsonb").format(sql.Literal(json.dumps(value, ensure_ascii=False)))
