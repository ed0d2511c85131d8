"""Page of a service as plain values: form fields from its parameters, and its answer in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from digitize.services.answer import ServiceAnswer, ShownAnswer
from digitize.services.kind import CHOICE, DAY, NUMBER, YEAR, RecordService
from digitize.serving.words import ServiceWords

_INPUTS = {DAY: "date", NUMBER: "text", YEAR: "text"}
Labelled = tuple[str, str]
"""A text and its language, "" for that of the page."""


def service_form(service: RecordService, words: ServiceWords, given: Mapping[str, str]) -> dict[str, Any]:
    """Form fields. given: what was typed."""
    fields = [
        {
            "name": p.name,
            "label": words.word_of(service.name, f"given.{p.name}", p.help),
            "kind": "choice" if p.kind == CHOICE else _INPUTS.get(p.kind, "text"),
            "is_number": p.kind in (NUMBER, YEAR),
            "choices": [(c, words.word_of(service.name, f"choice.{c}", c.replace("_", " "))) for c in p.choices],
            "is_needed": p.is_needed,
            "value": given.get(p.name, ""),
        }
        for p in service.parameters
    ]
    return {
        "name": service.name,
        "title": words.word_of(service.name, "title", service.name),
        "help": words.word_of(service.name, "help", service.help),
        "fields": fields,
    }


def answer_shown(service: RecordService, words: ServiceWords, answer: ServiceAnswer) -> dict[str, Any]:
    """The answer as shown on the page."""
    verdict = words.word_of(service.name, f"verdict.{answer.verdict}", answer.verdict) if answer.verdict else None
    held = answer.asked_of
    asked_of = [words["asked_of"].format(**held.as_plain())] if held else []
    asked_of += [words["waiting"].format(**held.as_plain())] if held and held.waiting else []
    found = [_render_answer(service, words, one) for one in answer.found]
    return {"verdict": verdict, "found": found, "asked_of": " ".join(asked_of)}


def _render_answer(service: RecordService, words: ServiceWords, one: ShownAnswer) -> dict[str, Any]:
    return {
        "record": one.record,
        "form": one.form,
        "score": one.score,
        "why": [words.ground(g.what, g.how) for g in one.why],
        "says": words.word_of(service.name, f"says.{one.says}", one.says) if one.says else None,
        "match": words.match(one.match.how) if one.match else "",
        "case": _label_fields(words, one.case),
        "values": _label_fields(words, one.values),
        "rows": [_label_fields(words, row) for some in one.rows.values() for row in some],
        "beside": [_render_answer(service, words, other) for other in one.beside],
    }


def _label_fields(words: ServiceWords, row: Mapping[str, str]) -> list[tuple[Labelled, str]]:
    return [(words.field(name), text) for name, text in row.items()]
