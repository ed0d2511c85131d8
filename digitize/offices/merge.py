"""A state's snapshot out of those of its sites, and the books that two of them digitized."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from digitize import __version__
from digitize.offices.books import Newest, SameBook, subtract_withdrawn
from digitize.offices.build import StationTally, Tallies, make_station_rows
from digitize.offices.exchange_dates import find_latest
from digitize.offices.lists import Gazetteer, Inventory, PlaceKey
from digitize.offices.measures import OF_STATION, Counts, add_cells, add_known, sum_counts
from digitize.offices.services import add_services, count_once, limit_all_to_loaded
from digitize.offices.shape import (  # fmt: skip
    DEFINITIONS,
    FORMAT,
    VERSION,
    BookRow,
    PlaceCounts,
    Protected,
    Snapshot,
    Source,
    Statement,
    StationRow,
    Twice,
)
from digitize.offices.shape_quality import Effort, Findable, FormQuality, NotMeasured, Pace, Quality, Share
from digitize.offices.store_rows import OfficeAct
from mappers.text.folding import fold_key


@dataclass(frozen=True, slots=True)
class OwnLists:
    """What a state's office has of its own: its stations and districts, and its inventory."""

    gazetteer: Gazetteer
    inventory: Mapping[PlaceKey, Inventory]


