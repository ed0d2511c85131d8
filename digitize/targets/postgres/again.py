"""Check cheaply, before anything else, whether a PostgreSQL target knows a load by the call that made it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import sql

from digitize.errors import TargetRefused
from digitize.targets.base import Receipt
from digitize.targets.load_status import Stood, what_stood
from digitize.targets.postgres.address import parse_address
from digitize.targets.postgres.connect import connect

_QUERY = """
SELECT receipt FROM {0} l WHERE source ->> 'call' = %s AND state = 'loaded'
AND NOT EXISTS (SELECT 1 FROM {0} n WHERE n.batch = l.batch AND n.seq > l.seq)
"""


def find_call(text: str, schema: str, call: str) -> tuple[str, Stood] | None:
    """(name of the target, load status) of the load made by this call; None if unknown."""
    address = parse_address(text, schema)
    try:
        with connect(address) as db:
            query = sql.SQL(_QUERY).format(sql.Identifier(schema, "loads"))
            row = db.execute(query, (call,)).fetchone()
            stood = what_stood(lambda text, values: _rows(db, schema, text, values), Receipt(**row[0])) if row else None
    # Whatever hinders here is told by the load itself.
    except (psycopg.Error, TargetRefused):
        return None
    return (address.name, stood) if stood is not None else None


def _rows(
    db: psycopg.Connection[tuple[Any, ...]], schema: str, text: str, values: Sequence[object]
) -> list[tuple[Any, ...]]:
    tables = {name: sql.Identifier(schema, name) for name in ("loads", "rejects")}
    return db.execute(sql.SQL(text.replace("?", "%s")).format(**tables), list(values)).fetchall()
