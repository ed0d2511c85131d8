"""Coming in and going out: the login, slowed for whoever guesses, with a new session each time."""

from __future__ import annotations

import hmac
import logging
import secrets

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from digitize.errors import NotCounted
from digitize.review.station.access import Gate
from digitize.review.station.rendering import render_page as render
from digitize.review.station.request_guard import NotAnswered, Visitor, make_error, read_form, require_same_origin
from digitize.review.station.throttle import start_attempt
from digitize.review.station.words import station_languages

_BEFORE = "digitize_before"
"""The cookie that ties the form of the login to the browser that it was shown in."""


async def show_login(request: Request, served: Gate) -> Response:
    """The form."""
    return _show_form(request, served)


def _show_form(request: Request, served: Gate, status: int = 200, *, problem: str = "", wait_s: int = 0) -> Response:
    token = secrets.token_urlsafe(24)
    wanted = request.query_params.get("lang", "")
    language = wanted if wanted in station_languages() else "en"
    made = render("login.html", None, status, language=language, csrf=token, problem=problem, wait_s=wait_s,
                  languages=station_languages(), brand=served.brand)  # fmt: skip
    made.set_cookie(_BEFORE, token, httponly=True, samesite="strict", secure=served.is_secure)
    if wait_s:
        made.headers["Retry-After"] = str(wait_s)
    return made


async def login(request: Request, served: Gate) -> Response:
    """A name and a password for a session; the one that the browser had before is over."""
    try:
        require_same_origin(request)
        form = await read_form(request)
    except NotAnswered as e:
        return make_error(e.status, e.text)
    before = request.cookies.get(_BEFORE, "")
    if not before or not hmac.compare_digest(before.encode(), form.get("csrf", "").encode()):
        return _show_form(request, served, 403, problem="old")
    name, address = form.get("name", "").strip(), request.client.host if request.client else ""
    keys = ((served.by_name, name.casefold()), (served.by_address, address))
    try:
        wait = await served.run_in_thread(lambda: start_attempt(keys))
        if wait > 0:
            return _show_form(request, served, 429, problem="wait", wait_s=int(wait) + 1)
        account = await served.run_in_thread(lambda: served.people.check_password(name, form.get("password", "")))
        if account is None:
            return _show_form(request, served, 401, problem="wrong")
        for throttle, key in keys:
            throttle.reset_failures(key)
    except NotCounted as e:
        logging.getLogger(__name__).error("%s", e)
        return make_error(
            503, "Passwords cannot be counted just now, so nobody comes in. Ask whoever looks after this machine."
        )
    served.sessions.end_session(request.cookies.get(served.cookie, ""))
    own = served.sessions.start_session(account)
    response = RedirectResponse("/", 303)
    response.set_cookie(served.cookie, own, httponly=True, samesite="strict", secure=served.is_secure)
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
