"""The dashboard: the same pages, served. It only reads; who has no access token sees a page that asks for one.

A token comes in the header `Authorization: Bearer ...`, or once in the form of the page, which gives a session by
cookie. It never stands in an address. Pages are made anew when something was received, a list of the
office was changed, or a day has passed.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from digitize.errors import DigitizeError
from digitize.login.request_guard import set_session_cookie
from digitize.login.sessions import LONGEST_S, Sessions
from digitize.machine.today import today_in_india
from digitize.machine.web import SafeHeaders, read_body
from digitize.offices.access import Token, TokenHolders
from digitize.offices.exporting import as_plain, format_csv, make_tables
from digitize.offices.office import Office
from digitize.offices.outline import load_outline
from digitize.offices.page import make_security_policy, render_login, render_page
from digitize.offices.picture import Limits, NationalPicture, make_office_picture, restrict_to_state
from digitize.offices.serve import AccessLog
from digitize.offices.words import LANGUAGES, load_words

COOKIE = "digitize_session"
_MOST_FORM_BYTES = 4096
_SECONDS_FOR_FORM = 10
"""Whoever sends a token more slowly than this holds a place that others need."""
Make = Callable[[NationalPicture, str], str]
NAMES = ("figures", "counts", "breakdowns", "integration", "services", "quality", "history", "exceptions")


@dataclass(frozen=True, slots=True)
class SignOn:
    """A proxy that has asked who it is and tells it in a header. proxies: addresses from which that is believed."""

    header: str
    proxies: frozenset[str]


@dataclass(frozen=True, slots=True)
class _CachedReply:
    """One answer as it was made: the text, the same packed, and a name that changes with the content."""

    body: bytes
    packed: bytes
    tag: str

    @classmethod
    def from_text(cls, text: str, encoding: str) -> _CachedReply:
        body = text.encode(encoding)
        # mtime=0: the same content gives the same bytes.
        return cls(body, gzip.compress(body, 6, mtime=0), f'W/"{hashlib.sha256(body).hexdigest()[:32]}"')


class Dashboard:
    """The state of one server: sessions, and the newest picture with the answers made of it."""

    def __init__(self, office: Office, limits: Limits, *, is_secure: bool, sign_on: SignOn | None = None) -> None:
        """is_secure: served through TLS, so that the cookie is sent there alone."""
        self.office, self.limits, self.is_secure, self.sign_on = office, limits, is_secure, sign_on
        # A token that is taken back ends the sessions that it gave, too; those in use end by their age alone.
        self._holders = TokenHolders(office.folder)
        self._sessions = Sessions(None, self._holders, LONGEST_S)
        # An RLock: made() holds it while it asks for the picture.
        self._lock = threading.RLock()
        self._picture: tuple[tuple[object, ...], NationalPicture] | None = None
        self._made: dict[tuple[str, str, str], _CachedReply] = {}

    def open_session(self, token: str) -> str | None:
        """A session for whoever has a token that holds."""
        holder = self._holders.find_by_token(token)
        return self._sessions.start_session(holder) if holder else None

    def find_viewer(self, request: Request) -> Token | None:
        """Who asks, by the proxy's word, a session or a token; None where nobody may look."""
        if self.sign_on is not None and request.client and request.client.host in self.sign_on.proxies:
            told = request.headers.getlist(self.sign_on.header)
            # Two values are one of the proxy and one that somebody sent past it.
            if told:
                return self._holders.find_account(told[0].strip()) if len(told) == 1 else None
        held = self._sessions.find_session(request.cookies.get(COOKIE, ""))
        if held is not None:
            return held[1]
        # For programs, which keep no cookie.
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        return self._holders.find_by_token(token.strip()) if kind.lower() == "bearer" else None

    def load_picture(self) -> NationalPicture:
        """The picture of today, made anew when something was received or stated since the last one."""
        with self._lock:
            with self.office.store() as store:
                state = (store.mark(), today_in_india(), self.office.list_stated_files())
            if self._picture is None or self._picture[0] != state:
                self._picture, self._made = (state, make_office_picture(self.office, state[1], self.limits)), {}
            return self._picture[1]

    def cached_reply(self, name: str, make: Make, language: str, state: str, encoding: str) -> _CachedReply:
        """An answer of today. state: of whom alone it tells beside the sum, "" for all."""
        with self._lock:
            picture = self.load_picture()
            # A handful of names, two languages, 36 states: others are never made, whatever a request asks for.
            if (name, language, state) not in self._made:
                seen = restrict_to_state(picture, state) if state and picture.root.level == "nation" else picture
                self._made[name, language, state] = _CachedReply.from_text(make(seen, language), encoding)
            return self._made[name, language, state]

    def make_page(self, picture: NationalPicture, language: str) -> str:
        """The page of a picture."""
        outline = load_outline(self.office.folder) if picture.root.level == "nation" else None
        return render_page(picture, load_words(language), outline)


