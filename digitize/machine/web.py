"""Security headers of all web pages, and the limit on request bodies, in one place."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SECONDS_FOR_BODY = 10
"""Whoever sends a body more slowly than this holds a place that others need."""


class SafeHeaders:
    """Security headers of every response, including errors: no other origins, no caching, no framing.

    A response that sets its own cache time keeps it.
    """

    def __init__(self, app: ASGIApp, policy: str) -> None:
        """policy: content security policy, without the parts common to all: forms, frames, base."""
        self._app = app
        self._headers = {
            "Content-Security-Policy": f"{policy}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""

        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with if scope["type"] == "http" else send)


async def read_body(request: Request, most: int, seconds: float | None = None) -> bytes | None:
    """Body of a request; None if it is longer than `most` bytes, too slow, or aborted."""
    body = b""
    try:
        async with asyncio.timeout(_SECONDS_FOR_BODY if seconds is None else seconds):
            async for chunk in request.stream():
                body += chunk
                # While it comes, not by the length that the sender claims.
                if len(body) > most:
                    return None
    except (TimeoutError, ClientDisconnect):
        return None
    return body


def first_values(form: Mapping[str, list[str]]) -> dict[str, str]:
    """The first value of each name of a form."""
    return {name: values[0] for name, values in form.items() if values}
