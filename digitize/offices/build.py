"""Putting counts together while something is folded: by station and district, with breakdowns, into the shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from digitize.offices.lists import Inventory, PlaceKey
from digitize.offices.measures import CELLS, OF_STATION, Counts, Coverage, coverage_of
from digitize.offices.shape import District, PlaceCounts, Protected, StationCounts, StationRow

Cells = tuple[int, ...]
_NOTHING: Cells = (0,) * len(CELLS)


@dataclass(slots=True)
class StationTally:
    """What is counted of one station. last_day: ISO day or ""."""

    counts: dict[str, int | None] = field(default_factory=lambda: {n: 0 for n in OF_STATION})
    last_day: str = ""
    is_certified: bool = False

    def __post_init__(self) -> None:
        """No inventory yet."""
        # Not 0: that would say that there is nothing to do.
        self.counts["expected"] = self.counts["pages_expected"] = None

    def plain(self) -> Counts:
        """As the value that can be added."""
        return Counts.from_station(self.counts)

    def raise_by(self, name: str, by: int = 1) -> None:
        """Count on."""
        self.counts[name] = (self.counts[name] or 0) + by


@dataclass(slots=True)
class Breakdowns:
    """The breakdowns of one district: band, form and language -> cells; and what is told of protected sections."""

    by: tuple[dict[str, Cells], dict[str, Cells], dict[str, Cells]] = field(default_factory=lambda: ({}, {}, {}))
    protected: Protected = Protected(count=0, hidden=0)

    def add(self, which: int, key: str, cells: Iterable[int]) -> None:
        """Count on in one breakdown: 0 band, 1 form, 2 language."""
        before = self.by[which].get(key, _NOTHING)
        self.by[which][key] = tuple(a + b for a, b in zip(before, cells, strict=True))


@dataclass(slots=True)
class Tallies:
    """Everything counted so far."""

    stations: dict[PlaceKey, StationTally] = field(default_factory=dict)
    broken_down: dict[str, Breakdowns] = field(default_factory=dict)

    def as_plain(self) -> dict[str, Any]:
        """As JSON types: what was counted, without what an inventory says."""
        stations = [
            [k.district, k.station, {n: c for n, c in s.counts.items() if c}, s.last_day]
            for k, s in sorted(self.stations.items(), key=lambda i: (i[0].district, i[0].station))
        ]
        return {"stations": stations, "districts": {name: list(d.by) for name, d in self.broken_down.items()}}

    def add_plain(self, plain: Mapping[str, Any]) -> None:
        """Add what `as_plain` gave."""
        for district, name, counts, last_day in plain["stations"]:
            key = PlaceKey(district, name)
            station = self.touch(key)
            for measure, n in counts.items():
                station.raise_by(measure, n)
            station.last_day = max(station.last_day, last_day)
        for name, breakdowns in plain["districts"].items():
            for which, by in enumerate(breakdowns):
                for k, cells in by.items():
                    self.district(name).add(which, k, cells)

    def touch(self, key: PlaceKey) -> StationTally:
        """The station's tally; a new one where nothing was counted yet."""
        self.district(key.district)
        return self.stations.setdefault(key, StationTally())

    def district(self, name: str) -> Breakdowns:
        """The district's breakdowns."""
        return self.broken_down.setdefault(name, Breakdowns())

    def add_record(self, key: PlaceKey, cells: Cells, keys: tuple[str, str, str]) -> None:
        """Count one record. cells: in the order of CELLS; keys: its band, form and language."""
        station, district = self.touch(key), self.district(key.district)
        for name, n in zip(CELLS, cells, strict=True):
            station.raise_by(name, n)
        for which, k in enumerate(keys):
            district.add(which, k, cells)

    def add_page(self, key: PlaceKey, *, is_read: bool, is_failed: bool) -> None:
        """Count one scanned page."""
        station = self.touch(key)
        station.raise_by("pages")
        station.raise_by("pages_read", int(is_read))
        station.raise_by("pages_failed", int(is_failed))

    def note_day(self, key: PlaceKey, day: str) -> None:
        """Something was done there on that day."""
        station = self.touch(key)
        station.last_day = max(station.last_day, day)

    def expect(self, key: PlaceKey, inventory: Inventory) -> None:
        """What the inventory says of a station."""
        station = self.touch(key)
        station.counts["expected"], station.counts["pages_expected"] = inventory.records, inventory.pages
        station.is_certified = bool(inventory.certified_on)

    def districts(self, lgd: Mapping[str, str]) -> list[District]:
        """The districts by name, each the sum of its stations."""
        counts: dict[str, Counts] = {name: Counts() for name in self.broken_down}
        coverage: dict[str, Coverage] = {name: Coverage() for name in self.broken_down}
        for key, s in self.stations.items():
            plain = s.plain()
            counts[key.district] += plain
            coverage[key.district] += coverage_of(plain, is_named=bool(key.station), is_certified=s.is_certified)
        return [
            _make_district(name, lgd.get(name, ""), counts[name], coverage[name], self.broken_down[name])
            for name in sorted(counts)
        ]


def _make_district(name: str, lgd: str, counts: Counts, coverage: Coverage, b: Breakdowns) -> District:
    by_band, by_form, by_language = ({k: list(v) for k, v in sorted(d.items())} for d in b.by)
    return District(
        name=name,
        lgd=lgd,
        counts=PlaceCounts(**counts.as_plain()),
        stations=shape_coverage(coverage),
        by_band=by_band,
        by_form=by_form,
        by_language=by_language,
        protected=b.protected,
    )


def shape_coverage(c: Coverage) -> StationCounts:
    """A coverage in the shape of the snapshot."""
    return StationCounts(
        in_scope=c.in_scope,
        inventoried=c.inventoried,
        certified=c.certified,
        begun=list(c.begun),
        complete=list(c.complete),
    )


def make_station_rows(tallies: Tallies, codes: Mapping[PlaceKey, str], today: date) -> list[StationRow]:
    """The rows of all stations, by district and name. codes: those of the stations in CCTNS, as far as known."""
    # The same order as districts() has: rows name their district by its place there.
    index = {name: i for i, name in enumerate(sorted(tallies.broken_down))}
    rows = []
    for key in sorted(tallies.stations, key=lambda k: (index[k.district], k.station)):
        s = tallies.stations[key]
        values = tuple(s.counts[n] for n in OF_STATION)
        rows.append(
            (
                key.station,
                codes.get(key, ""),
                index[key.district],
                *values,
                _count_idle_days(s, today),
                int(s.is_certified),
            )
        )
    return rows  # type: ignore[return-value]


def _count_idle_days(s: StationTally, today: date) -> int | None:
    # A clock may have been wrong when it was written: never less than none.
    return max(0, (today - date.fromisoformat(s.last_day)).days) if s.last_day else None
