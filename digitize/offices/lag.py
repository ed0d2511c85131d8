"""Which states lag, why, since when, and whether it gets better: from the ledgers alone, the slowest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from digitize.offices.grades import count_proven, grade_of, is_gradable, share_of
from digitize.offices.history import CUT, FEW_INVENTORIES, Projection
from digitize.offices.measures import Counts
from digitize.offices.rollup import ReportedPlace
from digitize.offices.store_rows import Received

_FASTER, _SLOWER = 120, 80
"""Per cent of its pace of twelve months: a pace of three months beyond them is another pace."""
_BEFORE_DATED = (
    "no-report",
    "no-inventory",
    FEW_INVENTORIES,
    CUT,
    "standing-still",
    "too-little-history",
)
"""Why there is no date, the worst first; states without one stand before all that have one."""


@dataclass(frozen=True, slots=True)
class Lag:
    """How one state stands. cause: one of CAUSES, with as many records as wait for it, 0 where nobody can say.

    since: ISO day, "" where it was so from the beginning on or nobody can say; trend: faster, slower, steady, still or
    unknown; past: records loaded at the last snapshots, the newest last.
    """

    code: str
    cause: str
    records: int
    since: str
    trend: str
    ends: Projection
    past: tuple[int, ...] = ()


def find_lags(
    root: ReportedPlace, ends: Mapping[str, Projection], silent_days: int, received: Sequence[Received]
) -> dict[str, Lag]:
    """Code -> how a state of the nation stands, the slowest first. received: of all states, by reporter and day."""
    rows: dict[str, list[Received]] = {}
    for r in received:
        rows.setdefault(r.reporter, []).append(r)
    unknown = Projection(why="no-report")
    made = [_find_lag(p, ends.get(p.code, unknown), silent_days, rows.get(p.code, [])) for p in root.parts]
    places = {p.code: p for p in root.parts}
    return {x.code: x for x in sorted(made, key=lambda x: _sort_key(x.ends, places[x.code]))}


def _sort_key(ends: Projection, place: ReportedPlace) -> tuple[int, float, str]:
    done, wanted = (count_proven(place), share_of(place)[1]) if place.counts else (0, 0)
    share = done / wanted if wanted else 0.0
    if ends.likely is not None:
        return len(_BEFORE_DATED), -ends.likely.toordinal(), place.name
    if ends.why == "done":
        return len(_BEFORE_DATED) + 1, share, place.name
    return _BEFORE_DATED.index(ends.why) if ends.why in _BEFORE_DATED else 0, share, place.name


def _find_lag(place: ReportedPlace, ends: Projection, silent_days: int, rows: Sequence[Received]) -> Lag:
    past = tuple(r.counts.loaded for r in rows[-13:])
    trend = _find_trend(ends)
    if place.net is None or place.report is None:
        return Lag(place.code, "no-report", 0, "", "unknown", ends)
    if place.report.days > silent_days:
        return Lag(place.code, "silent", 0, place.report.snapshot.as_on.isoformat(), trend, ends, past)
    if grade_of(place) == "cut":
        return Lag(place.code, CUT, 0, place.cut_on, trend, ends, past)
    if not is_gradable(place):
        return Lag(place.code, "no-inventory", 0, "", trend, ends, past)
    cause, records = find_cause(place.net)
    return Lag(place.code, cause, records, _find_since(cause, rows), trend, ends, past)


def find_cause(c: Counts) -> tuple[str, int]:
    """What most of the records that are missing wait for, and how many these are, as far as counts tell.

    no-scans: their pages are not scanned; not-read: scanned, and no record is made of them yet.
    """
    if c.expected is None or c.of_expected >= c.expected:
        return "none", 0
    missing = max(0, c.expected - c.records)
    # Without an inventory of pages, or with none of them, what is not there is not scanned.
    scanned = min(1.0, c.pages_of_expected / c.pages_expected) if c.pages_expected else 0.0
    unscanned = min(missing, round(c.expected * (1 - scanned)))
    waits: Mapping[str, int] = {
        "no-scans": unscanned, "not-read": missing - unscanned, "review": c.in_review, "rejects": c.rejected,
        "load": max(0, c.validated - c.loaded),
    }  # fmt: skip
    cause = max(waits, key=lambda name: waits[name])
    return (cause, waits[cause]) if waits[cause] else ("none", 0)


def _find_since(cause: str, rows: Sequence[Received]) -> str:
    """The snapshot since which that was the cause; where nothing is loaded any more, the last day on which it was."""
    totals = [r.counts for r in rows]
    if not totals:
        return ""
    since = len(rows) - 1
    while since > 0 and find_cause(totals[since - 1])[0] == cause:
        since -= 1
    grown = next((i for i in range(len(rows) - 1, 0, -1) if totals[i].loaded > totals[i - 1].loaded), 0)
    # Two snapshots without anything loaded are a standstill, and its day tells more.
    return rows[grown if grown < len(rows) - 2 else since].as_on


def _find_trend(ends: Projection) -> str:
    paces = dict(ends.paces)
    if not paces:
        return "unknown"
    # Against a year, which holds all seasons.
    now, before = paces[min(paces)], paces.get(12, paces[max(paces)])
    if now <= 0:
        return "still"
    if len(paces) < 2:
        return "unknown"
    if 100 * now >= _FASTER * max(before, 0):
        return "faster"
    return "slower" if 100 * now <= _SLOWER * before else "steady"


def find_first_and_last(root: ReportedPlace) -> tuple[date, date] | None:
    """The days of the oldest and of the newest snapshot that a page rests on; None where there is none.

    Of a state's own page those of its sites: what it makes of them today is as old as they are.
    """
    if root.report:
        days = [source.as_on for source in root.report.snapshot.sources]
    else:
        days = [p.report.snapshot.as_on for p in root.parts if p.report]
    return (min(days), max(days)) if days else None
