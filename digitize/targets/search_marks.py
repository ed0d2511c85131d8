"""The marks of vehicles and numbers of things in a row, and the tokens by which they are found again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mappers.codes.registrations import (
    mark_signs,
    marks_in,
    numbers_within,
    registration_forms,
    serials_in,
    without_marks,
)
from mappers.names.keys import mark_key, mark_tokens, token

MARKS = ("registration_no", "chassis_no", "engine_no")
THING_WORDS = ("property_type", "category", "description")
TOLD_IN = ("narrative", "brief_facts", "grounds", "other_acts", "property_order", "result", "remarks")
"""Free texts in which a vehicle may be named that stands in no field."""
_PART, _FRONT = 7, 6
"""Up to so many signs a mark may be the rest of one. Signs of a mark's front that is a key."""


def index_tokens(marks: Sequence[str]) -> list[int]:
    """Tokens of marks: of each way in which one may be meant with any sign left out, of its front and its end.

    What may be the rest of a longer mark has a token of its own for its end: few have it, so that a whole mark that is
    asked for can be held against them all.
    """
    made: dict[int, None] = {}
    for mark in marks:
        signs = mark_signs(mark)
        for way in dict.fromkeys((signs, *registration_forms(signs))):
            made.update(dict.fromkeys((*mark_tokens(way), *end_tokens(way))))
        made.update(dict.fromkeys((*front_tokens(signs), *end_tokens(signs, "v6"))))
        if _may_be_a_part(mark, signs):
            made.update(dict.fromkeys(end_tokens(signs, "vp")))
    return list(made)


def _may_be_a_part(mark: str, signs: str) -> bool:
    """Whether signs of it may lack: few, or not all read, or a registration without the letters of its series."""
    return len(signs) <= _PART or not signs.isascii() or "?" in mark or (signs[:2].isalpha() and signs[2:].isdigit())


def end_tokens(mark: str, kind: str = "v4") -> list[int]:
    """The token of the last four signs, none for a shorter mark. kind: "v6" of the last six; "vp" of the last four of
    marks that may be the rest of another.
    """
    key, size = mark_key(mark), 6 if kind == "v6" else 4
    return [token(kind, key[-size:])] if len(key) >= size else []


def front_tokens(mark: str) -> list[int]:
    """The token of the first six signs, none for a shorter mark."""
    key = mark_key(mark)
    return [token("vf", key[:_FRONT])] if len(key) >= _FRONT else []


def vehicle_marks(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The numbers of a vehicle with the field of each; of a cell that has several, each of them as well."""
    return [(n, mark) for n in MARKS if row.get(n) for mark in numbers_within(str(row[n]))]


def thing_marks(row: Mapping[str, Any]) -> list[str]:
    """Numbers of arms, phones, notes and vehicles, which stand within the description, and those that it has."""
    text = " ".join(str(row[n]) for n in THING_WORDS if row.get(n))
    own = [str(row["identification_no"])] if row.get("identification_no") else []
    rest = [w for w in without_marks(text).split() if sum(c.isdigit() for c in w) >= 4]
    return [*own, *marks_in(text), *rest]


def told_marks(row: Mapping[str, Any]) -> list[str]:
    """Marks of vehicles in the free texts of a record, engine and chassis numbers among them."""
    text = " ".join(str(row[n]) for n in TOLD_IN if row.get(n))
    return [*marks_in(text), *serials_in(text)] if text else []
