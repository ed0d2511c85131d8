"""Copies of FIRs as PDF: at /services/fir-copy for other programs, and from their own page."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from digitize.errors import NotFound, OptionsError
from digitize.login.request_guard import NotAnswered, Visitor, read_form
from digitize.services.copies.words import languages
from digitize.services.given import check_given
from digitize.services.kind import CHOICE, NUMBER, YEAR, Parameter, RecordService, finds_nothing
from digitize.services.policy import COPY
from digitize.serving.forms import service_form
from digitize.serving.office import SearchOffice
from digitize.serving.rendering import problem_page
from digitize.serving.visitors import asker_of, may_unmask, one_of_each
from digitize.serving.words import search_words, service_words

COPIES = RecordService(
    name=COPY,
    help="A printable copy of an FIR (form IIF-I) as PDF, masked for the role that asks.",
    parameters=(
        Parameter("number", "the FIR's number, without the year", NUMBER, is_needed=True),
        Parameter("year", "the year of registration", YEAR, is_needed=True),
        Parameter("station", "the police station, in any script", is_needed=True),
        Parameter("district", "its district, if several have a station of that name"),
        Parameter("language", "the language of the form", CHOICE, languages(), is_needed=True),
    ),
    forms=("iif1",),
    shows={},
    find=finds_nothing,
)
"""Parameters of a copy, which is not one of the services in kinds/."""
_NAMES = tuple(p.name for p in COPIES.parameters)


async def copy(request: Request, office: SearchOffice, visitor: Visitor) -> Response:
    """The PDF for the parameters of an address."""
    return await _copy(request, office, visitor, one_of_each(request, _NAMES))


async def copy_page(request: Request, office: SearchOffice, visitor: Visitor) -> Response:
    """The form."""
    del request, office
    return _show_page(visitor, {}, None)


async def made_page(request: Request, office: SearchOffice, visitor: Visitor) -> Response:
    """The PDF for the form, or the form with the error."""
    given = await read_form(request)
    try:
        return await _copy(request, office, visitor, given)
    except (OptionsError, NotAnswered, NotFound) as e:
        return _show_page(visitor, given, e)


async def _copy(request: Request, office: SearchOffice, visitor: Visitor, given: Mapping[str, str]) -> Response:
    asker = asker_of(request, visitor, given)
    asked = check_given(COPIES, {n: given[n] for n in _NAMES if n in given})
    made = await office.copy(asked, asker, asked.pop("language"))
    name = f"fir-{asked['number']}-{asked['year']}.pdf"
    return Response(made, media_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


def _show_page(visitor: Visitor, given: Mapping[str, str], problem: Exception | None) -> Response:
    words = service_words(visitor.account.language)
    return problem_page(
        "service.html", visitor, problem, own=words, shared=search_words(visitor.account.language),
        form=service_form(COPIES, words, given), answer=None, why=given.get("why", ""),
        reason=given.get("reason", ""), may_unmask=may_unmask(visitor.account),
    )  # fmt: skip
