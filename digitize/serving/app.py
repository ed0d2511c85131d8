"""The web application of the search: a page, and the same as JSON at /search, described at /openapi.json."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from types import SimpleNamespace
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from digitize.errors import OptionsError
from digitize.finding.asked import KINDS, NOT_SEARCHABLE, SearchQuery, is_searchable
from digitize.finding.log import Searcher
from digitize.finding.search import SearchAnswer
from digitize.masking.unmasking import check_unmasking
from digitize.review.station.app import gated_app
from digitize.review.station.entrance import logout
from digitize.review.station.guard import NotAnswered, Visitor, form_of, guarded
from digitize.review.station.pages import change_language
from digitize.review.station.people import OPERATOR, SUPERVISOR, Account
from digitize.review.station.rendering import page as render
from digitize.serving.described import described
from digitize.serving.office import SearchOffice

FIELDS = ("text", "kind", "relative", "station", "place", "year", "since", "until", "age", "section")
_PACKAGE = "digitize.serving"
_LEAST_PURPOSE = 3


def make_search_app(office: SearchOffice, hosts: Sequence[str]) -> Starlette:
    """The application. hosts: the names by which it may be asked for; any other is refused."""
    routes = [
        Route("/openapi.json", _openapi, methods=["GET"]),
        Route("/", guarded(office, _page, OPERATOR, is_page=True), methods=["GET"]),
        Route("/", guarded(office, _found, OPERATOR, is_page=True), methods=["POST"]),
        Route("/search", guarded(office, _search, OPERATOR, is_page=False), methods=["GET"]),
        Route("/language", guarded(office, change_language, OPERATOR, is_page=True), methods=["POST"]),
        Route("/logout", guarded(office, logout, OPERATOR, is_page=True), methods=["POST"]),
    ]
    return gated_app(office, hosts, routes)


async def _openapi(request: Request) -> Response:
    del request
    return JSONResponse(described(FIELDS))


async def _search(request: Request, office: SearchOffice, visitor: Visitor) -> Response:
    """What was found, as JSON."""
    given = request.query_params
    unknown = set(given) - {*FIELDS, "limit", "why", "reason"}
    if unknown or len(given.multi_items()) != len(given):
        raise NotAnswered(422, "There is no such field, or one is given twice; see /openapi.json.")
    answer = await _answer(office, visitor, dict(given))
    return JSONResponse({"hits": [hit.as_plain() for hit in answer.hits]})


async def _page(request: Request, office: SearchOffice, visitor: Visitor) -> Response:
    """The form."""
    del request, office
    return _shown(visitor, {}, None)


async def _found(request: Request, office: SearchOffice, visitor: Visitor) -> Response:
    """The form with what was found. Sent as a form: an address with names in it would stay in the browser's history."""
    given = await form_of(request)
    try:
        answer = await _answer(office, visitor, given)
    except (OptionsError, NotAnswered) as e:
        return _shown(visitor, given, None, str(e))
    return _shown(visitor, given, answer)


async def _answer(office: SearchOffice, visitor: Visitor, given: Mapping[str, str]) -> SearchAnswer:
    who, why = visitor.account, given.get("why", "").strip()[:200]
    if sum(map(str.isalnum, why)) < _LEAST_PURPOSE:
        raise NotAnswered(422, "Say what it is for (why): a purpose of three letters or digits at least. It is logged.")
    limit = given.get("limit", "10")
    if not (limit.isascii() and limit.isdigit() and len(limit) <= 3):
        raise NotAnswered(422, "limit is a number.")
    asked = {name: given.get(name, "") for name in FIELDS}
    if not all(map(is_searchable, (*asked.values(), why))):
        raise NotAnswered(422, NOT_SEARCHABLE)
    query = SearchQuery(**asked, limit=int(limit))
    reason = given.get("reason", "")
    unmasking = None
    if reason.strip():
        if not may_unmask(who):
            raise NotAnswered(403, "This is not yours to see.")
        unmasking = check_unmasking(unmask=True, reason=reason, operator=who.name, user=f"search:{who.name}")
    return await office.search(query, Searcher(who.name, f"search:{who.role}", why, unmasking))


def may_unmask(who: Account) -> bool:
    """Whether somebody may be shown protected names, for a reason that is kept."""
    return who.may(SUPERVISOR) or bool(who.cleared)


def _shown(visitor: Visitor, given: Mapping[str, str], answer: SearchAnswer | None, problem: str = "") -> Response:
    hits = None if answer is None else [hit.as_plain() for hit in answer.hits]
    asked = {name: given.get(name, "") for name in (*FIELDS, "why", "reason")}
    return render(
        "search.html", visitor, 422 if problem else 200, package=_PACKAGE, brand="search",
        own=search_words(visitor.account.language), asked=asked, kinds=list(KINDS), hits=hits, problem=problem,
        may_unmask=may_unmask(visitor.account),
    )  # fmt: skip


@cache
def search_words(language: str) -> SimpleNamespace:
    """The words of the page; English where there are none of a language."""
    folder = resources.files(_PACKAGE) / "words"
    file = folder / f"{language}.toml"
    plain = tomllib.loads((file if file.is_file() else folder / "en.toml").read_text(encoding="utf-8"))
    return SimpleNamespace(**{key: _spaced(value) for key, value in plain.items()})


def _spaced(value: Any) -> Any:
    return SimpleNamespace(**value) if isinstance(value, dict) else value
