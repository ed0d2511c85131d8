"""Chaos: workers, scheduler and client of a run on a cluster are killed at random; then it is finished and compared."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tools.rigs.cluster import ROOT, Rig

WORKERS = 3
IN_FLIGHT = 2 * WORKERS
"""Lots that are in the hands of workers or wait there at once, at most."""
CHEAP = {
    "DIGITIZE_READ_ENGINE": "null",
    "DIGITIZE_READ_HANDWRITING_ENGINE": "none",
    "DIGITIZE_READ_NATIVE_DIGITS": "none",
}
_EVERY = 40
"""One page in so many is a filled form; the others are small ruled sheets that are looked at and are of no form."""
_VOLUMES = 20
CLIENT, DATABASE = "client", "database"
AT_ONCE = 20
"""A lot is up to so many pages: as many go to a worker together, or are recorded by it at once in a database."""
DONE = (0, 3, 4)
"""Codes of a run that came to its end: all well; more refused than agreed; sheets of no form cannot be mapped."""


@dataclass(frozen=True)
class Chaos:
    """What came of it. worked_twice: pages that were begun more than once; most_twice: what the kills may cost, if all
    lots are full.
    """

    kills: int
    identical: bool
    once: bool
    worked_twice: int
    most_twice: int
    pages: int
    seconds: float
    by_kind: dict[str, int]


def chaos(
    folder: Path, pages: int, kills: int, seed: int, least_s: float, most_s: float, server: Server | None = None
) -> Chaos:
    """Kill at random, finish, compare with a run on this machine alone that nobody disturbed.

    least_s, most_s: between two kills. server: of PostgreSQL, in which the ledger then lies, and which is killed, too.
    """
    os.environ |= CHEAP
    calm = make_workspace(folder, pages)
    shaken = folder / "shaken"
    shutil.copytree(calm, shaken)
    if server is not None:
        digitize("ledger", "move", str(shaken), "--to", server.create_database())
    digitize("run", str(calm), "--jobs", "2", "--max-failed-share", "100%")
    dice, hits, begun = random.Random(seed), dict[str, int](), time.monotonic()
    with Rig(folder / "rig", WORKERS) as rig:
        client = Client(shaken, rig.address)
        while sum(hits.values()) < kills:
            time.sleep(dice.uniform(least_s, most_s))
            if client.is_done():
                break
            what = dice.choice([*rig.names, CLIENT, *([DATABASE] if server else [])])
            kind = what.rstrip("0123456789")
            hits[kind] = hits.get(kind, 0) + 1
            if what == DATABASE and server is not None:
                server.stop()
                time.sleep(dice.uniform(0.0, 2.0))
                server.start()
            else:
                client.kill() if what == CLIENT else rig.kill(what)
        code = client.finish()
        visits = rig.visits()
    identical = code in DONE and exported(calm) == exported(shaken) and finished(calm) == finished(shaken)
    once = all(n == 1 for n in finished(shaken).values()) and verified(shaken)
    n = sum(hits.values())
    return Chaos(
        n, identical, once, visits.total() - len(visits), n * IN_FLIGHT * AT_ONCE, pages, time.monotonic() - begun, hits
    )


class Server(Protocol):
    """A PostgreSQL server of one's own, as tests/pg.py starts one."""

    def create_database(self) -> str:
        """A new database, as a URL."""

    def stop(self) -> None:
        """End it at once, as in a crash."""

    def start(self) -> None:
        """Begin it again."""


class Client:
    """The run itself, begun again when it is killed."""

    def __init__(self, place: Path, address: str) -> None:
        self._command = [
            sys.executable, "-m", "digitize.cli", "run", str(place), "--cluster", address, "--max-failed-share", "100%",
        ]  # fmt: skip
        self._log = place.with_suffix(".log")
        self._begin()

    def _begin(self) -> None:
        with self._log.open("ab") as log:
            self._run = subprocess.Popen(self._command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)

    def is_done(self) -> bool:
        """Whether it came to its end; one that gave up for want of workers is begun again."""
        code = self._run.poll()
        if code is not None and code not in DONE:
            self._begin()
        return code in DONE

    def kill(self) -> None:
        """End it at once, and begin it again."""
        os.killpg(self._run.pid, signal.SIGKILL)
        self._run.wait()
        self._begin()

    def finish(self) -> int:
        """Let it come to its end. Returns its code."""
        while not self.is_done():
            time.sleep(0.2)
        return int(self._run.returncode)


def make_workspace(folder: Path, pages: int, volumes: int = _VOLUMES, every: int = _EVERY) -> Path:
    """A workspace that took in so many small pages. every: one in so many is a filled form."""
    place = folder / "calm"
    digitize("init", "wb", str(place))
    for number in range(volumes):
        draw_volume(folder / "scans" / f"{number:02d}", number, pages // volumes, every)
        digitize("intake", str(place), str(folder / "scans" / f"{number:02d}"))
    return place


def draw_volume(folder: Path, volume: int, pages: int, every: int) -> None:
    """Small pages, no two alike."""
    from PIL import Image, ImageDraw

    folder.mkdir(parents=True)
    form = Image.open(ROOT / "sample_data" / "fir_book_2025" / "en_2019_211.jpg").convert("L").resize((300, 423))
    for number in range(pages):
        if (volume * pages + number) % every == 0:
            page = form.copy()
        else:
            page = Image.new("L", (120, 160), 255)
            draw = ImageDraw.Draw(page)
            for y in range(20, 150, 20):
                draw.line((10, y, 110, y), fill=0)
        draw = ImageDraw.Draw(page)
        draw.text((4, 2), f"{volume}-{number}", fill=0)
        page.save(folder / f"{number:04d}.png")


def digitize(*arguments: str) -> str:
    """Run one command line of the product. Raises RuntimeError when it ends with a fault."""
    command = [sys.executable, "-m", "digitize.cli", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode not in DONE:
        raise RuntimeError(f"digitize {arguments[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def exported(place: Path) -> bytes:
    """The records."""
    digitize("export", str(place), "--to", "jsonl")
    return (place / "exports" / "records.jsonl").read_bytes()


def finished(place: Path) -> dict[str, int]:
    """Page, step, outcome and key -> how often the ledger holds it."""
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place

    sql = """SELECT unit || ' ' || step || ' ' || outcome || ' ' || key AS what, COUNT(*) AS n FROM events
             WHERE step IN ('recognise', 'register', 'decide') AND outcome IN ('done', 'failed') GROUP BY 1"""
    with Ledger(open_place(place).ledger) as ledger:
        return {row["what"]: row["n"] for row in ledger.rows(sql)}


def verified(place: Path) -> bool:
    """Whether the ledger's chain is whole."""
    try:
        digitize("ledger", "verify", str(place))
    except RuntimeError:
        return False
    return True
