"""Who asks through the server: the role and the purpose of a visitor, and what is said to whoever asks too often."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from digitize.errors import NotCounted
from digitize.login.people import POLICE, SUPERVISOR, Account
from digitize.login.request_guard import NotAnswered, Visitor, make_error
from digitize.masking.unmasking import check_unmasking
from digitize.search.log import Searcher
from digitize.search.query import NOT_SEARCHABLE, is_searchable
from digitize.services.asker import ServiceAsker, check_purpose
from digitize.services.policy import COURT, PUBLIC
from digitize.services.rates import TooOften
from digitize.serving.office import SearchOffice

COMMON = ("limit", "why", "reason")
"""What goes with every question, beside what is asked."""
Endpoint = Callable[[Request, SearchOffice, Visitor], Awaitable[Response]]


def asker_of(request: Request, visitor: Visitor, given: Mapping[str, str]) -> ServiceAsker:
    """Who asks, what for, and whether protected names may be shown.

    Raises NotAnswered for a reason of somebody who is not shown them, OptionsError for a purpose that says nothing.
    """
    who, why, reason = visitor.account, given.get("why", "").strip(), given.get("reason", "").strip()
    check_purpose(why)
    if not (is_searchable(why) and is_searchable(reason)):
        raise NotAnswered(422, NOT_SEARCHABLE)
    account = f"search:{who.role if who.asks_as == POLICE else who.asks_as}"
    unmasking = None
    if reason:
        if not may_unmask(who):
            raise NotAnswered(403, "This is not yours to see.")
        unmasking = check_unmasking(unmask=True, reason=reason, operator=who.name, user=f"search:{who.name}")
    address = request.client.host if request.client else ""
    return ServiceAsker(Searcher(who.name, account, why, unmasking), who.asks_as, who.stations, address)


def limit_of(given: Mapping[str, str]) -> int:
    """How many are to be shown. Raises NotAnswered for no number."""
    limit = given.get("limit", "10")
    if not (limit.isascii() and limit.isdigit() and len(limit) <= 3):
        raise NotAnswered(422, "limit is a number.")
    return int(limit)


def one_of_each(request: Request, known: tuple[str, ...]) -> dict[str, str]:
    """What an address asks. Raises NotAnswered for a name that is not known or stands twice."""
    given = request.query_params
    if set(given) - {*known, *COMMON} or len(given.multi_items()) != len(given):
        raise NotAnswered(422, "There is no such field, or one is given twice; see /openapi.json.")
    return dict(given)


def may_unmask(who: Account) -> bool:
    """Whether somebody may be shown protected names, for a reason that is kept: never the public."""
    return who.asks_as != PUBLIC and (who.may(SUPERVISOR) or bool(who.cleared))


def may_search(who: Account) -> bool:
    """Whether somebody may search in all that is loaded; the public asks services."""
    return who.asks_as in (POLICE, COURT)


def patient(endpoint: Endpoint) -> Endpoint:
    """An endpoint that takes the public whole ticks, tells whoever asks too often when to come again, and
    whoever cannot be counted that nothing is answered.
    """

    async def answer(request: Request, office: SearchOffice, visitor: Visitor) -> Response:
        async with office.pace(visitor.account.asks_as):
            try:
                return await endpoint(request, office, visitor)
            except TooOften as e:
                made = make_error(429, str(e))
                made.headers["Retry-After"] = str(int(e.wait_s) + 1)
                return made
            except NotCounted as e:
                return make_error(503, str(e))

    return answer
