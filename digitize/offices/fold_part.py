"""What one part of a workspace (a volume, a table) says for the snapshot: counts alone, which can be kept and added.

A part is folded by reading its records one after the other, so memory does not grow with them.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from digitize import __version__
from digitize.masking.sensitive import is_under_protected_section
from digitize.offices.build import Tallies
from digitize.offices.lists import Gazetteer, PlaceKey
from digitize.offices.measures import CELLS, add_cells, band_of
from digitize.offices.services import each_service
from digitize.offices.shape import DEFINITIONS
from digitize.workspace.capture_counts import EVERYTHING
from digitize.workspace.counting.parts import values_of, where_of
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.dirty_parts import SNAPSHOT
from digitize.workspace.ledger.part_cache import PartCache
from digitize.workspace.ledger.records import Records, Stored
from mappers.codes.places import states
from mappers.states import load_state

VERSION = 1
"""Of what is folded here, beside the program's: others that were kept are folded anew."""
_BOOK_FORMS = ("iif1",)
"""FIRs: their numbers count within a station and year, so that the books of two sites can be compared."""
# Looked up one by one, by their keys: of one volume, and not of the whole ledger.
_PAGES = """
  SELECT s.page, s.station, s.district, s.year,
    (SELECT outcome FROM state WHERE unit = s.page AND step = 'recognise') AS read,
    (SELECT outcome FROM state WHERE unit = s.page AND step = 'decide') AS decided
  FROM scans s WHERE s.volume = ? AND s.seq = (SELECT MAX(seq) FROM scans WHERE page = s.page) ORDER BY s.page
"""
_TABLE = "SELECT station, district, year FROM tables WHERE unit = ?"
# No step in it: an index by step would lead through all of a large ledger. The unit leads to few.
_WORKED = "SELECT s.unit AS unit, s.step AS step, e.at AS at FROM state s JOIN events e ON e.seq = s.seq WHERE {}"
_STEPS = frozenset(("recognise", "register", "decide", "map"))
_DECIDED = """SELECT record, MAX(at) AS at FROM decisions
  WHERE record IN (SELECT record FROM records WHERE {}) GROUP BY record"""
_REJECTS = """SELECT code, COUNT(DISTINCT record) AS n FROM findings
  WHERE severity = 'reject' AND record IN (SELECT record FROM records WHERE {}) GROUP BY code"""

Book = tuple[str, str, str, str, int, int, int]
"""District, station, form, year, first and last number, records."""


@dataclass(slots=True)
class PageMetadata:
    """What intake was told of a page or table: its place and year."""

    place: PlaceKey
    year: str


@dataclass(slots=True)
class PartFold:
    """Counts of parts, added up.

    not_listed: records of stations that no list names. sections: district -> FIRs whose sections are not known, are
    known, and are protected. by_profile: capture profile -> counts in the order of CELLS. services: service -> loaded
    records of its form, and those of them that it can find. validated: form -> clean records, those that a person
    touched, and those of tables that nobody did. rejects: rule -> records that it rejects.
    """

    tallies: Tallies = field(default_factory=Tallies)
    books: list[Book] = field(default_factory=list)
    not_listed: int = 0
    by_profile: dict[str, list[int]] = field(default_factory=dict)
    sections: dict[str, list[int]] = field(default_factory=dict)
    services: dict[str, list[int]] = field(default_factory=dict)
    validated: dict[str, list[int]] = field(default_factory=dict)
    rejects: Counter[str] = field(default_factory=Counter)

    def add(self, plain: Mapping[str, Any]) -> None:
        """Add what `as_text` wrote, read as JSON."""
        self.tallies.add_plain(plain["tallies"])
        self.books += [tuple(b) for b in plain["books"]]
        self.not_listed += plain["not_listed"]
        self.rejects.update(plain["rejects"])
        for name in ("by_profile", "sections", "services", "validated"):
            for key, row in plain[name].items():
                _add_row(getattr(self, name), key, row)

    def as_text(self) -> str:
        """As JSON; the same counts are the same text."""
        plain = {
            "tallies": self.tallies.as_plain(), "books": self.books, "not_listed": self.not_listed,
            "by_profile": self.by_profile, "sections": self.sections, "services": self.services,
            "validated": self.validated, "rejects": self.rejects,
        }  # fmt: skip
        return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _add_row(to: dict[str, list[int]], key: str, row: list[int]) -> None:
    to[key] = [a + b for a, b in zip(to.get(key, [0] * len(row)), row, strict=True)]


def fold_part(ledger: Ledger, part: str, gazetteer: Gazetteer) -> PartFold:
    """Fold a volume or a table; part: as `digitize.workspace.ledger.dirty_parts` names it."""
    return _Folding(ledger, part, gazetteer).fold()


