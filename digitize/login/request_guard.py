"""Access checks of requests: a session cookie, a role per address, a CSRF token for changes."""

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
    """A logged-in person. own: session id; csrf: token required for changes."""

    account: Account
    own: str
    csrf: str


class NotAnswered(Exception):
    """A refused request. status: HTTP code; text: a sentence without values."""

    def __init__(self, status: int, text: str) -> None:
        """Set status and text."""
        super().__init__(text)
        self.status, self.text = status, text


G = TypeVar("G", bound=Gate)


def find_visitor(request: Request, served: Gate) -> Visitor | None:
    """The visitor of a request; None if not logged in."""
    own = request.cookies.get(served.cookie, "")
    found = served.sessions.find_session(own) if own else None
    return Visitor(found[1], own, found[0].csrf) if found else None


def guard_endpoint(
    served: G, endpoint: Callable[[Request, G, Visitor], Awaitable[Response]], role: str, *, is_page: bool
) -> Callable[[Request], Awaitable[Response]]:
    """Wrap an endpoint so that only a role may call it. is_page: redirect to the login if not logged in."""

    async def answer(request: Request) -> Response:
        try:
            visitor = find_visitor(request, served)
            if visitor is None:
                if is_page and request.method == "GET":
                    return RedirectResponse("/login", 303)
                raise NotAnswered(401, "Log in first.")
            if not visitor.account.may(role):
                raise NotAnswered(403, "You may not see this.")
            if request.method != "GET":
                await _require_token(request, visitor)
            return await endpoint(request, served, visitor)
        except NotAnswered as e:
            return make_error(e.status, e.text)
        except NotFound:
            return make_error(404, "There is nothing with that name.")
        except OptionsError as e:
            return make_error(422, str(e))
        except DigitizeError:
            # Its text may name files; what to do about it stands where the station was started.
            logging.getLogger(__name__).error("the ledger cannot be used at the moment")
            return make_error(503, "The workspace cannot be used at the moment. Ask the administrator of this machine.")
        except Exception as e:
            # Its kind and place alone: its text may hold values.
            logging.getLogger(__name__).error(fault("the station", e))
            return make_error(500, "An error in the program; it was logged. Try again.")

    return answer


def set_session_cookie(
    response: Response, cookie: str, own: str, *, is_secure: bool, max_age_s: int | None = None
) -> None:
    """Set the session cookie: HttpOnly, SameSite.

    is_secure: sent over TLS only. max_age_s: lifetime, None until the browser closes.
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
        raise NotAnswered(403, "The page is too old. Reload it.")


def require_same_origin(request: Request) -> None:
    """Raise NotAnswered for a change requested by another site's page, using the browser's origin headers."""
    origin = request.headers.get("origin", "")
    # "null" is what a form of ours sends too, since our pages name no referrer; then the browser's own word decides.
    is_foreign = origin not in ("", "null") and urlsplit(origin).netloc != request.headers.get("host", "")
    if is_foreign or request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotAnswered(403, "The request came from another site.")


async def read_form(request: Request) -> dict[str, str]:
    """A posted form, first value of each name; parsed once per request."""
    if not hasattr(request.state, "form"):
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        if kind and kind != "application/x-www-form-urlencoded":
            raise NotAnswered(422, "This is not a form.")
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
        raise NotAnswered(422, "This is not a JSON object.")
    return found


async def _read_body(request: Request, most: int) -> bytes:
    body = await read_body(request, most)
    if body is None:
        raise NotAnswered(413, "The request is too long, or came too slowly.")
    return body
