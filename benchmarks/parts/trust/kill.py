"""Kill a run at random moments, finish it, and compare it with a run nobody disturbed.

python benchmarks/kill.py [--data FOLDER] [--kills 20] [--seed 1] [--json FILE] [--quick]

Workspaces take the same files in. One runs in peace. Another is killed (`kill -9` of the whole process group) at random
moments until it is done all the same; then the next begins, until there were so many kills. The exported records of
each must be the same to the byte, and each ledger must hold each page's work once.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BOOK, TABLE = ROOT / "sample_data" / "fir_book_2025", ROOT / "sample_data" / "legacy" / "FIRMAST.DBF"
QUICK = ("en_2019_211.jpg",)


def main() -> int:
    """Run the comparison and print it. Returns 0 when everything was the same."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="*", help="files or folders to take in, else the samples")
    parser.add_argument("--state", default="wb")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int, default=0, help="take at most so many files of each folder")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="3 kills, one scan and a table, no zone is read")
    a = parser.parse_args()
    data = a.data or [*((BOOK / name for name in QUICK) if a.quick else (BOOK,)), TABLE]
    kills = 3 if a.quick else a.kills
    if a.quick:
        os.environ |= {"DIGITIZE_READ_ENGINE": "null", "DIGITIZE_READ_HANDWRITING_ENGINE": "none"}
    with tempfile.TemporaryDirectory() as folder:
        result = compare(Path(folder), data, a.state, kills, random.Random(a.seed), a.limit)
    for name, value in result.items():
        print(f"{name:22} {value}")
    if a.json:
        a.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0 if result["kills_identical"] and result["pages_counted_once"] else 1


def compare(
    folder: Path, data: list[Path], state: str, kills: int, dice: random.Random, limit: int
) -> dict[str, int | float | bool]:
    """The figures: kills, whether all exports are the same to the byte, whether each page counts once."""
    files = [f for d in data for f in _files(d, limit)]
    calm = _workspace(folder / "calm", state, files)
    begun = time.monotonic()
    digitize("run", str(calm), codes=(0, 3))
    calm_s = time.monotonic() - begun
    hits, identical, once = 0, 0, 0
    places: list[Path] = []
    while hits < kills:
        place = _workspace(folder / f"shaken{len(places)}", state, files)
        places.append(place)
        while hits < kills and _run_and_kill(place, dice.uniform(0.0, 0.5) * calm_s):
            hits += 1
        digitize("run", str(place), codes=(0, 3))
        identical += _exported(calm) == _exported(place)
        once += all(n == 1 for n in _finished(place).values()) and _finished(calm) == _finished(place)
        _verify(place)
    return {
        "kills": hits,
        "kills_identical": identical == len(places),
        "pages_counted_once": once == len(places),
        "workspaces": len(places),
        "pages": sum(what.endswith(" recognise") for what in _finished(calm)),
        "records": len(_exported(calm).splitlines()),
        "calm_s": round(calm_s, 2),
    }


def _workspace(place: Path, state: str, files: list[Path]) -> Path:
    """A workspace that took the files in, with the samples' stations, forms and calibration."""
    digitize("init", state, str(place))
    shutil.copytree(ROOT / "sample_data" / "forms", place / "forms", dirs_exist_ok=True)
    shutil.copy(ROOT / "sample_data" / "stations.csv", place / "lists" / "stations.csv")
    shutil.copy(ROOT / "sample_data" / "calibration.toml", place)
    digitize("intake", str(place), *map(str, files), codes=(0, 3))
    return place


def digitize(*arguments: str, codes: tuple[int, ...] = (0,)) -> str:
    """Run one command line of the product. Raises RuntimeError when it ends with another code."""
    command = [sys.executable, "-m", "digitize.cli", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode not in codes:
        raise RuntimeError(f"digitize {arguments[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def _files(path: Path, limit: int) -> list[Path]:
    if path.is_file() or not limit:
        return [path]
    return sorted(p for p in path.iterdir() if p.is_file() and p.name != "manifest.csv")[:limit]


def _run_and_kill(place: Path, after_s: float) -> bool:
    """Start a run and kill its whole process group after some seconds; False when it was done before."""
    command = [sys.executable, "-m", "digitize.cli", "run", str(place)]
    run = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        run.wait(after_s)
        return False
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        return True


def _exported(place: Path) -> bytes:
    digitize("export", str(place), "--to", "jsonl")
    return (place / "exports" / "records.jsonl").read_bytes()


def _finished(place: Path) -> dict[str, int]:
    """Page and step -> how often the ledger holds it as finished or failed."""
    sql = """SELECT unit || ' ' || step AS what, COUNT(*) AS n FROM events
             WHERE step IN ('recognise', 'register', 'decide') AND outcome IN ('done', 'failed') GROUP BY what"""
    with sqlite3.connect(place / "ledger.sqlite") as db:
        return dict(db.execute(sql).fetchall())


def _verify(place: Path) -> int:
    """Recompute the ledger's chain; gives the number of events."""
    sys.path.insert(0, str(ROOT))
    from digitize.workspace.ledger import Ledger

    with Ledger(place / "ledger.sqlite") as ledger:
        return ledger.verify()


if __name__ == "__main__":
    if shutil.which("tesseract") is None:
        print("tesseract is not installed; run: make setup", file=sys.stderr)
    sys.exit(main())
