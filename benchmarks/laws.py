"""Whole commands in random order, and the promise beside them: nothing is lost or counted twice.

python benchmarks/laws.py [--seeds 20] [--first 1] [--length 7] [--faults 0.25] [--pg 5] [--shrink 0] [--quick]
                          [--only STEP,STEP] [--seconds N] [--json FILE]

A seed draws steps (`parts/laws/steps.py`) for one workspace and plays them; a model (`model.py`) goes along. Now and
then, and at the end, all is brought up to date and compared with the model (`checks.py`). A share of the commands
is killed at a write, or the write is refused as a full disk does, and then given once more. What goes wrong is told
with the commands that led to it.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from benchmarks.parts.laws.run import NO_FAULT, Fault, load_all  # noqa: E402  # the checkout first
from benchmarks.parts.laws.steps import STEPS  # noqa: E402
from benchmarks.parts.laws.world import World, Wrong  # noqa: E402


@dataclass(frozen=True, slots=True)
class Drawn:
    """A step of a sequence. seed: of what it draws itself."""

    name: str
    seed: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class Played:
    """What became of a sequence. wrong: what was not as the model has it, "" for nothing; log: the commands."""

    wrong: str
    log: tuple[str, ...]
    untold: Counter[str]


def draw(seed: int, length: int, faults: float, only: str = "") -> list[Drawn]:
    """The steps of a seed. faults: share of steps in which a command is hit. only: names of steps, parted by commas."""
    die = random.Random(seed)
    chosen = {name: weight for name, (weight, _) in STEPS.items() if (name in only.split(",") if only else weight)}
    steps = [Drawn("intake_new", die.randrange(1 << 30), NO_FAULT)]
    for name in die.choices(list(chosen), [w or 1 for w in chosen.values()], k=length):
        n, how = int(10 ** die.uniform(0, 2.6)), die.choice(("kill", "kill", "refuse"))
        fault = Fault(n, how) if die.random() < faults else NO_FAULT
        steps.append(Drawn(name, die.randrange(1 << 30), fault))
    return steps


def play(steps: list[Drawn], server: Any, every: int = 6) -> Played:
    """Do steps; after `every` of them, and at the end, all is compared."""
    urls = (server.create_database(), server.create_database()) if server else ("", "")
    wrong = ""
    with tempfile.TemporaryDirectory(prefix="laws-") as folder:
        w = World(Path(folder) / "ws", urls)
        try:
            w.make()
            for n, one in enumerate(steps, 1):
                w.log.append(f"-- {one.name}")
                STEPS[one.name][1](w, random.Random(one.seed), one.fault)
                if n == len(steps) or n % every == 0:
                    w.settle_down()
        except Wrong as e:
            wrong = str(e)
        except Exception as e:
            wrong = f"{type(e).__name__}: {e} {traceback.format_exc()[-1200:]}"
    for url in filter(None, urls):
        server.drop_database(url)
    return Played(wrong, tuple(w.log), w.untold)


def shrink(steps: list[Drawn], server: Any, played: Played, seconds: float) -> tuple[list[Drawn], Played]:
    """Fewer steps that go wrong in the same way, as far as the time allows."""
    until, size = time.monotonic() + seconds, max(1, len(steps) // 2)
    while size and time.monotonic() < until:
        at = 0
        while at < len(steps) and time.monotonic() < until:
            fewer = steps[:at] + steps[at + size :]
            found = play(fewer, server)
            if found.wrong and _kind(found.wrong) == _kind(played.wrong):
                steps, played = fewer, found
            else:
                at += size
        size //= 2
    return steps, played


def _kind(wrong: str) -> str:
    """The first of what was wrong, without ids and numbers."""
    return "".join(c for c in wrong.partition(";")[0] if not c.isdigit())[:60]


def main() -> None:
    """Play seeds, and tell of each that went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    for name, kind, usual in (("seeds", int, 20), ("first", int, 1), ("length", int, 7), ("faults", float, 0.25),
                              ("pg", int, 5), ("shrink", float, 0), ("seconds", float, 1e9)):  # fmt: skip
        parser.add_argument(f"--{name}", type=kind, default=usual)
    parser.add_argument("--only", default="", help="steps that are drawn, parted by commas")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="one seed of three steps, without PostgreSQL")
    a = parser.parse_args()
    if a.quick:
        a.seeds, a.length, a.pg, a.only = 1, 2, 0, "settle,run"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    load_all()
    server = _server() if a.pg else None
    try:
        figures = _play_all(a, server)
    finally:
        if server:
            server.stop()
            shutil.rmtree(server.folder, ignore_errors=True)
    print(json.dumps(figures, indent=1))
    if a.json:
        a.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


def _server() -> Any:
    sys.path.insert(0, str(ROOT / "tests"))
    from pg import start_server

    return start_server()


def _play_all(a: argparse.Namespace, server: Any) -> dict[str, Any]:
    until, seeds, wrong, commands = time.monotonic() + a.seconds, 0, [], 0
    untold: Counter[str] = Counter()
    for seed in range(a.first, a.first + a.seeds):
        if time.monotonic() > until:
            break
        uses = server if a.pg and seed % a.pg == 0 else None
        steps = draw(seed, a.length, a.faults, a.only)
        played = play(steps, uses)
        seeds, commands, untold = seeds + 1, commands + len(played.log), untold + played.untold
        print(f"seed {seed}: {'WRONG' if played.wrong else 'ok'}", flush=True)
        if played.wrong:
            wrong.append(seed)
            steps, played = shrink(steps, uses, played, a.shrink)
            print("\n  ".join((played.wrong, str(steps), *played.log)), flush=True)
    return {"seeds": seeds, "wrong": wrong, "lines_of_log": commands, "untold": dict(untold)}


if __name__ == "__main__":
    main()
