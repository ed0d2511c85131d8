"""What plain SQL finds where the product searches: ILIKE, and pg_trgm alone, over the product's own tables."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from sample_data.makers.search_people import Question

_ASKED = 60


def share_of(spent: Sequence[float], share: float) -> float:
    """The value below which so much of them lies."""
    return round(sorted(spent)[int(share * (len(spent) - 1))], 1)


def peers(url: str, questions: list[Question]) -> dict[str, tuple[float, float]]:
    """What plain SQL finds over the product's own tables: (recall at ten, p95 in ms)."""
    import psycopg

    # ILIKE goes through all persons for each question.
    some = questions[:: max(1, len(questions) // _ASKED)]
    base = (
        "SELECT p.record_id, p.line FROM cctns.iif1_persons p JOIN cctns.iif1 f USING (record_id) WHERE {where} "
        "{order} LIMIT 10"
    )

    def ilike(q: Question) -> tuple[str, list[object]]:
        where = "(p.name ILIKE %s OR p.name_roman ILIKE %s)"
        values: list[object] = [f"%{q.text}%", f"%{q.text}%"]
        return base.format(where=where + _more(q, values, "p.relative_name ILIKE %s"), order=""), values

    def trgm(q: Question) -> tuple[str, list[object]]:
        values: list[object] = [q.text, q.text]
        where = "(p.name %% %s OR p.name_roman %% %s)" + _more(q, values, "")
        order = "ORDER BY greatest(similarity(p.name, %s), similarity(coalesce(p.name_roman, ''), %s))"
        order += " + similarity(coalesce(p.relative_name, ''), %s) DESC" if q.relative else " DESC"
        values += [q.text, q.text, *([q.relative] if q.relative else [])]
        return base.format(where=where, order=order), values

    def ask(db: Any, make: Callable[[Question], tuple[str, list[object]]]) -> tuple[float, float]:
        spent, hits = [], 0
        for q in some:
            began = time.perf_counter()
            query, values = make(q)
            hits += (q.record, q.line) in db.execute(query, values).fetchall()
            spent.append(1000 * (time.perf_counter() - began))
        return round(hits / len(some), 4), share_of(spent, 0.95)

    with psycopg.connect(url, autocommit=True) as db:
        # Of an earlier size: ILIKE is asked without them, as it stands in a database where nobody made any.
        for column in ("name", "name_roman"):
            db.execute(f"DROP INDEX IF EXISTS cctns.trgm_{column}")
        found = {"ilike": ask(db, ilike)}
        try:
            db.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public")
        except psycopg.Error:
            return found
        for column in ("name", "name_roman"):
            db.execute(f"CREATE INDEX trgm_{column} ON cctns.iif1_persons USING gin ({column} gin_trgm_ops)")
        db.execute("ANALYZE cctns.iif1_persons")
        return found | {"trgm": ask(db, trgm)}


def _more(q: Question, values: list[object], relative: str) -> str:
    more = ""
    for condition, value in (("f.police_station = %s", q.station), ("f.year = %s::smallint", q.year)):
        if value:
            more += f" AND {condition}"
            values.append(value)
    if q.relative and relative:
        more += f" AND {relative}"
        values.append(f"%{q.relative}%")
    return more
