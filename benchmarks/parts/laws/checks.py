"""Looks at a workspace and its target from outside, and says in what they are not as the model has it."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.parts.laws.model import Model, Standing

Ask = Callable[[str], list[tuple[Any, ...]]]
_FIR = "SELECT record_id, fir_no, fir_date, police_station, place, narrative FROM iif1"


def asking(where: str, folder: Path, schema: str = "cctns") -> tuple[Ask, Callable[[], None]]:
    """A way to ask a SQLite file, or a schema of a PostgreSQL database; and to end it."""
    if where.startswith("postgresql:"):
        import psycopg

        db = psycopg.connect(where, options=f"-c search_path={schema}", autocommit=True)
        if db.execute("SELECT to_regclass('iif1')").fetchone() != (None,):
            # A database has no tables beside the rows for these, unless its owner asks for search.
            for name in ("record_index", "search_rows"):
                db.execute(f"CREATE TEMP VIEW {name} AS SELECT record_id FROM iif1".encode())
        return lambda sql: db.execute(sql).fetchall(), db.close  # type: ignore[arg-type]
    path = folder / where
    file = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    return lambda sql: file.execute(sql).fetchall(), file.close


def loaded_contents(ask: Ask) -> dict[str, tuple[object, ...]]:
    """Record -> its content, as a target has it. Raises AssertionError for a row that belongs to no record."""
    firs = {r[0]: r[1:] for r in ask(_FIR)}
    persons: dict[str, list[tuple[Any, ...]]] = {}
    acts: dict[str, list[tuple[Any, ...]]] = {}
    for record, *rest in ask("SELECT record_id, role, name FROM iif1_persons ORDER BY record_id, line"):
        persons.setdefault(record, []).append(tuple(rest))
    for record, *rest in ask("SELECT record_id, act, section FROM iif1_acts ORDER BY record_id, line"):
        acts.setdefault(record, []).append(tuple(rest))
    assert persons.keys() | acts.keys() <= firs.keys(), "persons or acts of no record"
    index = Counter(r[0] for r in ask("SELECT record_id FROM record_index"))
    assert index == Counter(list(firs)), "the index of records is not that of the rows"
    for table in ("field_origin", "flags", "search_rows"):
        others = {r[0] for r in ask(f"SELECT DISTINCT record_id FROM {table}")}
        assert others <= firs.keys(), f"{table} has rows of {len(others - firs.keys())} records that are not there"
    days = {r: (int(f[0]), str(f[1]) if f[1] else None, *f[2:]) for r, f in firs.items()}
    return {r: (*f, tuple(persons.get(r, ())), tuple(acts.get(r, ()))) for r, f in days.items()}


def waiting(ask: Ask) -> Counter[str]:
    """Records that wait in the quarantine of a target."""
    return Counter(r[0] for r in ask("SELECT record_id FROM rejects WHERE state IN ('open', 'corrected')"))


def names_of(ask: Ask, model: Model) -> dict[str, tuple[str, int]]:
    """Record's id -> (SHA-256, place) of the row that it comes from. ask: the ledger."""
    units = {sha: unit for unit, sha in ask("SELECT unit, sha256 FROM tables")}
    return {
        f"{units[sha]}-r{n:07d}": (sha, n)
        for sha, table in model.tables.items() if sha in units
        for n in range(1, len(table.rows) + 1)
    }  # fmt: skip


def ledger_differs(ask: Ask, model: Model) -> Iterator[str]:
    """Records that the ledger lacks, has too much, or holds for something else than they are."""
    names, wanted = names_of(ask, model), model.standing()
    found = {r[0]: (r[1], bool(r[2])) for r in ask("SELECT record, verdict, loaded FROM records")}
    should = {name: wanted[row] for name, row in names.items() if row in wanted}
    for name in sorted(found.keys() | should.keys()):
        if name not in should:
            yield f"{name} should not count and is {found[name]}"
        elif name not in found:
            yield f"{name} is missing and should be {should[name].verdict}"
        elif found[name][0] != should[name].verdict or (found[name][1] and found[name][0] != "clean"):
            yield f"{name} is {found[name]} and should be {should[name].verdict}"


