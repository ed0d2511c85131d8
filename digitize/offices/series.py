"""How the loaded records of each district came to where they are, quarter by quarter."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from digitize.offices.store_rows import Received

_MOST = 40
"""Ten years of quarters: more would not be told apart in a small chart."""


@dataclass(frozen=True, slots=True)
class Series:
    """days: ends of quarters and the day itself; loaded: (state, district) -> records loaded by each of them, None
    where no snapshot up to then tells of the district.
    """

    days: tuple[date, ...] = ()
    loaded: Mapping[tuple[str, str], Sequence[int | None]] = field(default_factory=dict)


def make_series(received: Sequence[Received], day: date) -> Series:
    """The districts of all reporters, each by its newest snapshot at the end of a quarter. received: up to the day."""
    if not received:
        return Series()
    days = list_quarter_ends(min(date.fromisoformat(r.as_on) for r in received), day)
    loaded: dict[tuple[str, str], list[int | None]] = {}
    for at, end in enumerate(days):
        last = end.isoformat()
        # By day within a reporter: the newest overwrites the others.
        newest = {r.reporter: r for r in received if r.as_on <= last}
        for r in newest.values():
            for name, n in r.summary.get("districts", {}).items():
                # A site's id begins with the code of its state.
                row = loaded.setdefault((r.reporter[:2], name), [None] * len(days))
                row[at] = (row[at] or 0) + n
    return Series(tuple(days), loaded)


def list_quarter_ends(first: date, last: date) -> list[date]:
    """The ends of quarters from a day on, and the last day itself: those of the last ten years."""
    found, year, month = [], first.year, (first.month + 2) // 3 * 3
    while (end := date(year, month, calendar.monthrange(year, month)[1])) < last:
        found.append(end)
        year, month = (year + 1, 3) if month == 12 else (year, month + 3)
    return [*found, last][-_MOST:]


def pack_differences(values: Sequence[int | None]) -> list[int]:
    """Values as few digits: where the known ones begin, the first, then differences. A gap takes what was before it."""
    known = [i for i, n in enumerate(values) if n is not None]
    if len(known) < 2:
        return []
    start, before = known[0], 0
    made = [start]
    for n in values[start:]:
        now = before if n is None else n
        made.append(now - before)
        before = now
    return made
