"""Whether a PostgreSQL target knows a load by the call that made it; asked before anything else, at the least cost."""

from __future__ import annotations

import psycopg
from psycopg import sql

from digitize.errors import TargetRefused
from digitize.targets.base import Receipt
from digitize.targets.postgres.address import parse_address
from digitize.targets.postgres.connect import connect

_QUERY = """
SELECT receipt FROM {0} l WHERE source ->> 'call' = %s AND state = 'loaded'
AND NOT EXISTS (SELECT 1 FROM {0} n WHERE n.batch = l.batch AND n.seq > l.seq)
"""


def find_call(text: str, schema: str, call: str) -> tuple[str, Receipt] | None:
    """(name of the target, receipt) of the load that stands and was made by this call; None where nothing says so."""
    address = parse_address(text, schema)
    try:
        with connect(address) as db:
            query = sql.SQL(_QUERY).format(sql.Identifier(schema, "loads"))
            row = db.execute(query, (call,)).fetchone()
    # Whatever hinders here is told by the load itself.
    except (psycopg.Error, TargetRefused):
        return None
    return (address.name, Receipt(**row[0])) if row else None
