"""Role and purpose of a visitor, and the response to whoever queries too often."""

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
"""Parameters common to all queries."""
Endpoint = Callable[[Request, SearchOffice, Visitor], Awaitable[Response]]


def asker_of(request: Request, visitor: Visitor, given: Mapping[str, str]) -> ServiceAsker:
    """Who queries, for what purpose, and whether protected names may be shown.

    Raises NotAnswered for a reason given by a person who may not see them, OptionsError for an invalid purpose.
    """
    who, why, reason = visitor.account, given.get("why", "").strip(), given.get("reason", "").strip()
    check_purpose(why)
    if not (is_searchable(why) and is_searchable(reason)):
        raise NotAnswered(422, NOT_SEARCHABLE)
    account = f"search:{who.role if who.asks_as == POLICE else who.asks_as}"
    unmasking = None
    if reason:
        if not may_unmask(who):
            raise NotAnswered(403, "You may not see this.")
        unmasking = check_unmasking(unmask=True, reason=reason, operator=who.name, user=f"search:{who.name}")
    address = request.client.host if request.client else ""
    return ServiceAsker(Searcher(who.name, account, why, unmasking), who.asks_as, who.stations, address)


def limit_of(given: Mapping[str, str]) -> int:
    """Maximum number of results. Raises NotAnswered if it is not a number."""
    limit = given.get("limit", "10")
    if not (limit.isascii() and limit.isdigit() and len(limit) <= 3):
        raise NotAnswered(422, "limit must be a number.")
    return int(limit)


def one_of_each(request: Request, known: tuple[str, ...]) -> dict[str, str]:
    """Parameters of an address. Raises NotAnswered for unknown or repeated ones."""
    given = request.query_params
    if set(given) - {*known, *COMMON} or len(given.multi_items()) != len(given):
        raise NotAnswered(422, "There is no such parameter, or one is given twice; see /openapi.json.")
    return dict(given)


def may_unmask(who: Account) -> bool:
    """Whether a person may see protected names, for a recorded reason: never the public."""
    return who.asks_as != PUBLIC and (who.may(SUPERVISOR) or bool(who.cleared))


def may_search(who: Account) -> bool:
    """Whether a person may search all loaded records; the public uses services only."""
    return who.asks_as in (POLICE, COURT)


def patient(endpoint: Endpoint) -> Endpoint:
    """Wrap an endpoint: whole ticks for the public, 429 with the waiting time for frequent queries, and a refusal if
    they cannot be counted.
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
