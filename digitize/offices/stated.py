"""What an officer may state: limits that nothing true can pass, and from when on a statement is old."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from digitize.offices.shape import Statement

MOST_STATIONS = 5000
"""A quarter of what the whole country had: 17,712 (Rajya Sabha, answer of 6 August 2025)."""
_BEYOND = 110
"""Per cent of its stations that a state may have covered: new ones are covered before they are counted, not many."""
FIRST = date(2009, 1, 1)
"""CCTNS was approved in June 2009: nothing was covered or linked before."""
OLD = timedelta(days=400)
"""A statement that is older says nothing of today: a year, and a month to write a new one."""


def find_statement_faults(s: Statement) -> Iterator[str]:
    """What cannot be, whatever the day: each as a sentence that names the key."""
    for name in ("stations", "target", "covered"):
        n = getattr(s, name)
        if n is not None and n > MOST_STATIONS:
            yield f"{name}: {n:,} police stations; no state has more than {MOST_STATIONS:,}"
    if s.covered is not None and s.stations is not None and 100 * s.covered > _BEYOND * s.stations:
        yield f"covered: {s.covered:,} of {s.stations:,} stations; count the stations again"
    if s.as_on < FIRST:
        yield f"as_on: {s.as_on}; CCTNS began in 2009"
    for way in ("forward", "backward"):
        for pillar, link in getattr(s, way).items():
            days = [d for d in (link.since, link.last_exchange) if d is not None]
            if days and min(days) < FIRST:
                yield f"{way}.{pillar}: {min(days)}; CCTNS began in 2009"
            if link.since and link.last_exchange and link.last_exchange < link.since:
                yield f"{way}.{pillar}: the last exchange is before the first"


def is_beyond(s: Statement) -> bool:
    """Whether more stations are covered than there are, by as few as may be true."""
    return s.covered is not None and s.stations is not None and s.covered > s.stations
