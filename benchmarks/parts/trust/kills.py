"""Kill every command that writes, at random moments, and compare the end with that of a workspace nobody disturbed.

A day's work is done in order (`STEPS`): files in, run, the review sheet out, filled in and taken back, run, exports, a
snapshot, a look at the originals, a new key. Each command is killed (`kill -9` of its whole process group) as often as
chance has it, and then done. A short day leaves out what only reads the ledger and writes one file whole (exports, the
snapshot, the originals), and the last run; each of its commands is killed once. Undisturbed and shaken workspaces must
hold the same records, decisions and loaded rows, and verification must find everything as it was written.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from openpyxl import load_workbook

from benchmarks.parts.trust.kill import digitize

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = ROOT / "sample_data"
FILES = (SAMPLES / "legacy" / "FIRMAST.DBF", SAMPLES / "legacy" / "FIRMAST.DBT")


def measure_kills(folder: Path, kills: int, seed: int, spared: float, *, is_short: bool = False) -> dict[str, int]:
    """`kills` and `kills_identical`: how many were dealt, and those after which all ended like an undisturbed day.

    spared: the share of chances in which a command is let to its end. is_short: short days, each command killed once.
    """
    dice = random.Random(seed)
    calm = folder / "calm"
    durations = _day(calm, dice, None, spared, is_short)
    wanted = _all_of(calm)
    dealt = identical = 0
    number = 0
    while dealt < kills:
        place = folder / f"shaken{number}"
        number += 1
        hits = sum(_day(place, dice, durations, spared, is_short))
        dealt += round(hits)
        identical += round(hits) if _all_of(place) == wanted else 0
        shutil.rmtree(place)
    return {"kills": dealt, "kills_identical": identical}


def _day(
    place: Path, dice: random.Random, durations: Sequence[float] | None, spared: float, is_short: bool
) -> list[float]:
    """Do all steps. durations: of each step undisturbed, None to measure them.

    Returns them, or how often each step was killed.
    """
    digitize("init", "wb", str(place))
    shutil.copy(SAMPLES / "legacy" / "stations.csv", place / "lists" / "stations.csv")
    made: list[float] = []
    for number, step in enumerate(_steps(place, is_short)):
        if step[0] == "fill":
            _fill(place / "review" / "review.xlsx")
            made.append(0.0)
        elif durations is None:
            begun = time.monotonic()
            digitize(*step, codes=(0, 3))
            made.append(time.monotonic() - begun)
        else:
            made.append(_shaken(step, durations[number], dice, None if is_short else spared))
    return made


def _steps(place: Path, is_short: bool) -> list[tuple[str, ...]]:
    sheet = str(place / "review" / "review.xlsx")
    begun = [
        ("intake", str(place), *map(str, FILES)),
        ("run", str(place)),
        ("review", "export", str(place)),
        ("fill",),
        ("review", "import", str(place), sheet, "--operator", "A"),
        ("run", str(place)),
    ]
    rotated = ("keys", "rotate", str(place))
    if is_short:
        return [*begun, rotated]
    return [
        *begun,
        ("export", str(place), "--to", "jsonl"),
        ("snapshot", str(place), "--out", str(place / "exports" / "day.snapshot")),
        ("fixity", str(place)),
        rotated,
        ("run", str(place)),
    ]


def _shaken(step: tuple[str, ...], seconds: float, dice: random.Random, spared: float | None) -> int:
    """Do a step, killed until chance spares it, or once where no chance is given. Returns how often it was killed."""
    hits = 0
    while dice.random() > spared if spared is not None else not hits:
        if not _killed(step, dice.uniform(0, 1.1) * seconds):
            break
        hits += 1
    if step[:2] == ("keys", "rotate"):
        return hits + _finish_rotating(step)
    digitize(*step, codes=(0, 3))
    return hits


def _finish_rotating(step: tuple[str, ...]) -> int:
    # Done once more it would make one more key; done by half it must be finished.
    place = Path(step[2])
    if not (place / "keys" / "succession.jsonl").exists() or (place / "keys" / "next.pub").exists():
        digitize(*step)
    return 0


def _killed(step: tuple[str, ...], after_s: float) -> bool:
    command = [sys.executable, "-m", "digitize.cli", *step]
    silent = subprocess.DEVNULL
    run = subprocess.Popen(command, cwd=ROOT, stdout=silent, stderr=silent, start_new_session=True)
    try:
        run.wait(after_s)
        return False
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        return True


def _fill(sheet: Path) -> None:
    """Agree to everything that the machine proposes."""
    book = load_workbook(sheet)
    head = [c.value for c in book["review"][1]]
    for row in book["review"].iter_rows(min_row=2):
        dict(zip(head, row, strict=True))["verdict"].value = "blank"
    book.save(sheet)


def _all_of(place: Path) -> tuple[object, ...]:
    """What a day leaves behind, without times and keys."""
    digitize("ledger", "verify", str(place), "--originals", "all")
    digitize("export", str(place), "--to", "jsonl")
    with sqlite3.connect(place / "ledger.sqlite") as db:
        decided = db.execute("SELECT record, field, verdict, value FROM decisions ORDER BY record, field").fetchall()
        states = db.execute("SELECT unit, step, key, outcome FROM state WHERE step IN ('map', 'check') ORDER BY 1, 2")
        told = states.fetchall()
    with sqlite3.connect(place / "loaded" / "cctns.sqlite") as db:
        loaded = db.execute("SELECT record_id, row_hash FROM record_index ORDER BY record_id").fetchall()
    return decided, told, loaded, (place / "exports" / "records.jsonl").read_bytes()
