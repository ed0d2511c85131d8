"""Work on a cluster: kills, speed beside local processes, a host that is cut off, and how far it scales.

python -m benchmarks.cluster [--only NAMES] [--pages 2000] [--kills 100] [--database] [--json FILE] [--plot FILE]

chaos: workers, scheduler and client (with --database the ledger's PostgreSQL, too) are killed at random over small
pages on 3 workers; then the run is finished and compared with one that nobody disturbed. ratio: pages a second on a
Dask cluster with 2 workers beside `--jobs 2`, runs of both in turn, the median of three on each of two clusters, and
cold. hosts: three machines in network namespaces, one cut off in mid-run and back (needs root). sim: 50 million pages
on 1 to 400 workers, from costs that are measured here. Names: dask_ratio, kills, kills_identical, worked_twice,
sim_linear_to.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import psutil

from benchmarks.parts.cluster import chaos
from benchmarks.parts.cluster.sim import Costs, linear_to, plot, scaling, variants
from benchmarks.parts.measuring import orphans
from tools.rigs.cluster import ROOT, Rig

_RATIO_TIMES = 3
_RATIO_CLUSTERS = 2
"""A process keeps for life the hash seed and the addresses that it happened to begin with, which make it some percent
quicker or slower; local processes begin anew with each command."""


@dataclass(frozen=True)
class Wanted:
    """What is measured. is_database: the ledger of the chaos lies in PostgreSQL."""

    pages: int = 2000
    kills: int = 100
    seed: int = 1
    is_database: bool = False
    plot: Path | None = None
    ratio_pages: int = 48


def chaos_figures(wanted: Wanted) -> dict[str, Any]:
    """kills, kills_identical, worked_twice and what they cost at most."""
    with tempfile.TemporaryDirectory() as folder:
        server = _server() if wanted.is_database else None
        try:
            done = chaos.chaos(Path(folder), wanted.pages, wanted.kills, wanted.seed, 3.0, 9.0, server)
        finally:
            if server is not None:
                server.stop()
    return {
        "kills": done.kills, "kills_identical": done.identical and done.once, "worked_twice": done.worked_twice,
        "worked_twice_at_most": done.most_twice, "pages": done.pages, "kills_of": done.by_kind,
        "chaos_s": round(done.seconds),
    }  # fmt: skip


def _server() -> Any:
    sys.path.insert(0, str(ROOT / "tests"))
    from pg import start_server

    return start_server()


def ratio_figures(wanted: Wanted) -> dict[str, Any]:
    """dask_ratio: pages a second on two Dask workers over those of --jobs 2, by the clock of a whole command.

    dask_ratio_processor: the same by the processor time of all processes together, which a busy machine changes little.
    Workers had worked before; cold_ratio, cold_ratio_processor: the same of the first command that they were given,
    when they had begun and loaded what they load by themselves, each as begin_s says (of the processor).
    """
    os.environ |= chaos.CHEAP
    orphans.adopt()
    taken: dict[str, list[tuple[float, float]]] = {"jobs": [], "dask": [], "cold": []}
    begin_s = []
    with tempfile.TemporaryDirectory() as folder:
        place = chaos.make_workspace(Path(folder), wanted.ratio_pages, volumes=1, every=1)
        for number in range(_RATIO_CLUSTERS):
            with Rig(Path(folder) / f"rig{number}", 2) as rig:
                rig.begun()
                begin_s.append(_settled_s(rig) / 2)
                # Its workers run on from job to job; local processes begin with each command, as they always do.
                taken["cold"].append(_used(place, rig, "--cluster", rig.address))
                for _ in range(_RATIO_TIMES):
                    taken["jobs"].append(_used(place, rig, "--jobs", "2"))
                    taken["dask"].append(_used(place, rig, "--cluster", rig.address))
    middle = {name: [statistics.median(one[k] for one in took) for k in range(2)] for name, took in taken.items()}
    figures: dict[str, Any] = {}
    for name in ("dask", "cold"):
        clock, processor = (middle["jobs"][k] / middle[name][k] for k in range(2))
        figures |= {f"{name}_ratio": round(clock, 3), f"{name}_ratio_processor": round(processor, 3)}
    figures |= {f"{n}_s": [tuple(round(x, 1) for x in one) for one in took] for n, took in taken.items()}
    return figures | {"begin_s": [round(s, 1) for s in begin_s]}


def _settled_s(rig: Rig) -> float:
    """Wait until workers have begun and loaded what they load. Returns what they took, seconds of the processor."""
    used = 0.0
    while True:
        time.sleep(3.0)
        _, *workers = map(_tree_s, rig.pids())
        # What they tick is far below that.
        if used and sum(workers) - used < 0.1:
            return used
        used = sum(workers)


def _used(place: Path, rig: Rig, *how: str) -> tuple[float, float]:
    """Seconds by the clock and of the processor for reading a fresh copy of a workspace."""
    copy = place.with_name("copy")
    shutil.copytree(place, copy)
    # Its scheduler and workers tick while local processes work, too; that is no part of what those take.
    rig_or_none = rig if "--cluster" in how else None
    clock, processor = time.monotonic(), _processor_s(rig_or_none)
    there = orphans.children()
    chaos.digitize("run", str(copy), "--only", "read", *how)
    took = time.monotonic() - clock
    orphans.reap(there)
    used = took, _processor_s(rig_or_none) - processor
    shutil.rmtree(copy)
    return used


def _processor_s(rig: Rig | None) -> float:
    """What commands that ended, and a cluster, have used by now."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime + sum(map(_tree_s, rig.pids() if rig else []))