class _Folding:
    """What is gathered while a part is folded.

    where: unit (page, chunk of a table) -> the stations of its records. decided: record -> day of the newest decision.
    """

    def __init__(self, ledger: Ledger, part: str, gazetteer: Gazetteer) -> None:
        self._ledger, self._gazetteer, self._part = ledger, gazetteer, part
        self._is_volume = part.startswith("volume:")
        self._is_of_table = False
        self._where, self._values = where_of(part), values_of(part)
        self._metadata: dict[str, PageMetadata] = {}
        self._places: dict[str, set[PlaceKey]] = {}
        self._books: dict[tuple[PlaceKey, str, str], list[int]] = {}
        self._decided: dict[str, str] = {}
        self._pages: list[tuple[str, str | None, str | None]] = []
        self._f = PartFold()

    def fold(self) -> PartFold:
        self._load()
        # Records before pages: a page counts for the station that its records turned out to be of.
        for stored in Records(self._ledger).of_units(self._where, self._values):
            self._fold_record(stored)
        self._fold_pages()
        for r in self._ledger.stream_rows(_WORKED.format(self._where.replace("unit", "s.unit")), self._values):
            for key in self._places.get(r["unit"], ()) if r["step"] in _STEPS else ():
                self._f.tallies.note_day(key, r["at"][:10])
        self._f.rejects = Counter(
            {r["code"]: r["n"] for r in self._ledger.rows(_REJECTS.format(self._where), self._values)}
        )
        # In an order that the order of records does not change.
        self._f.books = sorted(
            (k.district, k.station, form, year, first, last, count)
            for (k, form, year), (first, last, count) in self._books.items()
        )
        return self._f

    def _load(self) -> None:
        find = self._gazetteer.find
        if self._is_volume:
            for r in self._ledger.rows(_PAGES, self._values):
                self._metadata[r["page"]] = PageMetadata(find(r["station"], r["district"]), r["year"])
                self._pages.append((r["page"], r["read"], r["decided"]))
        else:
            name = str(self._values[0])
            for r in self._ledger.rows(_TABLE, (name,)):
                self._metadata[name] = PageMetadata(find(r["station"], r["district"]), r["year"])
            self._is_of_table = bool(self._metadata)
        decisions = self._ledger.stream_rows(_DECIDED.format(self._where), self._values)
        self._decided = {r["record"]: r["at"][:10] for r in decisions}

    def _fold_record(self, s: Stored) -> None:
        f = self._f
        metadata = self._metadata.get(s.unit.partition(":")[0], PageMetadata(PlaceKey("", ""), ""))
        key = _find_place(s, metadata, self._gazetteer)
        f.not_listed += not key.station
        self._places.setdefault(s.unit, set()).add(key)
        if s.record.id in self._decided:
            f.tallies.note_day(key, self._decided[s.record.id])
        # What was surely read of the record goes before what was said of the whole book.
        year = _sure_value(s, "year") or metadata.year
        cells = Counter(records=1, loaded=int(bool(s.loaded)))
        cells["in_review"], cells["rejected"] = int(s.verdict == "review"), int(s.verdict == "reject")
        cells["validated"] = int(s.verdict == "clean")
        language = s.language if s.language in _known_languages() else ""
        row = tuple(cells[name] for name in CELLS)
        f.tallies.add_record(key, row, (band_of(year), s.record.form, language))
        if s.loaded:
            for name, is_found in each_service(s.record, has_station=bool(key.station)):
                _add_row(f.services, name, [1, int(is_found)])
        if s.verdict == "clean":
            touched = s.record.id in self._decided
            _add_row(f.validated, s.record.form, [1, int(touched), int(self._is_of_table and not touched)])
        if s.record.form in _BOOK_FORMS:
            is_protected = is_under_protected_section(s.record)
            told = [int(is_protected is None), int(is_protected is not None), int(bool(is_protected))]
            _add_row(f.sections, key.district, told)
        add_cells(f.by_profile, s.record.profile or EVERYTHING, row)
        self._note_number(s, key, year)

    def _note_number(self, s: Stored, key: PlaceKey, year: str) -> None:
        number = _sure_value(s, "fir_no")
        # A longer number is no FIR's, and would stretch the book over all others.
        if s.record.form in _BOOK_FORMS and key.station and number.isascii() and number.isdigit() and len(number) < 6:
            n = int(number)
            book = self._books.setdefault((key, s.record.form, year), [n, n, 0])
            book[:] = min(book[0], n), max(book[1], n), book[2] + 1

    def _fold_pages(self) -> None:
        for page, read, decided in self._pages:
            places = self._places.setdefault(page, {self._metadata[page].place})
            # Where its records are of several stations, the page counts where intake said it belongs.
            key = next(iter(places)) if len(places) == 1 else self._metadata[page].place
            is_failed = "failed" in (read, decided)
            is_read = not is_failed and bool(read and decided)
            self._f.tallies.add_page(key, is_read=is_read, is_failed=is_failed)


@cache
def _known_languages() -> frozenset[str]:
    """The languages of records anywhere in the country; whatever else was told is not passed on."""
    return frozenset(language for code in states() for language in load_state(code).languages)


def _find_place(s: Stored, metadata: PageMetadata, gazetteer: Gazetteer) -> PlaceKey:
    """The record's station when the lists know it, else that of the intake; its district says which of two is meant."""
    district = _sure_value(s, "district") or metadata.place.district
    found = gazetteer.find(s.station, district)
    return found if found.station or not metadata.place.station else metadata.place


def _sure_value(s: Stored, name: str) -> str:
    cell = s.record.fields.get(name)
    return cell.value if cell is not None and cell.value and cell.is_sure() else ""


def fold_parts(ledger: Ledger, gazetteer: Gazetteer, *, keeps: bool = False) -> PartFold:
    """All parts added up. keeps: cache what is folded in the ledger if that can be written, in few transactions.

    Memory: some tens of parts at a time, and the counts of all stations and books.
    """
    cache = PartCache(
        ledger, SNAPSHOT, _cache_basis(gazetteer), lambda part: fold_part(ledger, part, gazetteer).as_text(),
        keeps=keeps, holds=False,
    )  # fmt: skip
    whole = PartFold()
    # A part that has nothing any more is counted as well, or what is cached of it would stay.
    for part in cache.all_parts():
        whole.add(json.loads(cache.get(part)))
    cache.flush()
    return whole


def _cache_basis(gazetteer: Gazetteer) -> str:
    """What counts depend on beside the ledger."""
    return hashlib.sha256(f"{__version__} {VERSION} {DEFINITIONS} {gazetteer.as_text()}".encode()).hexdigest()[:16]
