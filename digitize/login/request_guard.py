"""Who may ask for what: a session by cookie, a role at every address, a token with whatever changes something."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from digitize.errors import DigitizeError, NotFound, OptionsError, fault
from digitize.login.gate import Gate
from digitize.login.people import Account
from digitize.machine.web import first_values, read_body

_MOST_FORM, _MOST_JSON = 16_384, 1_048_576


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is logged in. own: the id of the session; csrf: what goes with every change."""

    account: Account
    own: str
    csrf: str


class NotAnswered(Exception):
    """A request that is not answered. status: of HTTP; text: a sentence without any value."""

    def __init__(self, status: int, text: str) -> None:
        """Say why."""
        super().__init__(text)
        self.status, self.text = status, text


G = TypeVar("G", bound=Gate)


def find_visitor(request: Request, served: Gate) -> Visitor | None:
    """Who asks; None for nobody who is logged in."""
    own = request.cookies.get(served.cookie, "")
    found = served.sessions.find_session(own) if own else None
    return Visitor(found[1], own, found[0].csrf) if found else None


def guard_endpoint(
    served: G, endpoint: Callable[[Request, G, Visitor], Awaitable[Response]], role: str, *, is_page: bool
) -> Callable[[Request], Awaitable[Response]]:
    """An address that answers only whoever has the role. is_page: somebody unknown is led to the login."""

    async def answer(request: Request) -> Response:
        try:
            visitor = find_visitor(request, served)
            if visitor is None:
                if is_page and request.method == "GET":
                    return RedirectResponse("/login", 303)
                raise NotAnswered(401, "Log in first.")
            if not visitor.account.may(role):
                raise NotAnswered(403, "This is not yours to see.")
            if request.method != "GET":
                await _require_token(request, visitor)
            return await endpoint(request, served, visitor)
        except NotAnswered as e:
            return make_error(e.status, e.text)
        except NotFound:
            return make_error(404, "There is nothing of that name.")
        except OptionsError as e:
            return make_error(422, str(e))
        except DigitizeError:
            # Its text may name files; what to do about it stands where the station was started.
            logging.getLogger(__name__).error("the ledger cannot be used just now")
            return make_error(503, "The workspace cannot be used just now. Ask whoever looks after this machine.")
        except Exception as e:
            # Its kind and place alone: its text may hold values.
            logging.getLogger(__name__).error(fault("the station", e))
            return make_error(500, "A fault in the program; it is noted. Try again.")

    return answer


def set_session_cookie(
    response: Response, cookie: str, own: str, *, is_secure: bool, max_age_s: int | None = None
) -> None:
    """Give a browser the id of its session; no script and no other site's page gets at it.

    is_secure: sent through TLS alone. max_age_s: for how long it is kept, None until the browser is closed.
    """
    response.set_cookie(cookie, own, max_age=max_age_s, httponly=True, samesite="strict", secure=is_secure)


def make_error(status: int, text: str) -> Response:
    """A refusal as JSON."""
    return JSONResponse({"error": text}, status)


async def _require_token(request: Request, visitor: Visitor) -> None:
    require_same_origin(request)
    given = request.headers.get("x-csrf", "")
    if not given:
        given = (await read_form(request)).get("csrf", "")
    if not hmac.compare_digest(given.encode(), visitor.csrf.encode()):
        raise NotAnswered(403, "The page is too old. Load it again.")


def require_same_origin(request: Request) -> None:
    """Raise NotAnswered for a change that another site's page asks for; browsers say where it comes from."""
    origin = request.headers.get("origin", "")
    # "null" is what a form of ours sends too, since our pages name no referrer; then the browser's own word decides.
    is_foreign = origin not in ("", "null") and urlsplit(origin).netloc != request.headers.get("host", "")
    if is_foreign or request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotAnswered(403, "Another site asked for this.")


async def read_form(request: Request) -> dict[str, str]:
    """A posted form, the first value of each name; read once a request."""
    if not hasattr(request.state, "form"):
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        if kind and kind != "application/x-www-form-urlencoded":
            raise NotAnswered(422, "This is no form.")
        body = await _read_body(request, _MOST_FORM)
        request.state.form = first_values(parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True))
    found: dict[str, str] = request.state.form
    return found


async def read_json(request: Request) -> dict[str, object]:
    """A posted JSON object."""
    import json

    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise NotAnswered(422, "This is no JSON.")
    try:
        found = json.loads(await _read_body(request, _MOST_JSON))
    except (ValueError, RecursionError):
        raise NotAnswered(422, "This is no JSON.") from None
    if not isinstance(found, dict):
        raise NotAnswered(422, "This is no JSON object.")
    return found


async def _read_body(request: Request, most: int) -> bytes:
    body = await read_body(request, most)
    if body is None:
        raise NotAnswered(413, "That is too long, or came too slowly.")
    return body
