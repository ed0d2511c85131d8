"""The books that two sites of a state digitized: found by their numbers, and counted once when one is withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from digitize.errors import OptionsError
from digitize.offices.measures import CELLS, OF_STATION, band_of
from digitize.offices.shape import Snapshot, StationRow, Volume
from digitize.offices.shape_quality import NotMeasured, Quality, Share
from digitize.offices.store import SnapshotStore
from digitize.offices.store_rows import OfficeAct
from mappers.text.folding import fold_key

_SAME = 0.5
"""Two sites have the same book when half of the shorter range of numbers is in the longer one."""

_RECORDS = 3 + OF_STATION.index("records")
"""Where the records stand in the row of a station, behind name, code and district."""


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


def find_same_books(sites: Sequence[Newest]) -> list[SameBook]:
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


def subtract_withdrawn(sites: Sequence[Newest], withdrawn: Iterable[OfficeAct]) -> tuple[list[Newest], list[SameBook]]:
    """The sites without the records that were withdrawn, and the books that are still counted twice.

    withdrawn: acts of the office, see `withdraw_book`. A copy that its site removed itself is not subtracted again.
    """
    gone = {(a.subject, tuple(a.detail["place"])) for a in withdrawn}
    held = {s.snapshot.reporter: s for s in sites}
    open_books = []
    # A copy that two others have as well goes once, not once for each of them.
    left = {g: sum(v.records for v in held[g[0]].snapshot.volumes if place_of(v) == g[1]) for g in gone if g[0] in held}
    for book in find_same_books(sites):
        site = next((s for s in book.sites if (s, book.place) in gone), "")
        if site:
            records = min(book.records, left[site, book.place])
            left[site, book.place] -= records
            held[site] = Newest(_subtract_book(held[site].snapshot, replace(book, records=records)), held[site].sha256)
        else:
            open_books.append(book)
    return list(held.values()), open_books


def withdraw_book(
    store: SnapshotStore, sites: Sequence[Newest], site: str, volume: Volume, why: tuple[str, str]
) -> int:
    """Say that of a book which two sites digitized the copy of one counts no more. why: operator and reason.

    volume: names district ("" where the station's name is clear), station, form and year. Returns how many records that
    are. Raises OptionsError when there is no such book.
    """
    books = [
        b
        for b in subtract_withdrawn(sites, store.list_acts("withdraw"))[1]
        if site in b.sites and b.place[1:] == place_of(volume)[1:] and volume.district in ("", b.volume.district)
    ]
    if len({b.place for b in books}) != 1:
        raise OptionsError(f"{site} has no such book that another site also digitized, or several. See: state status")
    before = count_records(subtract_withdrawn(sites, store.list_acts("withdraw"))[0])
    with store.writing():
        store.insert_act("withdraw", site, *why, {"place": list(books[0].place)})
    # Not what overlaps: of a copy no more can be taken out than every breakdown of its site holds.
    return before - count_records(subtract_withdrawn(sites, store.list_acts("withdraw"))[0])


def count_records(sites: Iterable[Newest]) -> int:
    """The records of all stations of sites, as they tell them."""
    return sum(row[_RECORDS] for site in sites for row in site.snapshot.stations or ())  # type: ignore[misc]


def _subtract_book(s: Snapshot, book: SameBook) -> Snapshot:
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
    taken = _spread_loss(book.records, cells)
    for b, key in zip(by, keys, strict=True):
        if key in b:
            b[key] = [n - t for n, t in zip(b[key], taken, strict=True)]
    left = {**row, **{c: (row[c] or 0) - t for c, t in zip(CELLS, taken, strict=True)}}
    rows[at] = (*rows[at][:3], *(left[n] for n in OF_STATION), *rows[at][-2:])  # type: ignore[assignment]
    changed = district.model_copy(update=dict(zip(("by_band", "by_form", "by_language"), by, strict=True)))
    districts = [changed if d is district else d for d in s.districts]
    # Nobody tells the capture profile of a book either, so it is not told any more. The copy itself goes as well: by it
    # the nation would find the records once more that no count holds.
    update = {"stations": rows, "districts": districts, "by_profile": {},
              "quality": _subtract_quality(s.quality, book.volume.form, taken[CELLS.index("validated")]),
              "volumes": [v for v in s.volumes if not _is_copy(v, book)]}  # fmt: skip
    return s.model_copy(update=update)


def _is_copy(v: Volume, book: SameBook) -> bool:
    return place_of(v) == book.place and v.first <= book.last and v.last >= book.first


def _subtract_quality(q: Quality, form: str, gone: int) -> Quality:
    """The quality of so many validated records less. Nobody tells by whom these were settled: by all in proportion."""
    straight = q.straight_through
    if isinstance(straight, Share) and straight.of:
        of = max(0, straight.of - gone)
        straight = Share(part=straight.part * of // straight.of, of=of) if of else NotMeasured(why="nothing-yet")
    forms = dict(q.by_form or {})
    if form in forms and forms[form].validated:
        f, left = forms[form], max(0, forms[form].validated - gone)
        shares = {n: getattr(f, n) * left // f.validated for n in ("by_people", "from_tables")}
        forms[form] = f.model_copy(update={"validated": left, **shares})
    return q.model_copy(update={"straight_through": straight, "by_form": None if q.by_form is None else forms})


def _is_of(s: Snapshot, row: StationRow, book: SameBook) -> bool:
    return (fold_key(s.districts[row[2]].name), fold_key(row[0])) == book.place[:2]


def _spread_loss(most: int, cells: Sequence[Sequence[int]]) -> list[int]:
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
