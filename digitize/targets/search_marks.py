"""Marks of vehicles and numbers of things in a row, and their search tokens."""

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
"""Free texts that may name a vehicle which is in no field."""
_PART, _FRONT = 7, 6
"""Length up to which a mark may be the end of a longer one. Length of the indexed start of a mark."""


def index_tokens(marks: Sequence[str]) -> list[int]:
    """Tokens of marks: of each reading with any character left out, of its start and its end.

    A mark that may be the end of a longer one has a separate token for its end: there are few, so a complete queried
    mark can be compared with all of them.
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
    """Whether characters may be missing: a short mark, partly unread, or a registration without series letters."""
    return len(signs) <= _PART or not signs.isascii() or "?" in mark or (signs[:2].isalpha() and signs[2:].isdigit())


def end_tokens(mark: str, kind: str = "v4") -> list[int]:
    """Token of the last four characters, none for a shorter mark.

    kind: "v6" for the last six; "vp" for the last four of marks that may be the end of another.
    """
    key, size = mark_key(mark), 6 if kind == "v6" else 4
    return [token(kind, key[-size:])] if len(key) >= size else []


def front_tokens(mark: str) -> list[int]:
    """Token of the first six characters, none for a shorter mark."""
    key = mark_key(mark)
    return [token("vf", key[:_FRONT])] if len(key) >= _FRONT else []


def vehicle_marks(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Numbers of a vehicle with the field of each; of a cell with several, each of them as well."""
    return [(n, mark) for n in MARKS if row.get(n) for mark in numbers_within(str(row[n]))]


def thing_marks(row: Mapping[str, Any]) -> list[str]:
    """Numbers of arms, phones, notes and vehicles, in the description and in fields."""
    text = " ".join(str(row[n]) for n in THING_WORDS if row.get(n))
    own = [str(row["identification_no"])] if row.get("identification_no") else []
    rest = [w for w in without_marks(text).split() if sum(c.isdigit() for c in w) >= 4]
    return [*own, *marks_in(text), *rest]


def told_marks(row: Mapping[str, Any]) -> list[str]:
    """Vehicle marks in the free texts of a record, including engine and chassis numbers."""
    text = " ".join(str(row[n]) for n in TOLD_IN if row.get(n))
    return [*marks_in(text), *serials_in(text)] if text else []
