"""Every figure with its definition, numerator and denominator; what cannot be told has a reason instead of a number."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from digitize.offices.measures import STAGES
from digitize.offices.merge import merge_quality
from digitize.offices.rollup import ReportedPlace
from digitize.offices.shape import PILLARS, Statement
from digitize.offices.shape_quality import NotMeasured, Quality, Share

QUALITIES = ("sample", "double_keyed", "straight_through", "illegible")
WAYS = ("forward", "backward")


@dataclass(frozen=True, slots=True)
class Figure:
    """One share: part of whole. why: a slug where there is no number; part and whole are None then."""

    name: str
    part: int | None
    whole: int | None
    why: str = ""


@cache
def load_shares() -> Mapping[str, tuple[str, str]]:
    """Name of a figure -> the measures over and under the line."""
    text = (resources.files("digitize.offices") / "figures.toml").read_text(encoding="utf-8")
    return {name: (part, whole) for name, (part, whole) in tomllib.loads(text)["figures"].items()}


def list_figures(place: ReportedPlace) -> Iterator[Figure]:
    """The figures of one place: shares of counts, stations by stage, and what its level has beside."""
    for name, (part, whole) in load_shares().items():
        yield _make_share(place, name, part, whole)
    if place.level != "station":
        yield from _list_station_figures(place)
    statements = [p.report.snapshot.statement if p.report else None for p in _list_reporters(place)]
    if place.level in ("nation", "state"):
        yield from list_stated_figures(statements, place.counts is not None)
        quality = quality_of(place)
        yield from (
            _make_measured(n, getattr(quality, n) if quality else NotMeasured(why="no-report")) for n in QUALITIES
        )
    if place.level == "nation":
        yield Figure("states_reporting", sum(p.counts is not None for p in place.parts), len(place.parts))


def _list_reporters(place: ReportedPlace) -> list[ReportedPlace]:
    return place.parts if place.level == "nation" else [place]


def quality_of(place: ReportedPlace) -> Quality | None:
    """The quality of a place that reports, or of all of its parts that do; None where none does."""
    told = [p.report.snapshot.quality for p in _list_reporters(place) if p.report]
    return merge_quality(told) if told else None


def _make_share(place: ReportedPlace, name: str, part: str, whole: str) -> Figure:
    if place.net is None:
        return Figure(name, None, None, "no-report")
    counts = place.net.as_plain()
    # No inventory and an inventory of 0 are told apart: of the first nobody can say anything.
    if counts[whole] is None:
        return Figure(name, None, None, "no-inventory")
    # Of an inventory of 0 all may be done, or more than it says.
    nothing = "none-expected" if whole in ("expected", "pages_expected") else "nothing-yet"
    return Figure(name, counts[part], counts[whole], "" if counts[whole] else nothing)


def _list_station_figures(place: ReportedPlace) -> Iterator[Figure]:
    c = place.coverage
    names = ["inventoried", *(f"begun_{s}" for s in STAGES), *(f"complete_{s}" for s in STAGES), "certified"]
    if c is None:
        yield from (Figure(f"stations_{n}", None, None, "no-report") for n in names)
        return
    values = (c.inventoried, *c.begun, *c.complete, c.certified)
    for name, n in zip(names, values, strict=True):
        # Complete is measured by the inventory; without one, 0 complete would look like a fact.
        if name.startswith("complete_") and not c.inventoried:
            yield Figure(f"stations_{name}", None, None, "no-inventory")
        else:
            yield Figure(f"stations_{name}", n, c.in_scope, "" if c.in_scope else "nothing-yet")


def list_stated_figures(statements: Sequence[Statement | None], has_report: bool) -> Iterator[Figure]:
    """What officers state, of one reporter or of all: covered of target; links and completeness of those that say."""
    told = [s for s in statements if s is not None]
    why = "not-stated" if has_report else "no-report"
    # Only states that say both: a numerator of more states than the denominator would be no share.
    both = [(s.covered, s.target) for s in told if s.covered is not None and s.target is not None]
    covered, target = sum(c for c, _ in both), sum(t for _, t in both)
    yield Figure("covered_of_target", covered, target) if both else Figure("covered_of_target", None, None, why)
    done = [s.legacy_complete for s in told if s.legacy_complete is not None]
    yield Figure("legacy_complete", sum(done), len(done)) if done else Figure("legacy_complete", None, None, why)
    for way in WAYS:
        for pillar in PILLARS:
            links = [getattr(s, way)[pillar].done for s in told if pillar in getattr(s, way)]
            name = f"{way}_{pillar}".replace("-", "_")
            yield Figure(name, sum(links), len(links)) if links else Figure(name, None, None, why)


def _make_measured(name: str, share: Share | NotMeasured) -> Figure:
    if isinstance(share, NotMeasured):
        return Figure(name, None, None, share.why)
    return Figure(name, share.part, share.of, "" if share.of else "nothing-yet")