def target_differs(ask: Ask, ledger: Ask, model: Model, more: set[str]) -> Iterator[str]:
    """Records that the target lacks, has too much, or holds with another content. more: that may stand there, too."""
    try:
        found = loaded_contents(ask)
    except AssertionError as e:
        yield f"target: {e}"
        return
    names, wanted = names_of(ledger, model), model.standing()
    should = {n: wanted[row] for n, row in names.items() if row in wanted}
    clean = {name: s for name, s in should.items() if s.verdict == "clean"}
    counted = {r[0] for r in ledger("SELECT record FROM records WHERE loaded <> ''")}
    for name in sorted((found.keys() | counted) - more):
        if name not in clean:
            yield f"target has {name}, which should not be there ({said(should.get(name))})"
        elif name not in found:
            yield f"{name} counts as loaded and is not in the target"
        elif found[name] != clean[name].content:
            yield f"target has {found[name]} for {name}, which is {clean[name].content}"
        elif name not in counted:
            yield f"{name} is in the target and does not count as loaded"
    # Of clean records of one number the target holds one, and the others wait there.
    refused = []
    for names_ in _by_number(clean).values():
        there = [n for n in names_ if n in found]
        refused += [n for n in names_ if n not in found]
        if len(there) != 1 and not more & set(names_):
            yield f"target holds {there} of {names_}"
    rejected = Counter([*(name for name, s in should.items() if s.verdict == "reject"), *refused])
    waits = Counter({name: n for name, n in waiting(ask).items() if name not in more})
    rejected = Counter({name: n for name, n in rejected.items() if name not in more})
    if waits != rejected:
        more_, less = sorted((waits - rejected).elements()), sorted((rejected - waits).elements())
        yield f"quarantine: too many {more_}, missing {less}"


def _by_number(clean: Mapping[str, Standing]) -> dict[object, list[str]]:
    found: dict[object, list[str]] = {}
    for name, s in clean.items():
        found.setdefault((s.content[0], s.content[2]), []).append(name)
    return found


def said(standing: Standing | None) -> str:
    """A standing for people."""
    return standing.verdict if standing else "no such record"


def status_differs(plain: str, model: Model, more: set[str]) -> Iterator[str]:
    """Counts of `status --json` that are not the model's."""
    totals = json.loads(plain)["totals"]
    standing = {str(n): s for n, s in model.standing().items()}
    count = Counter(s.verdict for s in standing.values())
    loaded = len(_by_number({n: s for n, s in standing.items() if s.verdict == "clean"}))
    wanted = {
        "records": count.total(), "clean": count["clean"], "in_review": count["review"], "rejected": count["reject"],
        "loaded": loaded, "unchecked": 0, "loaded_not_clean": 0, "unmapped": 0,
        "files": len(model.tables), "rows_reported": 0, "files_refused": 0,
    }  # fmt: skip
    for name, number in wanted.items():
        # What was replayed stands in the target, and the ledger does not know it.
        if totals[name] != number and not (name == "loaded" and more):
            yield f"status: {name} is {totals[name]} and should be {number}"


def adds_up(plain: str) -> Iterator[str]:
    """At any moment every record stands in exactly one state."""
    t = json.loads(plain)["totals"]
    if t["records"] != t["clean"] + t["in_review"] + t["rejected"] + t["unchecked"]:
        yield f"status does not add up: {t}"


def whole_target(where: str, folder: Path) -> Iterator[str]:
    """Rows of no record, at any moment."""
    if not where.startswith("postgresql:") and not (folder / where).exists():
        return
    ask, end = asking(where, folder)
    with closing(Ending(end)):
        try:
            loaded_contents(ask)
        except AssertionError as e:
            yield f"target: {e}"


class Ending:
    """For `closing`: what ends a way to ask."""

    def __init__(self, end: Callable[[], None]) -> None:
        self.close = end
