r"""How well, how fast and at what size persons and vehicles are found in what is loaded, beside plain SQL.

    .venv/bin/python benchmarks/search.py [--quick] [--sizes N,N] [--only PART,PART] [--data DIR] [--json FILE]

Persons are generated (sample_data/makers/search_people.py) in eleven scripts and loaded by the product into SQLite and,
where a server is installed, PostgreSQL. A question is a name with one of relative, station or year, half of them with
one letter wrong; a hit is that very record among the first ten. The same questions go to plain ILIKE and to pg_trgm
alone.

Stores stand in DIR, grow from one size to the next, and are used again, as are figures: what was measured is not
measured anew. Parts: grow-embedded and grow-pg (nothing but load), embedded, pg, peers (at the last size), load (over
HTTP, at the last size), policy (benchmarks/policy.py). The figures without a size in their name are those of the size
nearest to two million persons; growth is from the first size to the last.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "people")]

from benchmarks.parts.search.load import load_served  # noqa: E402
from benchmarks.parts.search.peers import peers, share_of  # noqa: E402
from benchmarks.parts.search.stores import KeptStores, backend_of, grow, kept_server, open_postgres, worked_of  # noqa: E402
from benchmarks.policy import measure_policy  # noqa: E402
from sample_data.makers.search_people import Question, World, record_of, spoil_mark, vehicle_mark  # noqa: E402

_SHOWN = 10
_MAIN = 2_000_000
PARTS = ("embedded", "pg", "peers", "load", "policy")
SEED = 2_900


def main() -> int:
    """Measure, print, and write the figures."""
    options = _options()
    sizes = [4000] if options.quick else sorted(options.sizes)
    count = 90 if options.quick else options.questions
    folder = options.data or Path(tempfile.mkdtemp(prefix="search-"))
    kept = KeptStores(folder)
    server = None
    try:
        world = World(sizes[-1], options.seed, sized=_MAIN if sizes[-1] >= _MAIN // 4 else 0)
        if {"pg", "peers", "grow-pg"} & options.only:
            server = kept_server(folder)
        for size in sizes:
            _measure_size(kept, world, size, count, options.only, server)
        if "peers" in options.only and server is not None:
            _measure_peers(kept, world, sizes[-1], count, server)
        if "load" in options.only:
            store, seconds = folder / "cctns.sqlite", 6 if options.quick else 60
            persons = min(kept.state["embedded"]["persons"], sizes[-1])
            _once(kept, f"load {sizes[-1]}", lambda: load_served(store, folder, world, persons, seconds))
        if "policy" in options.only:
            _once(kept, "policy", measure_policy)
    finally:
        if server is not None:
            server.stop(immediate=False)
        figures = _figures(kept, sizes)
        if options.data is None:
            shutil.rmtree(folder, ignore_errors=True)
    text = json.dumps({"questions": count, "seed": options.seed, **figures}, indent=1)
    print(text)
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="4,000 persons")
    numbers = lambda text: [int(n) for n in text.split(",")]  # noqa: E731  # for one option
    parser.add_argument("--sizes", type=numbers, default=[1_000_000, _MAIN], help="of persons, parted by commas")
    parser.add_argument("--questions", type=int, default=300, help="of each kind")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed is another world, as for tuning")
    parser.add_argument("--data", type=Path, help="where the stores stand, to be used again")
    parser.add_argument("--only", type=lambda t: set(t.split(",")), default=set(PARTS), help=", ".join(PARTS))
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _once(kept: KeptStores, name: str, measure: Any) -> None:
    """Measure what was not measured before."""
    if name in kept.state:
        return
    found = measure()
    print(name, found, flush=True)
    kept.note(**{name: found})


def _measure_size(kept: KeptStores, world: World, size: int, count: int, only: set[str], server: Any) -> None:
    from digitize.targets.sqlite import SqliteTarget

    for part in ("embedded", "pg"):
        name = f"{part} {size}"
        if not {part, f"grow-{part}"} & only or name in kept.state or (part == "pg" and server is None):
            continue
        target = SqliteTarget(kept.folder / "cctns.sqlite") if part == "embedded" else open_postgres(server)
        if kept.state.get(part, {}).get("persons", 0) > size:
            print(f"{name}: the store is larger already", flush=True)
            continue
        grow(kept, part, target, world, size)
        if part == "pg":
            # As its autovacuum does by itself, which is off here so that it does not run beside what is measured.
            server.run("VACUUM ANALYZE", "search")
        if part in only:
            _once(kept, name, lambda t=target, p=part: _asked(t, world, size, count) | _size_of(kept, p, server, size))
        target.close()


def _size_of(kept: KeptStores, part: str, server: Any, size: int) -> dict[str, Any]:
    if part == "embedded":
        made: dict[str, Any] = {"file_bytes": (kept.folder / "cctns.sqlite").stat().st_size}
    else:
        tables = "unnest(ARRAY['cctns.search_rows', 'cctns.search_words'])"
        query = f"SELECT sum(pg_total_relation_size(n::regclass)) FROM {tables} n"
        made = {"index_bytes": int(server.run(query, "search")[0][0])}
    return {**made, **{f"{n}_us_a_person": round(1e6 * kept.state[part][n] / size) for n in ("load_s", "load_cpu_s")}}


class Asker:
    """Asks a store, and keeps how long each answer took: milliseconds by the clock, and of the processor."""

    def __init__(self, target: Any) -> None:
        """target: open, all its keys made."""
        from digitize.search.log import Searcher
        from digitize.search.search import StoreSearch

        self.finder, self.by = StoreSearch(target), Searcher("benchmark", "benchmark", "measuring")
        self.finder.store.put_in_order()  # as `digitize serve` does when it starts
        self._server = backend_of(target)
        self.spent: list[float] = []
        self.worked: list[float] = []

    def ask(self, q: Question) -> bool:
        """Whether the one that is meant is among the first ten."""
        from digitize.search.query import SearchQuery

        began, worked = time.perf_counter(), worked_of(self._server)
        query = SearchQuery(q.text, "person", q.relative, q.station, year=q.year, limit=_SHOWN)
        hits = self.finder.search(query, self.by).hits
        self.spent.append(1000 * (time.perf_counter() - began))
        self.worked.append(1000 * (worked_of(self._server) - worked))
        return any((h.record, h.line) == (q.record, q.line) for h in hits)

    def times(self, name: str) -> dict[str, float]:
        """The times of what was asked since, which are then forgotten."""
        told = {"ms": self.spent, "cpu_ms": self.worked}
        made = {f"{name}p{p}_{kind}": share_of(some, p / 100) for kind, some in told.items() for p in (50, 95, 99)}
        self.spent, self.worked = [], []
        return made


def _asked(target: Any, world: World, size: int, count: int) -> dict[str, Any]:
    asker = Asker(target)
    for q in world.questions(30, cross=True, by=("year", "station"), persons=size):
        asker.ask(q)  # tables of costs are read once, and pages of the index that every question needs
    asker.times("")
    # What the generated world holds is no part of an office's program: Python's garbage collector would go through some
    # hundred thousand objects of it, 0.1 s at a time, in the middle of a question.
    gc.collect()
    gc.freeze()
    figures: dict[str, Any] = {"persons": size}
    parts: dict[str, list[bool]] = {}
    ceilings = []
    for name, is_cross in (("same", False), ("cross", True)):
        questions = world.questions(count, cross=is_cross, persons=size)
        found = [asker.ask(q) for q in questions]
        figures[f"recall10_{name}"] = round(sum(found) / count, 4)
        ceilings += [min(1.0, _SHOWN / q.namesakes) for q in questions]
        for q, is_found in zip(questions, found, strict=True):
            parts.setdefault(f"{name} {q.by}{' misspelt' if q.is_misspelt else ''}", []).append(is_found)
    figures |= {"ceiling10": round(sum(ceilings) / len(ceilings), 4), **asker.times("")}
    figures["by"] = {n: round(sum(f) / len(f), 4) for n, f in sorted(parts.items())}
    alone = world.questions(count, cross=False, by=("name",), persons=size)
    figures["recall10_alone"] = round(sum(map(asker.ask, alone)) / count, 4)
    figures["alone_ceiling10"] = round(sum(min(1.0, _SHOWN / q.namesakes) for q in alone) / count, 4)
    return figures | asker.times("alone_") | {"vehicle_recall5": _vehicles(asker, size, 2 * count)}


def _vehicles(asker: Asker, size: int, count: int) -> float:
    from digitize.search.query import SearchQuery

    die = random.Random(7)
    numbers = range(0, size // 2, 4)
    found = []
    for n in die.sample(numbers, min(count, len(numbers))):
        query = SearchQuery(spoil_mark(vehicle_mark(n)[0], die), "vehicle", limit=5)
        hits = asker.finder.search(query, asker.by).hits
        found.append(any(h.record == record_of(2 * n) for h in hits))
    return round(sum(found) / len(found), 4)


def _measure_peers(kept: KeptStores, world: World, size: int, count: int, server: Any) -> None:
    questions = [q for is_cross in (False, True) for q in world.questions(count, cross=is_cross, persons=size)]

    def measure() -> dict[str, Any]:
        found = peers(server.database_url("search"), questions)
        return {
            f"{peer}_{n}": v for peer, pair in found.items() for n, v in zip(("recall10", "p95_ms"), pair, strict=True)
        }

    _once(kept, f"peers {size}", measure)


def _figures(kept: KeptStores, sizes: list[int]) -> dict[str, Any]:
    """The figures that were asked for, and all others by their size."""
    state = kept.state
    main = min(sizes, key=lambda size: abs(size - _MAIN))
    own, pg = state.get(f"embedded {main}", {}), state.get(f"pg {main}", {})
    made: dict[str, Any] = {"persons": main}
    one = own or pg
    made |= {
        n: one.get(n) for n in ("recall10_same", "recall10_cross", "recall10_alone", "vehicle_recall5", "ceiling10")
    }
    made |= {"embedded_p95_ms": own.get("p95_ms"), "pg_p95_ms": pg.get("p95_ms")}
    made["index_bytes_per_person"] = round(pg["index_bytes"] / main) if pg else None
    for part in ("embedded", "pg"):
        p95 = [state[f"{part} {size}"]["p95_ms"] for size in sizes if f"{part} {size}" in state]
        made["growth" if part == "pg" else "growth_embedded"] = round(p95[-1] / p95[0], 2) if len(p95) > 1 else None
    rivals = state.get(f"peers {sizes[-1]}", {})
    ours = state.get(f"pg {sizes[-1]}", {})
    for peer in ("ilike", "trgm"):
        recall = rivals.get(f"{peer}_recall10")
        whole = (ours.get("recall10_same", 0) + ours.get("recall10_cross", 0)) / 2
        made[f"ratio_{peer}"] = round(whole / recall, 2) if recall and ours else None
    return made | state.get(f"load {sizes[-1]}", {}) | state.get("policy", {}) | {"all": state}


if __name__ == "__main__":
    sys.exit(main())
