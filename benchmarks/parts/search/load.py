"""The search as it is served, under load: key look-ups and person searches a second, from one asynchronous client.

`digitize serve` is started as a command over a store of the benchmark. Requests go out at their times whether or not
those before were answered; how long one takes counts from its time.
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil

from benchmarks.parts.search.peers import share_of
from benchmarks.parts.search.stores import fir_number
from sample_data.makers.search_people import World, vehicle_mark

KEYS_A_SECOND, PERSONS_A_SECOND = 50, 10
_PASSWORD = "correct horse battery"
# An account may ask ten times a second (digitize/services/policy.toml), so that an office of twelve is needed.
_NAMES = tuple(f"Asha {n}" for n in range(12))
_CONNECTIONS, _WARMING_S, _START_S = 24, 3, 120


def load_served(
    store: Path | str, folder: Path, world: World, persons: int, seconds: int, processes: int | None = None
) -> dict[str, Any]:
    """Serve a store and load it for some seconds. Gives load_rps, load_p95_ms, load_errors, load_processes and more.

    store: a SQLite file or a URL; its first persons are asked for. folder: where a workspace may be made. processes:
    that serve; the command's own number if not given.
    """
    place = _workspace(folder / "office")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "digitize.cli", "serve", str(place), "--target", str(store), "--port", str(port)]
    command += ["--processes", str(processes)] if processes else []
    with (folder / "serve.log").open("wb") as log:
        served = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ})
    try:
        asked = list(_asked(world, persons, seconds + _WARMING_S))
        parent = psutil.Process(served.pid)
        answers, worked, count = asyncio.run(_load(port, asked, parent))
    finally:
        served.terminate()
        served.wait(30)
    kept = [a for a in answers if a[0] >= _WARMING_S]
    by_kind = {kind: [a[2] for a in kept if a[1] == kind] for kind in ("key", "person")}
    # Until the last one was answered: a server that falls behind answers fewer a second than were asked.
    took = max(at + spent / 1000 for at, _, spent, _ in kept) - _WARMING_S
    return {
        "load_rps": round(len(kept) / took, 1), "load_p95_ms": share_of([a[2] for a in kept], 0.95),
        "load_p95_key_ms": share_of(by_kind["key"], 0.95), "load_p95_person_ms": share_of(by_kind["person"], 0.95),
        "load_p50_ms": share_of([a[2] for a in kept], 0.5), "load_errors": sum(a[3] != 200 for a in answers),
        "load_server_cpu_ms": round(1000 * worked / len(answers), 1), "load_processes": count,
    }  # fmt: skip


def _workspace(folder: Path) -> Path:
    """A workspace with people who may log in."""
    from digitize.login.people import OPERATOR, People, new_account

    if not folder.is_dir():
        made = [sys.executable, "-m", "digitize.cli", "init", "wb", str(folder), "--site", "measuring"]
        subprocess.run(made, check=True, capture_output=True)
    people = People(folder)
    for name in _NAMES:
        if people.find_account(name) is None:
            people.add(new_account(name, OPERATOR, "en", {}), _PASSWORD)
    return folder


def _asked(world: World, persons: int, seconds: int) -> list[tuple[float, str, str]]:
    """(when, kind, address) of all requests, in their order."""
    die = random.Random(f"{world.seed} load")
    made = []
    people = world.questions(seconds * PERSONS_A_SECOND, cross=True, persons=persons)
    for n, q in enumerate(people):
        fields = {"text": q.text, "relative": q.relative, "station": q.station, "year": q.year, "kind": "person"}
        made.append((n / PERSONS_A_SECOND, "person", fields))
    for n in range(seconds * KEYS_A_SECOND):
        fir = die.randrange(persons // 2)
        if n % 2:
            fields = {"text": vehicle_mark(fir - fir % 4)[0], "kind": "vehicle"}
        else:
            year = int(world.year[fir])
            station = world.station_names[world.station[fir]]
            fields = {"text": f"{fir_number(world, fir)}/{year}", "kind": "fir", "station": station}
        made.append((n / KEYS_A_SECOND, "key", fields))
    whole = [(at, kind, {n: v for n, v in fields.items() if v} | {"why": "measuring"}) for at, kind, fields in made]
    return [(at, kind, f"/search?{urlencode(fields)}") for at, kind, fields in sorted(whole, key=lambda a: a[0])]


def _worked(parent: psutil.Process) -> tuple[float, int]:
    """Seconds of the processor that a server took, all its processes with those that are gone; how many serve."""
    took, serving = 0.0, 0
    for one in (parent, *parent.children(recursive=True)):
        times = one.cpu_times()
        took += times.user + times.system + times.children_user + times.children_system
        # The supervisor's helpers are no servers.
        serving += one.pid != parent.pid and "spawn_main" in " ".join(one.cmdline())
    return took, max(1, serving)


async def _load(
    port: int, asked: Sequence[tuple[float, str, str]], parent: psutil.Process
) -> tuple[list[tuple[float, str, float, int]], float, int]:
    """(when, kind, milliseconds, status) of all answers, the processor's seconds for them, how many processes serve."""
    cookies = [await _log_in(port, name) for name in _NAMES]
    before, serving = _worked(parent)
    free: asyncio.Queue[Any] = asyncio.Queue()
    for _ in range(_CONNECTIONS):
        free.put_nowait(None)
    began = time.perf_counter()

    async def one(at: float, kind: str, address: str, cookie: str) -> tuple[float, str, float, int]:
        await asyncio.sleep(began + at - time.perf_counter())
        connection = await free.get()
        status = 0
        try:
            connection = connection or await asyncio.open_connection("127.0.0.1", port)
            status, _, _ = await _ask(connection, "GET", address, cookie)
        except (OSError, asyncio.IncompleteReadError):
            connection = None
        free.put_nowait(connection)
        return at, kind, 1000 * (time.perf_counter() - began - at), status

    answers = await asyncio.gather(*(one(*a, cookies[n % len(cookies)]) for n, a in enumerate(asked)))
    return answers, _worked(parent)[0] - before, serving


async def _log_in(port: int, name: str) -> str:
    """The cookie of a session, once the server answers."""
    end = time.monotonic() + _START_S
    while True:
        try:
            connection = await asyncio.open_connection("127.0.0.1", port)
            break
        except OSError:
            if time.monotonic() > end:
                raise
            await asyncio.sleep(0.2)
    _, cookies, page = await _ask(connection, "GET", "/login")
    csrf = page.partition('name="csrf" content="')[2].partition('"')[0]
    form = urlencode({"csrf": csrf, "name": name, "password": _PASSWORD})
    status, own, _ = await _ask(connection, "POST", "/login", "; ".join(cookies), form)
    if status != 303:
        raise RuntimeError(f"the server let nobody in: {status}")
    return "; ".join(own or cookies)


async def _ask(
    connection: Any, method: str, address: str, cookie: str = "", body: str = ""
) -> tuple[int, list[str], str]:
    """Status, cookies that were set, and the body."""
    reader, writer = connection
    lines = [f"{method} {address} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"Cookie: {cookie}"] if cookie else []
    lines += ["Content-Type: application/x-www-form-urlencoded"] if body else []
    writer.write(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    told = [line.partition(":")[::2] for line in head[1:] if line]
    length = next((int(v) for n, v in told if n.lower() == "content-length"), 0)
    found = (await reader.readexactly(length)).decode()
    cookies = [v.strip().partition(";")[0] for n, v in told if n.lower() == "set-cookie"]
    return int(head[0].split(" ")[1]), cookies, found
