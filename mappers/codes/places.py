"""States, districts and police stations."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from mappers.codes.acts import read_csv
from mappers.codes.lists import CodeList, make_list
from mappers.errors import MappingError
from mappers.folding import fold_key

_STATION_COLUMNS = {"station", "district", "aliases"}


@dataclass(frozen=True, slots=True)
class State:
    """One state or union territory; lgd: its code in the Local Government Directory. code: two small letters."""

    lgd: str
    code: str
    name: str
    tradition: str


@dataclass(frozen=True, slots=True)
class Station:
    """One police station; aliases are the other ways its name is written, district_aliases those of its district's."""

    name: str
    district: str
    aliases: tuple[str, ...] = ()
    district_aliases: tuple[str, ...] = ()


@cache
def states() -> Mapping[str, State]:
    """All states and union territories by two-letter code."""
    rows = read_csv("states.csv")
    made = (State(r["lgd_code"], r["vehicle_code"].lower()[:2], r["name"], r["police_tradition"]) for r in rows)
    return {s.code: s for s in made}


@cache
def district_list(state_code: str) -> CodeList:
    """The districts of a state, revenue and police, as an open list. Empty for an unknown state."""
    state = states().get(state_code)
    ways: dict[str, tuple[str, ...]] = {}
    for name, others in _districts(state.lgd if state else ""):
        ways[name] = tuple(others)
    return make_list("district", ways, ways, is_open=True)


def _districts(lgd: str) -> Iterable[tuple[str, list[str]]]:
    for row in read_csv("districts.csv"):
        if row["state_lgd_code"] == lgd:
            yield row["district"].title(), _split(row["alternative_names"])
    for row in read_csv("police_districts.csv"):
        if row["state_lgd_code"] == lgd:
            yield row["district"], _split(row["aliases"])


def _split(text: str) -> list[str]:
    return [w.partition("(until")[0].strip() for w in text.split(";") if w.strip()]


def read_stations(path: Path) -> tuple[Station, ...]:
    """A station list of the form `station,district,aliases` (aliases parted by semicolons), UTF-8 with or without BOM.

    A column `district_aliases` may give other spellings of the district, on any of its stations.
    Raises MappingError when a column is missing, naming file and column.
    """
    with path.open(encoding="utf-8-sig", newline="") as f:
        return _stations(csv.DictReader(f), str(path))


def _stations(reader: csv.DictReader[str], source: str) -> tuple[Station, ...]:
    missing = _STATION_COLUMNS - set(reader.fieldnames or ())
    if missing:
        raise MappingError(
            f"{source}: column {', '.join(sorted(missing))} is missing; needed: station,district,aliases"
        )
    rows = [r for r in reader if (r["station"] or "").strip()]
    return tuple(
        Station(
            r["station"].strip(),
            (r["district"] or "").strip(),
            tuple(_split(r["aliases"] or "")),
            tuple(_split(r.get("district_aliases") or "")),
        )
        for r in rows
    )


@cache
def shipped_stations(state_code: str) -> tuple[Station, ...]:
    """The stations this package knows of a state; () for most states, and never the whole state (see SOURCES.md)."""
    source = resources.files("mappers.codes") / "stations" / f"{state_code}.csv"
    if not source.is_file():
        return ()
    with source.open("r", encoding="utf-8") as f:
        return _stations(csv.DictReader(f), f"mappers/codes/stations/{state_code}.csv")


def load_stations(state_code: str, own: Path | None = None) -> tuple[Station, ...]:
    """The stations of a state: those shipped, then the workspace's own list, which wins where both name one.

    own: path of the workspace's lists/stations.csv; a path that is not there counts as no list. Raises MappingError
    when the file has not the right columns.
    """
    stations = {fold_key(s.name): s for s in shipped_stations(state_code)}
    if own is not None and own.is_file():
        stations |= {fold_key(s.name): s for s in read_stations(own)}
    return tuple(stations.values())


def station_list(stations: Iterable[Station]) -> CodeList:
    """Stations as an open list. An alias that two stations share names neither, so that nothing is guessed."""
    all_stations = tuple({s.name: s for s in stations}.values())
    owners: dict[str, set[str]] = {}
    for s in all_stations:
        for way in (s.name, *s.aliases):
            owners.setdefault(fold_key(way), set()).add(s.name)
    ways = {s.name: tuple(a for a in s.aliases if owners[fold_key(a)] == {s.name}) for s in all_stations}
    return make_list("station", ways, ways, is_open=True)


def place_lists(state_code: str, own: Path | None = None) -> Mapping[str, CodeList]:
    """The lists "station" and "district" of a state with the workspace's own stations: what a MapContext wants."""
    stations = load_stations(state_code, own)
    districts = district_list(state_code)
    ways = dict(districts.spellings)
    for s in sorted(stations, key=lambda s: s.name):
        if s.district:
            name = districts.find(s.district) or s.district
            ways[name] = tuple(dict.fromkeys((*ways.get(name, ()), *s.district_aliases)))
    return {"station": station_list(stations), "district": make_list("district", ways, ways, is_open=True)}
