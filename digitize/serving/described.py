"""The description of /search as OpenAPI 3.1, for other programs of the office."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from digitize import __version__
from digitize.finding.answers import WORDS
from digitize.finding.asked import KINDS, MOST_SHOWN, MOST_TEXT

_MEANS = {
    "text": "A name in any script, a number, or words; * and ? stand for letters that are not known.",
    "kind": "What is searched for; everything if not given.",
    "relative": "Name of father, husband or guardian.",
    "station": "Police station, in any script.",
    "place": "District, village or place, by any of its names.",
    "year": "Of the case: 2012, or 2010-2014.",
    "since": "First day of the period, as 2012-08-01.",
    "until": "Last day of the period.",
    "age": "At the time of the case: 34, or 30-40.",
    "section": "As 302, or IPC 302.",
}
_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
_ERROR = {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}
_GROUND = {
    "type": "object",
    "required": ["what", "how"],
    "properties": {"what": {"type": "string"}, "how": {"enum": ["same", "alike", "nearly"]}},
}
_HIT = {
    "type": "object",
    "required": ["kind", "record", "form", "line", "score", "why", "case", "values", "sections"],
    "properties": {
        "kind": {"enum": list(WORDS.values())},
        "record": {"type": "string"},
        "form": {"type": "string"},
        "line": {"type": "integer", "description": "Row of the record's persons, vehicles or property; 0 for a case."},
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "why": {"type": "array", "items": _GROUND},
        "case": {**_TEXTS, "description": "Fields of the record; what the law protects is [masked]."},
        "values": {**_TEXTS, "description": "Fields of the row that was found."},
        "sections": {"type": "array", "items": {"type": "string"}},
    },
}


def described(fields: Sequence[str]) -> dict[str, Any]:
    """The description as JSON types."""
    asked = [_parameter(n, _MEANS[n], {"type": "string", "maxLength": MOST_TEXT}) for n in fields if n != "kind"]
    asked.append(_parameter("kind", _MEANS["kind"], {"enum": ["", *KINDS]}))
    asked.append(_parameter("limit", "How many are shown.", {"type": "integer", "minimum": 1, "maximum": MOST_SHOWN}))
    why = "What it is for: three letters or digits at least. It is logged with the name of who is logged in."
    asked.append({**_parameter("why", why, {"type": "string", "minLength": 3}), "required": True})
    reason = "Why protected names must be seen, in words; for supervisors and those who are cleared. It is logged."
    asked.append(_parameter("reason", reason, {"type": "string"}))
    answers = {code: _answer(text, _ERROR) for code, text in _REFUSED.items()}
    hits = {"type": "object", "required": ["hits"], "properties": {"hits": {"type": "array", "items": _HIT}}}
    found = _answer("What was found, the best first; at most limit.", hits)
    operation = {
        "summary": "Find persons, cases, vehicles and things.",
        "parameters": asked,
        "responses": {"200": found, **answers},
        "security": [{"session": []}],
    }
    session = {"type": "apiKey", "in": "cookie", "name": "digitize_search"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Search of records", "version": __version__},
        "paths": {"/search": {"get": operation}},
        "components": {"securitySchemes": {"session": session}},
    }


_REFUSED = {
    "401": "Nobody is logged in.",
    "403": "It is not for this person to see.",
    "422": "It cannot be asked so.",
    "503": "The target cannot be used just now.",
}


def _parameter(name: str, means: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": means, "schema": schema}


def _answer(text: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": schema}}}
