"""The whole picture at one day: places, history, what is odd. Made from an office's folder or from a workspace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from digitize.offices.books import Newest
from digitize.offices.contradict import Contradiction, find_contradictions
from digitize.offices.flags import RaisedFlag, find_open_cuts, load_flags
from digitize.offices.grades import grade_of
from digitize.offices.history import (
    FEW_INVENTORIES,
    Point,
    Projection,
    combine_projections,
    count_change,
    each_month_newest,
    project_end,
    project_reporters,
    sum_by_month,
    withhold_end,
)
from digitize.offices.lag import Lag, find_lags
from digitize.offices.merge import OwnLists, merge_counts
from digitize.offices.office import Office, list_withdrawn, load_newest_sites, load_own_lists, make_state_snapshot
from digitize.offices.published import Published, find_newest_published
from digitize.offices.refusal import Flag
from digitize.offices.rollup import ReportedPlace, SnapshotReport, days_since, roll_up_nation, roll_up_snapshot
from digitize.offices.series import Series, list_quarter_ends, make_series
from digitize.offices.shape import Snapshot
from digitize.offices.sites import list_sites
from digitize.offices.state_overlaps import ReportedTwice, find_overlaps
from digitize.offices.states import shown_states
from digitize.offices.store import SnapshotStore
from digitize.offices.store_rows import TWICE, OfficeAct, Received
from digitize.offices.words import load_words

_NAMED = 5
"""So many sites are named; of more it is said how many."""


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on something is an exception. silent_days: without a snapshot; stalled_days: a station without work."""

    silent_days: int = 45
    stalled_days: int = 14

    @classmethod
    def from_days(cls, silent_days: int | None) -> Limits:
        """The usual limits, where nothing else is said."""
        return cls() if silent_days is None else cls(silent_days)


@dataclass(frozen=True, slots=True)
class Oddity:
    """One exception: a flag or refusal, a silent reporter, stations that stand still.

    where: place, file or site; flag: what `text` says in English; refused_on: ISO day of a refusal, else "";
    against, raised: the contradiction or the lasting flag that it is.
    """

    code: str
    where: str
    text: str
    count: int = 1
    flag: Flag | None = None
    refused_on: str = ""
    against: Contradiction | None = None
    raised: RaisedFlag | None = None


@dataclass(slots=True)
class NationalPicture:
    """Everything a report shows. changes: code of a state -> records loaded since a month before; ends: code of a
    state -> when it ends; lag: how it stands, the slowest first.

    against: where statements and ledgers differ; raised: all flags, answered ones too.
    whole: the nation, where a state alone is shown, of which one sum is said.
    """

    root: ReportedPlace
    day: date
    limits: Limits
    points: list[Point] = field(default_factory=list)
    projection: Projection = field(default_factory=lambda: Projection(why="too-little-history"))
    series: Series = field(default_factory=Series)
    changes: dict[str, int | None] = field(default_factory=dict)
    ends: dict[str, Projection] = field(default_factory=dict)
    lag: dict[str, Lag] = field(default_factory=dict)
    oddities: list[Oddity] = field(default_factory=list)
    published: Published | None = None
    against: list[Contradiction] = field(default_factory=list)
    raised: list[RaisedFlag] = field(default_factory=list)
    mark: str = ""
    whole: ReportedPlace | None = None

    @property
    def reporting(self) -> list[ReportedPlace]:
        """The parts that reported."""
        return [p for p in self.root.parts if p.counts is not None]


def make_office_picture(office: Office, day: date, limits: Limits) -> NationalPicture:
    """What an office sees at a day: the nation, or its state. Raises what these two do."""
    return (make_national_picture if office.level == "nation" else make_state_picture)(office, day, limits)


def make_national_picture(office: Office, day: date, limits: Limits) -> NationalPicture:
    """The nation at a day, from what was received up to then. Raises LedgerError, OptionsError."""
    with office.store() as store:
        received = store.list_month_ends(day)
        # By reporter and day: the newest of each overwrites the others.
        newest = {r.reporter: r for r in received}
        reports = [SnapshotReport(store.snapshot(r.seq), r.sha256, days_since(day, r.as_on)) for r in newest.values()]
        refused, mark, raised = store.list_refused(day), store.mark(), load_flags(store, day)
        changes = {r.reporter: count_change(store, r) for r in newest.values()}
    root = roll_up_nation(reports)
    picture = NationalPicture(root, day, limits, sum_by_month(received, day), mark=mark)
    across = find_overlaps(root)
    root.doubled += sum(d.records for d in across)
    picture.ends = {p.code: Projection(why="no-report") for p in root.parts} | project_reporters(received, day)
    cuts = find_open_cuts(raised)
    for part in (p for p in root.parts if p.code in cuts):
        part.note_cut(cuts[part.code].since)
        picture.ends[part.code] = withhold_end(picture.ends[part.code])
    for part in root.parts:
        picture.ends[part.code] = withhold_few(picture.ends[part.code], part)
    picture.projection = combine_projections(picture.ends)
    picture.lag = find_lags(root, picture.ends, limits.silent_days, received)
    picture.series = make_series(received, day)
    picture.changes = changes
    picture.published = find_newest_published(office.published, day)
    picture.against, picture.raised = find_contradictions(root, day), raised
    picture.oddities = [
        *_list_contradictions(picture.against),
        *_list_overlaps(across),
        *_find_silent(root, day, limits),
        *_list_flags(root, raised),
        *_find_stalled(root, limits),
        *_list_refusals(refused),
    ]
    return picture


