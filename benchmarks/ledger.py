r"""What the ledger costs at the size of a state: status, a run with nothing to do, the next lot, bookkeeping, disk.

    .venv/bin/python benchmarks/ledger.py [--quick] [--pages N] [--data DIR] [--only NAMES] [--json FILE]
        [--pg URL [--straight]]

A ledger of so many invented pages is made once (benchmarks/parts/ledger/make.py) in the folder of --data, or in the
temporary one, and used again; what was measured is kept beside it, so that a run that was cut off goes on.
Commands are timed as people type them, from start to end, by the clock and by the processor, the middle of three: on a
busy machine only the second says much. For lots, pages are taken in behind the others and read, with small results.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from benchmarks import cluster  # noqa: E402
from benchmarks.parts.ledger.make import FAMILY, FORM, make, readings  # noqa: E402
from digitize.steps import load, read  # noqa: E402
from digitize.steps.due_parts import Due  # noqa: E402
from digitize.steps.read_keys import DECIDE, RECOGNISE  # noqa: E402
from digitize.steps.read_plan import due_pages  # noqa: E402
from digitize.workspace.counting.counts_cache import keep_counts  # noqa: E402
from digitize.workspace.ledger import Ledger  # noqa: E402
from digitize.workspace.ledger.catalogue import Batch, Catalogue, PageScan, SourceFile  # noqa: E402
from digitize.workspace.ledger_db import LedgerAddress  # noqa: E402
from digitize.workspace.load_batches import batch_to_load  # noqa: E402
from digitize.workspace.place import Place  # noqa: E402
from digitize.workspace.run_context import RunContext, build_run_context  # noqa: E402

PAGES, QUICK = 5_000_000, 5_000
LOT = 64
_NEW_VOLUMES, _PER_VOLUME = 8, 250
_PAGE = {"form": FORM, "family": FAMILY, "part": 1}


@dataclass(frozen=True)
class LedgerBench:
    """What is measured: a workspace, and the times a command is run. url: of a database for the same ledger."""

    place: Place
    pages: int
    times: int = 3
    url: str = ""

    def command(self, name: str, *arguments: str) -> dict[str, float]:
        """Seconds of a command by the clock and of the processor, the middle ones. Raises RuntimeError."""
        clock, worked = [], []
        for _ in range(self.times):
            begun = time.perf_counter()
            with tempfile.TemporaryFile() as said:
                command = [sys.executable, "-m", "digitize.cli", *arguments]
                done = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said)
                _, status, used = os.wait4(done.pid, 0)
                done.returncode = os.waitstatus_to_exitcode(status)
                said.seek(0)
                if done.returncode not in (0, 3):
                    raise RuntimeError(f"digitize {arguments[0]} ended with {done.returncode}: {said.read()[-800:]!r}")
            clock.append(time.perf_counter() - begun)
            worked.append(used.ru_utime + used.ru_stime)
        return {
            f"{name}_s": round(statistics.median(clock), 3),
            f"{name}_processor_s": round(statistics.median(worked), 3),
        }


def main() -> int:
    """Measure, print, and write the figures."""
    a = _options()
    pages = QUICK if a.quick else a.pages
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = (a.data or Path(temporary)) / f"ledger-{pages}-{a.per_volume}"
        folder.parent.mkdir(parents=True, exist_ok=True)
        kept = folder.with_suffix(".json")
        if kept.is_file() and not a.again:
            figures = json.loads(kept.read_text())
        for name, measure in _parts(a, folder, pages).items():
            if (a.only and name not in a.only) or (name in figures and not a.only):
                continue
            figures |= measure() | {name: True}
            kept.write_text(json.dumps(figures, indent=1))
            print(name, json.dumps(figures), flush=True)
    found = {"pages": pages, "per_volume": a.per_volume} | {
        name: value for name, value in figures.items() if name not in (*_MEASURES, *_OTHERS)
    }
    print(json.dumps(found, indent=1))
    if a.json:
        a.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


def _parts(a: argparse.Namespace, folder: Path, pages: int) -> dict[str, Callable[[], dict[str, Any]]]:
    """What is measured by name; the ledger is made only where something needs it."""
    parts: dict[str, Callable[[], dict[str, Any]]] = {}
    if a.straight:
        place = make(folder.with_name(f"{folder.name}-pg"), pages, a.per_volume, a.pg)
        return {"postgres": partial(_postgres, LedgerBench(place, pages, 1 if a.quick else 3, a.pg))}
    if not a.only or set(a.only) & set(_MEASURES):
        place = make(folder, pages, a.per_volume)
        bench = LedgerBench(place, pages, 1 if a.quick else 3, a.pg)
        parts = {name: partial(measure, bench) for name, measure in _MEASURES.items()}
    return parts if a.quick else parts | _OTHERS


def _disk(b: LedgerBench) -> dict[str, Any]:
    """The file a page, and the same without what reading and mapping produced."""
    with Ledger(b.place.ledger) as ledger:
        made = sum(
            ledger.rows(f"SELECT SUM(LENGTH(data)) AS n FROM {table}")[0]["n"] or 0
            for table in ("outputs", "record_rows")
        )
    size = b.place.ledger.stat().st_size
    return {"kb_per_page": round((size - made) / 1000 / b.pages, 3), "kb_per_page_all": round(size / 1000 / b.pages, 3)}


def _postgres(b: LedgerBench) -> dict[str, Any]:
    """The same in a database, when one was given."""
    if not b.url:
        return {}
    from benchmarks.parts.ledger.pg import in_database, kb_per_page, moved_back_identical

    # Of few pages: whether it is the same does not depend on how many there are.
    few = make(b.place.folder.with_name("ledger-few"), 250, _PER_VOLUME)
    found = {"moved_back_identical": moved_back_identical(few, b.url)}
    is_there = isinstance(b.place.ledger, LedgerAddress)
    in_pg = b if is_there else replace(b, place=in_database(b.place, b.url))
    folder = str(in_pg.place.folder)
    found |= kb_per_page(in_pg.place, b.pages)
    found |= in_pg.command("pg_status", "status", folder) | in_pg.command("pg_noop", "run", folder)
    lots = {name.replace("sqlite", "pg"): value for name, value in _lots(in_pg).items()}
    return found | {name if name.startswith("pg_") else f"pg_{name}": value for name, value in lots.items()}


def _commands(b: LedgerBench) -> dict[str, Any]:
    folder = str(b.place.folder)
    page = f"{b.place.options.workspace.site_id}-0003-0007"
    return {
        **b.command("sqlite_status", "status", folder),
        **b.command("sqlite_noop", "run", folder),
        **b.command("show", "show", folder, page),
    }


def _lots(b: LedgerBench, volumes: int = _NEW_VOLUMES, pages: int = _PER_VOLUME) -> dict[str, Any]:
    """The next lot of pages that wait, and what a page costs the writer from its lease to "done", in lots."""
    with Ledger(b.place.ledger) as ledger:
        known = build_run_context(b.place, ledger)
        _take_in(ledger, volumes, pages)
        asked, thought = [], []
        for _ in range(5):
            begun, used = time.perf_counter(), time.process_time()
            due = Due(ledger, known, "read")
            _, todos = next((v, t) for v, t in due_pages(ledger, known, due.volumes()) if t)
            asked.append(time.perf_counter() - begun)
            thought.append(time.process_time() - used)
            lot = [t.scan for t in todos[:LOT]]
            _work(ledger, known, lot)
        scans = [t.scan for _, todos in due_pages(ledger, known, due.volumes()) for t in todos]
        begun, used = time.perf_counter(), time.process_time()
        for at in range(0, len(scans), LOT):
            _work(ledger, known, scans[at : at + LOT])
        took, worked = time.perf_counter() - begun, time.process_time() - used
        keep_counts(ledger)
        due = Due(ledger, known, "read")
        due.settle(f"volume:{v}" for v in read.plan(ledger, known, None, due.volumes()).idle)
    return {
        "sqlite_todo_ms": round(1000 * statistics.median(asked), 2),
        "sqlite_todo_processor_ms": round(1000 * statistics.median(thought), 2),
        "ms_per_page": round(1000 * took / len(scans), 3),
        "ms_per_page_processor": round(1000 * worked / len(scans), 3),
        "lot": LOT,
    }


def _take_in(ledger: Ledger, volumes: int, pages: int) -> None:
    """Some more volumes, as intake writes them."""
    catalogue = Catalogue(ledger)
    with ledger.writing():
        batch = f"wb-size-b{len(catalogue.batches()) + 1:04d}"
        catalogue.insert_batch(Batch(batch, "More", "2026-03-01", "fir-book"))
        for number in range(volumes):
            volume = catalogue.volume(f"More {batch} {number}")
            sha = f"{volume:064x}"
            catalogue.insert_source(SourceFile(sha, batch, f"{volume}.pdf", 1, "application/pdf", pages, ".pdf"))
            for idx in range(pages):
                page = f"wb-size-{volume:04d}-{idx + 1:04d}"
                catalogue.insert_scan(PageScan(page, sha, idx, batch, volume, idx + 1, "fir-book", language="en"))
                ledger.record_event(page, "intake", "done", key=f"{sha}:{idx}", detail={"index": idx})


def _work(ledger: Ledger, known: RunContext, lot: list[PageScan]) -> None:
    """A lot from its lease to "done", with small results: read and decided, under the keys of today."""
    from digitize.steps.read_keys import decide_key, recognise_key

    held = set(ledger.claim([s.page for s in lot], RECOGNISE, known.owner))
    # Readings that a run can take: it maps them when it comes next.
    recognised, read_ = readings()
    with ledger.writing():
        # As `Lots.record` does.
        ledger.foresee(sorted(held))
        for scan in lot:
            if scan.page in held:
                key = recognise_key(known, scan, _PAGE["form"])  # type: ignore[arg-type]
                ledger.finish(scan.page, RECOGNISE, key, recognised, _PAGE)
                decided = decide_key(known, scan, key, str(_PAGE["form"]))
                ledger.finish(scan.page, DECIDE, decided, read_, {**_PAGE, "language": "en"})
        ledger.renew(known.owner)


def _batch(b: LedgerBench) -> dict[str, Any]:
    """One batch into a target of its own, and what of the machine that took."""
    target = b.place.folder / "loaded" / "batch.sqlite"
    target.unlink(missing_ok=True)
    with Ledger(b.place.ledger) as ledger:
        known = build_run_context(b.place, ledger)
        batch = Catalogue(ledger).batches()[0].batch
        begun = time.perf_counter()
        todos = load.plan(ledger, known, [batch])
        planned = time.perf_counter() - begun
        begun = time.perf_counter()
        with batch_to_load(ledger, batch, todos[0][1] if todos else "", b.place.folder) as rows:
            count = sum(outline.own.height for outline in rows.outlines.values())
        took = time.perf_counter() - begun
    return {
        "load_plan_one_batch_s": round(planned, 3),
        "load_read_one_batch_s": round(took, 3),
        "load_records": count,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _bundle() -> dict[str, Any]:
    """Whether a bundle made of this checkout installs, runs, updates and goes back where the network is cut off."""
    with tempfile.TemporaryDirectory() as temporary:
        for command in (["make.sh", f"{temporary}/bundle"], ["check.sh", f"{temporary}/bundle"]):
            if subprocess.run(["bash", str(ROOT / "tools" / "bundle" / command[0]), command[1]], cwd=ROOT).returncode:
                return {"bundle_offline_ok": False}
    return {"bundle_offline_ok": True}


_MEASURES: dict[str, Callable[[LedgerBench], dict[str, Any]]] = {
    "disk": _disk, "commands": _commands, "postgres": _postgres, "lots": _lots, "batch": _batch,
}  # fmt: skip
_OTHERS: dict[str, Callable[[], dict[str, Any]]] = {
    "ratio": lambda: cluster.ratio_figures(cluster.Wanted()),
    "sim": lambda: cluster.sim_figures(cluster.Wanted()),
    "chaos": lambda: cluster.chaos_figures(cluster.Wanted()),
    "bundle": _bundle,
}
"""What needs no ledger of many pages; not with --quick. bundle: by root, with debootstrap."""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} pages, each command once")
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--per-volume", type=int, default=_PER_VOLUME, help="pages of a volume, a multiple of 5")
    parser.add_argument("--data", type=Path, help="where the ledger is made and kept")
    parser.add_argument("--only", nargs="+", choices=[*_MEASURES, *_OTHERS], default=[], help="measure these alone")
    parser.add_argument("--pg", metavar="URL", default="", help="a PostgreSQL database, for the same in it")
    parser.add_argument(
        "--straight",
        action="store_true",
        help="make the ledger in that database, with none in a file; measure it there",
    )
    parser.add_argument("--again", action="store_true", help="measure everything anew")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
