"""A workspace's snapshot out of its ledger: counts by station, district, band, form and language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache

from digitize import __version__
from digitize.masking.sensitive import under_protected_section
from digitize.offices.build import Tallies, station_rows
from digitize.offices.fold_quality import fold_effort, fold_pace, fold_quality
from digitize.offices.lists import Gazetteer, PlaceKey, load_gazetteer, load_inventory, load_statement
from digitize.offices.measures import CELLS, add_cells, band_of, total
from digitize.offices.services import services_of, still_loaded
from digitize.offices.shape import (
    DEFINITIONS,
    FORMAT,
    HIDDEN_BELOW,
    MOST_TOLD,
    VERSION,
    District,
    PlaceCounts,
    Protected,
    Snapshot,
    Source,
    Volume,
)
from digitize.offices.shape_quality import Findable
from digitize.offices.telling import SERVICES, ToldGroups, tell_groups, told_groups
from digitize.workspace.captured import EVERYTHING
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Records, Stored
from digitize.workspace.place import Place
from mappers.codes.places import states
from mappers.states import load_state

# FIRs: their numbers count within a station and year, so that the books of two sites can be compared.
_BOOK_FORMS = ("iif1",)
_PAGES = """
  SELECT s.page, s.volume, s.station, s.district, s.year,
    (SELECT outcome FROM state WHERE unit = s.page AND step = 'recognise') AS read,
    (SELECT outcome FROM state WHERE unit = s.page AND step = 'decide') AS decided
  FROM scans s JOIN (SELECT page, MAX(seq) AS seq FROM scans GROUP BY page) n ON n.seq = s.seq
"""
_WORKED = """
  SELECT unit, MAX(at) AS at FROM events WHERE step IN ('recognise', 'register', 'decide', 'map') GROUP BY unit
"""
# The head that an earlier snapshot told of, with the hash that its event has now: another, if history was rewritten.
_TOLD = """
  SELECT e.seq, e.hash FROM events s JOIN events e ON e.seq = CAST(s.key AS BIGINT)
  WHERE s.step = 'snapshot' GROUP BY e.seq, e.hash ORDER BY e.seq DESC LIMIT ?
