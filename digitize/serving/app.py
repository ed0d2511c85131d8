"""The web application of an office: search and services as pages and as JSON, described at /openapi.json."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from digitize.login.login_pages import logout
from digitize.login.request_guard import guard_endpoint
from digitize.review.station.app import gated_app
from digitize.review.station.pages import change_language
from digitize.services.policy import COPY
from digitize.services.registry import load_services
from digitize.serving import asking, copying, searching
from digitize.serving.described import describe_api
from digitize.serving.office import SearchOffice
from digitize.serving.searching import FIELDS
from digitize.serving.visitors import Endpoint, patient

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
