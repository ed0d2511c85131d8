"""Where the lists of places of a state and a workspace contradict each other, in words for who keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path

from mappers.codes.places import ListedDistrict, district_codes, districts
from mappers.codes.stations import StationEntry, load_stations, read_stations, shipped_stations
from mappers.text.folding import fold_key


def contradictions(state_code: str, own: Path | None = None, own_districts: Path | None = None) -> list[str]:
    """What contradicts: a sentence each, with what to do.

    own, own_districts: as of place_lists. Raises MappingError where a list is none.
    """
    stations = load_stations(state_code, own)
    known = districts(state_code, own_districts) if state_code else ()
    said = [*_unknown_districts(stations, known), *_shared_spellings(stations), *_two_places(stations)]
    stated = read_stations(own) if own is not None and own.is_file() else ()
    return [*said, *_compare_with_shipped(stated, shipped_stations(state_code)), *_check_surroundings(known)]


def _unknown_districts(stations: Iterable[StationEntry], known: Iterable[ListedDistrict]) -> Iterator[str]:
    listed = district_codes(known)
    named = dict.fromkeys(s.district for s in stations if s.district) if listed.values else ()
    for name in named:
        if listed.find(name) is None:
            near = listed.find_near(name)
            hint = f"it may be {near}" if near else "if it is one, add it to lists/districts.csv"
            yield f"The list of stations names the district {name}, which is in no list of districts: {hint}."


def _shared_spellings(stations: Iterable[StationEntry]) -> Iterator[str]:
    owners: dict[str, dict[str, str]] = {}
    for s in stations:
        for way in (s.name, *s.aliases):
            owners.setdefault(fold_key(way), {})[s.name] = way
    for names in owners.values():
        if len(names) > 1:
            both = " and ".join(sorted(names))
            way = min(names.values())
            yield f"{way} is a spelling of {both}, so reading uses it for neither. Give each its own spelling."


def _two_places(stations: Iterable[StationEntry]) -> Iterator[str]:
    rows: dict[str, list[StationEntry]] = {}
    for s in stations:
        rows.setdefault(fold_key(s.name), []).append(s)
    for some in rows.values():
        for a, b in combinations(some, 2):
            apart = a.valid_to and b.valid_from and a.valid_to < b.valid_from
            apart = apart or (b.valid_to and a.valid_from and b.valid_to < a.valid_from)
            if fold_key(a.district) != fold_key(b.district) and not apart:
                yield (
                    f"{a.name} is in {a.district or 'no district'} and in {b.district or 'no district'}. Give the "
                    f"dates (valid_from, valid_to) if it moved; if these are two stations, nothing is wrong."
                )


def _compare_with_shipped(stated: Iterable[StationEntry], shipped: Iterable[StationEntry]) -> Iterator[str]:
    before = {fold_key(s.name): s for s in shipped}
    for s in stated:
        known = before.get(fold_key(s.name))
        if known and s.district and known.district and fold_key(s.district) != fold_key(known.district):
            yield (
                f"{s.name} is in {s.district} by lists/stations.csv, in {known.district} by the package. Yours counts."
            )


def _check_surroundings(known: Iterable[ListedDistrict]) -> Iterator[str]:
    every = tuple(known)
    listed = district_codes(every)
    for d in every:
        for name in d.within:
            if listed.find(name) is None:
                yield f"{d.name} is within {name}, which is in no list of districts."
