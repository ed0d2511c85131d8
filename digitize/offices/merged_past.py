"""A state's past as its own snapshots told it: its sites put together at each month's end, not merely added.

Two sites may work on one station, the state's own inventory goes before theirs, a book may be withdrawn: then the sum
of the sites is not the state, and its past would end at other numbers than the state has now.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from digitize.offices.books import Newest
from digitize.offices.history import Point, monthly, newest_at
from digitize.offices.merge import OwnLists, merged_counts
from digitize.offices.series import Series, district_series, quarter_ends
from digitize.offices.shape import Snapshot
from digitize.offices.store import SnapshotStore
from digitize.offices.store_rows import OfficeAct, Received


def merged_past(
    store: SnapshotStore, received: Sequence[Received], day: date, merged: Snapshot, own: OwnLists,
    withdrawn: Sequence[OfficeAct],
) -> tuple[list[Point], Series]:  # fmt: skip
    """The months of a state, and its districts by quarter. received: up to the day, by month; merged: the state on it.

    own, withdrawn: see `merge_sites`; as they are on that day for all months, or the past would not lead to it.
    """
    points, series = monthly(received, day), district_series(received, day)
    # Snapshots are opened only where adding up what is kept beside them gives another state than they make.
    if not points or _is_sum(points[-1], series, merged):
        return points, series
    days = quarter_ends(min(date.fromisoformat(r.as_on) for r in received), day)
    opened, seqs = dict[int, Newest](), list[int]()
    points, rows = [], dict[tuple[str, str], list[int | None]]()
    for end, newest in newest_at(received, day):
        if [r.seq for r in newest] != seqs:
            seqs = [r.seq for r in newest]
            opened = {r.seq: opened.get(r.seq) or Newest(store.snapshot(r.seq), r.sha256) for r in newest}
            counts, loaded = merged_counts(list(opened.values()), own, withdrawn)
        points.append(Point(end, counts, len(newest)))
        for name, n in loaded.items() if end in days else ():
            rows.setdefault((merged.state, name), [None] * len(days))[days.index(end)] = n
    return points, Series(tuple(days), rows)


def _is_sum(last: Point, series: Series, merged: Snapshot) -> bool:
    """Whether the sites' own sums are the state's, and their districts are called as the state calls them."""
    loaded = {name: row[-1] or 0 for (_, name), row in series.loaded.items()}
    return last.counts == merged.totals.plain() and loaded == {d.name: d.counts.loaded for d in merged.districts}
