"""Render pages from templates; all content is escaped."""

from __future__ import annotations

import hashlib
import json
import secrets
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from digitize.login.login_pages import LoginForm
from digitize.login.request_guard import Visitor
from digitize.machine.exit_texts import escape_shown
from digitize.machine.font_files import font_folder
from digitize.machine.word_tables import ENGLISH
from digitize.review.station.words import plain_words, station_languages, station_words
from mappers.languages import load_languages

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'"
)
"""The content security policy: nothing from another host, and no script or style that stands in a page."""


_STATION = "digitize.review.station"


def render_page(
    name: str, visitor: Visitor | None, status: int = 200, *, language: str = "", package: str = _STATION, **data: Any
) -> Response:
    """Render a page in the visitor's language. package: of the template; all extend the station's."""
    language = visitor.account.language if visitor else language or "en"
    one = load_languages().get(language)
    account = visitor.account if visitor else None
    given = {
        "words": station_words(language),
        "words_json": make_script_words(language),
        "tongues": [(code, plain_words(code)["own_name"]) for code in station_languages()],
        "language": language,
        "dir": "rtl" if one is not None and one.script == "Arab" else "ltr",
        "person": {"name": account.name, "role": account.role} if account else None,
        "csrf": visitor.csrf if visitor else data.pop("csrf", ""),
        "nonce": secrets.token_urlsafe(12),
        "static": make_static_address,
        "brand": data.pop("brand", "station"),
    }
    return HTMLResponse(_environment(package).get_template(name).render(**given, **data), status)


def render_login_form(form: LoginForm, status: int) -> Response:
    """Render the login page; in English if its language has no texts."""
    language = form.language if form.language in station_languages() else ENGLISH
    return render_page(
        "login.html", None, status, language=language, brand=form.brand, csrf=form.csrf,
        problem=form.problem, wait_s=form.wait_s,
    )  # fmt: skip


@cache
def _environment(package: str) -> Environment:
    # StrictUndefined: a misspelt name is an error, not an empty place.
    return Environment(
        loader=ChoiceLoader([PackageLoader(package, "templates"), PackageLoader(_STATION, "templates")]),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=escape_shown,
    )  # fmt: skip


@cache
def make_script_words(language: str) -> Markup:
    """Texts for the pages' scripts as JSON, safe inside an HTML element."""
    text = json.dumps(plain_words(language)["script"], ensure_ascii=False)
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704  # made of our own files


@cache
def load_static_files() -> dict[str, bytes]:
    """Name below static/ -> content; loaded once, so that no address leads to another file."""
    found: dict[str, bytes] = {}
    folders = [("", resources.files("digitize.review.station") / "static"), ("fonts/", font_folder())]
    while folders:
        prefix, folder = folders.pop()
        for file in folder.iterdir():
            if file.is_dir():
                folders.append((f"{prefix}{file.name}/", file))
            elif not file.name.startswith("."):
                found[prefix + file.name] = file.read_bytes()
    return found


@cache
def compute_static_hash() -> str:
    """One hash of all files, since scripts import each other by relative addresses."""
    whole = hashlib.sha256()
    for name, content in sorted(load_static_files().items()):
        whole.update(f"{name} {len(content)} ".encode() + content)
    return whole.hexdigest()[:12]


def make_static_address(name: str) -> str:
    """Address of a file including the hash of all files, so that browsers can cache it permanently."""
    return f"/static/{compute_static_hash()}/{name}"
