"""The one HTTP server: slow clients are dropped, and requests are not logged."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from digitize.errors import OptionsError
from digitize.machine.web_processes import LAST_ANSWERS_S, serve_by_many

SECONDS_FOR_REQUEST = 10
"""Head and body of a request must be here by then: who sends a letter a minute holds a place that others need."""
MOST_CONNECTIONS = 1000
MOST_IDLE = 400
"""Connections of one process on which nothing is asked. Whoever comes then takes the place of the oldest of them: a
thousand open ones keep nobody out."""
_IDLE: dict[PatientOnce, None] = {}


class PatientOnce(H11Protocol):
    """HTTP, with an end to waiting: uvicorn itself only ends connections that are idle between two requests."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._wait()
        self._rest()

    def data_received(self, data: bytes) -> None:
        """Keep the timeout running until the request is complete."""
        super().data_received(data)
        # What was answered already is the request before this one.
        is_whole = self.cycle is not None and not (self.cycle.more_body or self.cycle.response_complete)
        if is_whole:
            _IDLE.pop(self, None)
            self._wait_no_more()
        elif self._late is None:
            self._wait()

    def on_response_complete(self) -> None:
        """Mark the connection as idle until the next request."""
        self._rest()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection and its timeout."""
        _IDLE.pop(self, None)
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._late = self.loop.call_later(SECONDS_FOR_REQUEST, self._end)

    def _wait_no_more(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _rest(self) -> None:
        # Taken out first, so that it stands behind all others.
        _IDLE.pop(self, None)
        _IDLE[self] = None
        if len(_IDLE) > MOST_IDLE:
            oldest = next(iter(_IDLE))
            del _IDLE[oldest]
            oldest._end()

    def _end(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()


@dataclass(frozen=True, slots=True)
class Listening:
    """Listening address. certificate, key: PEM for TLS; both or neither. keep_alive_s: lifetime of idle connections."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None
    keep_alive_s: int = 75


def serve_app(
    make: Callable[[], Any], at: Listening, processes: int = 1, ready: Callable[[], None] = lambda: None
) -> None:
    """Serve an application until Ctrl-C or SIGTERM. make: builds the application. ready: called once the port is open.

    processes: number of processes behind the port; for more than one, make is sent to each and must be a module-level
    function with plain values.

    Raises OptionsError if the port is unavailable, MachineLacks if processes end repeatedly.
    """
    settings = uvicorn.Config(
        make, factory=True, host=at.host, port=at.port, http=PatientOnce, log_level="warning", access_log=False,
        server_header=False, proxy_headers=False, timeout_keep_alive=at.keep_alive_s,
        timeout_graceful_shutdown=LAST_ANSWERS_S, h11_max_incomplete_event_size=32_768,
        limit_concurrency=MOST_CONNECTIONS, ssl_certfile=at.certificate, ssl_keyfile=at.key, workers=processes,
    )  # fmt: skip
    with _listening(at) as listening:
        ready()
        if processes > 1:
            serve_by_many(settings, listening)
        else:
            uvicorn.Server(settings).run([listening])


def _listening(at: Listening) -> socket.socket:
    family = socket.AF_INET6 if ":" in at.host else socket.AF_INET
    try:
        return socket.create_server((at.host.strip("[]"), at.port), family=family, backlog=2048)
    except OSError as e:
        raise OptionsError(
            f"{at.host}:{at.port} cannot be used to listen ({e.strerror or e}). Give another --port."
        ) from e
