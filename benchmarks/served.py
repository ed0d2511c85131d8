r"""Whether the served API keeps its own description, and whether the time of an answer tells the public what is hidden.

    .venv/bin/python benchmarks/served.py [--examples N] [--asked N] [--json FILE]

schemathesis asks what /openapi.json allows and what it forbids, logged in as police and as the public:
`served_cases`, `served_5xx`, `served_breaches`. Then the public asks for the status of FIRs that are hidden from it and
of FIRs that are not there, in turns: `tell_desk` is the share of pairs in which the hidden one took longer at the desk
itself (0.5: nothing can be told), `tell_served` the same of what the server answers, which leaves in whole ticks.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "people")]
CONFIG = ROOT / "benchmarks" / "parts" / "services" / "schemathesis.toml"
ROLES = ("police", "public")
_HIDDEN, _ABSENT = {"number": "7", "year": "2013"}, {"number": "8", "year": "2013"}


def _office(folder: Path) -> tuple[Any, dict[str, str], Path]:
    """What is served over a small store, a session of each role, and the store's file. Nobody is counted."""
    from search_store import batch

    from digitize.cli.app import run
    from digitize.login.people import new_account
    from digitize.services.policy import load_policy
    from digitize.services.rates import Rates
    from digitize.serving.office import SearchOffice
    from digitize.targets.sqlite import SqliteTarget
    from digitize.workspace.place import open_place

    run(["init", "wb", str(folder / "ws"), "--site", "test"])
    file = folder / "cctns.sqlite"
    target = SqliteTarget(file)
    target.take(batch())
    target.close()
    policy = load_policy()
    free = {name: rate.model_copy(update={"account": 10**9, "address": 10**9}) for name, rate in policy.rates.items()}
    slow = policy.enumeration.model_copy(update={"numbers": 10**9})
    rates = Rates(policy=policy.model_copy(update={"rates": free, "enumeration": slow}))
    office = SearchOffice(open_place(folder / "ws"), lambda: SqliteTarget(file), rates=rates)
    sessions = {}
    for role in ROLES:
        office.people.add(new_account(role, "operator", "en", {}, asks_as=role), "correct horse battery")
        account = office.people.find_account(role)
        assert account is not None
        sessions[role] = office.sessions.start_session(account)
    return office, sessions, file


@contextmanager
def served(folder: Path) -> Iterator[tuple[Any, str, dict[str, str], Path]]:
    """The server: what it serves, its address, a session of each role, the store's file."""
    import uvicorn

    from digitize.serving.serving import make_search_app

    office, sessions, file = _office(folder)
    app = make_search_app(office, ["localhost", "127.0.0.1"])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield office, f"http://localhost:{server.servers[0].sockets[0].getsockname()[1]}", sessions, file
    finally:
        server.should_exit = True
        thread.join()
        office.close()


def ask_all(address: str, session: str, examples: int) -> tuple[int, int, int]:
    """(cases, server errors, other breaches) that schemathesis counts for one session."""
    program = Path(sys.executable).with_name("st")
    command = [program, "--config-file", CONFIG, "run", f"{address}/openapi.json", "--max-examples", str(examples),
               "--phases", "examples,coverage,fuzzing", "--continue-on-failure"]  # fmt: skip
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, check=False,
        env={**os.environ, "DIGITIZE_SESSION": session, "NO_COLOR": "1"},
    )  # fmt: skip
    text = done.stdout
    counted = re.search(r"(\d+) generated", text)
    if counted is None:
        raise RuntimeError(text[-2000:] + done.stderr[-2000:])
    failures = {name: int(n) for name, n in re.findall(r"❌ ([^\n:]+): (\d+)", text)}
    errors = sum(n for name, n in failures.items() if "Server error" in name)
    if failures:
        print(text[-6000:])
    return int(counted[1]), errors, sum(failures.values()) - errors


def tells(first: Sequence[float], second: Sequence[float]) -> float:
    """In which share of pairs the first took longer; those that took as long count half."""
    pairs = [(a > b) + (a == b) / 2 for a in first for b in second]
    return round(sum(pairs) / len(pairs), 3)


def _timed(ask: Callable[[dict[str, str]], Any], count: int) -> tuple[list[float], list[float]]:
    hidden: list[float] = []
    absent: list[float] = []
    for n in range(count):
        # In turns, and either first as often: the machine has other work.
        for given, into in ((_HIDDEN, hidden), (_ABSENT, absent))[:: 1 if n % 2 else -1]:
            began = time.perf_counter()
            ask({**given, "station": "Kalpanapur"})
            into.append(time.perf_counter() - began)
    return hidden, absent


def _at_desk(file: Path) -> Callable[[dict[str, str]], Any]:
    from digitize.search.log import Searcher
    from digitize.services.asker import ServiceAsker
    from digitize.services.query_service import ServiceDesk
    from digitize.services.registry import load_services
    from digitize.targets.sqlite import SqliteTarget

    desk, service = ServiceDesk(SqliteTarget(file)), load_services()["fir-status"]
    asker = ServiceAsker(Searcher("public", "search:public", "measuring"), "public")
    return lambda given: desk.answer(service, given, asker)


def _at_server(address: str, session: str) -> Callable[[dict[str, str]], Any]:
    kept = http.client.HTTPConnection(address.partition("//")[2])

    def ask(given: dict[str, str]) -> None:
        kept.request("GET", f"/services/fir-status?{urlencode({**given, 'why': 'measuring'})}",
                     headers={"Cookie": f"digitize_search={session}"})  # fmt: skip
        answer = kept.getresponse()
        answer.read()
        assert answer.status == 200, answer.status

    return ask


def main() -> int:
    """Measure, print, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=200, help="of each operation")
    parser.add_argument("--asked", type=int, default=100, help="questions of each kind whose time is taken")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    from digitize.serving.office import TICK_S

    figures: dict[str, Any] = {"served_cases": 0, "served_5xx": 0, "served_breaches": 0}
    with tempfile.TemporaryDirectory() as made, served(Path(made)) as (office, address, sessions, file):
        # Asked thousands of times, the public need not wait for whole ticks.
        office.tick_s = 0
        for role in ROLES:
            for name, n in zip(figures, ask_all(address, sessions[role], options.examples), strict=False):
                figures[name] += n
        office.tick_s = TICK_S
        at_desk = _timed(_at_desk(file), options.asked)
        at_server = _timed(_at_server(address, sessions["public"]), options.asked // 2)
    figures["tell_desk"], figures["tell_served"] = tells(*at_desk), tells(*at_server)
    figures |= {"desk_hidden_ms": _middle(at_desk[0]), "desk_absent_ms": _middle(at_desk[1])}
    figures |= {"served_hidden_ms": _middle(at_server[0]), "served_absent_ms": _middle(at_server[1])}
    text = json.dumps(figures, indent=1)
    print(text)
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0


def _middle(times: Sequence[float]) -> float:
    return round(sorted(times)[len(times) // 2] * 1000, 1)


if __name__ == "__main__":
    sys.exit(main())
