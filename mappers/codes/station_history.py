"""Police stations over time: which one a name meant on a day, and what it is today.

A state's own list (`lists/stations.csv`) has a row for each time of a station: with `valid_from` and `valid_to`, and
with `predecessor` where it was renamed or cut from another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mappers.codes.stations import StationEntry, districts_of
from mappers.text.folding import fold_key

# So many renamings of one station are followed.
_MOST = 8


class StationBook:
    """Stations with their times."""

    def __init__(self, stations: Iterable[StationEntry]) -> None:
        """stations: of one state, all rows of the list."""
        self._rows: dict[str, list[StationEntry]] = {}
        self._after: dict[str, list[StationEntry]] = {}
        for station in stations:
            self._rows.setdefault(fold_key(station.name), []).append(station)
            if station.predecessor:
                self._after.setdefault(fold_key(station.predecessor), []).append(station)

    @property
    def has_times(self) -> bool:
        """Whether any station has had another name, district or extent."""
        return bool(self._after) or any(s.valid_from or s.valid_to for rows in self._rows.values() for s in rows)

    @property
    def times(self) -> list[list[str]]:
        """The rows that hold for a time, as plain texts: what answers depend on."""
        rows = (s for rows in self._rows.values() for s in rows)
        found = [[s.name, s.district, s.valid_from, s.valid_to, s.predecessor] for s in rows]
        return sorted(row for row in found if any(row[2:]))

    def find_on_day(self, name: str, day: str) -> tuple[StationEntry, ...]:
        """The rows that a name meant on an ISO day: its own, or those of what it was then; () for none."""
        rows = self._rows.get(fold_key(name), [])
        for _ in range(_MOST):
            is_open = tuple(s for s in rows if s.is_open(day))
            before = {fold_key(s.predecessor) for s in rows if s.predecessor and s.valid_from > day}
            if is_open or not before:
                return is_open
            rows = [s for key in sorted(before) for s in self._rows.get(key, [])]
        return ()

    def today(self, name: str) -> tuple[StationEntry, ...]:
        """What has become of a station: its own open row, and those that were cut from it or follow it."""
        found: dict[StationEntry, None] = {}
        keys, seen = [fold_key(name)], set[str]()
        while keys:
            key = keys.pop(0)
            if key in seen:
                continue
            seen.add(key)
            found.update(dict.fromkeys(s for s in self._rows.get(key, []) if not s.valid_to))
            keys += [fold_key(s.name) for s in self._after.get(key, [])]
        return tuple(found)

    def district_on(self, name: str, day: str) -> str:
        """The district in which a station lay on a day; "" where that is not known, or several are possible."""
        found = {s.district for s in self.find_on_day(name, day)}
        return found.pop() if len(found) == 1 else ""


class DistrictsOf(dict[str, str]):
    """Station -> its district, for names known in one district only; and for others by the day."""

    def __init__(self, stations: Iterable[StationEntry]) -> None:
        """stations: of one state, all rows of the list."""
        rows = tuple(stations)
        super().__init__(districts_of(rows))
        self.book = StationBook(rows)

    def find_district(self, station: str, day: str) -> str:
        """The district of a station on an ISO day, or on a day that is not known (""); "" where it is not known."""
        return self.get(station, "") or (self.book.district_on(station, day) if len(day) == len("2000-01-01") else "")


def district_on(known: Mapping[str, str], station: str, day: str) -> str:
    """The district that a table of districts gives a station, by the day where it knows of days."""
    return known.find_district(station, day) if isinstance(known, DistrictsOf) else known.get(station, "")
