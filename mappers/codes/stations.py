"""Police stations: those shipped, and the list a state puts into its workspace."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path

from mappers.codes.lists import CodeList, make_list
from mappers.codes.tables import read_head, share_complete
from mappers.errors import MappingError
from mappers.text.folding import fold_key

_COLUMNS = {"station", "district", "aliases"}


@dataclass(frozen=True, slots=True)
class StationEntry:
    """One police station; aliases are the other ways its name is written, district_aliases those of its district's.

    code: the state's own code in CCTNS; district_lgd: code of its district in the Local Government Directory.
    valid_from, valid_to: ISO days, "" when open; predecessor: the station it was renamed or split from. A station that
    moved to another district has a row for each time.
    """

    name: str
    district: str
    aliases: tuple[str, ...] = ()
    district_aliases: tuple[str, ...] = ()
    code: str = ""
    district_lgd: str = ""
    valid_from: str = ""
    valid_to: str = ""
    predecessor: str = ""

    def is_open(self, day: str) -> bool:
        """Whether the station stood under this name and district on an ISO day; a day not known ("") counts as yes."""
        return not day or ((self.valid_from or day) <= day <= (self.valid_to or day))


def read_stations(path: Path) -> tuple[StationEntry, ...]:
    """A station list of the form `station,district,aliases` (aliases parted by semicolons), UTF-8 with or without BOM.

    Further columns may say more: district_aliases (on any of its stations), ps_code, district_lgd, valid_from, valid_to
    (YYYY-MM-DD), predecessor. A file that ends in .json holds {"police_stations": [{"name", "aliases", "district"}]},
    of which name is needed. How complete it is it may say (tables.read_head). Raises MappingError when a column is
    missing or a day is none, naming file and column.
    """
    if path.suffix.lower() == ".json":
        return _stations_of_json(path)
    return _stations(csv.DictReader(read_head(path)[1]), str(path))


def stations_complete(path: Path | None) -> float | None:
    """How complete a list of stations says that it is; None where it says nothing or is not there."""
    if path is None or not path.is_file():
        return None
    if path.suffix.lower() == ".json":
        _stations_of_json(path)
        return share_complete(json.loads(path.read_text(encoding="utf-8-sig")).get("complete"), str(path))
    return read_head(path)[0]


def _stations_of_json(path: Path) -> tuple[StationEntry, ...]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8-sig"))["police_stations"]
        return tuple(StationEntry(r["name"], r.get("district", ""), tuple(r.get("aliases", ()))) for r in rows)
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        raise MappingError(
            f'{path}: is not a list of stations; needed: {{"police_stations": [{{"name": ..., "aliases": [...]}}]}}'
        ) from e


def _stations(reader: csv.DictReader[str], source: str) -> tuple[StationEntry, ...]:
    missing = _COLUMNS - set(reader.fieldnames or ())
    if missing:
        raise MappingError(
            f"{source}: column {', '.join(sorted(missing))} is missing; needed: station,district,aliases"
        )
    return tuple(_station(r, f"{source}: row {n}") for n, r in enumerate(reader, 1) if (r["station"] or "").strip())


def _station(row: dict[str, str | None], where: str) -> StationEntry:
    def cell(name: str) -> str:
        return (row.get(name) or "").strip()

    return StationEntry(
        cell("station"),
        cell("district"),
        split_names(cell("aliases")),
        split_names(cell("district_aliases")),
        cell("ps_code"),
        cell("district_lgd"),
        iso_day(cell("valid_from"), f"{where}: valid_from"),
        iso_day(cell("valid_to"), f"{where}: valid_to"),
        cell("predecessor"),
    )


def split_names(text: str) -> tuple[str, ...]:
    """Names parted by semicolons, without notes such as "(until 2016)"."""
    return tuple(w.partition("(until")[0].strip() for w in text.split(";") if w.strip())


def iso_day(text: str, where: str) -> str:
    """A day as YYYY-MM-DD, or "". Raises MappingError naming the place for anything else."""
    try:
        return text and date.fromisoformat(text).isoformat()
    except ValueError:
        raise MappingError(f"{where}: must be a day as YYYY-MM-DD") from None


@cache
def shipped_stations(state_code: str) -> tuple[StationEntry, ...]:
    """The stations this package knows of a state; () for most states, and never the whole state (see SOURCES.md)."""
    source = resources.files("mappers.codes") / "stations" / f"{state_code}.csv"
    if not source.is_file():
        return ()
    with source.open("r", encoding="utf-8") as f:
        return _stations(csv.DictReader(f), f"mappers/codes/stations/{state_code}.csv")


def load_stations(state_code: str, own: Path | None = None) -> tuple[StationEntry, ...]:
    """The stations of a state: those shipped, then the workspace's own list, which wins where both name one.

    A name may come several times: for stations of different districts, or for one that moved. own: path of the
    workspace's lists/stations.csv; a path that is not there counts as no list. Raises MappingError when the file lacks
    a column.
    """
    stated = read_stations(own) if own is not None and own.is_file() else ()
    # A name in the workspace's list takes the place of all shipped stations of that name.
    renewed = {fold_key(s.name) for s in stated}
    kept = [s for s in shipped_stations(state_code) if fold_key(s.name) not in renewed]
    return tuple({(fold_key(s.name), fold_key(s.district), s.valid_from): s for s in (*kept, *stated)}.values())


def station_list(stations: Iterable[StationEntry]) -> CodeList:
    """Stations as an open list. An alias that two stations share names neither, so that nothing is guessed."""
    aliases: dict[str, tuple[str, ...]] = {}
    for s in stations:
        aliases[s.name] = tuple(dict.fromkeys((*aliases.get(s.name, ()), *s.aliases)))
    owners: dict[str, set[str]] = {}
    for name, others in aliases.items():
        for way in (name, *others):
            owners.setdefault(fold_key(way), set()).add(name)
    ways = {name: tuple(a for a in others if owners[fold_key(a)] == {name}) for name, others in aliases.items()}
    return make_list("station", ways, ways, is_open=True)


def districts_of(stations: Iterable[StationEntry]) -> Mapping[str, str]:
    """Station -> its district, for stations whose name is known in one district only."""
    found: dict[str, set[str]] = {}
    for s in stations:
        found.setdefault(s.name, set()).add(s.district)
    return {name: min(districts) for name, districts in found.items() if len(districts) == 1 and min(districts)}
