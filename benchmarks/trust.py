"""May what a workspace says be believed: tamperings, kills, masking, hostile files, full and read-only disks.

python benchmarks/trust.py [--only tampering,kills,masking,hostile] [--tamperings 1000] [--kills 100]
                           [--seed 1] [--json FILE] [--quick]

`tampering_tried`, `tampering_found`: random alterations of a finished workspace by somebody without its key (bytes,
rows, events with the chain computed anew, their order and number, files, the target), and by somebody with it, who is
found by the heads that the office above holds; found: named by `digitize ledger verify`, or by `reconcile` where rows
of the target were changed. `kills`, `kills_identical`: kill -9 of every command that writes; the day ended like an
undisturbed one. All else: masking.py, hostile.py and disks.py in benchmarks/parts/trust/. Figures that were not
measured are null. A part that was finished before (in FILE) is not measured again unless --only names it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
EQUAL = (
    ("tampering_tried", "tampering_found"),
    ("kills", "kills_identical"),
    ("masking_cases", "masking_right"),
    ("disk_full_commands", "disk_full_clean"),
    ("readonly_commands", "readonly_clean"),
)
NONE = ("leaks", "tracebacks", "hangs", "uncounted", "unicode_exits_broken")
FIGURES = (*(name for pair in EQUAL for name in pair), "hostile_files", *NONE)


def main() -> int:
    """Measure and print. Returns 0 when every share is whole and nothing leaked, hung or broke."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="")
    parser.add_argument("--tamperings", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="20 tamperings, one short day of kills, few files")
    a = parser.parse_args()
    if a.quick:
        a.tamperings, a.kills = 20, 1
    figures: dict[str, Any] = dict.fromkeys(FIGURES)
    if a.json and a.json.exists():
        figures |= json.loads(a.json.read_text(encoding="utf-8"))
    for name, (part, first) in PARTS.items():
        if name in a.only.split(",") if a.only else figures.get(first) is None:
            figures |= part(a)
            if a.json:
                a.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))
    return 0 if _is_whole(figures) else 1


def _is_whole(figures: dict[str, Any]) -> bool:
    return all(figures[tried] == figures[found] for tried, found in EQUAL) and not any(figures[n] for n in NONE)


def _tampering(a: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.parts.trust.kill import digitize
    from tools.tampering.tampering import tamper

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "ws"
        samples = ROOT / "sample_data"
        digitize("init", "wb", str(place))
        shutil.copy(samples / "legacy" / "stations.csv", place / "lists" / "stations.csv")
        shutil.copy(samples / "calibration.toml", place)
        digitize("intake", str(place), str(samples / "legacy" / "FIRMAST.DBF"))
        digitize("run", str(place))
        outcome = tamper(place, Path(folder), a.tamperings, a.seed)
    for line in outcome.missed:
        print(line, file=sys.stderr)
    return {"tampering_tried": outcome.tried, "tampering_found": outcome.found, "tampering_kinds": outcome.kinds}


def _kills(a: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.parts.trust.kills import measure_kills

    with tempfile.TemporaryDirectory() as folder:
        return dict(measure_kills(Path(folder), a.kills, a.seed, 0.35, is_short=a.quick))


def _masking(a: argparse.Namespace) -> dict[str, Any]:
    from tools.exits.masking import measure_masking

    with tempfile.TemporaryDirectory() as folder:
        return dict(measure_masking(Path(folder), quick=a.quick))


def _hostile(a: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.parts.trust.hostile import measure

    return dict(measure(quick=a.quick))


PARTS: dict[str, tuple[Callable[[argparse.Namespace], dict[str, Any]], str]] = {
    "tampering": (_tampering, "tampering_tried"),
    "kills": (_kills, "kills"),
    "masking": (_masking, "masking_cases"),
    "hostile": (_hostile, "hostile_files"),
}


if __name__ == "__main__":
    sys.exit(main())
