"""How quick and how safe the review station is, keyed in headless Chromium; --json FILE keeps the figures.

next_p50_ms, next_p95_ms: Enter until the next field is painted, over 500 fields; the same, while 19 scripted operators
answer over HTTP. saves_lost: answers that a browser or operator gave and the ledger does not hold exactly once.
first_paint_ms: a browser that holds nothing until the first field stands there with its picture. page_kb: the keying
page without fonts, without the fields and their pictures. kills, kills_lost: the server ended by kill -9 in mid-keying
and started again, and answers that were lost or doubled by it. Needs Chromium and node (`make setup-tests`).
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.parts.review.clerk import Clerk  # noqa: E402
from sample_data.makers.station_office import PASSWORD, PEOPLE, make_office  # noqa: E402

MODULES = ROOT / "tests" / "browser"
_SERVE = "import sys; sys.path.insert(0, {root!r}); from digitize.cli.app import run; sys.exit(run({arguments!r}))"
OPERATORS = 19
QUICK = {"fields": 100, "kills": 5}
_PAUSES_S = (0.8, 2.0)
"""Between two answers of a scripted operator: what review of good readings takes a person."""


def measure_station(folder: Path, *, fields: int = 500, kills: int = 50, seed: int = 1) -> dict[str, Any]:
    """All figures; see above. folder: empty, to work in. Raises BrowserMissing."""
    _command("", "")
    alone = _timed(folder / "alone", fields, 0)
    together = _timed(folder / "together", fields, OPERATORS)
    killed = _killed(folder / "killed", kills, seed)
    return {
        "next_p50_ms": alone["p50"], "next_p95_ms": alone["p95"], "next_fields": alone["fields"],
        "next_p95_ms_20_operators": together["p95"], "next_p50_ms_20_operators": together["p50"],
        "operators_answers": together["answers"],
        "saves_lost": alone["lost"] + together["lost"],
        "first_paint_ms": alone["paint"], "page_kb": alone["page_kb"], **killed,
    }  # fmt: skip


def station_figures(folder: Path, *, quick: bool = False) -> dict[str, Any]:
    """All figures, of less where quick; where this machine has no browser, why there are none."""
    try:
        return measure_station(folder, **QUICK if quick else {})
    except BrowserMissing as e:
        return {"station": str(e)}


class BrowserMissing(RuntimeError):
    """There is no Chromium or no node on this machine."""


def _timed(folder: Path, fields: int, operators: int) -> dict[str, Any]:
    """Key so many fields, while so many others work too."""
    names = [f"Op{n:02}" for n in range(operators)]
    # Each operator answers about as often as the browser at most; a page has 38 fields.
    pages = fields // 36 + 2 + operators * (fields // 300 + 1)
    place = make_office(folder, {"hi": pages}, people=(*PEOPLE, *((n, "operator", "en") for n in names)))
    with serving(place.folder) as server:
        # Before the first key: towards the end only fields without a picture may be left.
        painted = drive(server.url, "paint", "5") if not operators else {}
        stop = threading.Event()
        others = [Clerk(server.port, name, PASSWORD, stop, _PAUSES_S, seed=n) for n, name in enumerate(names)]
        for other in others:
            other.start()
        found = drive(server.url, "keys", str(fields), "60")
        stop.set()
        for other in others:
            other.join()
    given = Counter(found["given"])
    for other in others:
        given.update(other.kept)
    times = sorted(found["times"])
    return {
        "p50": round(statistics.median(times), 1), "p95": round(times[int(len(times) * 0.95)], 1),
        "fields": len(times), "lost": lost(place.ledger, given), "answers": sum(len(o.kept) for o in others),
        "paint": round(statistics.median(painted["paints"]), 1) if painted else None,
        "page_kb": _page_kb(painted["sizes"]) if painted else None,
    }  # fmt: skip


def _page_kb(sizes: dict[str, int]) -> float:
    return round(sum(n for path, n in sizes.items() if not path.endswith(".woff2") and "/api/" not in path) / 1024, 1)


def _killed(folder: Path, kills: int, seed: int) -> dict[str, int]:
    """Key without a pause while the server dies and comes back; what was given must be held, each exactly once."""
    die = random.Random(seed)
    place = make_office(folder, {"hi": 2 * kills + 4})
    server = Server(place.folder)
    server.start()
    command = _command(server.url, "on", "1000000", "25")
    driver = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert driver.stdin and driver.stdout
    try:
        if driver.stdout.readline().strip() != "keying":
            raise RuntimeError("the browser did not begin to key")
        for _ in range(kills):
            time.sleep(die.uniform(0.3, 3.0))
            server.kill()
            server.start()
        time.sleep(1)
        driver.stdin.write("end\n")
        driver.stdin.flush()
        found = json.loads(driver.stdout.readline())
    finally:
        driver.stdin.close()
        driver.wait(30)
        server.kill()
    return {"kills": kills, "kills_fields": len(found["given"]),
            "kills_lost": lost(place.ledger, Counter(found["given"])) + found["waiting"]}  # fmt: skip


def lost(ledger: Path, given: Counter[str]) -> int:
    """How many answers the ledger does not hold exactly once. given: the names that browsers gave them."""
    with sqlite3.connect(f"file:{ledger}?mode=ro", uri=True) as db:
        rows = db.execute("SELECT key, COUNT(*) FROM events WHERE step = 'answer' AND outcome = 'done' GROUP BY key")
        held = dict(rows.fetchall())
    return sum(held.get(name, 0) != 1 for name in given)


class Server:
    """`digitize review serve` in a process of its own, on the same port however often it is started."""

    def __init__(self, folder: Path) -> None:
        """folder: of the workspace."""
        import socket

        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._arguments = ["review", "serve", str(folder), "--port", str(self.port)]

    def start(self) -> None:
        """Start it and wait until it answers. Raises RuntimeError when it does not."""
        import urllib.request

        code = _SERVE.format(root=str(ROOT), arguments=self._arguments)
        self._process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL)
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{self.url}/login", timeout=2).close()
                return
            except OSError:
                if self._process.poll() is not None:
                    break
                time.sleep(0.05)
        raise RuntimeError("the station did not start")

    def kill(self) -> None:
        """Kill it as a power cut would."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """A server for as long as the block lasts."""
    server = Server(folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def drive(url: str, *what: str) -> Any:
    """Have the script key in a browser; what it found."""
    done = subprocess.run(_command(url, *what), capture_output=True, text=True, timeout=1800, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return json.loads(done.stdout)


def _command(url: str, *what: str) -> list[str]:
    from digitize.offices.pdf import find_browser

    browser, node = find_browser(), shutil.which("node")
    if browser is None or node is None:
        raise BrowserMissing("no Chromium or no node on this machine; make setup-tests brings them")
    script = ROOT / "benchmarks" / "parts" / "review" / "station.mjs"
    return [node, str(script), str(MODULES), str(browser), url, PEOPLE[0][0], PASSWORD, *what]


def main() -> int:
    """Measure and print; --json writes the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="100 fields and 5 kills")
    a = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = station_figures(Path(folder), quick=a.quick)
    for name, value in found.items():
        print(f"{name:28}{value}")
    if a.json:
        a.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
