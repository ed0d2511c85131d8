"""Exports and imports killed with SIGKILL at any moment: what was begun is whole afterwards, or was never there."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from digitize.exchange.receive import take_package
from digitize.targets.exchange_columns import EXCHANGE_TABLES
from digitize.targets.sqlite import SqliteTarget
from sample_data.makers.exchange import SITE, TODAY, ExchangeWorld, case, court_answers, load

_CHILD = """
import sys; sys.path.insert(0, {root!r})
from pathlib import Path
from benchmarks.parts.exchange.kills import once
print("ready", flush=True)
once(Path({folder!r}), {what!r})
# Not ru_maxrss, which begins with what the parent had when it started this one.
status = Path("/proc/self/status").read_text()
print(int(status.partition("VmHWM:")[2].split()[0]) // 1024, flush=True)
"""
_FILE = "e-courts-1.zip"


def once(folder: Path, what: str) -> None:
    """One export or import in a folder that is ready for it."""
    world = ExchangeWorld(SqliteTarget(folder / "cctns.sqlite"), folder)
    if what == "export":
        world.export("e-courts")
    else:
        take_package(world.book, SITE, folder / _FILE, TODAY)
    world.target.close()


def kills(root: Path, folder: Path, cases: int, many: int) -> dict[str, Any]:
    """Each half of them on an export and on an import. lost: after which the second try did not end as one alone."""
    ready, rng = folder / "ready", random.Random(7)
    ready.mkdir()
    world = ExchangeWorld(SqliteTarget(ready / "cctns.sqlite"), ready)
    load(world.target, "book-1", [r for n in range(1, cases + 1) for r in case(n)])
    sent = folder / "sent"
    world.target.close()
    shutil.copytree(ready, sent)
    world = ExchangeWorld(SqliteTarget(sent / "cctns.sqlite"), sent)
    world.deliver("e-courts")
    world.reply("e-courts", court_answers(world.held["e-courts"]))
    world.target.close()
    found: dict[str, Any] = {"kills": 0, "kills_lost": 0}
    for what, start in (("export", ready), ("import", sent)):
        alone = folder / f"{what}-alone"
        shutil.copytree(start, alone)
        seconds = _run(root, alone, what, None)
        wanted = _state(alone)
        for n in range(many // 2):
            trial = folder / f"{what}-{n}"
            shutil.copytree(start, trial)
            _run(root, trial, what, rng.uniform(0, seconds))
            once(trial, what)
            found["kills"] += 1
            found["kills_lost"] += _state(trial) != wanted
            shutil.rmtree(trial)
    return found


def export_memory(root: Path, folder: Path, cases: int) -> dict[str, int]:
    """Most memory (MiB) of a process that exports so many cases to the courts, and eight times as many."""
    found = {}
    for name, many in (("export_mb", cases), ("export_mb_8x", 8 * cases)):
        place = folder / name
        place.mkdir()
        world = ExchangeWorld(SqliteTarget(place / "cctns.sqlite"), place)
        for batch in range(0, many, 1000):
            some = range(batch, min(many, batch + 1000))
            load(world.target, f"book-{batch}", [r for n in some for r in case(n % 5000 + 1, 1990 + n // 5000)])
        world.target.close()
        done = subprocess.run(
            [sys.executable, "-c", _CHILD.format(root=str(root), folder=str(place), what="export")],
            capture_output=True, check=True, text=True,
        )  # fmt: skip
        found[name] = int(done.stdout.split()[-1])
    return found


def _run(root: Path, folder: Path, what: str, kill_after: float | None) -> float:
    code = _CHILD.format(root=str(root), folder=str(folder), what=what)
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert child.stdout is not None and child.stdout.readline() == b"ready\n"
    began = time.perf_counter()
    if kill_after is not None:
        time.sleep(kill_after)
        child.kill()
    child.wait()
    child.stdout.close()
    return time.perf_counter() - began


def _state(folder: Path) -> dict[str, Any]:
    """The books without the times of writing, and the packages that lie in the folder."""
    target = SqliteTarget(folder / "cctns.sqlite")
    held: dict[str, Any] = {}
    for name, table in EXCHANGE_TABLES.items():
        columns = ", ".join(c for c, kind in table.columns.items() if kind != "time")
        held[name] = sorted(target.run(f"SELECT {columns} FROM {name}"), key=repr)
    target.close()
    return {**held, "files": {p.name: p.read_bytes() for p in sorted((folder / "out").glob("*")) if p.is_file()}}
