"""Nearest police station, from a state's own list; distance does not decide jurisdiction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from digitize.errors import OptionsError
from digitize.services.coordinates import degrees, distance_km, is_in_india
from digitize.services.kind import Parameter, RecordService, finds_nothing
from digitize.services.station_places import PlacedStation, load_places, pins_of
from digitize.workspace.place import open_place
from mappers.names.index import NameIndex
from mappers.text.folding import fold_key

_MOST = 20
_LEAST_ALIKE = 0.8
_ASK = "Give a latitude and a longitude, or a place: a pincode, district, station, or words of an address."
_PIN_DIGITS = (6, 4, 3)
"""Digits that two pincodes share: post office, its neighbours, sorting district."""


def answer(folder: Path, asked: Mapping[str, str]) -> list[dict[str, str]]:
    """Matching stations, nearest or most similar first. Raises OptionsError for an invalid query."""
    given = {n: v.strip() for n, v in asked.items() if v.strip()}
    here = _coordinates(given)
    place = given.get("place", "")
    if here is None and not place:
        raise OptionsError(_ASK)
    stations = load_places(open_place(folder)).stations
    if here is not None:
        placed = [(distance_km(here, s.at), s) for s in stations if s.at is not None]
        placed.sort(key=lambda found: (found[0], found[1].row))
        # One of those that cannot be placed may be nearer.
        lacking = len(stations) - len(placed)
        more = {"without_coordinates": str(lacking)} if lacking else {}
        return [_row(s, "coordinates", f"{km:.1f}") | more for km, s in placed[:_MOST]]
    return [_row(s, by, "") for by, s in _by_place(place, stations)][:_MOST]


def _coordinates(given: Mapping[str, str]) -> tuple[float, float] | None:
    if "lat" not in given and "lon" not in given:
        return None
    lat, lon = (degrees(given.get(n, "")) for n in ("lat", "lon"))
    if lat is None or lon is None:
        raise OptionsError("lat and lon must be decimal degrees, such as 22.5726 and 88.3639.")
    if is_in_india(lon, lat):
        raise OptionsError("lat and lon are swapped: in India the latitude is the smaller number.")
    if not is_in_india(lat, lon):
        raise OptionsError("lat and lon lie outside of India.")
    return lat, lon


def _by_place(place: str, stations: Sequence[PlacedStation]) -> Iterator[tuple[str, PlacedStation]]:
    """(by what, station): by its pincode, else by names of station and district, else by words of the address."""
    if pins := pins_of(place):
        for size in _PIN_DIGITS:
            found = [s for s in stations if any(pin[:size] == pins[0][:size] for pin in s.pins)]
            if found:
                by = "pincode" if size == max(_PIN_DIGITS) else "pincode-nearby"
                yield from ((by, s) for s in found)
                return
        return
    told: set[int] = set()
    for by, names in (
        ("station", {s.row: s.station for s in stations}), ("district", {s.row: s.district for s in stations}),
    ):  # fmt: skip
        for name in _find_alike(place, list(names.values())):
            for s in stations:
                if names[s.row] == name and s.row not in told:
                    told.add(s.row)
                    yield by, s
    wanted = [fold_key(word) for word in place.split() if len(fold_key(word)) > 2]
    for s in stations:
        words = {fold_key(word) for word in s.address.replace(",", " ").split()}
        if s.row not in told and wanted and all(word in words for word in wanted):
            yield "address", s


def _find_alike(text: str, names: Sequence[str]) -> list[str]:
    """Matching names, in any script and spelling, most similar first."""
    found = [m for m in NameIndex([n for n in names if n]).search(text, 5) if m.score >= _LEAST_ALIKE]
    best = found[0].score if found else 0.0
    return [m.name for m in found if m.score >= best - 0.05]


def _row(one: PlacedStation, by: str, km: str) -> dict[str, str]:
    at = one.at or ("", "")
    made = {
        "station": one.station, "district": one.district, "address": one.address, "phone": one.phone,
        "lat": str(at[0]), "lon": str(at[1]), "distance_km": km, "found_by": by, "jurisdiction": "unknown",
    }  # fmt: skip
    return {name: value for name, value in made.items() if value}


SERVICE = RecordService(
    name="nearest-station",
    help="Find the nearest police station in the state's own list; the nearest one may not have jurisdiction.",
    parameters=(
        Parameter("lat", "latitude in degrees, as 22.5726"),
        Parameter("lon", "longitude in degrees, as 88.3639"),
        Parameter("place", "instead: a pincode, a district, a station, words of an address", names_person=True),
    ),
    forms=(),
    shows={"": ("station", "district", "address", "phone", "lat", "lon", "distance_km", "found_by", "jurisdiction",
                "without_coordinates")},
    find=finds_nothing,
    answer=answer,
    verdict=lambda found: "left-out" if any("without_coordinates" in one for one in found) else "nearest",
    unfound=lambda asked: "none",
)  # fmt: skip
