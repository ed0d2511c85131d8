"""The books that two sites of a state digitized: found by their numbers, and counted once when one is withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from digitize.errors import OptionsError
from digitize.offices.measures import CELLS, OF_STATION, band_of
from digitize.offices.shape import Snapshot, StationRow, Volume
from digitize.offices.store import SnapshotStore
from digitize.offices.store_rows import OfficeAct
from mappers.text.folding import fold_key

_SAME = 0.5
"""Two sites have the same book when half of the shorter range of numbers is in the longer one."""


@dataclass(frozen=True, slots=True)
class SameBook:
    """A book that two sites digitized. records: at most so many are counted twice."""

    sites: tuple[str, str]
    volume: Volume
    first: int
    last: int
    records: int

    @property
    def place(self) -> tuple[str, str, str, str]:
        """District, station, form and year, as they are compared."""
        return place_of(self.volume)


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest snapshot of a site, and the hash of its file."""

    snapshot: Snapshot
    sha256: str


def place_of(v: Volume) -> tuple[str, str, str, str]:
    """District, station, form and year of a book, as they are compared."""
    return fold_key(v.district), fold_key(v.station), v.form, v.year


def same_books(sites: Sequence[Newest]) -> list[SameBook]:
    """The books that two sites digitized: same station, form and year, and numbers that overlap by half and more."""
    by_place: dict[tuple[str, str, str, str], list[tuple[str, Volume]]] = {}
    for site in sites:
        for v in site.snapshot.volumes:
            by_place.setdefault(place_of(v), []).append((site.snapshot.reporter, v))
    found = []
    for held in by_place.values():
        for (one, a), (other, b) in combinations(held, 2):
            first, last = max(a.first, b.first), min(a.last, b.last)
            shorter = min(a.last - a.first, b.last - b.first) + 1
            # A site may have several volumes of one station and year; they are no doubles of each other.
            if one != other and last - first + 1 >= _SAME * shorter:
                records = min(a.records, b.records, last - first + 1)
                found.append(SameBook((one, other), a, first, last, records))
    return sorted(found, key=lambda s: (s.volume.district, s.volume.station, s.volume.year, s.first))


def settle(sites: Sequence[Newest], withdrawn: Iterable[OfficeAct]) -> tuple[list[Newest], list[SameBook]]:
    """The sites without the records that were withdrawn, and the books that are still counted twice.

    withdrawn: acts of the office, see `withdraw`. A copy that its site has taken out itself is not taken out again.
    """
    gone = {(a.subject, tuple(a.detail["place"])) for a in withdrawn}
    held = {s.snapshot.reporter: s for s in sites}
    open_books = []
    for book in same_books(sites):
        site = next((s for s in book.sites if (s, book.place) in gone), "")
        if site:
            held[site] = Newest(_without(held[site].snapshot, book), held[site].sha256)
        else:
            open_books.append(book)
    return list(held.values()), open_books


def withdraw(store: SnapshotStore, sites: Sequence[Newest], site: str, volume: Volume, why: tuple[str, str]) -> int:
    """Say that of a book which two sites digitized the copy of one counts no more. why: operator and reason.

    volume: names district ("" where the station's name is clear), station, form and year. Returns how many records that
    are. Raises OptionsError when there is no such book.
    """
    books = [
        b
        for b in settle(sites, store.acts("withdraw"))[1]
        if site in b.sites and b.place[1:] == place_of(volume)[1:] and volume.district in ("", b.volume.district)
    ]
    if len({b.place for b in books}) != 1:
        raise OptionsError(f"{site} has no such book that another site digitized too, or several. See: state status")
    with store.writing():
        store.insert_act("withdraw", site, *why, {"place": list(books[0].place)})
    return sum(b.records for b in books)


def _without(s: Snapshot, book: SameBook) -> Snapshot:
    """The site's counts without its copy of a book: as many validated, loaded and so on as all breakdowns allow."""
    rows = list(s.stations or ())
    at = next((i for i, r in enumerate(rows) if _is_of(s, r, book)), None)
    if at is None:
        return s
    district = s.districts[rows[at][2]]
    row = dict(zip(OF_STATION, rows[at][3:-2], strict=True))
    band = band_of(book.volume.year)
    by = [dict(district.by_band), dict(district.by_form), dict(district.by_language)]
    # Nobody tells the language of a book: the one that most records have.
    keys = [band, book.volume.form, max(by[2], key=lambda k: by[2][k][0], default="")]
    cells = [[row[c] or 0 for c in CELLS], *(list(b.get(k, [0] * len(CELLS))) for b, k in zip(by, keys, strict=True))]
    taken = _taken(book.records, cells)
    for b, key in zip(by, keys, strict=True):
        if key in b:
            b[key] = [n - t for n, t in zip(b[key], taken, strict=True)]
    left = {**row, **{c: (row[c] or 0) - t for c, t in zip(CELLS, taken, strict=True)}}
    rows[at] = (*rows[at][:3], *(left[n] for n in OF_STATION), *rows[at][-2:])  # type: ignore[assignment]
    changed = district.model_copy(update=dict(zip(("by_band", "by_form", "by_language"), by, strict=True)))
    districts = [changed if d is district else d for d in s.districts]
    # Nobody tells the capture profile of a book either, so it is not told any more.
    return s.model_copy(update={"stations": rows, "districts": districts, "by_profile": {}})


def _is_of(s: Snapshot, row: StationRow, book: SameBook) -> bool:
    return (fold_key(s.districts[row[2]].name), fold_key(row[0])) == book.place[:2]


def _taken(most: int, cells: Sequence[Sequence[int]]) -> list[int]:
    """How much of each cell goes, in the order of CELLS, so that no part becomes more than its whole."""
    least: Mapping[str, int] = {c: min(row[i] for row in cells) for i, c in enumerate(CELLS)}
    unchecked = min(row[0] - sum(row[1:4]) for row in cells)
    unloaded = min(row[0] - row[4] for row in cells)
    checked = least["validated"] + least["in_review"] + least["rejected"]
    records = max(0, min(most, least["records"], checked + unchecked, least["loaded"] + unloaded))
    validated = min(records, least["validated"])
    in_review = min(records - validated, least["in_review"])
    rejected = min(records - validated - in_review, least["rejected"])
    return [records, in_review, rejected, validated, min(records, least["loaded"])]
