"""The services: one page each, and JSON at /services/NAME; the copy of an FIR as PDF."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from digitize.errors import NotFound, OptionsError
from digitize.login.request_guard import NotAnswered, Visitor, read_form
from digitize.services.answer import ServiceAnswer
from digitize.services.kind import RecordService
from digitize.services.registry import load_services
from digitize.serving.copying import COPIES
from digitize.serving.forms import answer_shown, service_form
from digitize.serving.office import SearchOffice
from digitize.serving.rendering import problem_page
from digitize.serving.visitors import asker_of, limit_of, may_unmask, one_of_each
from digitize.serving.words import search_words, service_words


def _service(request: Request) -> RecordService:
    try:
        return load_services()[request.path_params["name"]]
    except KeyError:
        raise NotFound("There is no such service.") from None


async def services(request: Request, office: SearchOffice, visitor: Visitor) -> Response:
    """The available services."""
    del request, office, visitor
    return JSONResponse({"services": [{"name": s.name, "help": s.help} for s in load_services().values()]})


async def ask(request: Request, office: SearchOffice, visitor: Visitor) -> Response:
    """Answer of a service, as JSON."""
    service = _service(request)
    given = one_of_each(request, tuple(p.name for p in service.parameters))
    return JSONResponse((await _answer(request, office, visitor, service, given)).as_plain())


async def services_page(request: Request, office: SearchOffice, visitor: Visitor) -> Response:
    """Page with links to each service."""
    del request, office
    words = service_words(visitor.account.language)
    listed = [
        {"name": s.name, "title": words.word_of(s.name, "title", s.name), "help": words.word_of(s.name, "help", s.help)}
        for s in (*load_services().values(), COPIES)
    ]
    return problem_page("services.html", visitor, None, own=words, listed=listed)


async def service_page(request: Request, office: SearchOffice, visitor: Visitor) -> Response:
    """Form of a service."""
    del office
    return _show_page(visitor, _service(request), {}, None)


async def answer_page(request: Request, office: SearchOffice, visitor: Visitor) -> Response:
    """The form with its results. Sent by POST: a URL with names would stay in the browser history."""
    service, given = _service(request), await read_form(request)
    try:
        answer = await _answer(request, office, visitor, service, given)
    except (OptionsError, NotAnswered) as e:
        return _show_page(visitor, service, given, None, e)
    return _show_page(visitor, service, given, answer)


async def _answer(
    request: Request, office: SearchOffice, visitor: Visitor, service: RecordService, given: Mapping[str, str]
) -> ServiceAnswer:
    asker = asker_of(request, visitor, given)
    asked = {p.name: given[p.name] for p in service.parameters if p.name in given}
    return await office.ask(service, asked, asker, limit_of(given))


def _show_page(
    visitor: Visitor, service: RecordService, given: Mapping[str, str], answer: ServiceAnswer | None,
    problem: Exception | None = None,
) -> Response:  # fmt: skip
    words = service_words(visitor.account.language)
    return problem_page(
        "service.html", visitor, problem, own=words, shared=search_words(visitor.account.language),
        form=service_form(service, words, given), answer=answer_shown(service, words, answer) if answer else None,
        why=given.get("why", ""), reason=given.get("reason", ""), may_unmask=may_unmask(visitor.account),
    )  # fmt: skip
