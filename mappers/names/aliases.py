"""Places that are written in more than one way, or have had more than one name."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from mappers.text.folding import fold_key


@dataclass(frozen=True, slots=True)
class PlaceName:
    """One usual English name of a place. spellings: other ways to write it; other_names: other words for the place.

    kind: state, district or city; state: two small letters, "" outside India.
    """

    name: str
    kind: str
    state: str
    spellings: tuple[str, ...]
    other_names: tuple[str, ...]


@cache
def place_names() -> tuple[PlaceName, ...]:
    """The gazetteer of place_aliases.csv; where its facts come from: mappers/codes/SOURCES.md."""
    source = resources.files("mappers.codes") / "place_aliases.csv"
    with source.open("r", encoding="utf-8") as f:
        return tuple(
            PlaceName(r["name"], r["kind"], r["state"], _split(r["spellings"]), _split(r["other_names"]))
            for r in csv.DictReader(f)
        )


def _split(text: str) -> tuple[str, ...]:
    return tuple(way.strip() for way in text.split(";") if way.strip())


@cache
def place_ways() -> Mapping[str, tuple[PlaceName, ...]]:
    """The places that a spelling may mean, by its folded key: usual names, spellings and other names alike."""
    found: dict[str, list[PlaceName]] = {}
    for place in place_names():
        for way in (place.name, *place.spellings, *place.other_names):
            owners = found.setdefault(fold_key(way), [])
            if place not in owners:
                owners.append(place)
    return {key: tuple(owners) for key, owners in found.items()}
