"""Grades by what is surely loaded of what is expected, and ranks within a class; weak evidence has no grade.

A share is of the stations with an inventory. So a grade asks as much of the inventory itself: whoever counts only what
is done gets none, nor who leaves stations out of the list, has more than is expected, or has digitized books twice, nor
who expects fewer records than before, until the office above has answered the flag on that.
"""

from __future__ import annotations

from collections.abc import Sequence

from digitize.offices.rollup import ReportedPlace
from digitize.offices.states import CLASSES, shown_states

GRADES = ("99", "95", "90", "below", "over", "cut", "not-known", "no-report")
SIGNS = {"99": "★", "95": "▲", "90": "■", "below": "▽", "over": "!", "cut": "↓", "not-known": "?", "no-report": "–"}
"""The second sign beside every colour."""
_LEAST_INVENTORIED = 90
"""Per cent of the stations; with fewer inventories nobody can say how far the whole is."""
_MOST_SHARE = 105
"""Per cent of what is expected; with more the inventory is wrong, and nothing is measured by it."""


def grade_of(place: ReportedPlace) -> str:
    """99, 95, 90: at least so many per cent of what is expected is loaded, and of the stations have an inventory.

    below; over: more is done than is expected; cut: the inventory was lowered, and the flag on that is not answered;
    not-known: without an inventory, or with too few of them; no-report.
    """
    if place.counts is None:
        return "no-report"
    if not _has_inventory(place):
        return "not-known"
    if place.cut_on:
        return "cut"
    done, wanted = share_of(place)
    if 100 * done > _MOST_SHARE * wanted:
        return "over"
    parts = [(count_proven(place), wanted), (count_inventoried(place), count_in_scope(place))]
    # In whole numbers: no rounding lifts a share to a grade, or drops one that has it exactly.
    return next((g for g in ("99", "95", "90") if all(100 * n >= int(g) * of for n, of in parts)), "below")


def is_gradable(place: ReportedPlace) -> bool:
    """Whether enough of its stations have an inventory that nobody has lowered, and no more is done than could be."""
    return grade_of(place) not in ("over", "cut", "not-known", "no-report")


def _has_inventory(place: ReportedPlace) -> bool:
    if place.counts is None or not place.counts.expected or place.coverage is None:
        return False
    scope = count_in_scope(place)
    return scope > 0 and 100 * count_inventoried(place) >= _LEAST_INVENTORIED * scope


def count_in_scope(place: ReportedPlace) -> int:
    """How many stations it has: those of its list, or more where its officer states more."""
    if place.level == "nation":
        return sum(count_in_scope(p) for p in place.parts if p.counts is not None)
    told = place.report.snapshot.statement if place.report else None
    stated = [n for n in (told.stations, told.covered) if n is not None] if told else []
    return max([place.coverage.in_scope if place.coverage else 0, *stated])


def count_inventoried(place: ReportedPlace) -> int:
    """Of how many stations an inventory counts the records, as far as rows of stations tell."""
    rows = [s for s in place.each_of_level("station") if s.name]
    if rows and place.level != "nation":
        return sum(1 for s in rows if s.counts is not None and s.counts.expected is not None)
    return place.coverage.inventoried if place.coverage else 0


def share_of(place: ReportedPlace) -> tuple[int, int]:
    """Records loaded, each counted once, and those expected; of a place with an inventory."""
    c = place.net
    return (c.of_expected, c.expected or 0) if c else (0, 0)


def count_proven(place: ReportedPlace) -> int:
    """Records loaded, each counted once, and of no station or district more than it expects."""
    if place.counts is None or place.counts.expected is None:
        return 0
    if place.parts and all(p.counts is not None for p in place.parts):
        return max(0, sum(count_proven(p) for p in place.parts) - place.doubled)
    return max(0, min(place.counts.of_expected, place.counts.expected) - place.doubled)


def rank_states(states: Sequence[ReportedPlace]) -> dict[str, int]:
    """Code -> rank within its class, of those with a grade; equal shares have equal ranks."""
    found: dict[str, int] = {}
    for group in CLASSES:
        graded = {
            s.code: count_proven(s) / share_of(s)[1]
            for s in states
            if shown_states()[s.code].group == group and is_gradable(s)
        }
        # index() finds the first of equal shares: they have one rank, and the next one is left out.
        shares = sorted(graded.values(), reverse=True)
        found |= {code: shares.index(share) + 1 for code, share in graded.items()}
    return found
