"""Grades by what is loaded of what is expected, and ranks within a class; no report and no inventory are no grade."""

from __future__ import annotations

from collections.abc import Sequence

from digitize.national.rollup import Place
from digitize.national.states import CLASSES, shown_states

GRADES = ("99", "95", "90", "below", "not-known", "no-report")
SIGNS = {"99": "★", "95": "▲", "90": "■", "below": "▽", "not-known": "?", "no-report": "–"}
"""The second sign beside every colour."""


def grade_of(place: Place) -> str:
    """99, 95, 90: at least so many per cent; below; not-known: without an inventory; no-report."""
    if place.counts is None:
        return "no-report"
    done, wanted = place.counts.of_expected, place.counts.expected
    if not wanted:
        return "not-known"
    return next((g for g in ("99", "95", "90") if 100 * done >= int(g) * wanted), "below")


def ranks(states: Sequence[Place]) -> dict[str, int]:
    """Code -> rank within its class, of those with a grade; equal shares have equal ranks."""
    found: dict[str, int] = {}
    for group in CLASSES:
        graded = [s for s in states if shown_states()[s.code].group == group and _share(s) is not None]
        shares = sorted((_share(s) or 0.0 for s in graded), reverse=True)
        found |= {s.code: shares.index(_share(s) or 0.0) + 1 for s in graded}
    return found


def _share(place: Place) -> float | None:
    c = place.counts
    return c.of_expected / c.expected if c is not None and c.expected else None
