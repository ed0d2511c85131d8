"""A load that is killed at random moments, or whose server is, and then finished: is it the same to the last row?"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
_LOAD = """
import sys
sys.path.insert(0, {root!r})
import digitize.files.loading.inputs as inputs
inputs.PART_BYTES = {part}
from digitize.cli.app import run
sys.exit(run(["load", {folder!r}, "--target", {url!r}, "--batch-size", "{size}", "--ignore", "L001"]))
"""


def measure_kills(server: Any, folder: Path, kills: int, seed: int = 1) -> dict[str, int]:
    """Load once undisturbed, then as often as wanted with one kill at a random moment, each into a database of its own.

    server: see tests/pg.py. Returns `kills` and `kills_identical`: content of all tables, and receipts, the same.
    """
    die = random.Random(seed)
    wanted, seconds = _undisturbed(server, folder)
    same = 0
    for number in range(kills):
        url = new_target(server)
        _disturbed(server, folder, url, die.uniform(0.15, 1.0) * seconds, kills_server=number % 2 == 1)
        same += _content(server, url) == wanted
        server.drop_database(url)
    return {"kills": kills, "kills_identical": same}


def _undisturbed(server: Any, folder: Path) -> tuple[Any, float]:
    url = new_target(server)
    begun = time.monotonic()
    if code := _start(folder, url).wait(600):
        raise RuntimeError(f"the undisturbed load ended with {code}")
    seconds = time.monotonic() - begun
    found = _content(server, url)
    server.drop_database(url)
    return found, seconds


def _disturbed(server: Any, folder: Path, url: str, after: float, *, kills_server: bool) -> None:
    loader = _start(folder, url)
    time.sleep(after)
    if kills_server:
        server.stop()
        server.start()
    else:
        loader.kill()
    loader.wait(600)
    if code := _start(folder, url).wait(600):
        raise RuntimeError(f"the load that went on ended with {code}")


def _start(folder: Path, url: str) -> subprocess.Popen[bytes]:
    size = sum(f.stat().st_size for f in folder.iterdir())
    code = _LOAD.format(root=str(ROOT), part=max(1, size // 6), folder=str(folder), url=url, size=2000)
    quiet = subprocess.DEVNULL
    return subprocess.Popen([sys.executable, "-c", code], stdout=quiet, stderr=quiet)


def new_target(server: Any) -> str:
    """The URL of a new database with a target's tables: a copy of one, whose tables take longer than a small load."""
    return str(server.create_database(_made_ready(server)))


@cache
def _made_ready(server: Any) -> str:
    from digitize.targets.postgres.address import parse_address
    from digitize.targets.postgres.setup import init_target

    url = str(server.create_database())
    init_target(parse_address(url))
    return url.rpartition("/")[2]


def _content(server: Any, url: str) -> Any:
    """A hash of every table of rows, and all receipts."""
    name = url.rsplit("/", 1)[1]
    queries = (
        "SELECT count(*), md5(string_agg(record_id || row_hash::text, '' ORDER BY record_id)) FROM cctns.iif1",
        "SELECT count(*), md5(string_agg(p::text, '' ORDER BY record_id, line)) FROM cctns.iif1_persons p",
        "SELECT count(*), md5(string_agg(record_id || findings::text, '' ORDER BY record_id, line)) FROM cctns.rejects",
        "SELECT batch, receipt::text FROM cctns.loads ORDER BY batch",
    )
    return [server.run(query, name) for query in queries]