def restrict_to_state(picture: NationalPicture, code: str) -> NationalPicture:
    """What one state may see of the nation: itself, and the sum of all as one number; nothing of another state."""
    own = next(p for p in picture.root.parts if p.code == code)
    seen = NationalPicture(own, picture.day, picture.limits, mark=picture.mark)
    seen.projection, seen.whole = picture.ends.get(code, seen.projection), picture.root
    days = picture.series.days
    seen.series = Series(days, {place: row for place, row in picture.series.loaded.items() if place[0] == code})
    seen.raised = [f for f in picture.raised if f.reporter == code]
    seen.against = [c for c in picture.against if c.code == code]
    # By its name alone; what two states report both names the other, and files that were refused may be anybody's.
    hidden = ("site-twice", "book-twice")
    seen.oddities = [o for o in picture.oddities if o.where == own.name and o.code not in hidden]
    return seen


def make_state_picture(office: Office, day: date, limits: Limits) -> NationalPicture:
    """A state at a day, out of its sites. Raises WorkspaceError when none reported."""
    with office.store() as store:
        received = store.list_month_ends(day)
        withdrawn = list_withdrawn(store, day)
        merged = make_state_snapshot(office, load_newest_sites(store, day), day, withdrawn)
        points, series = make_state_history(store, received, day, merged, load_own_lists(office), withdrawn)
        seen = list_sites(store, day, limits.silent_days)
        raised = load_flags(store, day)
        mark = store.mark()
    picture = _make_picture(merged, day, limits, mark)
    picture.points, picture.series = points, series
    if picture.points and merged.totals.expected is not None:
        picture.projection = withhold_few(project_end(picture.points), picture.root)
    picture.raised = raised
    _withhold_cut_sites(picture, received)
    words = {"silent": "silent", "no report": "no-report"}
    odd = [Oddity(words[s.word], s.site, s.as_on) for s in seen.sites if s.word in words]
    twice = [Oddity(TWICE, b.volume.station, _format_shared(b.sites, b.records)) for b in seen.twice]
    flagged = _list_flags(picture.root, raised)
    picture.oddities = [*odd, *twice, *flagged, *picture.oddities, *_list_refusals(seen.refused)]
    return picture


def withhold_few(ends: Projection, place: ReportedPlace) -> Projection:
    """No end where most stations have no inventory: of two of them nobody can tell when all are done."""
    is_told = ends.last is not None or ends.likely is not None or ends.why == "done"
    return withhold_end(ends, FEW_INVENTORIES) if is_told and grade_of(place) == "not-known" else ends


def _withhold_cut_sites(picture: NationalPicture, received: Sequence[Received]) -> None:
    """No grade of a district, and no end of the state, where a site lowered its inventory and nobody answered."""
    newest = {r.reporter: r for r in received}
    for site, cut in find_open_cuts(picture.raised).items():
        named = set(newest[site].summary["districts"])
        # The state may call a district otherwise than its site does: where one is not found, it may be any.
        is_known = named <= {p.name for p in picture.root.parts}
        for part in picture.root.parts:
            if part.name in named or not is_known:
                part.note_cut(cut.since)
        picture.root.cut_on = max(picture.root.cut_on, cut.since)
        picture.projection = withhold_end(picture.projection)


def _format_shared(sites: tuple[str, str], records: int) -> str:
    return f"{sites[0]}, {sites[1]}: {records:,}"


def make_workspace_picture(snapshot: Snapshot, day: date, limits: Limits) -> NationalPicture:
    """One workspace as it stands."""
    return _make_picture(snapshot, day, limits, snapshot.sources[0].root_hash)


def _make_picture(s: Snapshot, day: date, limits: Limits, mark: str) -> NationalPicture:
    name = s.site or shown_states()[s.state].names["en"]
    root = roll_up_snapshot(SnapshotReport(s, "", days_since(day, s.as_on.isoformat())), name)
    picture = NationalPicture(root, day, limits, mark=mark)
    picture.oddities = [*_find_over_expected(root), *_find_stalled(root, limits)]
    return picture


def _list_contradictions(found: Sequence[Contradiction]) -> Iterator[Oddity]:
    words = load_words("en")
    yield from (Oddity("contradicted", c.place, c.text(words), against=c) for c in found)


