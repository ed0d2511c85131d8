"""How long readers of the dashboard wait when many look at once.

A server of its own (`digitize dashboard`) shows an office's folder; so many readers connect within two seconds, each
asks for the page packed, and then five times more whether it changed. All of it runs on this machine, the readers too,
so the numbers are worse than a server's alone. Figures: readers_p95_ms (all answers), readers_first_p95_ms (of the
first page alone), readers_failed.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from pathlib import Path

from digitize.offices.access import make_token, read_tokens, revoke_token

ROOT = Path(__file__).resolve().parents[3]
_NAME = "benchmark"


def readers(office: Path, many: int) -> dict[str, float | int]:
    """Serve the folder and let so many read."""
    if _NAME in {t.name for t in read_tokens(office)}:
        revoke_token(office, _NAME)
    token, port = make_token(office, _NAME), _free_port()
    command = [sys.executable, "-m", "digitize.cli", "dashboard", str(office), "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        asyncio.run(_ask(port, token, {}))
        first, all_, failed = asyncio.run(_all(port, token, many))
    finally:
        server.terminate()
        server.wait()
    return {
        "readers": many,
        "readers_p95_ms": _p95(all_),
        "readers_first_p95_ms": _p95(first),
        "readers_failed": failed,
    }


async def _all(port: int, token: str, many: int) -> tuple[list[float], list[float], int]:
    first, all_ = list[float](), list[float]()

    async def one(number: int) -> None:
        await asyncio.sleep(2 * number / many)
        spent, tag = await _ask(port, token, {})
        first.append(spent)
        all_.append(spent)
        for _ in range(5):
            await asyncio.sleep(1)
            spent, _ = await _ask(port, token, {"If-None-Match": tag})
            all_.append(spent)

    done = await asyncio.gather(*(one(n) for n in range(many)), return_exceptions=True)
    return first, all_, sum(isinstance(d, BaseException) for d in done)


async def _ask(port: int, token: str, more: dict[str, str]) -> tuple[float, str]:
    """One request on a connection of its own: milliseconds, and the tag of the answer. Waits for the server."""
    for _ in range(200):
        before = time.perf_counter()
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            break
        except OSError:
            await asyncio.sleep(0.1)
    head = {"Host": "x", "Authorization": f"Bearer {token}", "Accept-Encoding": "gzip", "Connection": "close", **more}
    writer.write(("GET / HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in head.items()) + "\r\n").encode("ascii"))
    data = await reader.read(-1)
    writer.close()
    lines = data.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")
    if lines[0].split()[1] not in ("200", "304"):
        raise RuntimeError(lines[0])
    tag = next(x.partition(": ")[2] for x in lines if x.lower().startswith("etag"))
    return 1000 * (time.perf_counter() - before), tag


def _p95(values: list[float]) -> int:
    return round(sorted(values)[int(0.95 * (len(values) - 1))]) if values else 0


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])
