"""The dashboard: the same pages, served. It only reads; who has no access token sees a page that asks for one.

A token comes in the header `Authorization: Bearer ...`, or once in the form of the page, which gives a session by
cookie. It never stands in an address. Pages are made anew when something was received or a day has passed.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from digitize.errors import DigitizeError
from digitize.machine.web import SafeHeaders, read_body
from digitize.offices.access import holder_of, read_tokens
from digitize.offices.exporting import as_plain, csv_text, tables
from digitize.offices.office import Office
from digitize.offices.outline import load_outline
from digitize.offices.page import policy, render_asking, render_page
from digitize.offices.picture import Limits, NationalPicture, office_picture
from digitize.offices.words import LANGUAGES, load_words

COOKIE = "digitize_session"
_HOURS = 12
_MOST_FORM_BYTES = 4096
_SECONDS_FOR_FORM = 10
"""Whoever sends a token more slowly than this holds a place that others need."""
Answer = Callable[[NationalPicture, str], Response]


@dataclass(slots=True)
class _Session:
    holder: str
    until: float


class Dashboard:
    """The state of one server: sessions, and the newest picture with the pages made of it."""

    def __init__(self, office: Office, limits: Limits, *, is_secure: bool) -> None:
        """is_secure: served through TLS, so that the cookie is sent there alone."""
        self.office, self.limits, self.is_secure = office, limits, is_secure
        self._sessions: dict[str, _Session] = {}
        # An RLock: page() holds it while it asks for the picture.
        self._lock = threading.RLock()
        self._made: tuple[tuple[str, date], NationalPicture] | None = None
        self._pages: dict[str, str] = {}

    def open_session(self, token: str) -> str | None:
        """A session for whoever has a token that holds."""
        holder = holder_of(self.office.folder, token)
        if not holder:
            return None
        now = time.monotonic()
        # Those that ended are dropped whenever somebody comes in, so that they do not pile up.
        self._sessions = {k: s for k, s in self._sessions.items() if s.until > now}
        session = secrets.token_urlsafe(32)
        self._sessions[session] = _Session(holder, now + 3600 * _HOURS)
        return session

    def may_look(self, request: Request) -> bool:
        """Whether a request comes with a session or with a token."""
        held = self._sessions.get(request.cookies.get(COOKIE, ""))
        if held is not None and held.until > time.monotonic():
            # A token that is taken back ends the sessions that it gave, too.
            return held.holder in {t.name for t in read_tokens(self.office.folder)}
        # For programs, which keep no cookie.
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        return kind.lower() == "bearer" and bool(holder_of(self.office.folder, token.strip()))

    def picture(self) -> NationalPicture:
        """The picture of today, made anew when something was received since the last one."""
        with self._lock:
            with self.office.store() as store:
                state = (store.mark(), date.today())
            if self._made is None or self._made[0] != state:
                self._made, self._pages = (state, office_picture(self.office, state[1], self.limits)), {}
            return self._made[1]

    def page(self, language: str) -> str:
        """The page of today."""
        with self._lock:
            picture = self.picture()
            # At most one page a language: others are never made, whatever a request asks for.
            if language not in self._pages:
                outline = load_outline(self.office.folder) if picture.root.level == "nation" else None
                self._pages[language] = render_page(picture, load_words(language), outline)
            return self._pages[language]


def make_app(office: Office, limits: Limits, *, is_secure: bool = False) -> Starlette:
    """The web application of an office's folder."""
    board = Dashboard(office, limits, is_secure=is_secure)
    names = ("figures", "counts", "breakdowns", "integration", "history", "exceptions")
    app = Starlette(
        middleware=[Middleware(SafeHeaders, policy=policy())],
        routes=[
            Route("/", _guarded(board, lambda _, language: HTMLResponse(board.page(language))), methods=["GET"]),
            Route("/enter", _entrance(board), methods=["POST"]),
            Route("/picture.json", _guarded(board, _whole), methods=["GET"]),
            *(Route(f"/{name}.csv", _guarded(board, partial(_table, name)), methods=["GET"]) for name in names),
        ],
    )
    app.router.redirect_slashes = False  # It would lead to whatever host a request names.
    return app


def _guarded(board: Dashboard, answer: Answer) -> Callable[[Request], Response]:
    """An address that answers only who may look; others are asked for a token."""

    def endpoint(request: Request) -> Response:
        language = _language(request)
        if not board.may_look(request):
            return HTMLResponse(render_asking(load_words(language), is_wrong=False), 401)
        try:
            return answer(board.picture(), language)
        except DigitizeError as e:
            return PlainTextResponse(f"{e}\n", 503)

    return endpoint


def _whole(picture: NationalPicture, language: str) -> Response:
    return JSONResponse(as_plain(picture, load_words(language)))


def _table(name: str, picture: NationalPicture, language: str) -> Response:
    text = csv_text(*tables(picture, load_words(language))[name])
    head = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(text.encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=head)


def _entrance(board: Dashboard) -> Callable[[Request], Awaitable[Response]]:
    """The address that a token is sent to; one that holds gives a session by cookie."""

    async def enter(request: Request) -> Response:
        token = await _token_of_form(request)
        # It reads a file: in the loop itself every other request would wait for it.
        session = await run_in_threadpool(board.open_session, token)
        if session is None:
            return HTMLResponse(render_asking(load_words(_language(request)), is_wrong=True), 401)
        # 303: the page is asked for by GET, and a reload does not send the token again.
        response = RedirectResponse("/", 303)
        response.set_cookie(
            COOKIE, session, max_age=3600 * _HOURS, httponly=True, samesite="strict", secure=board.is_secure
        )
        return response

    return enter


def _language(request: Request) -> str:
    wanted = request.query_params.get("lang", LANGUAGES[0])
    return wanted if wanted in LANGUAGES else LANGUAGES[0]


async def _token_of_form(request: Request) -> str:
    """The token of a short form; "" for anything longer, slower or anything else."""
    body = await read_body(request, _MOST_FORM_BYTES, _SECONDS_FOR_FORM) or b""
    return parse_qs(body.decode("utf-8", "replace")).get("token", [""])[0].strip()