def _list_overlaps(found: Sequence[ReportedTwice]) -> Iterator[Oddity]:
    names = shown_states()
    yield from (Oddity(d.flag.code, names[d.states[1]].names["en"], d.flag.text, flag=d.flag) for d in found)


def _find_silent(root: ReportedPlace, day: date, limits: Limits) -> Iterator[Oddity]:
    for p in root.parts:
        if p.report is None:
            yield Oddity("no-report", p.name, "")
        elif p.report.days > limits.silent_days:
            yield Oddity("silent", p.name, p.report.snapshot.as_on.isoformat())
        # A state that reports today may do so of what its sites told long ago.
        elif late := find_late_sites(p.report.snapshot, day, limits.silent_days):
            yield Oddity("sites-silent", p.name, ", ".join(sorted(late)[:_NAMED]), len(late))


def find_late_sites(s: Snapshot, day: date, limit: int) -> frozenset[str]:
    """The sites whose newest snapshot was older on a day than so many days."""
    return frozenset(x.site for x in s.sources if day - x.as_on > timedelta(days=limit))


def _list_flags(root: ReportedPlace, raised: Sequence[RaisedFlag]) -> Iterator[Oddity]:
    names = {p.code: p.name for p in root.parts}
    shown = [f for f in raised if f.is_shown]
    # Open ones first: answered ones stand there for the record.
    for f in sorted(shown, key=lambda f: (f.answer is not None, f.reporter)):
        yield Oddity(f.flag.code, names.get(f.reporter, f.reporter), f.flag.text, flag=f.flag, raised=f)


def _find_over_expected(root: ReportedPlace) -> Iterator[Oddity]:
    for p in root.parts:
        if p.counts and p.counts.expected is not None and p.counts.of_expected > p.counts.expected:
            yield Oddity("more-than-expected", p.name, f"{p.counts.of_expected:,} / {p.counts.expected:,}")


def _find_stalled(root: ReportedPlace, limits: Limits) -> Iterator[Oddity]:
    """Places with stations that are begun, not complete, and without work for too long."""
    for p in root.parts:
        stalled = [s for s in p.each_of_level("station") if is_stalled(s, limits)]
        if stalled:
            yield Oddity("stalled", p.name, ", ".join(s.name for s in stalled[:3]), len(stalled))


def is_stalled(station: ReportedPlace, limits: Limits) -> bool:
    """Whether a station is begun and not complete, and nothing was done there for too long."""
    c = station.counts
    if c is None or not station.name or station.idle is None or station.idle <= limits.stalled_days:
        return False
    # Complete, nothing is left to do there. Certified is only the inventory: it says how much work there is, not that
    # it is done.
    return not (c.expected is not None and c.loaded >= c.expected)


def _list_refusals(rows: Sequence[Received]) -> Iterator[Oddity]:
    for r in rows[:50]:
        why, day = r.flags[0], r.at[:10]
        yield Oddity(why.code, r.file, f"{why.text} ({day})", flag=why, refused_on=day)


def make_state_history(
    store: SnapshotStore, received: Sequence[Received], day: date, merged: Snapshot, own: OwnLists,
    withdrawn: Sequence[OfficeAct],
) -> tuple[list[Point], Series]:  # fmt: skip
    """The months of a state, and its districts by quarter. received: up to the day, by month; merged: the state on it.

    own, withdrawn: see `merge_sites`; as they are on that day for all months, or the past would not lead to it.
    """
    points, series = sum_by_month(received, day), make_series(received, day)
    # Snapshots are opened only where adding up what is kept beside them gives another state than they make.
    if not points or _is_plain_sum(points[-1], series, merged):
        return points, series
    days = list_quarter_ends(min(date.fromisoformat(r.as_on) for r in received), day)
    opened, seqs = dict[int, Newest](), list[int]()
    points, rows = [], dict[tuple[str, str], list[int | None]]()
    for end, newest in each_month_newest(received, day):
        if [r.seq for r in newest] != seqs:
            seqs = [r.seq for r in newest]
            opened = {r.seq: opened.get(r.seq) or Newest(store.snapshot(r.seq), r.sha256) for r in newest}
            counts, loaded = merge_counts(list(opened.values()), own, withdrawn)
        points.append(Point(end, counts, len(newest)))
        for name, n in loaded.items() if end in days else ():
            rows.setdefault((merged.state, name), [None] * len(days))[days.index(end)] = n
    return points, Series(tuple(days), rows)


def _is_plain_sum(last: Point, series: Series, merged: Snapshot) -> bool:
    """Whether the sites' own sums are the state's, and their districts are called as the state calls them."""
    loaded = {name: row[-1] or 0 for (_, name), row in series.loaded.items()}
    # What two sites counted both is known of all sites together alone.
    is_once = not (merged.twice and merged.twice.records)
    return (
        is_once
        and last.counts == merged.totals.plain()
        and loaded == {d.name: d.counts.loaded for d in merged.districts}
    )
