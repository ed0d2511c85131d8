"""What changed between two days, by State: for whoever must call a nodal officer. Two pictures in, changes out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from digitize.offices.contradict import Contradiction
from digitize.offices.flags import RaisedFlag
from digitize.offices.numbers import find_interval
from digitize.offices.picture import NationalPicture, find_late_sites
from digitize.offices.rollup import ReportedPlace
from digitize.offices.shape_quality import NotMeasured, Quality, Share

TOPICS = ("silent", "fell", "quality", "contradicted", "flagged")
"""What changes are about, in the order in which they are told."""
_FALLING = ("pages", "pages_read", "records", "validated", "loaded", "expected", "pages_expected")
_LEAST_FRESH = 20
"""So many values audited, or keyed twice, within the days make a share of their own that can be compared."""
_LEAST_MORE = 5
_NAMED = 5
"""So many sites or stations are named; of more it is said how many."""


@dataclass(frozen=True, slots=True)
class WatchedChange:
    """One thing that changed, or that is still so. topic: one of TOPICS; kind: its sentence in words.toml, watch.KIND.

    is_new: it came within the days. names: sites or stations. against, raised: the contradiction or flag that it is.
    """

    topic: str
    kind: str
    values: Mapping[str, str | int]
    is_new: bool = True
    names: tuple[str, ...] = ()
    against: Contradiction | None = None
    raised: RaisedFlag | None = None


@dataclass(frozen=True, slots=True)
class WatchedState:
    """One State between two days. before, now: as it stood on both; changes: by topic, the new ones first."""

    code: str
    before: ReportedPlace
    now: ReportedPlace
    changes: tuple[WatchedChange, ...]

    @property
    def new(self) -> int:
        """How many changes came within the days."""
        return sum(c.is_new for c in self.changes)


def find_changes(before: NationalPicture, now: NationalPicture) -> list[WatchedState]:
    """All States, in the order of the report. Both pictures are of the nation, of two days."""
    old = {p.code: p for p in before.root.parts}
    against = {(c.code, c.kind) for c in before.against}
    found = []
    for code in now.lag:
        place = next(p for p in now.root.parts if p.code == code)
        changes = [
            *_find_silent(old[code], place, before, now),
            *_find_fallen(old[code], place),
            *_find_worse(old[code], place),
            *(
                WatchedChange("contradicted", "contradicted", {}, (c.code, c.kind) not in against, against=c)
                for c in now.against
                if c.code == code
            ),
            *(
                WatchedChange("contradicted", "no-more-contradicted", {}, against=c)
                for c in _list_resolved(before, now, code)
            ),
            *_list_open_flags(now.raised, code, before.day),
        ]
        order = sorted(changes, key=lambda c: (TOPICS.index(c.topic), not c.is_new))
        found.append(WatchedState(code, old[code], place, tuple(order)))
    return found


def _list_resolved(before: NationalPicture, now: NationalPicture, code: str) -> Iterator[Contradiction]:
    held = {(c.code, c.kind) for c in now.against}
    yield from (c for c in before.against if c.code == code and (c.code, c.kind) not in held)


def _find_silent(
    old: ReportedPlace, place: ReportedPlace, before: NationalPicture, now: NationalPicture
) -> Iterator[WatchedChange]:
    """The State itself, and its sites, of which its snapshot says when each reported."""
    limit = now.limits.silent_days
    if place.report is None:
        yield WatchedChange("silent", "never-reported", {}, is_new=False)
        return
    day = place.report.snapshot.as_on.isoformat()
    was_silent = old.report is not None and old.report.days > limit
    if place.report.days > limit:
        yield WatchedChange("silent", "state-silent", {"day": day, "days": place.report.days}, not was_silent)
    elif old.report is None:
        yield WatchedChange("silent", "first-report", {"day": day})
    elif was_silent:
        yield WatchedChange("silent", "reports-again", {"day": day})
    elif place.report.sha256 == old.report.sha256:
        yield WatchedChange("silent", "nothing-sent", {"day": day})
    late = find_late_sites(place.report.snapshot, now.day, limit)
    known = find_late_sites(old.report.snapshot, before.day, limit) if old.report else frozenset()
    for names, is_new in ((late - known, True), (late & known, False)):
        if names:
            yield WatchedChange("silent", "sites-silent", {"n": len(names), "days": limit}, is_new, _first_names(names))


def _first_names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))[:_NAMED]


def _find_fallen(old: ReportedPlace, place: ReportedPlace) -> Iterator[WatchedChange]:
    """Counts of the State, and stations whose loaded records are fewer than they were."""
    if old.net is None or place.net is None:
        return
    was, is_ = old.net.as_plain(), place.net.as_plain()
    for name in _FALLING:
        if was[name] is not None and (is_[name] is None or is_[name] < was[name]):
            left = "–" if is_[name] is None else is_[name]
            yield WatchedChange("fell", "fell", {"measure": name, "before": was[name], "now": left})
    loaded = {_station_key(d, s): s.counts.loaded for d, s in _each_station(old) if s.counts is not None}
    fewer = [
        s.name for d, s in _each_station(place)
        if s.name and s.counts is not None and s.counts.loaded < loaded.get(_station_key(d, s), 0)
    ]  # fmt: skip
    if fewer:
        yield WatchedChange("fell", "stations-fell", {"n": len(fewer)}, names=_first_names(fewer))


def _each_station(place: ReportedPlace) -> Iterator[tuple[ReportedPlace, ReportedPlace]]:
    yield from ((d, s) for d in place.parts for s in d.parts)


def _station_key(district: ReportedPlace, station: ReportedPlace) -> tuple[str, str]:
    return district.name, station.name


def _find_worse(old: ReportedPlace, place: ReportedPlace) -> Iterator[WatchedChange]:
    """Shares of what is wrong that rose by more than chance, for all records and by form; audits that ended."""
    if old.report is None or place.report is None:
        return
    a, b = old.report.snapshot.quality, place.report.snapshot.quality
    for what in ("sample", "double_keyed", "illegible"):
        yield from _find_risen_share(what, "", getattr(a, what), getattr(b, what))
    forms = a.by_form or {}
    for form, q in (b.by_form or {}).items():
        if form in forms:
            yield from _find_risen_share("sample", form, forms[form].audited, q.audited)
            yield from _find_risen_share("double_keyed", form, forms[form].double_keyed, q.double_keyed)
    yield from _find_risen_rejects(a, b, old, place)


def _find_risen_share(what: str, form: str, a: Share | NotMeasured, b: Share | NotMeasured) -> Iterator[WatchedChange]:
    values: dict[str, str | int] = {"what": what, "form": form}
    if not isinstance(a, Share) or not a.of:
        if what == "sample" and not form and not (isinstance(b, Share) and b.of):
            yield WatchedChange("quality", "not-audited", values, is_new=False)
        return
    if not isinstance(b, Share) or not b.of:
        yield WatchedChange("quality", "measured-no-more", values)
        return
    # What was looked at within the days; where counts began anew, all that there is now.
    part, of = b.part - a.part, b.of - a.of
    part, of = (part, of) if 0 <= part <= of else (b.part, b.of)
    if not of and what == "sample" and not form:
        yield WatchedChange("quality", "nothing-audited", values)
    if of >= _LEAST_FRESH and find_interval(part, of)[0] > find_interval(a.part, a.of)[1]:
        yield WatchedChange("quality", "share-rose", {**values, **_sentence_values(part, of, a.part, a.of)})


def _sentence_values(part: int, of: int, before: int, before_of: int) -> dict[str, str | int]:
    return {"part": part, "of": of, "before": before, "before_of": before_of}


def _find_risen_rejects(a: Quality, b: Quality, old: ReportedPlace, place: ReportedPlace) -> Iterator[WatchedChange]:
    if old.counts is None or place.counts is None:
        return
    was, is_ = old.counts.records, place.counts.records
    for code, n in sorted(b.rejects.items()):
        before = a.rejects.get(code, 0)
        # All that are refused now: whoever mends them takes them out again, so they are no sum over the days.
        if n >= before + _LEAST_MORE and find_interval(n, is_)[0] > find_interval(before, was)[1]:
            yield WatchedChange("quality", "rejects-rose", {"rule": code, **_sentence_values(n, is_, before, was)})


def _list_open_flags(raised: Iterable[RaisedFlag], code: str, since: date) -> Iterator[WatchedChange]:
    for f in raised:
        if f.reporter == code and f.answer is None:
            yield WatchedChange(
                "flagged", "flagged", {"day": f.since, "id": f.id}, f.since > since.isoformat(), raised=f
            )
