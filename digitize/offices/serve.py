"""The server of the dashboard: half-sent requests are not waited for, a log tells who asked for what, no secrets."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

SECONDS_FOR_REQUEST = 10
"""Head and body of a request must be here by then: who sends a letter a minute holds a place that others need."""
MOST_CONNECTIONS = 1000
_LOG = logging.getLogger("digitize.dashboard")
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class PatientOnce(H11Protocol):
    """HTTP, with an end to waiting: uvicorn itself only ends connections that are idle between two requests."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait on while a request is begun and not whole."""
        super().data_received(data)
        is_whole = self.cycle is not None and not self.cycle.more_body
        if is_whole and self._late is not None:
            self._late.cancel()
            self._late = None
        elif not is_whole and self._late is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody waits any more."""
        if self._late is not None:
            self._late.cancel()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._late = self.loop.call_later(SECONDS_FOR_REQUEST, self._end)

    def _end(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()


class AccessLog:
    """Writes who asked for what: name of the holder, method, path without its query, status, bytes, milliseconds.

    Never a token, a cookie, an address with a query or a header.
    """

    def __init__(self, app: App, holder: Callable[[Scope], str]) -> None:
        """holder: whose request it is, "" where nobody knows."""
        self._app, self._holder = app, holder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and write when it is answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, told = time.monotonic(), {"status": 0, "bytes": 0}

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                told["status"] = message["status"]
            told["bytes"] += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, send_counted)
        finally:
            # What ends a line would let a request write lines of its own.
            path, who = (
                "".join(c if c.isprintable() else "?" for c in x) for x in (scope["path"], self._holder(scope))
            )
            spent = round(1000 * (time.monotonic() - began))
            line = (who or "-", scope["method"], path[:80], told["status"], told["bytes"], spent)
            _LOG.info("%s\t%s\t%s\t%s\t%s\t%s ms", *line)


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)


def log_to(folder: Path) -> None:
    """Keep the access log in an office's folder: access.log, five of 5 MB at most."""
    kept = RotatingFileHandler(folder / "access.log", maxBytes=5_000_000, backupCount=5, encoding="utf-8")
    kept.setFormatter(logging.Formatter("%(asctime)s\t%(message)s"))
    _LOG.addHandler(kept)
    _LOG.setLevel(logging.INFO)
    _LOG.propagate = False


def serve(app: Any, host: str, port: int) -> None:
    """Serve until it is stopped."""
    uvicorn.run(
        app, host=host, port=port, log_level="warning", access_log=False, server_header=False, http=PatientOnce,
        proxy_headers=False, timeout_keep_alive=5, limit_concurrency=MOST_CONNECTIONS,
    )  # fmt: skip
