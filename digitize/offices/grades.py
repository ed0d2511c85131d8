"""Grades by what is loaded of what is expected, and ranks within a class; no report and no inventory are no grade.

A share is of the stations with an inventory. So a grade asks as much of the inventory itself: whoever counts only what
is done gets none.
"""

from __future__ import annotations

from collections.abc import Sequence

from digitize.offices.rollup import ReportedPlace
from digitize.offices.states import CLASSES, shown_states

GRADES = ("99", "95", "90", "below", "not-known", "no-report")
SIGNS = {"99": "★", "95": "▲", "90": "■", "below": "▽", "not-known": "?", "no-report": "–"}
"""The second sign beside every colour."""
_LEAST_INVENTORIED = 90
"""Per cent of the stations in scope; with fewer inventories nobody can say how far the whole is."""


def grade_of(place: ReportedPlace) -> str:
    """99, 95, 90: at least so many per cent of what is expected is loaded, and of the stations have an inventory.

    below; not-known: without an inventory, or with too few of them; no-report.
    """
    if place.counts is None:
        return "no-report"
    if not is_gradable(place):
        return "not-known"
    parts = [(place.counts.of_expected, place.counts.expected or 0)]
    if place.coverage:
        parts.append((place.coverage.inventoried, place.coverage.in_scope))
    # In whole numbers: no rounding lifts a share to a grade, or drops one that has it exactly.
    return next((g for g in ("99", "95", "90") if all(100 * n >= int(g) * of for n, of in parts)), "below")


def is_gradable(place: ReportedPlace) -> bool:
    """Whether enough of its stations have an inventory."""
    c = place.coverage
    if place.counts is None or not place.counts.expected:
        return False
    return c is None or 100 * c.inventoried >= _LEAST_INVENTORIED * c.in_scope


def ranks(states: Sequence[ReportedPlace]) -> dict[str, int]:
    """Code -> rank within its class, of those with a grade; equal shares have equal ranks."""
    found: dict[str, int] = {}
    for group in CLASSES:
        graded = [s for s in states if shown_states()[s.code].group == group and _share(s) is not None]
        # index() finds the first of equal shares: they have one rank, and the next one is left out.
        shares = sorted((_share(s) or 0.0 for s in graded), reverse=True)
        found |= {s.code: shares.index(_share(s) or 0.0) + 1 for s in graded}
    return found


def _share(place: ReportedPlace) -> float | None:
    c = place.counts
    return c.of_expected / c.expected if c is not None and c.expected and is_gradable(place) else None