def make_app(
    office: Office, limits: Limits, *, is_secure: bool = False, sign_on: SignOn | None = None, logs: bool = False
) -> Starlette:
    """The web application of an office's folder. logs: who asked for what is written, see `serve.open_access_log`."""
    board = Dashboard(office, limits, is_secure=is_secure, sign_on=sign_on)
    wrapped = [Middleware(AccessLog, holder=lambda scope: _find_holder(board, scope))] if logs else []
    html, csv = ("text/html; charset=utf-8", "utf-8"), ("text/csv; charset=utf-8", "utf-8-sig")
    app = Starlette(
        middleware=[*wrapped, Middleware(SafeHeaders, policy=make_security_policy())],
        routes=[
            Route("/", _guard_page(board, "page", board.make_page, html), methods=["GET"]),
            Route("/enter", _make_login(board), methods=["POST"]),
            Route(
                "/picture.json",
                _guard_page(board, "json", _format_json, ("application/json", "utf-8")),
                methods=["GET"],
            ),
            *(
                Route(f"/{n}.csv", _guard_page(board, n, partial(_format_table, n), csv), methods=["GET"])
                for n in NAMES
            ),
        ],
    )
    app.router.redirect_slashes = False  # It would lead to whatever host a request names.
    return app


def _find_holder(board: Dashboard, scope: Scope) -> str:
    seen = board.find_viewer(Request(scope))
    return seen.name if seen else ""


def _guard_page(board: Dashboard, name: str, make: Make, kind: tuple[str, str]) -> Callable[[Request], Response]:
    """An address that answers only who may look; others are asked for a token. kind: media type and encoding."""

    def endpoint(request: Request) -> Response:
        language, seen = _choose_language(request), board.find_viewer(request)
        if seen is None:
            return HTMLResponse(render_login(load_words(language), is_wrong=False), 401)
        try:
            made = board.cached_reply(name, make, language, seen.state, kind[1])
        except DigitizeError as e:
            return PlainTextResponse(f"{e}\n", 503)
        # Kept by the reader's browser alone, and asked again each time whether it still holds.
        head = {
            "ETag": made.tag,
            "Cache-Control": "private, no-cache",
            "Vary": "Accept-Encoding, Cookie, Authorization",
        }
        if made.tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=head)
        if kind[0].startswith("text/csv"):
            head["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(made.packed, media_type=kind[0], headers=head | {"Content-Encoding": "gzip"})
        return Response(made.body, media_type=kind[0], headers=head)

    return endpoint


def _format_json(picture: NationalPicture, language: str) -> str:
    return json.dumps(as_plain(picture, load_words(language)), ensure_ascii=False)


def _format_table(name: str, picture: NationalPicture, language: str) -> str:
    return format_csv(*make_tables(picture, load_words(language))[name])


def _make_login(board: Dashboard) -> Callable[[Request], Awaitable[Response]]:
    """The address that a token is sent to; one that holds gives a session by cookie."""

    async def enter(request: Request) -> Response:
        token = await _token_of_form(request)
        # It reads a file: in the loop itself every other request would wait for it.
        session = await run_in_threadpool(board.open_session, token)
        if session is None:
            return HTMLResponse(render_login(load_words(_choose_language(request)), is_wrong=True), 401)
        # 303: the page is asked for by GET, and a reload does not send the token again.
        response = RedirectResponse("/", 303)
        set_session_cookie(response, COOKIE, session, is_secure=board.is_secure, max_age_s=LONGEST_S)
        return response

    return enter


def _choose_language(request: Request) -> str:
    wanted = request.query_params.get("lang", LANGUAGES[0])
    return wanted if wanted in LANGUAGES else LANGUAGES[0]


async def _token_of_form(request: Request) -> str:
    """The token of a short form; "" for anything longer, slower or anything else."""
    body = await read_body(request, _MOST_FORM_BYTES, _SECONDS_FOR_FORM) or b""
    return parse_qs(body.decode("utf-8", "replace")).get("token", [""])[0].strip()
