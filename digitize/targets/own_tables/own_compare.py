"""What stands in a state's tables, compared with a source: the rows that are there, and what they were when written.

Other tables and columns hold a record here than a source has, and keys that only the state's database knows. So the
rows are hashed as they stand. Where that is the hash with which they were written, they are the record's as it was
loaded; where it is another, somebody altered them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl
import psycopg

from digitize.targets.comparing import (
    STATION,
    YEAR,
    Fold,
    HeldRecord,
    RecordGroup,
    Station,
    as_json,
    record_digests,
)  # fmt: skip
from digitize.targets.own_tables.reading import Own, read_rows, rows_hash
from digitize.targets.rows import HASH, RECORD_ID

# Records whose rows are read at a time.
_SLICE = 2000
_PLACE = ", ".join(f"coalesce({name}, '')" for name in (*STATION, YEAR))
_NAMES = (RECORD_ID, *STATION, YEAR, HASH)


def spelled(form: str, tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """See `Compares`: each record by its place and its hash, which is of all its rows."""
    own = tables[form]
    return {form: own.select(n if n in own.columns else pl.lit(None, pl.String).alias(n) for n in _NAMES)}


def present(db: psycopg.Connection[Any], form: str) -> list[tuple[RecordGroup, str, int]]:
    """See `Compares`."""
    query = f"""SELECT {_PLACE}, replace(load_id::text, '-', ''), count(*) FROM record_index WHERE form = %s
                GROUP BY 1, 2, 3, 4, 5"""
    return [(RecordGroup(*r[:4]), r[4], r[5]) for r in db.execute(query, (form,)).fetchall()]


def folds(db: psycopg.Connection[Any], own: Own, form: str, stations: Sequence[Station]) -> dict[RecordGroup, Fold]:
    """See `Compares`; the rows of some thousand records are in memory at a time."""
    found: dict[RecordGroup, Fold] = {}
    for some in _records(db, own, form, STATION, as_json(stations)):
        for one in some:
            found[one.group] = found.get(one.group, Fold()).and_one(one.digest)
    return found


def standing(
    db: psycopg.Connection[Any],
    own: Own,
    form: str,
    groups: Sequence[RecordGroup],
    take: Callable[[list[HeldRecord]], object],
    at_once: int,
) -> None:
    """See `Compares`."""
    for some in _records(db, own, form, (*STATION, YEAR), as_json(groups), at_once):
        take(some)


def _records(
    db: psycopg.Connection[Any], own: Own, form: str, names: Sequence[str], places: str, at_once: int = _SLICE
) -> Iterator[list[HeldRecord]]:
    wanted = ", ".join(f"value ->> {n}" for n in range(len(names)))
    there = ", ".join(f"coalesce({n}, '')" for n in names)
    among = f"({there}) IN (SELECT {wanted} FROM json_array_elements(%s::json))"
    query = f"""SELECT record_id, {_PLACE}, replace(load_id::text, '-', ''), replace(row_hash::text, '-', ''), laid_hash
                FROM record_index WHERE form = %s AND record_id > %s AND {among} ORDER BY record_id LIMIT %s"""
    last = ""
    while index := db.execute(query, (form, last, places, min(at_once, _SLICE))).fetchall():
        last = index[-1][0]
        rows = read_rows(db, own, [record for record, *_ in index])
        held = []
        for record, *place, load, whole, laid in index:
            # A record of which no row is left is not there, whatever the book says.
            if record in rows:
                now = rows_hash(rows[record])
                held.append((record, RecordGroup(*place), load, whole if now == laid else now))
        yield _digested(form, held)


def _digested(form: str, held: Sequence[tuple[str, RecordGroup, str, str]]) -> list[HeldRecord]:
    schema = dict.fromkeys(_NAMES, pl.String)
    rows = [(r, *(v or None for v in (g.state, g.district, g.police_station, g.year)), h) for r, g, _, h in held]
    digests = record_digests(form, {form: pl.DataFrame(rows, schema=schema, orient="row")})["digest"].to_list()
    return [HeldRecord(r, g, load, d) for (r, g, load, _), d in zip(held, digests, strict=True)]
