"""Login and logout, throttled against guessing, with a new session each time."""

from __future__ import annotations

import hmac
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from digitize.errors import NotCounted
from digitize.login.gate import Gate
from digitize.login.request_guard import (
    NotAnswered,
    Visitor,
    make_error,
    read_form,
    require_same_origin,
    set_session_cookie,
)
from digitize.login.throttle import start_attempt

_BEFORE = "digitize_before"
"""The cookie that ties the form of the login to the browser that it was shown in."""


@dataclass(frozen=True, slots=True)
class LoginForm:
    """Content of the login form. language: as requested, known or not. brand: of the server.

    csrf: token of the form. problem: "", "old", "wait" or "wrong"; wait_s: how long.
    """

    language: str
    brand: str
    csrf: str
    problem: str = ""
    wait_s: int = 0


DrawForm = Callable[[LoginForm, int], Response]
"""Makes the page of a form with a status of HTTP, in the look of what is served."""


def make_login_routes(served: Gate, draw: DrawForm) -> list[Route]:
    """Login routes, open to everybody."""

    async def show(request: Request) -> Response:
        return _show_form(request, served, draw)

    async def enter(request: Request) -> Response:
        return await login(request, served, draw)

    return [Route("/login", show, methods=["GET"]), Route("/login", enter, methods=["POST"])]


def _show_form(
    request: Request, served: Gate, draw: DrawForm, status: int = 200, *, problem: str = "", wait_s: int = 0
) -> Response:
    token = secrets.token_urlsafe(24)
    made = draw(LoginForm(request.query_params.get("lang", ""), served.brand, token, problem, wait_s), status)
    set_session_cookie(made, _BEFORE, token, is_secure=served.is_secure)
    if wait_s:
        made.headers["Retry-After"] = str(wait_s)
    return made


async def login(request: Request, served: Gate, draw: DrawForm) -> Response:
    """Exchange name and password for a session; the browser's previous one ends."""
    try:
        require_same_origin(request)
        form = await read_form(request)
    except NotAnswered as e:
        return make_error(e.status, e.text)
    before = request.cookies.get(_BEFORE, "")
    if not before or not hmac.compare_digest(before.encode(), form.get("csrf", "").encode()):
        return _show_form(request, served, draw, 403, problem="old")
    name, address = form.get("name", "").strip(), request.client.host if request.client else ""
    keys = ((served.by_name, name.casefold()), (served.by_address, address))
    try:
        wait = await served.run_in_thread(lambda: start_attempt(keys))
        if wait > 0:
            return _show_form(request, served, draw, 429, problem="wait", wait_s=int(wait) + 1)
        account = await served.run_in_thread(lambda: served.people.check_password(name, form.get("password", "")))
        if account is None:
            return _show_form(request, served, draw, 401, problem="wrong")
        for throttle, key in keys:
            throttle.reset_failures(key)
    except NotCounted as e:
        logging.getLogger(__name__).error("%s", e)
        return make_error(
            503,
            "Login attempts cannot be counted at the moment, so nobody can log in. Ask the administrator of this "
            "machine.",
        )
    served.sessions.end_session(request.cookies.get(served.cookie, ""))
    own = served.sessions.start_session(account)
    response = RedirectResponse("/", 303)
    set_session_cookie(response, served.cookie, own, is_secure=served.is_secure)
    response.delete_cookie(_BEFORE)
    return response


async def logout(request: Request, served: Gate, visitor: Visitor) -> Response:
    """The session is over."""
    del request
    served.sessions.end_session(visitor.own)
    await served.release_held(visitor.account)
    response = RedirectResponse("/login", 303)
    response.delete_cookie(served.cookie)
    return response
