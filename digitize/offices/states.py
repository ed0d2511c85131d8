"""The 36 states and union territories as the picture shows them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from mappers.codes.places import states

CLASSES = ("large", "hill", "ut")
"""Ranks are given within a class: large states, hill and north-eastern states, union territories."""


@dataclass(frozen=True, slots=True)
class ShownState:
    """One state. names: language -> name; group: its class; tile: column 0-7 and row 0-8 of the tile grid."""

    code: str
    names: Mapping[str, str]
    group: str
    tile: tuple[int, int]


@cache
def shown_states() -> Mapping[str, ShownState]:
    """All states by code, in the order of their English names."""
    data = _places()["states"]
    made = (
        ShownState(code, {"en": s.name, "hi": data[code]["hi"]}, data[code]["class"], tuple(data[code]["tile"]))
        for code, s in sorted(states().items(), key=lambda i: i[1].name)
    )
    return {s.code: s for s in made}


def code_of_map(name: str) -> str:
    """Our code for an id of a map, such as IN-TS; "" when there is no such state."""
    code = name.lower().removeprefix("in-")
    code = _places()["also"].get(code, code)
    return code if code in states() else ""


@cache
def _places() -> dict[str, Any]:
    text = (resources.files("digitize.offices") / "places.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
