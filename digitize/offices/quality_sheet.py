"""Quality beside quantity, by state and form: how right, by whom, and what nobody looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from digitize.offices.figures import quality_of
from digitize.offices.flags import RaisedFlag
from digitize.offices.numbers import find_interval
from digitize.offices.rollup import ReportedPlace
from digitize.offices.shape_quality import FormQuality, NotMeasured, Quality, Share


@dataclass(frozen=True, slots=True)
class QualityLine:
    """One place, or one form of it; form: "" for all forms together.

    audited: wrong values of those audited; double_keyed: differing places of those keyed by two. validated: records;
    of them by_people were settled by people in some part, by_machine passed by machine alone, from_tables came from
    old tables; None where nobody says. flags: open ones of the place, None of a single form.
    """

    place: ReportedPlace
    form: str
    audited: Share | NotMeasured
    double_keyed: Share | NotMeasured
    validated: int | None
    by_people: int | None
    by_machine: int | None
    from_tables: int | None
    flags: int | None = None

    @property
    def right_of(self) -> tuple[int, int] | None:
        """Values that were right, and values audited; None where nobody audited."""
        return (self.audited.of - self.audited.part, self.audited.of) if _is_known(self.audited) else None  # type: ignore[union-attr]

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the share that is right, 0..1."""
        return find_interval(*self.right_of) if self.right_of else None


def _is_known(share: Share | NotMeasured) -> bool:
    return isinstance(share, Share) and share.of > 0


def list_quality(root: ReportedPlace, raised: Iterable[RaisedFlag]) -> Iterator[QualityLine]:
    """Of the nation and each of its states that report, or of a state or site: all forms together, then each form."""
    open_flags = Counter(f.reporter for f in raised if f.answer is None)
    for place in (root, *(root.parts if root.level == "nation" else ())):
        q = quality_of(place)
        if q is not None:
            is_whole = place.level != "state" or place is root
            flags = open_flags.total() if is_whole else open_flags[place.code]
            yield _make_place_line(place, q, flags)
            yield from (_make_form_line(place, form, f) for form, f in (q.by_form or {}).items())


def _make_place_line(place: ReportedPlace, q: Quality, flags: int) -> QualityLine:
    if q.by_form is not None:
        sums = [sum(getattr(f, n) for f in q.by_form.values()) for n in ("validated", "by_people", "from_tables")]
        machine = sums[0] - sums[1] - sums[2]
        return QualityLine(place, "", q.sample, q.double_keyed, sums[0], sums[1], machine, sums[2], flags)
    # Versions before this one told of records that nobody touched, old tables among them.
    told = q.straight_through if isinstance(q.straight_through, Share) else None
    people = told.of - told.part if told else None
    return QualityLine(
        place, "", q.sample, q.double_keyed, told.of if told else None, people, told.part if told else None, None, flags
    )  # fmt: skip


def _make_form_line(place: ReportedPlace, form: str, f: FormQuality) -> QualityLine:
    machine = f.validated - f.by_people - f.from_tables
    return QualityLine(
        place, form, f.audited, f.double_keyed, f.validated, f.by_people, machine, f.from_tables
    )  # fmt: skip


def sum_profiles(root: ReportedPlace) -> tuple[dict[str, list[int]], int]:
    """Capture profile -> counts in the order of CELLS, of all that tell; and of how many records nobody tells it."""
    told = [p.report.snapshot for p in (root, *root.parts) if p.report]
    found: dict[str, list[int]] = {}
    for s in told:
        for profile, cells in s.by_profile.items():
            found[profile] = [a + b for a, b in zip(found.get(profile, [0] * len(cells)), cells, strict=True)]
    return dict(sorted(found.items())), sum(s.totals.records for s in told if not s.by_profile)
