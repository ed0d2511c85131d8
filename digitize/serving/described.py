"""OpenAPI 3.1 description of search and services, for other programs of the office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from digitize import __version__
from digitize.search.answers import WORDS
from digitize.search.query import KINDS, MOST_SHOWN, MOST_TEXT
from digitize.services.kind import CHOICE, DAY, NUMBER, YEAR, Parameter, RecordService

_MEANS = {
    "text": "A name in any script, a number, or words; * and ? are wildcards for unknown letters.",
    "kind": "What to search for (default: everything).",
    "relative": "Name of father, husband or guardian.",
    "station": "Police station, in any script.",
    "place": "District, village or place, by any of its names.",
    "year": "Year of the case: 2012, or 2010-2014.",
    "since": "First day of the period, as 2012-08-01.",
    "until": "Last day of the period.",
    "age": "Age at the time of the case: 34, or 30-40.",
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
        "case": {**_TEXTS, "description": "Fields of the record; protected values are [masked]."},
        "values": {**_TEXTS, "description": "Fields of the row that was found."},
        "sections": {"type": "array", "items": {"type": "string"}},
    },
}


_HOWS = ["same", "alike", "nearly", "differs", "unknown"]
_REASON = {**_GROUND, "properties": {"what": {"type": "string"}, "how": {"enum": _HOWS}}}
_ROWS = {"type": "object", "additionalProperties": {"type": "array", "items": _TEXTS}}
_FOUND = {
    "type": "object",
    "required": ["record", "form", "child", "line", "score", "why", "case", "values", "rows", "says", "beside"],
    "properties": {
        "record": {"type": "string"},
        "form": {"type": "string"},
        "child": {
            "type": "string",
            "description": "Child table in which it was found, empty for the record itself.",
        },
        "line": {"type": "integer", "description": "Row of that table; 0 for the record itself."},
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "why": {"type": "array", "items": _REASON},
        "case": {**_TEXTS, "description": "Fields of the record that the role may see; others are [masked]."},
        "values": {**_TEXTS, "description": "Fields of the row that was found."},
        "rows": {**_ROWS, "description": "Rows of other tables of the record."},
        "says": {
            "type": "string",
            "description": "What this record alone says about the query, a code of the service.",
        },
        "match": {
            "type": "object",
            "description": "How sure it is that this is the person asked for by name; absent where nobody was.",
            "required": ["how", "words", "facts", "differs"],
            "properties": {
                "how": {"enum": ["same", "unsure"], "description": "unsure: a person must look."},
                "words": {"type": "integer", "minimum": 0, "description": "Words of the name that agree."},
                "facts": {"type": "array", "items": {"type": "string"}, "description": "Second facts that agree."},
                "differs": {"type": "array", "items": {"type": "string"}, "description": "Facts that contradict."},
            },
        },
        "beside": {"type": "array", "items": {"$ref": "#/components/schemas/Found"}},
    },
}
_ASKED_OF = {
    "type": "object",
    "description": "What a verdict applies to. The public sees two digits of a number.",
    "required": ["records", "waiting", "loaded"],
    "properties": {
        "records": {"type": "integer", "minimum": 0, "description": "Records that are loaded."},
        "waiting": {
            "type": "integer",
            "minimum": 0,
            "description": "Records that were read but wait for a person: not searched.",
        },
        "loaded": {"type": "string", "description": "Day of the newest load, empty where there was none."},
    },
}
_SERVICE_ANSWER = {
    "type": "object",
    "required": ["service", "verdict", "found"],
    "properties": {
        "service": {"type": "string"},
        "verdict": {
            "type": "string",
            "description": "What the service says about the whole query, a code of the service.",
        },
        "found": {"type": "array", "items": {"$ref": "#/components/schemas/Found"}},
        "asked_of": _ASKED_OF,
    },
}
_LISTED = {
    "type": "object",
    "required": ["name", "help"],
    "properties": dict.fromkeys(("name", "help"), {"type": "string"}),
}
_SERVICES = {
    "type": "object",
    "required": ["services"],
    "properties": {"services": {"type": "array", "items": _LISTED}},
}
_NUMBERS = {
    DAY: {"type": "string", "format": "date"},
    # Digits of any script are taken; those of other programs are these.
    YEAR: {"type": "string", "pattern": "^(1[89]|20|21)[0-9]{2}$"},
    NUMBER: {"type": "string", "pattern": "^[0-9]{1,9}$"},
}


def describe_api(fields: Sequence[str], services: Mapping[str, RecordService], copies: RecordService) -> dict[str, Any]:
    """The description as JSON types. copies: parameters of an FIR copy."""
    paths = {"/search": {"get": _search(fields)}, "/services": {"get": _list()}}
    paths |= {f"/services/{name}": {"get": _service(service)} for name, service in services.items()}
    paths[f"/services/{copies.name}"] = {"get": _copy(copies)}
    session = {"type": "apiKey", "in": "cookie", "name": "digitize_search"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Search and services of records", "version": __version__},
        "paths": paths,
        "components": {"securitySchemes": {"session": session}, "schemas": {"Found": _FOUND}},
    }


def _search(fields: Sequence[str]) -> dict[str, Any]:
    asked = [_parameter(n, _MEANS[n], {"type": "string", "maxLength": MOST_TEXT}) for n in fields if n != "kind"]
    asked.append(_parameter("kind", _MEANS["kind"], {"enum": ["", *KINDS]}))
    hits = {"type": "object", "required": ["hits"], "properties": {"hits": {"type": "array", "items": _HIT}}}
    return _operation(
        "Find persons, cases, vehicles and things.", [*asked, *_common()],
        _answer("Results, the best first; at most limit.", hits),
    )  # fmt: skip


def _list() -> dict[str, Any]:
    return _operation("All services.", [], _answer("Their names.", _SERVICES))


def _service(service: RecordService) -> dict[str, Any]:
    asked = [_describe_parameter(p) for p in service.parameters]
    return _operation(
        service.help, [*asked, *_common()], _answer("Answers, the best first; at most limit.", _SERVICE_ANSWER)
    )


def _copy(copies: RecordService) -> dict[str, Any]:
    pdf = {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}
    made = _operation(
        copies.help,
        [*map(_describe_parameter, copies.parameters), *_common()[1:]],
        {"description": "The copy.", "content": pdf},
    )
    made["responses"]["404"] = _answer("There is no such FIR, or this role may not have a copy of it.", _ERROR)
    return made


def _describe_parameter(parameter: Parameter) -> dict[str, Any]:
    schema = {"enum": list(parameter.choices)} if parameter.kind == CHOICE else _NUMBERS.get(parameter.kind)
    made = _parameter(parameter.name, parameter.help, schema or {"type": "string", "maxLength": MOST_TEXT})
    return {**made, "required": True} if parameter.is_needed else made


def _common() -> list[dict[str, Any]]:
    """Parameters common to all queries."""
    limit = _parameter("limit", "How many are shown.", {"type": "integer", "minimum": 1, "maximum": MOST_SHOWN})
    why = "Purpose: at least three letters or digits. It is logged with the name of the person who is logged in."
    asked = {**_parameter("why", why, {"type": "string", "minLength": 3, "maxLength": MOST_TEXT}), "required": True}
    reason = "Reason why protected names are needed, in words; for supervisors and cleared persons. It is logged."
    return [limit, asked, _parameter("reason", reason, {"type": "string"})]


def _operation(summary: str, asked: Sequence[dict[str, Any]], found: dict[str, Any]) -> dict[str, Any]:
    return {
        "summary": summary,
        "parameters": list(asked),
        "responses": {"200": found, **{code: _describe_refusal(code) for code in _REFUSED}},
        "security": [{"session": []}],
    }


def _describe_refusal(code: str) -> dict[str, Any]:
    made = _answer(_REFUSED[code], _ERROR)
    if code == "429":
        made["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}
    return made


_REFUSED = {
    "401": "Nobody is logged in.",
    "403": "This person may not see it.",
    "422": "The query is invalid.",
    "429": "Too many queries, or one number after another.",
    "503": "The target cannot be used at the moment.",
}


def _parameter(name: str, means: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": means, "schema": schema}


def _answer(text: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": schema}}}