def _tree_s(pid: int) -> float:
    """What a process and all that it began and that still run have used by now."""
    one = psutil.Process(pid)
    times = [p.cpu_times() for p in (one, *one.children(recursive=True))]
    return sum(t.user + t.system for t in times)


def host_figures(wanted: Wanted) -> dict[str, Any]:
    """Three hosts in namespaces; one is cut off while it works, and comes back."""
    from benchmarks.parts.cluster.hosts import cut_off

    with tempfile.TemporaryDirectory() as folder:
        return cut_off(Path(folder), 200)


def sim_figures(wanted: Wanted) -> dict[str, Any]:
    """sim_linear_to: workers of which each still does 95 % of what one alone does."""
    costs, in_file = measured_costs()
    curves = {name: scaling(one) for name, one in variants(costs, in_file).items()}
    own, *_ = curves.values()
    if wanted.plot is not None:
        title = "Million pages a day, by workers (simulated from measured costs)"
        wanted.plot.write_text(plot(curves, title), encoding="utf-8")
    return {
        "sim_linear_to": linear_to(own),
        "sim_linear_to_by": {name: linear_to(days) for name, days in curves.items()},
        "sim_days": {name: {n: round(d, 1) for n, d in days.items()} for name, days in curves.items()},
        "costs": asdict(costs),
        "costs_of_a_file": asdict(in_file),
    }


def measured_costs() -> tuple[Costs, Costs]:
    """What claiming and recording cost a ledger in PostgreSQL, and one in a file, here; all else as `Costs` assumes."""
    from benchmarks.parts.cluster.costs import measured

    os.environ |= chaos.CHEAP
    lot = 70
    server = _server()
    try:
        with tempfile.TemporaryDirectory() as folder:
            place = chaos.make_workspace(Path(folder), 4 * lot, volumes=4, every=1)
            moved = place.with_name("moved")
            shutil.copytree(place, moved)
            chaos.digitize("ledger", "move", str(moved), "--to", server.create_database())
            database, file = (replace(measured(p, Costs(lot=lot)), lot=60) for p in (moved, place))
            return database, file
    finally:
        server.stop()


PARTS: dict[str, Callable[[Wanted], dict[str, Any]]] = {
    "chaos": chaos_figures, "ratio": ratio_figures, "hosts": host_figures, "sim": sim_figures,
}  # fmt: skip


def main() -> int:
    """Print the figures. Returns 0 when what is promised held."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--ratio-pages", type=int, default=48)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--quick", action="store_true", help="3 kills over 60 pages, and no hosts")
    a = parser.parse_args()
    pages, kills = (60, 3) if a.quick else (a.pages, a.kills)
    wanted = Wanted(pages, kills, a.seed, a.database, a.plot, a.ratio_pages)
    result: dict[str, Any] = {}
    for name in a.only.split(","):
        if not (a.quick and name == "hosts"):
            result |= PARTS[name](wanted)
    for name, value in result.items():
        print(f"{name:22} {value}")
    if a.json:
        a.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0 if result.get("kills_identical", True) else 1


if __name__ == "__main__":
    if shutil.which("dask") is None and subprocess.run([sys.executable, "-c", "import distributed"]).returncode:
        print("Dask is not installed; run: pip install 'cctns-digitize[cluster]'", file=sys.stderr)
    sys.exit(main())
