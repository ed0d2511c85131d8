"""States and districts, and the lists of places that a run knows."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from mappers.codes.lists import CodeList, make_list
from mappers.codes.stations import (
    StationEntry,
    iso_day,
    load_stations,
    split_names,
    station_list,
    stations_complete,
)
from mappers.codes.tables import read_csv, read_head
from mappers.errors import MappingError
from mappers.text.folding import fold_key


@dataclass(frozen=True, slots=True)
class State:
    """One state or union territory; lgd: its code in the Local Government Directory. code: two small letters.

    valid_from: ISO day from which it exists in its present shape, "" when not known; predecessor: what it was cut from.
    """

    lgd: str
    code: str
    name: str
    tradition: str
    valid_from: str = ""
    predecessor: str = ""


@dataclass(frozen=True, slots=True)
class ListedDistrict:
    """One district of the revenue or of the police.

    lgd: code in the Local Government Directory, "" for police districts. cctns: the state's code in CCTNS, which is
    public nowhere and comes from the state's own list. aliases: spellings and older names. valid_from, valid_to: ISO
    days, "" when open or not known. predecessor: the districts it was cut from. within: for a police district, the
    revenue districts in which it lies, which people write as well.
    """

    name: str
    state: str
    lgd: str = ""
    cctns: str = ""
    aliases: tuple[str, ...] = ()
    valid_from: str = ""
    valid_to: str = ""
    predecessor: str = ""
    within: tuple[str, ...] = ()


@cache
def states() -> Mapping[str, State]:
    """All states and union territories by two-letter code."""
    made = (
        State(
            r["lgd_code"], r["iso_3166_2"][3:5].lower(), r["name"], r["police_tradition"], r["valid_from"],
            r["predecessor"],
        )
        for r in read_csv("states.csv")
    )  # fmt: skip
    return {s.code: s for s in made}


@cache
def _shipped_districts() -> tuple[ListedDistrict, ...]:
    codes = {s.lgd: s.code for s in states().values()}
    revenue = (
        ListedDistrict(
            r["district"].title(), codes[r["state_lgd_code"]], r["lgd_code"], "", split_names(r["alternative_names"]),
            r["valid_from"], "", r["predecessor"],
        )
        for r in read_csv("districts.csv")
    )  # fmt: skip
    police = (
        ListedDistrict(
            r["district"],
            codes[r["state_lgd_code"]],
            aliases=split_names(r["aliases"]),
            within=split_names(r["within"]),
        )
        for r in read_csv("police_districts.csv")
    )
    return (*revenue, *police)


def districts(state_code: str = "", own: Path | None = None) -> tuple[ListedDistrict, ...]:
    """The districts of a state, or of all states: those shipped, with what the workspace's own list says of them.

    own: path of the workspace's lists/districts.csv, with the column `district` and any of lgd_code, cctns_code,
    aliases, valid_from, valid_to, predecessor, within; a path that is not there counts as no list. A district that is
    not shipped is added. Raises MappingError when the file is wrong, naming file and column.
    """
    known = {(d.state, fold_key(d.name)): d for d in _shipped_districts() if state_code in ("", d.state)}
    for stated in _read_districts(own, state_code) if own is not None and own.is_file() else ():
        key = next((k for k, d in known.items() if _is_same(d, stated)), (state_code, fold_key(stated.name)))
        known[key] = _merge_districts(known[key], stated) if key in known else stated
    return tuple(known.values())


def _read_districts(path: Path, state_code: str) -> Iterator[ListedDistrict]:
    reader = csv.DictReader(read_head(path)[1])
    if "district" not in (reader.fieldnames or ()):
        raise MappingError(f"{path}: column district is missing; needed: district; optional: lgd_code, cctns_code ...")
    for n, row in enumerate(reader, 1):
        cells = {k: (v or "").strip() for k, v in row.items() if isinstance(k, str)}
        if cells["district"]:
            first, last = (iso_day(cells.get(c, ""), f"{path}: row {n}: {c}") for c in ("valid_from", "valid_to"))
            yield ListedDistrict(
                cells["district"], state_code, cells.get("lgd_code", ""), cells.get("cctns_code", ""),
                split_names(cells.get("aliases", "")), first, last, cells.get("predecessor", ""),
                split_names(cells.get("within", "")),
            )  # fmt: skip


def _is_same(known: ListedDistrict, stated: ListedDistrict) -> bool:
    if known.lgd and stated.lgd:
        return known.lgd == stated.lgd
    return fold_key(stated.name) in {fold_key(w) for w in (known.name, *known.aliases)}


def _merge_districts(known: ListedDistrict, stated: ListedDistrict) -> ListedDistrict:
    """What is shipped, with everything the state's own list says; the state's other name of it becomes an alias."""
    other = () if fold_key(stated.name) == fold_key(known.name) else (stated.name,)
    return replace(
        known,
        lgd=stated.lgd or known.lgd,
        cctns=stated.cctns,
        aliases=tuple(dict.fromkeys((*known.aliases, *other, *stated.aliases))),
        valid_from=stated.valid_from or known.valid_from,
        valid_to=stated.valid_to or known.valid_to,
        predecessor=stated.predecessor or known.predecessor,
        within=stated.within or known.within,
    )


@cache
def district_list(state_code: str) -> CodeList:
    """The districts of a state, revenue and police, as an open list. Empty for an unknown state."""
    return district_codes(districts(state_code)) if state_code else make_list("district", (), {}, is_open=True)


def district_codes(known: Iterable[ListedDistrict]) -> CodeList:
    """Districts as an open list."""
    ways = {d.name: d.aliases for d in known}
    return make_list("district", ways, ways, is_open=True)


def place_lists(state_code: str, own: Path | None = None, own_districts: Path | None = None) -> Mapping[str, CodeList]:
    """The lists "station" and "district" of a state with the workspace's own places: what a MapContext wants.

    own, own_districts: the workspace's lists/stations.csv and lists/districts.csv.
    """
    stations = load_stations(state_code, own)
    has_own = own_districts is not None and own_districts.is_file()
    known = districts(state_code, own_districts) if state_code else ()
    shipped = district_codes(known) if has_own and state_code else district_list(state_code)
    ways = dict(shipped.spellings)
    for s in sorted(stations, key=lambda s: s.name):
        if s.district:
            name = shipped.find(s.district) or s.district
            ways[name] = tuple(dict.fromkeys((*ways.get(name, ()), *s.district_aliases)))
    listed = make_list("district", ways, ways, is_open=True)
    told = station_list(stations)
    implies = _imply_districts(stations, listed, known)
    return {
        "station": replace(told, complete=stations_complete(own), implies=implies, implied_list="district"),
        "district": replace(listed, complete=_complete(own_districts) if has_own else None),
    }


def _complete(path: Path | None) -> float | None:
    return read_head(path)[0] if path is not None else None


def _imply_districts(
    stations: Iterable[StationEntry], listed: CodeList, known: Iterable[ListedDistrict]
) -> Mapping[str, tuple[str, ...]]:
    """Station -> the districts that may stand on its pages: its own, by all rows of its name, and those around it."""
    within = {listed.find(d.name): d.within for d in known}
    found: dict[str, tuple[str, ...]] = {}
    for s in stations:
        own = listed.find(s.district) if s.district else None
        if own:
            around = tuple(listed.find(name) or name for name in within.get(own, ()))
            found[s.name] = tuple(dict.fromkeys((*found.get(s.name, ()), own, *around)))
    return found
