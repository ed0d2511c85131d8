"""Nation, states, districts, stations: each is the sum of its parts; a place that did not report has no counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import reduce

from digitize.offices.measures import CELLS, OF_STATION, Counts, Coverage, coverage_of, sum_counts
from digitize.offices.merge import add_protected
from digitize.offices.shape import District, Protected, Snapshot, StationRow
from digitize.offices.states import shown_states
from digitize.offices.words import Words

NO_PROTECTED = Protected(count=0, hidden=0)
Breakdown = dict[str, tuple[int, ...]]
KINDS = ("band", "form", "language")


@dataclass(slots=True)
class SnapshotReport:
    """What a state or site said beside its counts. days: since the day of its snapshot."""

    snapshot: Snapshot
    sha256: str
    days: int


@dataclass(slots=True)
class ReportedPlace:
    """One place. counts and coverage are None where nobody reported: never 0.

    counts: as reported, a book of two sites twice; net is what is shown. code: of a state or station; protected: see
    `Protected`; idle: days without work of a station, None when never any was done or it is no station; doubled:
    records that are counted twice in it; cut_on: ISO day on which its inventory was lowered, as long as the office
    above has no answer to that, else "".
    """

    level: str
    code: str
    name: str
    counts: Counts | None = None
    coverage: Coverage | None = None
    by: dict[str, Breakdown] = field(default_factory=dict)
    protected: Protected = NO_PROTECTED
    parts: list[ReportedPlace] = field(default_factory=list)
    report: SnapshotReport | None = None
    idle: int | None = None
    is_certified: bool = False
    doubled: int = 0
    cut_on: str = ""

    @property
    def net(self) -> Counts | None:
        """The counts that pages, files and answers give: `of_expected` has each record once."""
        return self.counts and self.counts.without_doubles(self.doubled)

    def note_cut(self, day: str) -> None:
        """Its inventory was lowered on an ISO day, and nobody knows at which of its parts."""
        self.cut_on = day
        for part in self.parts:
            part.note_cut(day)

    def each_of_level(self, level: str) -> Iterator[ReportedPlace]:
        """All places of a level in it, itself included."""
        if self.level == level:
            yield self
        for part in self.parts:
            yield from part.each_of_level(level)


def roll_up_nation(reports: Iterable[SnapshotReport]) -> ReportedPlace:
    """The nation: all 36 states, those without a report too."""
    by_code = {r.snapshot.state: r for r in reports}
    # All states, whether they reported or not: a missing one is a gap in the map, not a smaller country.
    parts = [
        roll_up_snapshot(by_code[code], s.names["en"])
        if code in by_code
        else ReportedPlace("state", code, s.names["en"])
        for code, s in shown_states().items()
    ]
    return sum_parts(ReportedPlace("nation", "in", "India", parts=parts))


def roll_up_snapshot(report: SnapshotReport, name: str) -> ReportedPlace:
    """A state or site with its districts and, where it told them, its stations."""
    s = report.snapshot
    districts = [_roll_up_district(d) for d in s.districts]
    for row in s.stations or ():
        districts[row[2]].parts.append(_roll_up_station(row))
    doubled = s.twice.records if s.twice else 0
    return sum_parts(ReportedPlace(s.level, s.state, name, parts=districts, report=report, doubled=doubled))


def _roll_up_district(d: District) -> ReportedPlace:
    by = {
        kind: {k: tuple(v) for k, v in cells.items()}
        for kind, cells in zip(KINDS, (d.by_band, d.by_form, d.by_language), strict=True)
    }
    return ReportedPlace("district", d.lgd, d.name, d.counts.plain(), d.stations.plain(), by, d.protected)


def _roll_up_station(row: StationRow) -> ReportedPlace:
    name, code, _, *values, idle, certified = row
    counts = Counts.from_station(dict(zip(OF_STATION, values, strict=True)))
    coverage = coverage_of(counts, is_named=bool(name), is_certified=bool(certified))
    return ReportedPlace("station", code, name, counts, coverage, idle=idle, is_certified=bool(certified))


def display_name(place: ReportedPlace, words: Words) -> str:
    """A place's name in the language of the page, as far as it is known; words for what has none."""
    if place.level == "state":
        return shown_states()[place.code].names[words.language]
    if place.level == "nation":
        return words("level.nation")
    unnamed = {"district": "ui.unnamed_district", "station": "ui.unnamed_station"}
    return place.name or words(unnamed[place.level])


def sum_parts(place: ReportedPlace) -> ReportedPlace:
    """The place with the sums of those of its parts that reported; without counts where none did."""
    told = [p for p in place.parts if p.counts is not None and p.coverage is not None]
    # A report without any district is a report of nothing; no report has no counts at all.
    if told or place.report:
        place.counts = sum_counts(p.counts for p in told if p.counts)
        place.coverage = sum((p.coverage for p in told if p.coverage), Coverage())
        place.by = {kind: sum_breakdowns(p.by.get(kind, {}) for p in told) for kind in KINDS}
        place.doubled += sum(p.doubled for p in told)
        place.protected = reduce(add_protected, (p.protected for p in told), NO_PROTECTED)
    return place


def sum_breakdowns(parts: Iterable[Breakdown]) -> Breakdown:
    """Key -> the cells of all parts, added."""
    found: Breakdown = {}
    for part in parts:
        for key, cells in part.items():
            before = found.get(key, (0,) * len(CELLS))
            found[key] = tuple(a + b for a, b in zip(before, cells, strict=True))
    return found


def days_since(day: date, as_on: str) -> int:
    """Days from an ISO day to a day."""
    return (day - date.fromisoformat(as_on)).days
