"""Render a page of the server, or the error of its query."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from digitize.errors import NotFound
from digitize.login.request_guard import Visitor
from digitize.review.station.rendering import render_page as render
from digitize.serving.visitors import may_search
from digitize.serving.words import PACKAGE, service_words


def problem_page(name: str, visitor: Visitor, problem: Exception | None, **data: Any) -> Response:
    """A page with an error, with the same status as the JSON."""
    wait_s = getattr(problem, "wait_s", None)
    status = 200 if problem is None else 429 if wait_s is not None else getattr(problem, "status", 422)
    status = 404 if isinstance(problem, NotFound) else status
    made = render(
        name, visitor, status, package=PACKAGE, brand="search", problem=str(problem or ""),
        may_search=may_search(visitor.account), rooms=service_words(visitor.account.language), **data,
    )  # fmt: skip
    if wait_s is not None:
        made.headers["Retry-After"] = str(int(wait_s) + 1)
    return made
