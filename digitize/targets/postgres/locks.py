"""Who waits for whom when several load at once: a lock for each station and for the batch, in one order for all."""

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
    """Wait until nobody else loads the batch or records of its stations; the locks go with the transaction.

    A key (station, year, number) can then be looked up and given away without another taking it in between. Everybody
    asks in the order of the numbers, so that nobody waits in a circle.
    """
    wanted = {_number(f"batch\x1f{batch.batch}")}
    for outline in batch.outlines.values():
        wanted |= {_number(station) for station in _stations(outline.own)}
    numbers = sorted(wanted)
    db.execute("SELECT pg_advisory_xact_lock(%s, n) FROM unnest(%s::int[]) n", (_SPACE, numbers))


def lock_quarantine(db: psycopg.Connection[Any]) -> None:
    """Wait until nobody else writes into the quarantine; asked for last, when all other locks are held."""
    # Or two that load the same files in other batches would each put in the same row.
    db.execute("SELECT pg_advisory_xact_lock(%s, %s)", (_SPACE, _MOST))


def _stations(own: pl.DataFrame) -> list[str]:
    there = [pl.col(n).fill_null("") for n in STATION if n in own.columns]
    if not there:
        return [""]
    return own.select(pl.concat_str(there, separator="\x1f")).to_series().unique().to_list()


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8"), digest_size=4).digest(), "big") % _MOST
