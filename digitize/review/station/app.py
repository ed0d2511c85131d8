"""The web application of the review station: addresses with their required roles."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digitize.login.gate import Gate
from digitize.login.login_pages import logout, make_login_routes
from digitize.login.people import ADMINISTRATOR, OPERATOR, SUPERVISOR
from digitize.login.request_guard import guard_endpoint, make_error
from digitize.machine.web import SafeHeaders
from digitize.review.station import api, pages
from digitize.review.station.rendering import POLICY, compute_static_hash, load_static_files, render_login_form
from digitize.review.station.server_state import Served

_KINDS = {
    "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "woff2": "font/woff2",
    "json": "application/json", "svg": "image/svg+xml", "png": "image/png", "txt": "text/plain; charset=utf-8",
}  # fmt: skip


_PAGES = (
    ("/", "GET", OPERATOR, pages.home),
    ("/key", "GET", OPERATOR, pages.key),
    ("/carpet", "GET", OPERATOR, pages.carpet),
    ("/page/{page}", "GET", OPERATOR, pages.one_page),
    ("/answers", "GET", OPERATOR, pages.own_answers),
    ("/answers", "POST", OPERATOR, pages.own_answers),
    ("/answers/reopen", "POST", OPERATOR, pages.reopen_own),
    ("/disagreements", "GET", OPERATOR, pages.disagreements),
    ("/quality", "GET", SUPERVISOR, pages.quality),
    ("/quality", "POST", SUPERVISOR, pages.judge_batch),
    ("/record/{record}", "GET", SUPERVISOR, pages.record),
    ("/record/{record}", "POST", SUPERVISOR, pages.reopen_field),
    ("/people", "GET", ADMINISTRATOR, pages.people),
    ("/people", "POST", ADMINISTRATOR, pages.change_people),
    ("/language", "POST", OPERATOR, pages.change_language),
    ("/logout", "POST", OPERATOR, logout),
)
_API = (
    ("/api/next", "GET", OPERATOR, api.next_items),
    ("/api/answers", "POST", OPERATOR, api.take_answers),
    ("/api/newest", "GET", OPERATOR, api.newest_answer),
    ("/api/undo", "POST", OPERATOR, api.take_back),
    ("/api/check", "POST", OPERATOR, api.check),
    ("/api/list", "GET", OPERATOR, api.entries),
    ("/api/picture/{item}", "GET", OPERATOR, api.picture),
    ("/api/page/{page}", "GET", OPERATOR, api.page_picture),
    ("/api/unmask", "POST", SUPERVISOR, api.show_masked),
)


def make_app(served: Served, hosts: Sequence[str]) -> Starlette:
    """The application. hosts: accepted host names; others are refused."""
    routes = [*_make_routes(served, _PAGES, is_page=True), *_make_routes(served, _API, is_page=False)]
    return gated_app(served, hosts, routes)


def gated_app(served: Gate, hosts: Sequence[str], routes: Sequence[Route]) -> Starlette:
    """An application behind a login. routes: besides those of login and static files; each has its own guard."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        served.close()

    app = Starlette(
        lifespan=lifespan,
        middleware=[
            Middleware(SafeHeaders, policy=POLICY),
            Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False),
        ],
        routes=[
            *make_login_routes(served, render_login_form),
            Route("/static/{mark}/{name:path}", static_file, methods=["GET"]),
            *routes,
        ],
    )
    app.router.redirect_slashes = False  # It would lead to whatever host a request names.
    return app


def _make_routes(served: Served, entries: Sequence[tuple[str, str, str, object]], *, is_page: bool) -> list[Route]:
    return [
        Route(path, guard_endpoint(served, endpoint, role, is_page=is_page), methods=[method])  # type: ignore[arg-type]
        for path, method, role, endpoint in entries
    ]


async def static_file(request: Request) -> Response:
    """A script, style or font."""
    found = load_static_files().get(request.path_params["name"])
    if found is None:
        return make_error(404, "There is no such file.")
    # A page from before an upgrade still gets its scripts, which must not be kept under the old address.
    kept = "public, max-age=31536000, immutable" if request.path_params["mark"] == compute_static_hash() else "no-store"
    kind = _KINDS.get(request.path_params["name"].rpartition(".")[2], "application/octet-stream")
    return Response(found, media_type=kind, headers={"Cache-Control": kept})
