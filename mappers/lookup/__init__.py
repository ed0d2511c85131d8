"""Search in the masters: what an officer writes, and the acts, sections, values and places that it may mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from mappers.codes import ListedDistrict, StationEntry, code_lists
from mappers.lookup.hit import Counterpart, MasterHit
from mappers.lookup.laws import find_named_acts, find_sections, find_titles
from mappers.lookup.places import find_places
from mappers.lookup.values import find_values

LAWS = ("section", "act")
PLACES = ("state", "district", "station")
# An act's own entry, where the text names sections of it.
_BESIDE_SECTIONS = 0.75
# A place so alike that values are not searched by their sound, which takes the longest.
_TOLD = 0.9


def find_codes(
    text: str,
    *,
    only: str = "",
    day: str = "",
    stations: Iterable[StationEntry] = (),
    districts: Iterable[ListedDistrict] | None = None,
) -> tuple[MasterHit, ...]:
    """The entries of all masters that a text may mean, best first, each once.

    only: one of known_lists(), "" for all. day: ISO day of the offence, which decides which law was in force; both laws
    are told either way. stations, districts: of the workspace, where it has lists of its own.
    """
    best: dict[tuple[str, str, str], MasterHit] = {}
    for hit in _hits(text.strip(), only, day, tuple(stations), districts):
        # Places of one name in two states, or stations in two districts, are two.
        key = (hit.list, hit.code, hit.facts.get("state", hit.facts.get("district", "")))
        if only in ("", hit.list) and (key not in best or best[key].score < hit.score):
            best[key] = hit
    return tuple(sorted(best.values(), key=lambda h: (-h.score, h.in_force is False)))


def known_lists() -> tuple[str, ...]:
    """What a search can be limited to."""
    return (*LAWS, *PLACES, *code_lists())


def _hits(
    text: str, only: str, day: str, stations: tuple[StationEntry, ...], districts: Iterable[ListedDistrict] | None
) -> Iterator[MasterHit]:
    named = [*find_sections(text, day)] if only in ("", *LAWS) else []
    acts = [*find_named_acts(text, day)] if only in ("", *LAWS) else []
    yield from named
    yield from (replace(a, score=round(a.score * _BESIDE_SECTIONS, 4)) for a in acts) if named else acts
    if only in ("", *LAWS) and not named and not acts:
        yield from find_titles(text, day)
    places = [*find_places(text, day, only, stations, districts)] if only in ("", *PLACES) and not named else []
    yield from places
    if only not in (*LAWS, *PLACES):
        is_told = bool(named or acts) or any(h.score >= _TOLD for h in places)
        yield from find_values(text, day, only, with_near=not named or only != "", by_sound=not is_told)


__all__ = ["LAWS", "PLACES", "Counterpart", "MasterHit", "find_codes", "known_lists"]
