r"""How well services find: missing persons among bodies and traced persons, by descriptions of two stations.

    .venv/bin/python benchmarks/services.py [--quick] [--reports N] [--bodies N] [--pairs N] [--json FILE]
    .venv/bin/python benchmarks/services.py --only verdicts [--quick] [--names N] [--persons N]

Cases are generated (sample_data/makers/service_cases.py) and loaded by the product into SQLite and, with --pg,
PostgreSQL. For each true pair it is asked from either side who may be the same person; a hit is that very record among
the first ten. before is how many false ones stand before the true one, in the middle of those that were found.

--only verdicts asks who is wanted: names of proclaimed persons, and as many of nobody in the records, near and far
(benchmarks/parts/services/verdicts.py). false_wanted: nobody's names that are called wanted; missed_wanted: wanted
persons who are not among the answers, or are called free; unsure is counted apart.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "people")]

from benchmarks.parts.search.peers import share_of  # noqa: E402
from benchmarks.parts.services.verdicts import VerdictWorld, measure_verdicts  # noqa: E402
from sample_data.makers.service_cases import Cases  # noqa: E402

_AT_ONCE = 20_000
_SHOWN, _LOOKED_AT = 10, 500
SEED = 3_100
VERDICTS = "verdicts"


def main() -> int:
    """Measure, print, and write the figures."""
    options = _options()
    if options.only == VERDICTS:
        figures = verdicts(options.persons, options.names, options.seed, options.folder)
    else:
        figures = measure(
            options.reports, options.bodies, options.pairs, options.seed, options.folder, is_pg=options.pg
        )
    text = json.dumps(figures, indent=1)
    print(text)
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="300 reports, 60 bodies, 20 pairs; 200 names of 300")
    parser.add_argument("--only", choices=(VERDICTS,), help="verdicts on names instead of missing persons")
    parser.add_argument("--persons", type=int, default=6000, help="persons of warrants, for the verdicts")
    parser.add_argument("--names", type=int, default=5000, help="names that are asked, for the verdicts")
    parser.add_argument("--reports", type=int, default=100_000)
    parser.add_argument("--bodies", type=int, default=20_000)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=SEED, help="another seed is another world, as for tuning")
    parser.add_argument("--folder", type=Path, help="where the databases are made")
    parser.add_argument("--pg", action="store_true", help="in PostgreSQL as well")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.quick:
        options.reports, options.bodies, options.pairs = 300, 60, 20
        options.persons, options.names = 300, 200
    return options


def measure(
    reports: int, bodies: int, pairs: int, seed: int, folder: Path | None = None, *, is_pg: bool = False
) -> dict[str, Any]:
    """The figures of one world."""
    from digitize.targets.sqlite import SqliteTarget

    began = time.monotonic()
    cases = Cases(reports, bodies, pairs, seed)
    print(f"{reports} reports, {bodies} bodies drawn in {time.monotonic() - began:.0f} s", flush=True)
    place = Path(tempfile.mkdtemp(prefix="services-", dir=folder))
    try:
        target = SqliteTarget(place / "cctns.sqlite")
        figures: dict[str, Any] = {"reports": reports, "bodies": bodies, "pairs": pairs, "seed": seed}
        figures |= _asked(target, cases)
        target.close()
        return figures | (_in_postgres(cases) if is_pg else {})
    finally:
        shutil.rmtree(place, ignore_errors=True)


def verdicts(persons: int, names: int, seed: int, folder: Path | None = None) -> dict[str, Any]:
    """What is said to police and public of names, half of them of nobody."""
    from marks_store import batch

    from digitize.targets.sqlite import SqliteTarget

    world = VerdictWorld(persons, seed)
    place = Path(tempfile.mkdtemp(prefix="verdicts-", dir=folder))
    target = SqliteTarget(place / "cctns.sqlite")
    try:
        target.take(batch(world.tables()))
        return {"persons": persons, "names": names, "seed": seed, **measure_verdicts(target, world, names)}
    finally:
        target.close()
        shutil.rmtree(place, ignore_errors=True)


def _in_postgres(cases: Cases) -> dict[str, Any]:
    import pg

    from digitize.targets.postgres.address import parse_address
    from digitize.targets.postgres.setup import init_target
    from digitize.targets.postgres.target import PostgresTarget

    server = pg.start_server()
    try:
        address = parse_address(server.create_database())
        init_target(address, search=True)
        target = PostgresTarget(address)
        made = _asked(target, cases)
        target.close()
        return {f"pg_{name}": value for name, value in made.items()}
    finally:
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


def _asked(target: Any, cases: Cases) -> dict[str, Any]:
    began = time.monotonic()
    for batch in cases.batches(_AT_ONCE):
        target.take(batch)
    print(f"{target.name}: loaded in {time.monotonic() - began:.0f} s", flush=True)
    return ask(target, cases)


def ask(target: Any, cases: Cases) -> dict[str, Any]:
    """Ask all that is asked of a target that is loaded."""
    from digitize.search.stores import open_store
    from digitize.services.kinds.missing_persons import find
    from digitize.services.matching.pairs import BODIES, FOUND, REPORTS, describe_persons, matches

    store = open_store(target)
    spent: list[float] = []
    worked: list[float] = []

    def rank(form: str, record: str, which: str, wanted: str) -> int | None:
        start, worked_before = time.perf_counter(), time.process_time()
        (one,) = describe_persons(store, form, [record])
        found = [c.other.record for c in matches(store, one, [which], _LOOKED_AT)]
        spent.append(1000 * (time.perf_counter() - start))
        worked.append(1000 * (time.process_time() - worked_before))
        return found.index(wanted) if wanted in found else None

    def searched(n: int) -> int | None:
        start, worked_before = time.perf_counter(), time.process_time()
        found = [a.record for a in find(store, cases.asked(cases.truths[n]))]
        spent.append(1000 * (time.perf_counter() - start))
        worked.append(1000 * (time.process_time() - worked_before))
        wanted = f"m-{n:07}-r1"
        return found.index(wanted) if wanted in found else None

    some = range(cases.pairs)
    traced = range(cases.pairs, 2 * cases.pairs)
    made = {
        "body_to_report": [rank("uidb", f"u-{n:07}-r1", REPORTS, f"m-{n:07}-r1") for n in some],
        "report_to_body": [rank("missing", f"m-{n:07}-r1", BODIES, f"u-{n:07}-r1") for n in some],
        "report_to_traced": [rank("missing", f"m-{n:07}-r1", FOUND, f"t-{n:07}-r1") for n in traced],
        "described": [searched(n) for n in range(2 * cases.pairs, 3 * cases.pairs)],
    }
    figures = {name: _told(ranks) for name, ranks in made.items()}
    # Half of the bodies say too little to be told from others: of these the rest are known by marks or clothes.
    telling = [n for n in some if _says(cases.bodies[n]) and _says(cases.reports[n])]
    figures["body_to_report_telling"] = _told([made["body_to_report"][n] for n in telling])
    times = {"p50_ms": share_of(spent, 0.5), "p95_ms": share_of(spent, 0.95)}
    return {**figures, **times, "p50_cpu_ms": share_of(worked, 0.5), "p95_cpu_ms": share_of(worked, 0.95)}


def _says(record: dict[str, Any]) -> bool:
    return "identification_marks" in record["row"] and "clothes" in record["row"]


def _told(ranks: Sequence[int | None]) -> dict[str, Any]:
    there = [r for r in ranks if r is not None]
    return {
        "asked": len(ranks),
        "recall10": round(sum(r < _SHOWN for r in there) / max(1, len(ranks)), 3),
        "recall1": round(sum(r == 0 for r in there) / max(1, len(ranks)), 3),
        "before": round(statistics.median(there)) if there else None,
        "before_mean": round(statistics.mean(there), 1) if there else None,
        "lost": len(ranks) - len(there),
    }


if __name__ == "__main__":
    sys.exit(main())
