r"""How well, how fast and at what size persons and vehicles are found in what is loaded, beside plain SQL.

    .venv/bin/python benchmarks/search.py [--quick] [--persons N] [--json FILE]

Persons are generated (benchmarks/search_people.py) in eleven scripts and loaded by the product into SQLite and, where
a server is installed, PostgreSQL. A question is a name with one of relative, station or year, half of them with one
letter wrong; a hit is that very record among the first ten. The same questions go to plain ILIKE and to pg_trgm alone.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from benchmarks.search_peers import peers, share_of  # noqa: E402
from benchmarks.search_people import Question, Somebody, World, spoil_mark, vehicle_mark  # noqa: E402

_AT_ONCE = 20_000
_SHOWN = 10
SEED = 2_900


def main() -> int:
    """Measure, print, and write the figures."""
    options = _options()
    persons = 4000 if options.quick else options.persons
    count = 90 if options.quick else options.questions
    began = time.monotonic()
    world = World(persons, options.seed)
    print(f"{persons} persons drawn in {time.monotonic() - began:.0f} s", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="search-", dir=options.folder))
    figures: dict[str, Any] = {"persons": persons, "questions": count, "seed": options.seed}
    same, cross = world.questions(count, cross=False), world.questions(count, cross=True)
    alone = world.questions(count, cross=False, by=("name",))
    figures["ceiling10"] = round(sum(min(1.0, _SHOWN / q.namesakes) for q in same + cross) / (2 * count), 4)
    try:
        figures |= _embedded(folder, world, same, cross, alone)
        if not options.no_pg:
            figures |= _postgres(folder, world, same, cross, alone)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    text = json.dumps(figures, indent=1)
    print(text)
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="4,000 persons")
    parser.add_argument("--persons", type=int, default=200_000)
    parser.add_argument("--questions", type=int, default=600, help="of each kind")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed is another world, as for tuning")
    parser.add_argument("--folder", type=Path, help="where the databases are made")
    parser.add_argument("--no-pg", action="store_true")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _batches(world: World) -> Iterator[Any]:
    """The world as batches of rows, as the product loads them."""
    import polars as pl

    from digitize.targets.fits import REFUSED
    from digitize.targets.rows import FormRows, RowBatch, with_hash
    from mappers.names import romanise

    nothing = pl.DataFrame(schema=REFUSED)
    numbers: dict[tuple[int, int], int] = {}
    for start in range(0, len(world.people), 2 * _AT_ONCE):
        some = world.people[start : start + 2 * _AT_ONCE]
        firs, vehicles = [], []
        for at in range(0, len(some), 2):
            one = some[at]
            number = numbers[one.station, one.year] = numbers.get((one.station, one.year), 0) + 1
            firs.append({
                "record_id": one.record, "state": "wb", "district": f"District {one.station % 20}",
                "police_station": world.station_names[one.station], "year": str(one.year), "fir_no": str(number),
                "fir_date": f"{one.year}-06-15",
            })  # fmt: skip
            if at % 8 == 0:
                marks = vehicle_mark((start + at) // 2)
                vehicles.append({"record_id": one.record, "line": 1, "registration_no": marks[0],
                                 "chassis_no": marks[1], "engine_no": marks[2]})  # fmt: skip
        rows = [_row(p, world) for p in some]
        for row in rows:
            # As loading does where a file brings none; the peers are given it too.
            row["name_roman"] = romanise(str(row["name"]))
        acts = [{"record_id": f["record_id"], "line": 1, "act": "IPC", "section": "379"} for f in firs]
        tables = {"iif1": pl.DataFrame(firs), "iif1_persons": pl.DataFrame(rows), "iif1_acts": pl.DataFrame(acts)}
        if vehicles:
            tables["iif1_vehicles"] = pl.DataFrame(vehicles)
        lines = {
            n: f.with_columns(pl.col("line").cast(pl.Int32)) if "line" in f.columns else f for n, f in tables.items()
        }
        made = {**lines, "iif1": with_hash("iif1", lines)}
        yield RowBatch(f"{start:032x}", f"batch {start}", {"iif1": FormRows(made, nothing)})


def _row(one: Somebody, world: World) -> dict[str, Any]:
    return {
        "record_id": one.record, "line": one.line, "role": "accused" if one.line == 2 else "witness",
        "name": world.name(one.words, one.script), "relative_name": world.name(one.father, one.script), "age": "34",
    }  # fmt: skip


def _load(target: Any, world: World) -> float:
    began = time.monotonic()
    for batch in _batches(world):
        target.take(batch)
    return time.monotonic() - began


def _embedded(
    folder: Path, world: World, same: list[Question], cross: list[Question], alone: list[Question]
) -> dict[str, Any]:
    from digitize.targets.sqlite import SqliteTarget

    target = SqliteTarget(folder / "cctns.sqlite")
    spent = _load(target, world)
    print(f"SQLite: loaded in {spent:.0f} s, {(folder / 'cctns.sqlite').stat().st_size >> 20} MiB", flush=True)
    found = _asked(target, world, same, cross, alone)
    target.close()
    keep = ("recall10_same", "recall10_cross", "recall10_alone", "vehicle_recall5")
    print({n: found[n] for n in ("p95_ms", "p50_ms", *keep)}, flush=True)
    return {
        "embedded_p95_ms": found["p95_ms"],
        "embedded_p50_ms": found["p50_ms"],
        "embedded_p95_cpu_ms": found["p95_cpu_ms"],
        "embedded_load_s": round(spent),
    } | {n: found[n] for n in (*keep, "by")}


def _asked(
    target: Any, world: World, same: list[Question], cross: list[Question], alone: list[Question]
) -> dict[str, Any]:
    from digitize.finding.asked import SearchQuery
    from digitize.finding.log import Searcher
    from digitize.finding.search import StoreSearch

    finder, by = StoreSearch(target), Searcher("benchmark", "benchmark", "measuring")
    finder.search(SearchQuery("Kumar", kind="person", limit=1), by)  # tables of costs are read once
    spent: list[float] = []
    worked: list[float] = []

    def ask(q: Question) -> bool:
        began, worked_before = time.perf_counter(), time.process_time()
        query = SearchQuery(q.text, "person", q.relative, q.station, year=q.year, limit=_SHOWN)
        hits = finder.search(query, by).hits
        spent.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (time.process_time() - worked_before))
        return any((h.record, h.line) == (q.record, q.line) for h in hits)

    figures: dict[str, Any] = {}
    parts: dict[str, list[bool]] = {}
    for name, questions in (("same", same), ("cross", cross)):
        found = [ask(q) for q in questions]
        figures[f"recall10_{name}"] = round(sum(found) / len(found), 4)
        for q, is_found in zip(questions, found, strict=True):
            parts.setdefault(f"{name} {q.by}{' misspelt' if q.is_misspelt else ''}", []).append(is_found)
    figures["by"] = {n: round(sum(f) / len(f), 4) for n, f in sorted(parts.items())}
    figures |= {"p95_ms": share_of(spent, 0.95), "p50_ms": share_of(spent, 0.5), "p95_cpu_ms": share_of(worked, 0.95)}
    found = [ask(q) for q in alone]
    figures["recall10_alone"] = round(sum(found) / len(found), 4)
    figures["vehicle_recall5"] = _vehicles(finder, by, world)
    return figures


def _vehicles(finder: Any, by: Any, world: World) -> float:
    from digitize.finding.asked import SearchQuery

    die = random.Random(7)
    numbers = [n for n in range(0, len(world.people) // 2, 4)]
    found = []
    for n in die.sample(numbers, min(400, len(numbers))):
        hits = finder.search(SearchQuery(spoil_mark(vehicle_mark(n)[0], die), "vehicle", limit=5), by).hits
        found.append(any(h.record == f"wb-{n:09}-r1" for h in hits))
    return round(sum(found) / len(found), 4)


def _postgres(
    folder: Path, world: World, same: list[Question], cross: list[Question], alone: list[Question]
) -> dict[str, Any]:
    from pg import binaries, start_server

    if binaries() is None:
        return {}
    server = start_server(None, {"shared_buffers": "512MB", "autovacuum": "off", "work_mem": "32MB"})
    try:
        return _in_server(server, world, same, cross, alone)
    finally:
        server.stop()


def _in_server(
    server: Any, world: World, same: list[Question], cross: list[Question], alone: list[Question]
) -> dict[str, Any]:
    from digitize.targets.open import open_target
    from digitize.targets.postgres.address import parse_address
    from digitize.targets.postgres.setup import init_target

    name = "search"
    server.run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'")
    url = server.database_url(name)
    init_target(parse_address(url), search=True)
    target = open_target(url)
    spent = _load(target, world)
    server.run("ANALYZE", name)
    print(f"PostgreSQL: loaded in {spent:.0f} s", flush=True)
    found = _asked(target, world, same, cross, alone)
    tables = "unnest(ARRAY['cctns.search_rows', 'cctns.search_words'])"
    size = int(server.run(f"SELECT sum(pg_total_relation_size(n::regclass)) FROM {tables} n", name)[0][0])
    figures: dict[str, Any] = {
        "pg_p95_ms": found["p95_ms"],
        "pg_p50_ms": found["p50_ms"],
        "pg_p95_own_cpu_ms": found["p95_cpu_ms"],
        "pg_recall10_same": found["recall10_same"],
        "pg_recall10_cross": found["recall10_cross"],
        "pg_load_s": round(spent),
        "index_bytes_per_person": round(size / len(world.people)),
    }
    print(figures, flush=True)
    ours = (found["recall10_same"] + found["recall10_cross"]) / 2
    for peer, (recall, p95) in peers(server.database_url(name), [*same, *cross]).items():
        figures |= {
            f"{peer}_recall10": recall, f"{peer}_p95_ms": p95,
            f"ratio_{peer}": round(ours / recall, 2) if recall else None,
        }  # fmt: skip
    target.close()
    return figures


if __name__ == "__main__":
    sys.exit(main())
