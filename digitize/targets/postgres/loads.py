"""The table of loads in a PostgreSQL target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from digitize.targets.base import Receipt
from digitize.targets.rows import LoadBatch


def begin(db: psycopg.Connection[Any], batch: LoadBatch, source: Mapping[str, object] | None = None) -> None:
    """Record a load before its rows, which refer to it; `note` follows in the same transaction.

    source: origin to record; None: that of the batch.
    """
    # A load that comes again after others gets a new seq: it is the newest of its batch. It may not be deleted first,
    # since versions in the history point to it.
    db.execute(
        "INSERT INTO loads (load_id, batch, receipt, source) VALUES (%s, %s, '{}', %s) ON CONFLICT (load_id) DO UPDATE "
        "SET seq = DEFAULT, batch = excluded.batch, state = 'loaded', receipt = '{}', source = excluded.source, "
        "at = now(), role = session_user, undone_at = NULL, undone_why = NULL",
        (batch.id, batch.batch, Jsonb(dict(batch.source if source is None else source))),
    )


def note(db: psycopg.Connection[Any], batch: LoadBatch, receipt: Receipt) -> None:
    """Record the result of a started load."""
    db.execute("UPDATE loads SET receipt = %s WHERE load_id = %s", (Jsonb(asdict(receipt)), batch.id))


def find_done(db: psycopg.Connection[Any], load: str, batch: str) -> Receipt | None:
    """See `digitize.targets.base.Target.done`."""
    query = """SELECT load_id = %s AND state = 'loaded' AND undone_at IS NULL, receipt FROM loads WHERE batch = %s
               ORDER BY seq DESC LIMIT 1"""
    row = db.execute(query, (load, batch)).fetchone()
    return replace(Receipt(**row[1]), repeated=True) if row and row[0] else None
