"""What two states report both: one site in two lists of sources, one book of FIRs in the counts of both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from digitize.offices.refusal import Flag, make_flag
from digitize.offices.rollup import ReportedPlace
from digitize.offices.shape import Snapshot
from digitize.offices.states import shown_states
from mappers.text.folding import fold_key

_ALIKE = 3
"""Books of one station that are equal in year, first and last number and count: by chance two may be, three are not."""
_NO_HASH = "0" * 64
_Books = dict[tuple[str, str], dict[str, "_Station"]]


@dataclass(frozen=True, slots=True)
class ReportedTwice:
    """One thing that two states report. records: at most so many are counted twice, 0 where nobody can say."""

    states: tuple[str, str]
    records: int
    flag: Flag


@dataclass(slots=True)
class _Station:
    name: str
    lgd: str
    books: dict[str, tuple[int, int, int]]


def find_overlaps(root: ReportedPlace) -> list[ReportedTwice]:
    """Everything that two states of the nation report both."""
    told = [p.report.snapshot for p in root.parts if p.report]
    return [*_find_shared_sites(told), *_find_shared_books(told)]


def _find_shared_sites(told: list[Snapshot]) -> Iterator[ReportedTwice]:
    """Sites by their id, and ledgers by their head: one that was renamed still has the same history."""
    seen: dict[str, str] = {}
    for s in told:
        for source in s.sources:
            own = source.site.partition("-")[0]
            others = {seen[k] for k in (source.site, source.root_hash) if k in seen and seen[k] != s.state}
            if own != s.state and own in shown_states():
                others.add(own)
            for other in sorted(others):
                yield ReportedTwice(
                    (other, s.state), 0, make_flag("site-twice", "site-twice", site=source.site, other=other.upper())
                )
            for key in (source.site, source.root_hash):
                if key != _NO_HASH:
                    seen.setdefault(key, s.state)


def _find_shared_books(told: list[Snapshot]) -> Iterator[ReportedTwice]:
    stations: _Books = {}
    for s in told:
        for index, year, first, last, records in s.books:
            row = (s.stations or [])[index]
            district = s.districts[row[2]]
            place = (fold_key(district.name), fold_key(row[0]))
            held = stations.setdefault(place, {}).setdefault(s.state, _Station(row[0], district.lgd, {}))
            held.books[year] = (first, last, records)
    for by_state in stations.values():
        for (one, a), (other, b) in combinations(sorted(by_state.items()), 2):
            if twice := _count_shared(a, b):
                books, records = twice
                told_of = make_flag(
                    "book-twice", "book-twice", station=a.name, books=books, records=records, other=one.upper()
                )
                yield ReportedTwice((one, other), records, told_of)


def _count_shared(a: _Station, b: _Station) -> tuple[int, int] | None:
    """How many books two states both have of stations of one name, and their records; None where they are two stations.

    Names of districts and stations come again in other states, and FIRs begin with 1 everywhere. So the district's code
    must be the same, or three books must be equal in all numbers.
    """
    years = a.books.keys() & b.books.keys()
    if not (a.lgd and a.lgd == b.lgd) and sum(a.books[y] == b.books[y] for y in years) < _ALIKE:
        return None
    records = []
    for y in years:
        (f1, l1, n1), (f2, l2, n2) = a.books[y], b.books[y]
        both, shorter = min(l1, l2) - max(f1, f2) + 1, min(l1 - f1, l2 - f2) + 1
        if 2 * both >= shorter:
            records.append(min(n1, n2, both))
    return (len(records), sum(records)) if records else None
