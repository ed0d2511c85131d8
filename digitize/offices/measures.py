"""What is counted at every place, and how counts are added; a count that nobody took is None, never 0."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import Any, Self

BANDS = ("before-1980", "1980-1989", "1990-1999", "2000-2009", "2010-2019", "2020-on", "not-known")
CELLS = ("records", "in_review", "rejected", "validated", "loaded")
"""What a breakdown counts, in this order."""
STAGES = ("scanned", "read", "keyed", "validated", "loaded")
"""What a station passes through, in this order."""
COMPLETE = 99
"""Per cent of what is expected; a state that has loaded them is complete, and no other is, whatever is stated."""
MOST = 10**10
"""No count can be larger: more than all records that police stations of India ever wrote."""


def add_cells(by: dict[str, list[int]], key: str, row: Iterable[int]) -> None:
    """Count on in a breakdown, in the order of CELLS."""
    by[key] = [a + b for a, b in zip(by.get(key, [0] * len(CELLS)), row, strict=True)]


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts of one place.

    expected, pages_expected: by the inventory, None where there is none. pages: scanned; pages_read: blank ones too.
    records: keyed or read, in whatever state; of them in_review, rejected and validated exclude each other, the rest is
    not checked yet. loaded: those in the target. of_expected, pages_of_expected: records loaded and pages scanned at
    stations with an inventory.
    """

    expected: int | None = None
    pages_expected: int | None = None
    pages: int = 0
    pages_read: int = 0
    pages_failed: int = 0
    records: int = 0
    in_review: int = 0
    rejected: int = 0
    validated: int = 0
    loaded: int = 0
    of_expected: int = 0
    pages_of_expected: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(*map(add_known, _values(self), _values(other)))  # type: ignore[arg-type]

    def without_doubles(self, doubled: int) -> Counts:
        """The counts in which so many records, digitized at two sites, count once among those of the inventory.

        Only these: how many of them were checked or loaded at both sites nobody reports.
        """
        return replace(self, of_expected=max(0, self.of_expected - doubled)) if doubled else self

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        return dict(zip(MEASURES, _values(self), strict=True))

    @classmethod
    def from_values(cls, values: Mapping[str, int | None]) -> Self:
        """From a mapping that has the measures' names."""
        return cls(**{name: values[name] for name in MEASURES})  # type: ignore[arg-type]

    @classmethod
    def from_station(cls, values: Mapping[str, int | None]) -> Counts:
        """The counts of one station, which has an inventory or has none."""
        # The last two follow from the others at a station; further up they can only be added.
        made = {name: values[name] for name in MEASURES[:-2]}
        of_expected = made["loaded"] if made["expected"] is not None else 0
        pages_of = made["pages"] if made["pages_expected"] is not None else 0
        return Counts(**made, of_expected=of_expected, pages_of_expected=pages_of)  # type: ignore[arg-type]


MEASURES = tuple(f.name for f in fields(Counts))
OF_STATION = MEASURES[:-2]
_values = attrgetter(*MEASURES)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many stations are how far.

    begun: at least one page or record reached the stage; complete: as many as the inventory expects did, which only
    stations with an inventory can show. Both in the order of STAGES.
    """

    in_scope: int = 0
    inventoried: int = 0
    certified: int = 0
    begun: tuple[int, ...] = (0,) * len(STAGES)
    complete: tuple[int, ...] = (0,) * len(STAGES)

    def __add__(self, other: Coverage) -> Coverage:
        """Both together."""
        return Coverage(
            self.in_scope + other.in_scope,
            self.inventoried + other.inventoried,
            self.certified + other.certified,
            tuple(a + b for a, b in zip(self.begun, other.begun, strict=True)),
            tuple(a + b for a, b in zip(self.complete, other.complete, strict=True)),
        )


def add_known(a: int | None, b: int | None) -> int | None:
    """The sum; what nobody counted adds nothing, and is None only where nobody counted anything."""
    # Not (a or 0) + (b or 0): two that nobody counted would become a 0 that somebody did.
    return b if a is None else a if b is None else a + b


def sum_counts(counts: Iterable[Counts]) -> Counts:
    """The sum of all."""
    return sum(counts, Counts())


def coverage_of(counts: Counts, *, is_named: bool, is_certified: bool) -> Coverage:
    """The coverage of one station. is_named: what belongs to no station of the list is none and counts as none."""
    if not is_named:
        return Coverage()
    done = (counts.pages, counts.pages_read, counts.records, counts.validated, counts.loaded)
    wanted = (counts.pages_expected,) * 2 + (counts.expected,) * 3
    return Coverage(
        1,
        int(counts.expected is not None or counts.pages_expected is not None),
        int(is_certified),
        tuple(int(n > 0) for n in done),
        tuple(int(want is not None and n >= want) for n, want in zip(done, wanted, strict=True)),
    )


def band_of(year: str) -> str:
    """The band of a year of registration, "not-known" for anything that is no year from 1850 on."""
    # isdigit() alone lets digits of other scripts pass, which sort behind all of ours.
    if not (year.isascii() and year.isdigit() and len(year) == 4) or year < "1850":
        return "not-known"
    if year < "1980":
        return "before-1980"
    return "2020-on" if year >= "2020" else f"{year[:3]}0-{year[:3]}9"