"""


@dataclass(slots=True)
class PageMetadata:
    """What intake was told of a page or table: its place and year. volume: the book or table."""

    place: PlaceKey
    year: str
    volume: str


@dataclass(slots=True)
class _Book:
    first: int
    last: int
    records: int = 0


@dataclass(slots=True)
class Folding:
    """What is gathered while a ledger is folded.

    where: unit (page, part of a table) -> the stations of its records. decided: record -> day of the newest decision.
    not_listed: records of stations that no list names. sections: district -> FIRs whose sections are not known, are
    known, and are protected. by_profile: capture profile -> counts in the order of CELLS. services: service -> loaded
    records of its form, and those of them that it can find.
    """

    gazetteer: Gazetteer
    tallies: Tallies = field(default_factory=Tallies)
    metadata: dict[str, PageMetadata] = field(default_factory=dict)
    books: dict[tuple[str, PlaceKey, str, str], _Book] = field(default_factory=dict)
    where: dict[str, set[PlaceKey]] = field(default_factory=dict)
    decided: dict[str, str] = field(default_factory=dict)
    not_listed: int = 0
    by_profile: dict[str, list[int]] = field(default_factory=dict)
    sections: dict[str, list[int]] = field(default_factory=dict)
    services: dict[str, list[int]] = field(default_factory=dict)

    def note_services(self, s: Stored, key: PlaceKey) -> None:
        """Count one record that is loaded for the services that it is of."""
        for name, is_found in services_of(s.record, has_station=bool(key.station)):
            row = self.services.setdefault(name, [0, 0])
            row[0] += 1
            row[1] += is_found

    def note_sections(self, district: str, is_protected: bool | None) -> None:
        """Count one FIR of a district: not known, known, under a protected section."""
        row = self.sections.setdefault(district, [0, 0, 0])
        row[0] += is_protected is None
        row[1] += is_protected is not None
        row[2] += bool(is_protected)


def fold_ledger(place: Place, ledger: Ledger, today: date, *, tells: bool = False) -> tuple[Snapshot, int]:
    """The workspace in counts, and how many records belong to stations that lists/stations.csv does not name.

    tells: it will be sent; what may be told of protected sections is then noted in the ledger, see `telling`.

    Raises MappingError and OptionsError when a list is wrong.
    """
    workspace, lists = place.options.workspace, place.folder / "lists"
    folding = Folding(load_gazetteer(workspace.state, lists))
    _fold_intake(ledger, folding)
    # Records before pages: a page counts for the station that its records turned out to be of.
    for stored in Records(ledger).all(purged=True):
        _fold_record(stored, folding)
    _fold_pages(ledger, folding)
    _fold_days(ledger, folding)
    # Stations without any work have a row, too: nothing done yet is not the same as no such station.
    for key in folding.gazetteer.codes:
        folding.tallies.touch(key)
    for key, inventory in load_inventory(lists / "inventory.csv", folding.gazetteer).items():
        folding.tallies.expect(key, inventory)
    _fold_sections(ledger, workspace.site_id, folding, tells=tells)
    districts = folding.tallies.districts(folding.gazetteer.lgd)
    rows = station_rows(folding.tallies, folding.gazetteer.codes, today)
    root = Source(
        site=workspace.site_id, as_on=today, events=_events(ledger), root_hash=ledger.root_hash(),
        told=[(r["seq"], r["hash"]) for r in ledger.rows(_TOLD, (MOST_TOLD,))][::-1],
    )  # fmt: skip
    made = Snapshot(
        format=FORMAT, version=VERSION, definitions=DEFINITIONS, software=f"cctns-digitize {__version__}",
        level="site", state=workspace.state, site=workspace.site_id, as_on=today,
        made_at=datetime.now(UTC).replace(microsecond=0), sources=[root],
        totals=PlaceCounts(**total(d.counts.plain() for d in districts).as_plain()),
        districts=districts, by_profile=dict(sorted(folding.by_profile.items())), stations=rows,
        volumes=list(_volumes(folding)), quality=fold_quality(ledger),
        effort=fold_effort(ledger, today), pace=fold_pace(ledger, today),
        services=_fold_services(ledger, workspace.site_id, folding, districts, tells=tells),
        statement=load_statement(lists / "statement.toml"),
    )  # fmt: skip
    return made, folding.not_listed


def _fold_sections(ledger: Ledger, site: str, folding: Folding, *, tells: bool) -> None:
    counts = {name: (known, yes) for name, (_, known, yes) in folding.sections.items()}
    told = tell_groups(ledger, site, counts) if tells else told_groups(ledger)
    for name, (not_known, _, _) in folding.sections.items():
        groups = told.get(name, ToldGroups())
        folding.tallies.district(name).protected = Protected(
            count=groups.count, hidden=groups.hidden, of=groups.of, not_known=not_known
        )  # fmt: skip


def _fold_services(
    ledger: Ledger, site: str, folding: Folding, districts: list[District], *, tells: bool
) -> dict[str, Findable]:
    counts = {name: (known, yes) for name, (known, yes) in sorted(folding.services.items())}
    told = tell_groups(ledger, site, counts, SERVICES) if tells else told_groups(ledger, SERVICES)
    found = {name: Findable(count=t.count, of=t.of) for name, t in sorted(told.items()) if t.of}
    return still_loaded(found, (d.by_form for d in districts))


def note_told(ledger: Ledger, made: Snapshot) -> None:
    """Note which head a snapshot tells of, before it is sent: the next one says what its event is then."""
    (root,) = made.sources
    # From a medium that cannot be written it is told all the same; the office then misses it in the next one.
    if ledger.can_write and root.events:
        ledger.record_event(root.site, "snapshot", "note", key=str(root.events), detail={"hash": root.root_hash})


def _events(ledger: Ledger) -> int:
    return ledger.count_events()


def _fold_intake(ledger: Ledger, folding: Folding) -> None:
    find = folding.gazetteer.find
    labels = {r["volume"]: r["label"] for r in ledger.rows("SELECT volume, label FROM volumes")}
    for r in ledger.each(_PAGES):
        folding.metadata[r["page"]] = PageMetadata(
            find(r["station"], r["district"]), r["year"], labels.get(r["volume"], "")
        )
    for r in ledger.each("SELECT unit, station, district, year FROM tables"):
        folding.metadata[r["unit"]] = PageMetadata(find(r["station"], r["district"]), r["year"], r["unit"])
    decisions = ledger.each("SELECT record, MAX(at) AS at FROM decisions GROUP BY record")
    folding.decided = {r["record"]: r["at"][:10] for r in decisions}


def _fold_record(s: Stored, folding: Folding) -> None:
    metadata = folding.metadata.get(s.unit.partition(":")[0], PageMetadata(PlaceKey("", ""), "", ""))
    key = _place_of(s, metadata, folding.gazetteer)
    folding.not_listed += not key.station
    folding.where.setdefault(s.unit, set()).add(key)
    if s.record.id in folding.decided:
        folding.tallies.note_day(key, folding.decided[s.record.id])
    # What was surely read of the record goes before what was said of the whole book.
    year = _sure(s, "year") or metadata.year
    cells = Counter(records=1, loaded=int(bool(s.loaded)))
    cells["in_review"], cells["rejected"] = int(s.verdict == "review"), int(s.verdict == "reject")
    cells["validated"] = int(s.verdict == "clean")
    language = s.language if s.language in _languages() else ""
    row = tuple(cells[name] for name in CELLS)
    folding.tallies.add_record(key, row, (band_of(year), s.record.form, language))
    if s.loaded:
        folding.note_services(s, key)
    if s.record.form in _BOOK_FORMS:
        folding.note_sections(key.district, under_protected_section(s.record))
    add_cells(folding.by_profile, s.record.profile or EVERYTHING, row)
    number = _sure(s, "fir_no")
    # A longer number is no FIR's, and would stretch the book over all others.
    if s.record.form in _BOOK_FORMS and key.station and number.isascii() and number.isdigit() and len(number) < 6:
        n = int(number)
        book = folding.books.setdefault((metadata.volume, key, s.record.form, year), _Book(n, n))
        book.first, book.last, book.records = min(book.first, n), max(book.last, n), book.records + 1


@cache
def _languages() -> frozenset[str]:
    """The languages of records anywhere in the country; whatever else was told is not passed on."""
    return frozenset(language for code in states() for language in load_state(code).languages)


def _place_of(s: Stored, metadata: PageMetadata, gazetteer: Gazetteer) -> PlaceKey:
    """The record's station when the lists know it, else that of the intake; its district says which of two is meant."""
    district = _sure(s, "district") or metadata.place.district
    found = gazetteer.find(s.station, district)
    return found if found.station or not metadata.place.station else metadata.place


