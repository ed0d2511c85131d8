"""What an officer writes down beside a workspace or office: stations, inventory, certificates, the statement."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path

from pydantic import ValidationError

from digitize.errors import OptionsError
from digitize.offices.naming import make_name_safe
from digitize.offices.shape import Statement
from digitize.offices.stated import find_statement_faults
from mappers.codes.places import districts
from mappers.codes.stations import StationEntry, load_stations
from mappers.text.folding import fold_key

_COLUMNS = ("station", "district", "records", "pages", "certified_on")


@dataclass(frozen=True, slots=True)
class Inventory:
    """What an inventory says of one station; None: it does not say. certified_on: ISO day or ""."""

    records: int | None = None
    pages: int | None = None
    certified_on: str = ""


@dataclass(frozen=True, slots=True)
class PlaceKey:
    """A station by district and name; "" for what is not in the lists."""

    district: str
    station: str


class Gazetteer:
    """The stations and districts that may be named in a snapshot: those of the lists, and nothing that was read."""

    def __init__(self, state: str, stations: Iterable[StationEntry], districts_known: dict[str, str]) -> None:
        """districts_known: name -> code in the Local Government Directory or ""."""
        self.state = state
        self.codes: dict[PlaceKey, str] = {}
        self._ways: dict[str, set[PlaceKey]] = {}
        self._districts = {fold_key(name): make_name_safe(name) for name in districts_known}
        self.lgd = {make_name_safe(name): lgd for name, lgd in districts_known.items()}
        for s in stations:
            district = self._districts.setdefault(fold_key(s.district), make_name_safe(s.district))
            self._districts.update({fold_key(a): district for a in s.district_aliases})
            key = PlaceKey(district, make_name_safe(s.name))
            self.codes[key] = s.code
            for way in (s.name, *s.aliases):
                self._ways.setdefault(fold_key(way), set()).add(key)

    def as_text(self) -> str:
        """All that finding a station depends on; the same lists are the same text."""
        ways = sorted((way, sorted((k.district, k.station) for k in keys)) for way, keys in self._ways.items())
        return repr((self.state, ways, sorted(self._districts.items())))

    def district(self, name: str) -> str:
        """The district of the lists that is meant, "" where none is."""
        return self._districts.get(fold_key(name), "")

    def find(self, station: str, district: str) -> PlaceKey:
        """The station of the lists that is meant; its district alone, or nothing, where that is not sure."""
        known = self.district(district)
        keys = self._ways.get(fold_key(station), set()) if station else set()
        # Only where the name is not clear by itself: a wrong district must not lose a station that is.
        if known and len(keys) > 1:
            keys = {k for k in keys if k.district == known}
        return next(iter(keys)) if len(keys) == 1 else PlaceKey(known, "")


def load_gazetteer(state: str, folder: Path) -> Gazetteer:
    """The stations of a workspace. Raises MappingError when a list is wrong."""
    known = districts(state, folder / "districts.csv")
    aliases = {d.name: d.lgd for d in known}
    return Gazetteer(state, load_stations(state, folder / "stations.csv"), aliases)


def load_inventory(path: Path, gazetteer: Gazetteer) -> dict[PlaceKey, Inventory]:
    """Station -> what is expected of it, from lists/inventory.csv; nothing where there is no such file.

    Columns: station, district, records, pages, certified_on (YYYY-MM-DD); the last three may be empty. Raises
    OptionsError naming the row.
    """
    if not path.is_file():
        return {}
    found: dict[PlaceKey, Inventory] = {}
    try:
        # Spreadsheets write a byte order mark before the first column's name.
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as e:
        raise OptionsError(f"{path} cannot be read as CSV in UTF-8. Save it as that and try again.") from e
    with StringIO(text, newline="") as f:
        reader = csv.DictReader(f)
        missing = {"station", "district"} - set(reader.fieldnames or ())
        if missing:
            raise OptionsError(f"{path}: column {', '.join(sorted(missing))} is missing; needed: {', '.join(_COLUMNS)}")
        for n, row in enumerate(reader, 2):
            # csv puts what stands behind the last column under None.
            cells = {k: (v or "").strip() for k, v in row.items() if isinstance(k, str)}
            key = gazetteer.find(cells["station"], cells["district"])
            if not key.station:
                raise OptionsError(f"{path}: row {n}: no such station in lists/stations.csv; add it there first")
            if key in found:
                raise OptionsError(f"{path}: row {n}: the station already has a row; add up both in one")
            found[key] = _parse_inventory(cells, f"{path}: row {n}")
    return found


def _parse_inventory(cells: dict[str, str], where: str) -> Inventory:
    try:
        records, pages = (int(cells[c]) if cells.get(c) else None for c in ("records", "pages"))
        certified = cells.get("certified_on", "")
        if certified:
            # Only to see that it is a day.
            date.fromisoformat(certified)
    except ValueError as e:
        raise OptionsError(f"{where}: records and pages are whole numbers, certified_on is YYYY-MM-DD") from e
    if min(records or 0, pages or 0) < 0:
        raise OptionsError(f"{where}: a number cannot be negative")
    return Inventory(records, pages, certified)


def load_statement(path: Path) -> Statement | None:
    """What the officer states (coverage, legacy data, links with the ICJS), from lists/statement.toml, if it is there.

    Raises OptionsError naming the key.
    """
    if not path.is_file():
        return None
    try:
        made = Statement.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise OptionsError(f"{path}: not valid TOML: {e}") from e
    except ValidationError as e:
        first = e.errors(include_input=False)[0]
        raise OptionsError(f"{path}: {'.'.join(str(x) for x in first['loc'])}: {first['msg']}") from e
    for fault in find_statement_faults(made):
        raise OptionsError(f"{path}: {fault}")
    return made
