"""Does every caller of a run leave a workspace in the same state? Verdicts, target rows, open questions, notes.

python -m benchmarks.callers [--json FILE] [--only NAME,NAME] [--quick]

Histories (printed forms, a register, an old table, an old system; answers, other weights, scans and deliveries that
replace earlier ones, other settings) run over copies of one workspace by each caller: run; run --only, step by step;
worker and run --only load; two workers at once; watch --once; and run --cluster on a Dask cluster of two workers, over
the table and the system, which need no planted pages. callers_differ counts what differs from `run`, over all callers,
histories and states. Pages are planted, so no engine is measured here. --quick: the register and the table by `run` and
one worker; --only: these histories.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from callers import CALLERS, HISTORIES, compare_callers  # noqa: E402  # the checkout first, wherever it is run from

CLUSTER = "run --cluster"
QUICK = ("run", "worker, run --only load")


def main() -> int:
    """Run the histories and print what differs. Returns 0 when nothing does."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", default="", help=f"of {','.join(HISTORIES)}")
    parser.add_argument("--quick", action="store_true")
    a = parser.parse_args()
    names = [n for n in a.only.split(",") if n] or (["registers", "table"] if a.quick else list(HISTORIES))
    if unknown := [n for n in names if n not in HISTORIES]:
        parser.error(f"--only knows {', '.join(HISTORIES)}; not {', '.join(unknown)}")
    figures = compare(names, QUICK if a.quick else None)
    print(f"callers_differ {figures['callers_differ']}")
    for name, history in figures["histories"].items():
        print(f"{name}: {', '.join(f'{state} {loaded}' for state, loaded in history['loaded'].items())} loaded")
        for caller, states in history["differing"].items():
            print(f"  {caller:32} {states or 'the same'}")
    if a.json:
        a.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 1 if figures["callers_differ"] else 0


def compare(names: list[str], callers: tuple[str, ...] | None) -> dict[str, Any]:
    """The figures. callers: None for all of them, and a cluster where Dask is installed."""
    found: dict[str, Any] = {}
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            made = compare_callers(HISTORIES[name](), Path(folder), callers or _callers_of(name))
        loaded = {state: count for state, (count, _) in made.loaded().items()}
        found[name] = {"loaded": loaded, "differing": made.differing}
    differ = sum(len(d) for h in found.values() for states in h["differing"].values() for d in states.values())
    return {"callers_differ": differ, "histories": found}


def _callers_of(name: str) -> tuple[str, ...]:
    has_cluster = name in ("table", "system") and _has_dask()
    return (*(c for c in CALLERS if c != CLUSTER), *((CLUSTER,) if has_cluster else ()))


def _has_dask() -> bool:
    import importlib.util

    return importlib.util.find_spec("distributed") is not None


def _by_cluster(place: Any) -> None:
    from digitize.machine.progress import Silent
    from digitize.steps.run import RunOptions, run_workspace
    from tools.rigs.cluster import Rig

    with tempfile.TemporaryDirectory() as folder, Rig(Path(folder), workers=2) as rig:
        run_workspace(place, RunOptions(cluster=rig.begun()), Silent())


CALLERS[CLUSTER] = _by_cluster

if __name__ == "__main__":
    sys.exit(main())
