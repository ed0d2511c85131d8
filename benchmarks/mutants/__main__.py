"""How many planted faults the tests notice, and which they miss.

    .venv/bin/python -m benchmarks.mutants [--only AREA] [--mutants N] [--seed N] [--json FILE] [--quick]

Faults are planted one at a time: a condition negated or left out, a call or a refusal left out, a limit moved by one,
an argument or an element dropped, an empty answer, `and` for `or`. Each is tried with the tests that run its block,
those first that are quick and do most of their work in its module, until one fails; it counts as noticed when that test
fails again with the fault, and passes without it.
A test that runs out of time is asked again: it hangs only where it needs many times what it needs without the fault,
measured at that moment. equivalent.toml lists the few faults that change nothing anybody could see, each with its
reason; they are neither noticed nor survivors.
What tests run is recorded once (half an hour at first, then only for files of tests that changed); what became of a
fault is kept, too, and asked again only when its function changed or nobody noticed it. `noticed`: the share of the
faults that a test notices. `areas`: the same for each part of the product. `survivors`: what nobody noticed.
`equivalent`: how many of the chosen faults are on that list.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from benchmarks.mutants.caches import CacheReaders
from benchmarks.mutants.kept import Kept, file_hash, text_hash
from benchmarks.mutants.plant import Mutant, list_mutants
from benchmarks.mutants.record import QUIET
from benchmarks.mutants.replacing import read_source
from benchmarks.mutants.targets import (
    AREAS,
    ROOT,
    TESTS,
    TINY,
    TINY_TESTS,
    find_modules,
    find_test_files,
    read_equivalent,
)
from benchmarks.mutants.trial import Known, Trial

HOOK = Path(__file__).parent / "hook"
NOT_COUNTED = ("not planted", "at import", "equivalent")


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant, ask, print what was missed, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", action="append", choices=sorted(AREAS), help="an area; may be given several times")
    parser.add_argument("--path", action="append", default=[], help="only modules whose path holds this")
    parser.add_argument("--where", default="", help="only functions whose name holds this")
    parser.add_argument("--mutants", type=int, default=448, help="how many, an equal share of each area")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=40, help="how long tests may take for one fault")
    parser.add_argument("--slow", action="store_true", help="ask slow tests, too")
    parser.add_argument("--record", action="store_true", help="only record what tests run, where that is not known")
    parser.add_argument("--stale", action="store_true", help="take what is known of test files that changed since")
    parser.add_argument("--untried", action="store_true", help="ask only of faults that were never tried")
    parser.add_argument("--kept", action="store_true", help="try nothing; count what is known already")
    parser.add_argument("--again", action="store_true", help="record anew, whatever is known")
    parser.add_argument("--state", type=Path, default=ROOT / "build" / "mutants", help="what is kept between runs")
    parser.add_argument("--quick", action="store_true", help="a few faults in a module of a few lines")
    options = parser.parse_args(arguments)
    areas, tests = (AREAS, TESTS)
    if options.quick:
        areas, tests = {"tiny": (TINY,)}, TINY_TESTS
        options.state = Path(tempfile.mkdtemp(prefix="mutants-"))
    try:
        with _ready(needs_database=not options.quick):
            figures = measure(areas, tests, options)
    finally:
        if options.quick:
            shutil.rmtree(options.state, ignore_errors=True)
    if options.record:
        return 0
    text = json.dumps(figures, indent=1)
    print(json.dumps({k: v for k, v in figures.items() if k != "survivors"}, indent=1))
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0


@contextmanager
def _ready(*, needs_database: bool) -> Iterator[None]:
    """What tests and the programs they start find: the hook on the path, and a server of PostgreSQL."""
    os.environ["MUTANTS_ROOT"] = str(ROOT)
    paths = [str(HOOK), str(ROOT), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(p for p in paths if p)
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    server = None
    # Whoever ends this ends the server, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.path.insert(0, str(ROOT / "tests"))
    if needs_database and "DIGITIZE_TEST_PG" not in os.environ:
        import pg

        if pg.binaries() is not None:
            server = pg.start_server()
            os.environ["DIGITIZE_TEST_PG"] = server.url
    try:
        yield
    finally:
        if server is not None:
            server.stop()
            shutil.rmtree(server.folder, ignore_errors=True)


def measure(areas: Mapping[str, tuple[str, ...]], tests: tuple[str, ...], options: Any) -> dict[str, Any]:
    """The figures."""
    kept = Kept(options.state)
    modules = find_modules(dict(areas))
    files = find_test_files(tests)
    markers = ["not slow", *(["slow"] if options.slow else [])]
    for marker in markers if not options.kept else ():
        record(kept, files, modules, marker, is_anew=options.again, takes_stale=options.stale)
    if options.record:
        return {}
    known = Known(caches=CacheReaders((path, read_source(path)) for path in modules))
    for name in files:
        for marker in markers:
            if told := kept.read_tests(name, marker):
                known.add(told)
    chosen = choose(modules, options)
    results = kept.read_results()
    began = time.monotonic()
    done: dict[Mutant, dict[str, str]] = {}
    keys = make_keys(chosen)
    equivalent = read_equivalent()
    waiting: list[Mutant] = []
    for mutant in chosen:
        if (mutant.path, mutant.where, mutant.what) in equivalent:
            done[mutant] = {"outcome": "equivalent", "by": ""}
            continue
        old = results.get(keys[mutant], {})
        if old.get("outcome") in ("noticed", "slow", *NOT_COUNTED) or (old and options.untried):
            done[mutant] = old
        else:
            waiting.append(mutant)
    if options.kept:
        known_already = {m: results[keys[m]] for m in chosen if keys[m] in results}
        return count(chosen, {**known_already, **done}, modules)
    # All areas in turn: what is missed shows early.
    waiting.sort(key=lambda m: text_hash(f"{m.where} {m.what}"))

    def tell(mutant: Mutant, outcome: str, by: str) -> None:
        done[mutant] = results[keys[mutant]] = {"outcome": outcome, "by": by}
        kept.add_result(keys[mutant], done[mutant])
        spent = time.monotonic() - began
        if outcome in ("missed", "unasked"):
            print(f"{mutant.path}:{mutant.line}: {mutant.what}" + (" (no test runs it)" * (outcome == "unasked")))
        print(f"{len(done)} of {len(chosen)}, {spent:.0f} s, {outcome} {by}", file=sys.stderr, flush=True)

    for mutant in chosen:
        if (old := done.get(mutant)) and old["outcome"] in ("missed", "unasked"):
            print(f"{mutant.path}:{mutant.line}: {mutant.what}")
    if waiting:
        try_all(waiting, known, options.seconds, tell)
    return count(chosen, done, modules)


def try_all(waiting: Sequence[Mutant], known: Known, seconds: float, tell: Callable[[Mutant, str, str], None]) -> None:
    """Plant each fault and run its tests, for so many seconds at most. tell: takes outcome and test of each."""
    wanted = sorted({t.partition("::")[0] for m in waiting for t in known.tests_of(m)})
    scratch = Path(tempfile.mkdtemp(prefix="mutants-"))
    scratch.chmod(0o755)
    try:
        trial = Trial(waiting, known, seconds, scratch, tell, _drop_databases)
        if wanted:
            pytest.main([*QUIET, "--basetemp", str(scratch / "base"), *wanted], plugins=[trial])
        else:
            for mutant in waiting:
                tell(mutant, "unasked", "")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def record(
    kept: Kept, files: Sequence[str], modules: Mapping[str, str], marker: str, *, is_anew: bool = False,
    takes_stale: bool = False,
) -> None:  # fmt: skip
    """Record what tests run, of files that are new or changed."""
    lacking = [
        name for name in files
        if is_anew or (old := kept.read_tests(name, marker)) is None
        or (old["hash"] != file_hash(ROOT / name) and not takes_stale)
    ]  # fmt: skip
    if not lacking:
        return
    print(f"recording what the tests of {len(lacking)} files run ({marker})", file=sys.stderr, flush=True)
    paths = kept.folder / "paths"
    paths.write_text("\n".join(modules), encoding="utf-8")
    marks = Path(tempfile.mkdtemp(prefix="mutants-")) / "marks"
    marks.parent.chmod(0o777)
    environment = {**os.environ, "MUTANTS_MARK": str(marks), "MUTANTS_PATHS": str(paths)}
    command = [sys.executable, "-m", "benchmarks.mutants.record", str(kept.folder), marker, *lacking]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=sys.stderr)
    shutil.rmtree(marks.parent, ignore_errors=True)
    for name in lacking:
        # A file of which nothing is to run under this marker.
        if kept.read_tests(name, marker) is None:
            kept.write_tests(
                name, marker,
                {"hash": file_hash(ROOT / name), "blocks": [], "tests": {}, "wide": {}, "failed": [], "at_import": [],
                 "modules": []},
            )  # fmt: skip


def choose(modules: Mapping[str, str], options: Any) -> list[Mutant]:
    """Some faults of each area, always the same for a seed, whatever else changes in a module."""
    by_area: dict[str, list[Mutant]] = defaultdict(list)
    for path, area in modules.items():
        if options.only and area not in options.only:
            continue
        if options.path and not any(part in path for part in options.path):
            continue
        by_area[area] += [m for m in list_mutants(read_source(path), path) if options.where in m.where]
    chosen: list[Mutant] = []
    left = len(by_area)
    for _, mutants in sorted(by_area.items(), key=lambda one: len(one[1])):
        mutants.sort(key=lambda m: text_hash(f"{options.seed} {Path(m.path).stem} {m.where} {m.what}"))
        share = -(-(options.mutants - len(chosen)) // left)
        chosen += mutants[:share]
        left -= 1
    return chosen


def make_keys(mutants: Sequence[Mutant]) -> dict[Mutant, str]:
    """How results are found again: by what was planted where, as long as the function around it is the same."""
    texts: dict[str, dict[str, str]] = {}
    keys, times = {}, Counter[str]()
    for mutant in mutants:
        if mutant.path not in texts:
            texts[mutant.path] = _functions(read_source(mutant.path))
        around = texts[mutant.path].get(mutant.where.partition(".")[0], "")
        key = f"{mutant.path} {mutant.where} {mutant.what} {text_hash(around)}"
        times[key] += 1
        keys[mutant] = f"{key} {times[key]}"
    return keys


def _functions(source: str) -> dict[str, str]:
    return {
        node.name: ast.unparse(node)
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }


def count(
    chosen: Sequence[Mutant], done: Mapping[Mutant, Mapping[str, str]], modules: Mapping[str, str]
) -> dict[str, Any]:
    """The figures of what became of all faults."""
    counted = [m for m in chosen if m in done and done[m]["outcome"] not in NOT_COUNTED]
    noticed = [m for m in counted if done[m]["outcome"] in ("noticed", "slow")]
    planted = Counter(modules[m.path] for m in counted)
    seen = Counter(modules[m.path] for m in noticed)
    return {
        "noticed": round(len(noticed) / len(counted), 4) if counted else 0.0,
        "mutants": len(counted),
        "equivalent": sum(done[m]["outcome"] == "equivalent" for m in chosen if m in done),
        "not_counted": sum(m not in done or done[m]["outcome"] in NOT_COUNTED[:2] for m in chosen),
        "noticed_by_time": sum(done[m]["outcome"] == "slow" for m in counted),
        "areas": {a: {"noticed": round(seen[a] / n, 4), "mutants": n} for a, n in sorted(planted.items())},
        "survivors": [
            {"at": f"{m.path}:{m.line}", "in": m.where, "what": m.what, "outcome": done[m]["outcome"]}
            for m in counted
            if done[m]["outcome"] not in ("noticed", "slow")
        ],
    }


def _drop_databases() -> None:
    """Put away the databases that a copy left when it ended."""
    url = os.environ.get("DIGITIZE_TEST_PG")
    if not url:
        return
    import psycopg
    from psycopg import sql

    with psycopg.connect(url, autocommit=True) as db:
        names = [n for (n,) in db.execute("SELECT datname FROM pg_database WHERE datname LIKE 't\\_%'").fetchall()]
        if len(names) > 12:
            for name in names:
                db.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


if __name__ == "__main__":
    sys.exit(main())
