"""How the counts came to where they are, month by month, and when they will be done at the paces seen."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from digitize.offices.measures import COMPLETE, Counts, sum_counts
from digitize.offices.pace import estimate_months_left
from digitize.offices.store import SnapshotStore
from digitize.offices.store_rows import Received

CUT, FEW_INVENTORIES = "inventory-cut", "few-inventories"
"""Why there is no end: an inventory was lowered, or too few stations have one."""
_SPANS = (3, 6, 12, 24)
"""The paces of so many months are compared; the fastest and the slowest make the range."""
_MONTH = 30.44
"""Days of a month on average."""
_HALF_MONTH = 15
_FAR = 365.0 * 60


@dataclass(frozen=True, slots=True)
class Point:
    """The net counts at the end of a month. members: how many had reported by then, each with its newest snapshot."""

    day: date
    counts: Counts
    members: int


@dataclass(frozen=True, slots=True)
class Projection:
    """When 99 % of what is expected will be loaded. why: a slug where that cannot be told, and the days are None then.

    paces: records a month over the last months, by number of months. Of a whole, without: its parts that have no date,
    each with the reason, so that the whole has none either; known: first and last day of the parts that have one.
    likely: see `pace.months_left`; it lies within first and last, and is there, too, where the slowest pace
    would not end in sixty years.
    """

    first: date | None = None
    last: date | None = None
    why: str = ""
    paces: tuple[tuple[int, int], ...] = ()
    without: tuple[tuple[str, str], ...] = ()
    known: tuple[date, date] | None = None
    likely: date | None = None


def sum_by_month(received: Sequence[Received], day: date) -> list[Point]:
    """The sums of all members at each month's end from the first snapshot on, and on the day itself."""
    return [
        Point(end, sum_counts(r.counts for r in newest), len(newest))
        for end, newest in each_month_newest(received, day)
    ]


def each_month_newest(received: Sequence[Received], day: date) -> Iterator[tuple[date, list[Received]]]:
    """The newest of each member at each month's end from the first snapshot on, and on the day itself."""
    if not received:
        return
    by_member: dict[str, list[Received]] = {}
    for r in sorted(received, key=lambda r: r.as_on):
        by_member.setdefault(r.reporter, []).append(r)
    at = dict.fromkeys(by_member, -1)
    for end in _list_month_ends(min(date.fromisoformat(r.as_on) for r in received), day):
        for member, rows in by_member.items():
            while at[member] + 1 < len(rows) and rows[at[member] + 1].as_on <= end.isoformat():
                at[member] += 1
        yield end, [by_member[m][i] for m, i in at.items() if i >= 0]


def _list_month_ends(first: date, last: date) -> list[date]:
    found, year, month = [], first.year, first.month
    while (end := date(year, month, calendar.monthrange(year, month)[1])) < last:
        found.append(end)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return [*found, last]


def project_end(points: Sequence[Point]) -> Projection:
    """When all but a hundredth will be loaded, as a range: at the fastest and at the slowest pace lately seen."""
    if not points or points[-1].counts.expected is None:
        return Projection(why="no-inventory")
    now = points[-1]
    # What is left at the end waits for a person or was refused: complete is what it is for a grade, too.
    left = -(-(now.counts.expected or 0) * COMPLETE // 100) - now.counts.of_expected
    if left <= 0:
        return Projection(why="done")
    paces = []
    for months in _SPANS:
        # The newest that is old enough: points are ends of months, which are not all of one length.
        before = next((p for p in reversed(points) if (now.day - p.day).days >= 30 * months), None)
        # With members that joined since, their whole past work would look like the pace.
        if before is not None and before.members == now.members:
            span = (now.day - before.day).days
            paces.append((months, round((now.counts.of_expected - before.counts.of_expected) * _MONTH / span)))
    if not paces:
        return Projection(why="too-little-history")
    if min(p for _, p in paces) <= 0:
        return Projection(why="standing-still", paces=tuple(paces))
    days = [left / pace * _MONTH for _, pace in paces]
    ahead = estimate_months_left(_count_monthly_done(points), left)
    likely = min(days[-1] if ahead is None else ahead * _MONTH, _FAR)
    # A day so far ahead says no more than that the work stands still; how it stands among others is known all the same.
    if max(days) > _FAR:
        return Projection(why="standing-still", paces=tuple(paces), likely=now.day + timedelta(days=round(likely)))
    # A level that has just begun may lie beyond all paces of the past: the range holds it, too.
    ends = (min(*days, likely), max(*days, likely), likely)
    first, last, likely_day = (now.day + timedelta(days=round(d)) for d in ends)
    return Projection(first, last, paces=tuple(paces), likely=likely_day)


def _count_monthly_done(points: Sequence[Point]) -> list[float]:
    """What was loaded in each month, the newest last; the month that has just begun tells nothing yet."""
    done = []
    for a, b in zip(points, points[1:], strict=False):
        days = (b.day - a.day).days
        if days >= _HALF_MONTH and a.members == b.members:
            done.append((b.counts.of_expected - a.counts.of_expected) * _MONTH / days)
    return done


def project_reporters(received: Sequence[Received], day: date) -> dict[str, Projection]:
    """When each reporter ends, at its own pace, as of its newest snapshot. received: by reporter and day."""
    rows: dict[str, list[Received]] = {}
    for r in received:
        rows.setdefault(r.reporter, []).append(r)
    # Not as of the day: what a silent one did since nobody knows, and nothing would look like standing still.
    return {
        reporter: project_end(sum_by_month(own, min(day, date.fromisoformat(own[-1].as_on))))
        for reporter, own in rows.items()
    }


def withhold_end(told: Projection, why: str = CUT) -> Projection:
    """The same without "done" or a day: an inventory was lowered, or too few stations have one to tell what is left."""
    return replace(told, first=None, last=None, likely=None, why=why)


def combine_projections(parts: Mapping[str, Projection]) -> Projection:
    """When the whole ends: when its last part does. Without a date of one part there is none of the whole."""
    without = tuple((name, p.why) for name, p in parts.items() if p.last is None and p.why != "done")
    # Whoever has one of the two days has both.
    firsts, lasts = [p.first for p in parts.values() if p.first], [p.last for p in parts.values() if p.last]
    known = (max(firsts), max(lasts)) if lasts else None
    if without:
        return Projection(why="not-all", without=without, known=known)
    return Projection(*known) if known else Projection(why="done" if parts else "no-inventory")


def count_change(store: SnapshotStore, newest: Received) -> int | None:
    """How many records more are loaded than in the snapshot a month and more before; None where there is none."""
    # 26 and not 30: the ends of February and March lie 28 days apart, and a report may come a little early.
    before = store.find_newest(newest.reporter, date.fromisoformat(newest.as_on) - timedelta(days=26))
    return newest.counts.loaded - before.counts.loaded if before else None
