"""A state's own list of stations with coordinates, read and checked row by row."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from digitize.errors import OptionsError
from digitize.offices.outline import load_state_rings
from digitize.services.coordinates import degrees, is_in_india, meant_by, outside_km
from digitize.workspace.place import Place
from mappers.codes.places import states
from mappers.codes.tables import read_head
from mappers.errors import MappingError
from mappers.text.folding import fold_digits, fold_key

COLUMNS = ("station", "district", "lat", "lon", "address", "phone")
_NEEDED = COLUMNS[:4]
_MARGIN_KM = 25.0
"""The outline is drawn for display; closer than this it is not reliable."""
_SCATTERED = ("an", "ld", "py", "dh")
"""Islands and enclaves that the outline has only partly."""
_LEAST_DECIMALS = 3
_PIN = re.compile(r"(?<!\d)[1-9]\d{2}\s?\d{3}(?!\d)")


@dataclass(frozen=True, slots=True)
class PlacedStation:
    """One station.

    row: of the file, the first row below the header is 1. at: latitude and longitude in degrees, None if unusable.
    pins: pincodes in its address.
    """

    row: int
    station: str
    district: str
    at: tuple[float, float] | None
    address: str
    phone: str
    pins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StationPlaces:
    """The list. findings: errors, each with its row."""

    stations: tuple[PlacedStation, ...]
    findings: tuple[str, ...]


def pins_of(text: str) -> tuple[str, ...]:
    """Pincodes in a text, as six digits."""
    return tuple(dict.fromkeys(p.replace(" ", "") for p in _PIN.findall(fold_digits(text))))


def places_file(place: Place) -> Path:
    """Path of the workspace's list."""
    return place.folder / place.options.services.station_places


def load_places(place: Place) -> StationPlaces:
    """The list of a workspace. Raises OptionsError if it is missing or lacks a column."""
    path = places_file(place)
    if not path.is_file():
        raise OptionsError(
            f"{path}: there is no list of stations with coordinates; needed: {','.join(COLUMNS)} (docs/services.md)"
        )
    stat = path.stat()
    return _load_places(path, place.options.workspace.state, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=4)
def _load_places(path: Path, state: str, changed: int, size: int) -> StationPlaces:
    """Its content; reloaded when the file changes."""
    return read_places(path, state)


def read_places(path: Path, state: str) -> StationPlaces:
    """Read and check a list: a CSV with the columns COLUMNS; address and phone are optional.

    state: its code. A row with faulty coordinates stays in the list without them. Raises OptionsError naming the file.
    """
    try:
        reader = csv.DictReader(read_head(path)[1])
        lacking = [c for c in _NEEDED if c not in (reader.fieldnames or ())]
        if lacking:
            raise OptionsError(f"{path}: column {', '.join(lacking)} is missing; needed: {','.join(COLUMNS)}")
        rows = [{k: (v or "").strip() for k, v in row.items() if isinstance(k, str)} for row in reader]
    except (MappingError, UnicodeDecodeError, csv.Error) as e:
        raise OptionsError(f"{path}: cannot be read as CSV in UTF-8 ({e})") from None
    check = _RowCheck(state)
    stations = tuple(s for n, row in enumerate(rows, 1) if (s := check.station(n, row)) is not None)
    return StationPlaces(stations, tuple(check.findings))


class _RowCheck:
    """Checks rows one after the other and collects errors."""

    def __init__(self, state: str) -> None:
        self.findings: list[str] = []
        self._state = state
        self._rings = () if state in _SCATTERED else load_state_rings(state)
        self._named: dict[tuple[str, str], int] = {}
        self._placed: dict[tuple[float, float], int] = {}

    def station(self, n: int, row: Mapping[str, str]) -> PlacedStation | None:
        """A row as a station; None without a name, or for a repeated station."""
        name, district = row["station"], row["district"]
        if not name:
            if any(row.values()):
                self._tell(n, "no station is named.")
            return None
        earlier = self._named.setdefault((fold_key(name), fold_key(district)), n)
        if earlier != n:
            self._tell(n, f"the same station of the same district is in row {earlier}; the first one counts.")
            return None
        if not district:
            self._tell(n, "no district is named.")
        at = self._parse_place(n, row["lat"], row["lon"])
        address = row.get("address", "")
        return PlacedStation(n, name, district, at, address, row.get("phone", ""), pins_of(address))

    def _parse_place(self, n: int, lat: str, lon: str) -> tuple[float, float] | None:
        if not lat and not lon:
            self._tell(n, "no coordinates.")
            return None
        found = list(self._numbers(n, lat, lon))
        if len(found) < 2:
            return None
        return self._placed_at(n, (found[0], found[1]), is_coarse=_decimals(lat) < _LEAST_DECIMALS
                               or _decimals(lon) < _LEAST_DECIMALS)  # fmt: skip

    def _numbers(self, n: int, lat: str, lon: str) -> Iterator[float]:
        for name, text in (("lat", lat), ("lon", lon)):
            number = degrees(text)
            if number is not None:
                yield number
            elif (meant := meant_by(text)) is not None:
                self._tell(n, f"{name} has a {meant[0]}; write {meant[1]:g}." if meant[0] == "decimal comma"
                           else f"{name} is written in {meant[0]}; write {meant[1]:g}.")  # fmt: skip
            else:
                self._tell(n, f"{name} is not a number of degrees, such as 22.5726.")

    def _placed_at(self, n: int, at: tuple[float, float], *, is_coarse: bool) -> tuple[float, float] | None:
        lat, lon = at
        if is_in_india(lon, lat):
            self._tell(n, "lat and lon are swapped.")
        elif not is_in_india(lat, lon):
            self._tell(n, "lat and lon lie outside of India.")
        elif (far := outside_km(self._rings, lat, lon)) > _MARGIN_KM:
            self._tell(n, f"is about {far:.0f} km outside of {states()[self._state].name}.")
        elif is_coarse:
            self._tell(
                n, f"needs at least {_LEAST_DECIMALS} decimals: with fewer it may be a kilometre off, or mean minutes."
            )
        else:
            # Two stations may share a building; or somebody copied a row.
            if (earlier := self._placed.setdefault(at, n)) != n:
                self._tell(n, f"has the same coordinates as row {earlier}; they are used.")
            return at
        return None

    def _tell(self, n: int, what: str) -> None:
        self.findings.append(f"row {n}: {what}")


def _decimals(text: str) -> int:
    return len(text.partition(".")[2].strip())
