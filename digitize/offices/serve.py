"""The server of the dashboard: a log tells who asked for what, and no secrets."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from digitize.machine.web_server import Listening, serve_app

_LOG = logging.getLogger("digitize.dashboard")
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


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


def open_access_log(folder: Path) -> None:
    """Keep the access log in an office's folder: access.log, five of 5 MB at most."""
    kept = RotatingFileHandler(folder / "access.log", maxBytes=5_000_000, backupCount=5, encoding="utf-8")
    kept.setFormatter(logging.Formatter("%(asctime)s\t%(message)s"))
    _LOG.addHandler(kept)
    _LOG.setLevel(logging.INFO)
    _LOG.propagate = False


def serve(app: Any, host: str, port: int) -> None:
    """Serve until it is stopped."""
    serve_app(lambda: app, Listening(host, port, keep_alive_s=5))
