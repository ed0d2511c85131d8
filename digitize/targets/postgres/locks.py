"""Locks for concurrent loads: one per station and one for the batch, in a fixed order."""

from __future__ import annotations

import hashlib
from typing import Any

import polars as pl
import psycopg

from digitize.targets.rows import STATION, LoadBatch

# Locks take room in the server's shared memory; two stations that share one only wait for each other now and then.
_MOST = 512
# Locks of this kind are one space for the whole database: these first four bytes keep ours apart from others'.
_SPACE = 0x43435453


def lock_stations(db: psycopg.Connection[Any], batch: LoadBatch) -> None:
    """Wait until nobody else loads the batch or records of its stations; the locks end with the transaction.

    A key (station, year, number) can then be looked up and assigned without a race. All loads lock in the order of the
    numbers, which prevents deadlocks.
    """
    wanted = {_number(f"batch\x1f{batch.batch}")}
    for outline in batch.outlines.values():
        wanted |= {_number(station) for station in _stations(outline.own)}
    numbers = sorted(wanted)
    db.execute("SELECT pg_advisory_xact_lock(%s, n) FROM unnest(%s::int[]) n", (_SPACE, numbers))


def lock_quarantine(db: psycopg.Connection[Any]) -> None:
    """Wait until nobody else writes to the quarantine; called last, when all other locks are held."""
    # Or two that load the same files in other batches would each put in the same row.
    db.execute("SELECT pg_advisory_xact_lock(%s, %s)", (_SPACE, _MOST))


def _stations(own: pl.DataFrame) -> list[str]:
    there = [pl.col(n).fill_null("") for n in STATION if n in own.columns]
    if not there:
        return [""]
    return own.select(pl.concat_str(there, separator="\x1f")).to_series().unique().to_list()


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8"), digest_size=4).digest(), "big") % _MOST