def _sure(s: Stored, name: str) -> str:
    cell = s.record.fields.get(name)
    return cell.value if cell is not None and cell.value and cell.is_sure() else ""


def _fold_pages(ledger: Ledger, folding: Folding) -> None:
    for r in ledger.each(_PAGES):
        places = folding.where.setdefault(r["page"], {folding.metadata[r["page"]].place})
        # Where its records are of several stations, the page counts where intake said it belongs.
        key = next(iter(places)) if len(places) == 1 else folding.metadata[r["page"]].place
        is_failed = "failed" in (r["read"], r["decided"])
        is_read = not is_failed and bool(r["read"] and r["decided"])
        folding.tallies.add_page(key, is_read=is_read, is_failed=is_failed)


def _fold_days(ledger: Ledger, folding: Folding) -> None:
    """The last day on which the machine worked on anything of a station."""
    for r in ledger.each(_WORKED):
        for key in folding.where.get(r["unit"], ()):
            folding.tallies.note_day(key, r["at"][:10])


def _volumes(folding: Folding) -> Iterator[Volume]:
    for (_, key, form, year), b in sorted(folding.books.items(), key=lambda i: (i[0][1].station, i[0][3], i[1].first)):
        # A book of a few FIRs would single them out by number; doubles of it would not matter.
        if band_of(year) != "not-known" and b.records >= HIDDEN_BELOW:
            yield Volume(
                district=key.district, station=key.station, form=form, year=year, first=b.first, last=b.last,
                records=b.records,
            )  # fmt: skip