class _Names:
    """One name a place, however sites spell it: that of the state's lists, else the one that came first."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._districts: dict[str, str] = {}
        self._places: dict[tuple[str, str], PlaceKey] = {}

    def district(self, name: str) -> str:
        return self._gazetteer.district(name) or self._districts.setdefault(fold_key(name), name)

    def place(self, district: str, station: str) -> PlaceKey:
        own = self.district(district)
        found = self._gazetteer.find(station, own)
        # A station of that name in another district is another station.
        if found.station and found.district == own:
            return found
        return self._places.setdefault((own, fold_key(station)), PlaceKey(own, station))


def merge_sites(
    state: str,
    sites: Sequence[Newest],
    today: date,
    statement: Statement | None,
    own: OwnLists,
    withdrawn: Iterable[OfficeAct] = (),
) -> Snapshot:
    """The state in counts. own: the state's lists, whose names and inventory win over those of its sites.

    withdrawn: copies of books that were withdrawn, see `books.withdraw`.

    A station that several sites work on is one station: its counts are added, its inventory is the largest that one of
    them states. Raises ValueError when there are no sites.
    """
    if not sites:
        raise ValueError("a state without sites has nothing to report")
    lgd, codes, names = dict[str, str](), dict[PlaceKey, str](), _Names(own.gazetteer)
    sites, twice = subtract_withdrawn(sites, withdrawn)
    tallies = _add_up(sites, own, lgd, codes, names)
    districts = tallies.districts(lgd)
    snapshots = [s.snapshot for s in sites]
    rows = make_station_rows(tallies, codes, today)
    return Snapshot(
        format=FORMAT, version=VERSION, definitions=DEFINITIONS, software=f"cctns-digitize {__version__}",
        level="state", state=state, as_on=today, made_at=datetime.now(UTC).replace(microsecond=0),
        sources=[_make_source(s) for s in sites],
        totals=PlaceCounts(**sum_counts(d.counts.plain() for d in districts).as_plain()),
        districts=districts, by_profile=_merge_profiles(snapshots), stations=rows,
        books=_merge_books(snapshots, rows, [d.name for d in districts], names),
        quality=merge_quality([s.quality for s in snapshots]),
        effort=merge_effort([s.effort for s in snapshots]), pace=_merge_pace([s.pace for s in snapshots]),
        services=_merge_services(snapshots, [d.by_form for d in districts], twice), statement=statement,
        exchanges=find_latest(s.exchanges for s in snapshots),
        twice=Twice(books=len(twice), records=sum(b.records for b in twice)),
    )  # fmt: skip


def merge_counts(
    sites: Sequence[Newest], own: OwnLists, withdrawn: Iterable[OfficeAct] = ()
) -> tuple[Counts, dict[str, int]]:
    """The counts of a state, each record once, and the records loaded of each district as `merge_sites` tells them."""
    counting, twice = subtract_withdrawn(sites, withdrawn)
    tallies = _add_up(counting, own, {}, {}, _Names(own.gazetteer))
    loaded = dict.fromkeys(tallies.broken_down, 0)
    for key, s in tallies.stations.items():
        loaded[key.district] += s.counts["loaded"] or 0
    whole = sum_counts(s.plain() for s in tallies.stations.values())
    return whole.without_doubles(sum(b.records for b in twice)), loaded


def _add_up(
    sites: Sequence[Newest], own: OwnLists, lgd: dict[str, str], codes: dict[PlaceKey, str], names: _Names
) -> Tallies:
    tallies = Tallies()
    for site in sites:
        _add_site(site.snapshot, tallies, lgd, codes, names)
    # After the sites: the state's own inventory takes the place of theirs.
    for key, expected in own.inventory.items():
        tallies.expect(key, expected)
    return tallies


def _merge_profiles(parts: Sequence[Snapshot]) -> dict[str, list[int]]:
    """Records by capture profile; empty where a site of an older version does not tell, for the rest would mislead."""
    made: dict[str, list[int]] = {}
    for part in parts:
        if not part.by_profile and part.totals.records:
            return {}
        for profile, row in part.by_profile.items():
            add_cells(made, profile, row)
    return dict(sorted(made.items()))


def _merge_services(
    parts: Sequence[Snapshot], by_form: Sequence[Mapping[str, Sequence[int]]], twice: Sequence[SameBook]
) -> dict[str, Findable] | None:
    told = add_services(p.services for p in parts)
    doubled: Counter[str] = Counter()
    for book in twice:
        doubled[book.volume.form] += book.records
    # A book that was withdrawn may have held what was told of; of one that two sites have a record is found once.
    return None if told is None else count_once(limit_all_to_loaded(told, by_form), doubled)


def _make_source(site: Newest) -> Source:
    own = site.snapshot.sources[0]
    return Source(
        site=site.snapshot.reporter, as_on=site.snapshot.as_on, events=own.events, root_hash=own.root_hash,
        sha256=site.sha256,
    )  # fmt: skip


def _add_site(s: Snapshot, tallies: Tallies, lgd: dict[str, str], codes: dict[PlaceKey, str], names: _Names) -> None:
    for d in s.districts:
        district = names.district(d.name)
        lgd[district] = lgd.get(district) or d.lgd
        into = tallies.district(district)
        for which, by in enumerate((d.by_band, d.by_form, d.by_language)):
            for key, cells in by.items():
                into.add(which, key, cells)
        into.protected = add_protected(into.protected, d.protected)
    for name, code, index, *values, idle, certified in s.stations or ():
        place = names.place(s.districts[index].name, name)
        codes[place] = codes.get(place) or code
        tally = tallies.touch(place)
        _add_station(tally, dict(zip(OF_STATION, values, strict=True)))
        tally.is_certified = tally.is_certified or bool(certified)
        if idle is not None:
            # Days without work are of the day of that site's snapshot, and sites report on different days.
            tally.last_day = max(tally.last_day, (s.as_on - timedelta(days=idle)).isoformat())


def _merge_books(
    parts: Sequence[Snapshot], rows: Sequence[StationRow], districts: Sequence[str], names: _Names
) -> list[BookRow]:
    """The years of FIRs of each station, all volumes of a year as one; by them doubles across states are found."""
    index = {PlaceKey(districts[r[2]], r[0]): i for i, r in enumerate(rows)}
    found: dict[tuple[int, str], tuple[int, int, int]] = {}
    for v in (v for p in parts for v in p.volumes):
        at = index.get(names.place(v.district, v.station))
        if at is not None:
            first, last, n = found.get((at, v.year), (v.first, v.last, 0))
            found[at, v.year] = (min(first, v.first), max(last, v.last), n + v.records)
    return [(*key, *row) for key, row in sorted(found.items())]


def add_protected(a: Protected, b: Protected) -> Protected:
    """Both together."""
    return Protected(
        count=a.count + b.count,
        hidden=a.hidden + b.hidden,
        of=add_known(a.of, b.of),
        not_known=add_known(a.not_known, b.not_known),
    )


def _add_station(tally: StationTally, values: Mapping[str, int | None]) -> None:
    for name, n in values.items():
        before = tally.counts[name]
        is_wanted = name in ("expected", "pages_expected")
        tally.counts[name] = (
            max(x for x in (before, n) if x is not None) if is_wanted and n is not None else add_known(before, n)
        )


def merge_quality(parts: Sequence[Quality]) -> Quality:
    """The quality of all together: what some measured is summed over those; what nobody did is not measured."""
    rejects: dict[str, int] = {}
    for q in parts:
        for code, n in q.rejects.items():
            rejects[code] = rejects.get(code, 0) + n
    return Quality(
        sample=merge_shares(q.sample for q in parts),
        double_keyed=merge_shares(q.double_keyed for q in parts),
        straight_through=merge_shares(q.straight_through for q in parts),
        illegible=merge_shares(q.illegible for q in parts),
        rejects=dict(sorted(rejects.items())),
        by_form=merge_forms([q.by_form for q in parts if q.by_form is not None]),
    )


def merge_forms(parts: Sequence[Mapping[str, FormQuality]]) -> dict[str, FormQuality] | None:
    """The quality of each form in all that tell of it; None where none does."""
    found: dict[str, list[FormQuality]] = {}
    for part in parts:
        for form, q in part.items():
            found.setdefault(form, []).append(q)
    return {
        form: FormQuality(
            audited=merge_shares(q.audited for q in told), double_keyed=merge_shares(q.double_keyed for q in told),
            validated=sum(q.validated for q in told), by_people=sum(q.by_people for q in told),
            from_tables=sum(q.from_tables for q in told),
        )
        for form, told in sorted(found.items())
    } if parts else None  # fmt: skip


def merge_shares(parts: Iterable[Share | NotMeasured]) -> Share | NotMeasured:
    """The shares that were measured, added; the first reason where none was."""
    given = list(parts)
    measured = [s for s in given if isinstance(s, Share)]
    if measured:
        return Share(part=sum(s.part for s in measured), of=sum(s.of for s in measured))
    return next((s for s in given if isinstance(s, NotMeasured)), NotMeasured(why="no-report"))


def merge_effort(parts: Sequence[Effort]) -> Effort:
    """Minutes are known only where they are for every site at which people worked."""
    worked = [e for e in parts if e.operators]
    known = [e.minutes for e in worked if e.minutes is not None]
    minutes = sum(known) if worked and len(known) == len(worked) else None
    return Effort(operators=sum(e.operators for e in parts), fields=sum(e.fields for e in parts), minutes=minutes)


def _merge_pace(parts: Sequence[Pace]) -> Pace:
    return Pace(
        pages_read=sum(p.pages_read for p in parts), fields_settled=sum(p.fields_settled for p in parts)
    )  # fmt: skip
