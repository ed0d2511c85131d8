"""Where what officers state and what their ledgers show differ; every sentence that rests on a statement is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from digitize.offices.grades import count_in_scope, count_inventoried, count_proven, is_gradable, share_of
from digitize.offices.measures import COMPLETE
from digitize.offices.numbers import format_percent, group_digits
from digitize.offices.rollup import ReportedPlace
from digitize.offices.shape import Statement
from digitize.offices.stated import OLD
from digitize.offices.words import Words


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One state and one sentence. part: of the answer; stated, found: both figures, as values of words.toml.

    code: of the state, "" for the nation's published figure.
    """

    kind: str
    part: str
    code: str
    place: str
    values: dict[str, str]

    def text(self, words: Words, place: str = "") -> str:
        """As a sentence. place: the name of the state in that language."""
        return words(f"against.{self.kind}", place=place or self.place, **self.values)

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        return {"kind": self.kind, "part": self.part, "state": self.code, **self.values}


def find_contradictions(root: ReportedPlace, day: date, *, published_left: int | None = None) -> list[Contradiction]:
    """All of the nation, by state. published_left: how many states were published as not complete, where printed."""
    found = [c for p in root.parts if p.report for c in _check_state(p, day)]
    if published_left is not None:
        found += _check_published(root, published_left)
    return found


def _check_state(place: ReportedPlace, day: date) -> Iterator[Contradiction]:
    stated = place.report.snapshot.statement if place.report else None
    if stated is None or place.counts is None or place.coverage is None:
        return

    def make_contradiction(kind: str, part: str, **values: str) -> Contradiction:
        return Contradiction(kind, part, place.code, place.name, values)

    yield from _check_completeness(place, stated, make_contradiction)
    if stated.covered is not None and place.coverage.in_scope > stated.covered:
        yield make_contradiction(
            "stations-left-out", "(d)", stated=group_digits(stated.covered), found=group_digits(place.coverage.in_scope)
        )
    if day - stated.as_on > OLD:
        yield make_contradiction(
            "old", "(a), (b), (d)", stated=stated.as_on.isoformat(), found=group_digits((day - stated.as_on).days)
        )


def _check_completeness(place: ReportedPlace, stated: Statement, make_contradiction: Any) -> Iterator[Contradiction]:
    if stated.legacy_complete is None:
        return
    done, wanted = share_of(place)
    is_known = is_gradable(place) or (wanted > 0 and count_inventoried(place) > 0)
    is_complete = wanted > 0 and 100 * count_proven(place) >= COMPLETE * wanted
    if stated.legacy_complete and is_known and not is_complete:
        # What counts is never more than was shown: a surplus in one district makes up for no other's gap.
        yield make_contradiction(
            "complete-and-is-not", "(d)", found=format_percent(min(done, count_proven(place)), wanted)
        )
    elif stated.legacy_complete and place.cut_on:
        yield make_contradiction("complete-and-cut", "(d)", found=place.cut_on)
    elif stated.legacy_complete and not is_gradable(place):
        of = {"n": group_digits(count_inventoried(place)), "all": group_digits(count_in_scope(place))}
        yield make_contradiction("complete-and-unknown", "(d)", **of)
    elif not stated.legacy_complete and is_complete and is_gradable(place) and place.counts is not None:
        yield make_contradiction("incomplete-and-is", "(d)", found=format_percent(count_proven(place), wanted))


def _check_published(root: ReportedPlace, left: int) -> Iterator[Contradiction]:
    """The published number of states that are not complete, against how many the ledgers know not to be."""
    behind = [p for p in root.parts if p.counts and _is_behind(p)]
    if len(behind) > left:
        names = ", ".join(
            f"{p.name} {format_percent(min(share_of(p)[0], count_proven(p)), share_of(p)[1])}" for p in behind
        )
        yield Contradiction(
            "published", "(d)", "", "", {"stated": str(left), "found": str(len(behind)), "names": names}
        )


def _is_behind(place: ReportedPlace) -> bool:
    _, wanted = share_of(place)
    return wanted > 0 and 100 * count_proven(place) < COMPLETE * wanted
