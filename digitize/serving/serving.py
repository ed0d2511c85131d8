"""Serve search and services with several processes; each creates its own application, all with the same policy."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from hashlib import sha256
from importlib import resources
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from digitize.errors import OptionsError
from digitize.login.login_pages import logout
from digitize.login.request_guard import guard_endpoint
from digitize.machine.placing import default_workers
from digitize.machine.web_server import Listening, serve_app
from digitize.review.station.app import gated_app
from digitize.review.station.pages import change_language
from digitize.review.station.serving import names_of
from digitize.services.policy import COPY
from digitize.services.registry import load_services
from digitize.serving import asking, copying, searching
from digitize.serving.described import describe_api
from digitize.serving.office import SearchOffice
from digitize.serving.searching import FIELDS
from digitize.serving.visitors import Endpoint, patient
from digitize.targets.base import Target
from digitize.workspace.place import Place, open_place

_MOST = 4
"""By itself; each process takes memory of its own (docs/search.md)."""
ANYBODY = ""
"""The role that everybody has who is logged in; what each may be told is decided for each question."""
_PAGES: tuple[tuple[str, str, Endpoint], ...] = (
    ("/", "GET", searching.search_page),
    ("/", "POST", searching.found_page),
    ("/ask", "GET", asking.services_page),
    (f"/ask/{COPY}", "GET", copying.copy_page),
    (f"/ask/{COPY}", "POST", copying.made_page),
    ("/ask/{name}", "GET", asking.service_page),
    ("/ask/{name}", "POST", asking.answer_page),
)
_JSON: tuple[tuple[str, Endpoint], ...] = (
    ("/search", searching.search),
    ("/services", asking.services),
    (f"/services/{COPY}", copying.copy),
    ("/services/{name}", asking.ask),
)


def processes_of(wanted: int | None) -> int:
    """Number of processes.

    wanted: None for one per core, within limits. Raises OptionsError for more than one where sockets cannot be shared.
    """
    if sys.platform == "win32":
        if wanted not in (None, 1):
            raise OptionsError("On Windows there is only one server process: omit --processes.")
        return 1
    return wanted or min(_MOST, default_workers())


def serve_search(
    place: Place, open_target: Callable[[], Target], at: Listening, processes: int, ready: Callable[[], None]
) -> None:
    """Serve until Ctrl-C.

    open_target: a module function with plain values, if there are several processes. ready: called when startup
    succeeded. Raises OptionsError, TargetRefused, MachineLacks.
    """
    # What is amiss with the target is told at once, and here.
    SearchOffice(place, open_target).close()
    serve_app(partial(_make_app, place.folder, open_target, at, _policy_mark()), at, processes, ready)


def _make_app(folder: Path, open_target: Callable[[], Target], at: Listening, policy: str) -> Starlette:
    if _policy_mark() != policy:
        raise OptionsError("The policy table changed after the server was started. Restart it.")
    office = SearchOffice(open_place(folder), open_target, is_secure=at.certificate is not None)
    return make_search_app(office, names_of(at.host))


def _policy_mark() -> str:
    """Hash of the policy table: a replacement process must not use another table than the others."""
    return sha256((resources.files("digitize.services") / "policy.toml").read_bytes()).hexdigest()


def make_search_app(office: SearchOffice, hosts: Sequence[str]) -> Starlette:
    """The application. hosts: the names by which it may be asked for; any other is refused."""
    pages = [
        Route(path, guard_endpoint(office, patient(endpoint), ANYBODY, is_page=True), methods=[method])
        for path, method, endpoint in _PAGES
    ]
    answers = [
        Route(path, guard_endpoint(office, patient(endpoint), ANYBODY, is_page=False), methods=["GET"])
        for path, endpoint in _JSON
    ]
    routes = [
        Route("/openapi.json", _openapi, methods=["GET"]),
        *pages,
        *answers,
        Route("/language", guard_endpoint(office, change_language, ANYBODY, is_page=True), methods=["POST"]),
        Route("/logout", guard_endpoint(office, logout, ANYBODY, is_page=True), methods=["POST"]),
    ]
    return gated_app(office, hosts, routes)


async def _openapi(request: Request) -> Response:
    del request
    return JSONResponse(describe_api(FIELDS, load_services(), copying.COPIES))
