"""The search: a page, and JSON at /search; for police and courts."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from digitize.errors import OptionsError
from digitize.login.request_guard import NotAnswered, Visitor, read_form
from digitize.search.query import KINDS, NOT_SEARCHABLE, SearchQuery, is_searchable
from digitize.search.search import SearchAnswer
from digitize.serving.office import SearchOffice
from digitize.serving.rendering import problem_page
from digitize.serving.visitors import asker_of, limit_of, may_search, may_unmask, one_of_each
from digitize.serving.words import search_words

FIELDS = ("text", "kind", "relative", "station", "place", "year", "since", "until", "age", "section")


async def search(request: Request, office: SearchOffice, visitor: Visitor) -> Response:
    """Results, as JSON."""
    answer = await _answer(request, office, visitor, one_of_each(request, FIELDS))
    return JSONResponse({"hits": [hit.as_plain() for hit in answer.hits]})


async def search_page(request: Request, office: SearchOffice, visitor: Visitor) -> Response:
    """The form; the public, who may not search, is sent to the services."""
    del request, office
    return _show_page(visitor, {}, None) if may_search(visitor.account) else RedirectResponse("/ask", 303)


async def found_page(request: Request, office: SearchOffice, visitor: Visitor) -> Response:
    """The form with its results. Sent by POST: a URL with names would stay in the browser history."""
    given = await read_form(request)
    try:
        answer = await _answer(request, office, visitor, given)
    except (OptionsError, NotAnswered) as e:
        return _show_page(visitor, given, None, e)
    return _show_page(visitor, given, answer)


async def _answer(
    request: Request, office: SearchOffice, visitor: Visitor, given: Mapping[str, str]
) -> SearchAnswer:  # fmt: skip
    if not may_search(visitor.account):
        raise NotAnswered(403, "You may not see this.")
    asker = asker_of(request, visitor, given)
    asked = {name: given.get(name, "") for name in FIELDS}
    if not all(map(is_searchable, asked.values())):
        raise NotAnswered(422, NOT_SEARCHABLE)
    return await office.search(SearchQuery(**asked, limit=limit_of(given)), asker)


def _show_page(
    visitor: Visitor, given: Mapping[str, str], answer: SearchAnswer | None, problem: Exception | None = None
) -> Response:
    hits = None if answer is None else [hit.as_plain() for hit in answer.hits]
    asked = {name: given.get(name, "") for name in (*FIELDS, "why", "reason")}
    return problem_page(
        "search.html", visitor, problem, own=search_words(visitor.account.language), asked=asked, kinds=list(KINDS),
        hits=hits, may_unmask=may_unmask(visitor.account),
    )  # fmt: skip
