"""The book of loads that a PostgreSQL target keeps."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from digitize.targets.base import Receipt
from digitize.targets.rows import RowBatch


def note(db: psycopg.Connection[Any], batch: RowBatch, receipt: Receipt) -> None:
    """Write the load into the target's book, as its newest."""
    # A load that comes again after others gets a new seq: it is the newest of its batch.
    db.execute("DELETE FROM loads WHERE load_id = %s", (batch.id,))
    db.execute(
        "INSERT INTO loads (load_id, batch, receipt, source) VALUES (%s, %s, %s, %s)",
        (batch.id, batch.batch, Jsonb(asdict(receipt)), Jsonb(dict(batch.source))),
    )


def find_done(db: psycopg.Connection[Any], load: str, batch: str) -> Receipt | None:
    """The receipt of a load that is the newest of its batch and is not undone, None where there is none."""
    query = "SELECT load_id = %s AND state = 'loaded', receipt FROM loads WHERE batch = %s ORDER BY seq DESC LIMIT 1"
    row = db.execute(query, (load, batch)).fetchone()
    return replace(Receipt(**row[1]), repeated=True) if row and row[0] else None
