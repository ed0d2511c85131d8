"""Rows of registers to records: one unit per page, with neighbouring pages where rows depend on them.

A ditto mark in the first row needs the page above; a last row that continues needs the page below. Only such pages are
mapped again when a neighbour changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from digitize.errors import NotFound
from digitize.reading import entries
from digitize.reading.days import ABOVE, day_zones
from digitize.reading.neighbours import find_needed_pages, make_page_facts
from digitize.reading.rows import DAY, RECORD, RegisterRow, join_lines
from digitize.steps.map_pages import group_of, page_values, station_of
from digitize.steps.map_table import row_of, settled_of
from digitize.steps.other_readings import as_read_today
from digitize.steps.read_keys import DECIDE, UNKNOWN_FORM
from digitize.workspace.capture_choice import capture_counts
from digitize.workspace.decisions.apply import Settled, apply_to_page, sign_record
from digitize.workspace.decisions.items import FIELD, ZONE, register_source
from digitize.workspace.decisions.special_questions import find_row_words, words_of
from digitize.workspace.ledger import Ledger, StepState
from digitize.workspace.ledger.catalogue import Catalogue, PageScan, by_volume
from digitize.workspace.ledger.purges import purged_files, purged_in
from digitize.workspace.ledger.readings import Readings, newest_recognition
from digitize.workspace.ledger.records import Decision, Records, Stored, record_hash
from digitize.workspace.ledger.verdict import REOPENED
from digitize.workspace.run_context import RunContext
from mappers.binding.bound import FormMapping
from mappers.mapping.load import map_page_rows
from mappers.record import Record
from mappers.schema.capture import capture
from mappers.sources.values import PageRow, PageValues, PlacedValue
from ocr.page import Reading

Decisions = Mapping[str, Mapping[str, Decision]]
_ZONES = f"{ZONE}:"
_SEVERAL, _BY_LINE = ("persons",), ("block", "property")
"""Cleaners that take each line for a person; that keep lines, or take each for a thing."""


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """A register page and the neighbours its records depend on.

    key: of its reading. form: the register. above: pages that ditto marks in its first row may refer to, in order.
    below: pages on which its last row continues. is_joined: its first row continues a row of the page before and
    belongs to that page's records.
    """

    scan: PageScan
    key: str
    form: str
    above: tuple[PageScan, ...] = ()
    below: tuple[PageScan, ...] = ()
    is_joined: bool = False

    @property
    def scans(self) -> tuple[PageScan, ...]:
        """All of them in order."""
        return (*self.above, self.scan, *self.below)


def register_pages(ledger: Ledger, volume: int | None = None) -> Iterator[RegisterPage]:
    """Pages read as registers, of all volumes or one, with their neighbours."""
    gone = purged_files(ledger) if volume is None else purged_in(ledger, volume)
    # To its neighbours a page whose reading was purged is one that is missing.
    emptied = {sha256 for sha256, purged in gone.items() if purged.is_personal}
    pages = [s for s in Catalogue(ledger).scans(volume) if s.sha256 not in emptied]
    # For one volume, a look for each page is less than all states of a large ledger.
    if volume is None:
        states = ledger.states(DECIDE)
    else:
        states = {s.page: now for s in pages if (now := ledger.state(s.page, DECIDE))}
    # Over what was read: a person's word on a row changes what the pages beside it need.
    states |= _with_words(ledger, pages, states)
    for scans in by_volume(pages):
        for run in _runs(scans, states):
            yield from (_link_pages(run, states, at) for at in range(len(run)))


def _with_words(ledger: Ledger, pages: Sequence[PageScan], states: Mapping[str, StepState]) -> dict[str, StepState]:
    """States of pages with row types set by people, plus what their neighbours need to know."""
    readings = Readings(ledger)
    changed: dict[str, StepState] = {}
    for scan in pages:
        now = states.get(scan.page)
        kinds = find_row_words(ledger, scan, readings) if now and now.is_done and now.is_register else {}
        if now and kinds and (reading := readings.newest(scan.page)):
            facts = now.detail
            days = {"has_days": bool(facts.get("days")), "is_day_above": bool(facts.get("day_above"))}
            changed[scan.page] = replace(now, detail={**facts, **make_page_facts(reading, kinds, **days)})
    return changed


def _runs(scans: Sequence[PageScan], states: Mapping[str, StepState]) -> Iterator[list[PageScan]]:
    """Runs of consecutive pages of one register.

    Letters and blank pages in between are skipped; a missing or failed page ends the run, because its content is
    unknown.
    """
    run: list[PageScan] = []
    last = None
    for scan in scans:
        now = states.get(scan.page)
        is_row = now is not None and now.is_done and now.is_register
        # Neither form nor register: a letter or a blank back.
        is_other = now is not None and (now.is_blank or (now.is_failed and now.kind == UNKNOWN_FORM))
        has_gap = last is not None and scan.number != last + 1
        is_same = bool(run) and is_row and now is not None and states[run[-1].page].form == now.form
        if run and (has_gap or not (is_same or is_other)):
            yield run
            run = []
        if is_row:
            run.append(scan)
        last = scan.number
    if run:
        yield run


def _link_pages(run: Sequence[PageScan], states: Mapping[str, StepState], at: int) -> RegisterPage:
    found = find_needed_pages([states[scan.page].detail for scan in run], at)
    now = states[run[at].page]
    assert now.form is not None
    above, below = run[found.top : at], run[at + 1 : found.end]
    return RegisterPage(run[at], now.key, now.form, tuple(above), tuple(below), found.is_joined)


def map_register(ledger: Ledger, known: RunContext, page: RegisterPage, key: str, decisions: Decisions) -> int:
    """Map the rows of one page; store records and "done" event in one transaction. Returns their number.

    decisions: record -> cell -> decision, of this page's records and those of the pages above. Every row ends as a
    record, or is reported with the reason.
    """
    work = _Work(ledger, known, page, decisions)
    records = work.records()
    stored = [_store(record, page.scan, known) for record in records]
    rows = [row for row in work.rows if row.reported]
    reported = [{"row": row.id, "why": row.reported, "said": bool(row.kind_by_person)} for row in rows]
    detail = {
        "register": page.form, "rows": len(work.rows), "records": len(stored), "reported": len(reported),
        "asked": sum(not row.kind_by_person and row.reported != DAY for row in rows),
        **{why: [r.id for r in rows if r.reported == why] for why in sorted({r.reported for r in rows})},
        "left_over": sum(len(r.left_over) for r in records), "mapping": work.mapping.by,
        **capture_counts(records, known.capture),
    }  # fmt: skip
    with ledger.writing_leased(page.scan.page, "map", known.owner):
        Records(ledger).replace_unit(page.scan.page, stored)
        ledger.finish(page.scan.page, "map", key, {"records": [r.id for r in records], "reported": reported}, detail)
    return len(stored)


def make_again(ledger: Ledger, known: RunContext, record_id: str, page: str, decisions: Decisions) -> Record:
    """Rebuild one register record under these decisions; nothing is written. Raises NotFound."""
    record = next((r for r in _work_again(ledger, known, page, decisions).records() if r.id == record_id), None)
    if record is None:
        raise NotFound(f"Record {record_id} no longer exists: its row gives none.")
    return record


def as_record(ledger: Ledger, known: RunContext, page: str, row: str) -> Record | None:
    """The record that a skipped row would give; nothing is written. None if the row is gone."""
    work = _work_again(ledger, known, page, {})
    # As if a person had said so: the word goes before what was seen of the row.
    work.rows = [replace(r, kind_by_person=RECORD) for r in work.rows if r.id == row]
    return next(iter(work.records()), None)


def rows_today(ledger: Ledger, known: RunContext, page: str) -> list[RegisterRow]:
    """Rows that start on a page, as mapped today; nothing is written."""
    return _work_again(ledger, known, page, {}).rows


def _work_again(ledger: Ledger, known: RunContext, page: str, decisions: Decisions) -> _Work:
    """A page mapped under these decisions and the stored ones."""
    scan = Catalogue(ledger).scan(page)
    assert scan is not None
    found = next(p for p in register_pages(ledger, scan.volume) if p.scan.page == page)
    others = {r: cells for s in found.scans for r, cells in Records(ledger).decisions_of(s.page).items()}
    return _Work(ledger, known, found, {**others, **decisions})


class _Work:
    """Rows of one page with the values they take from its neighbours."""

    def __init__(self, ledger: Ledger, known: RunContext, page: RegisterPage, decisions: Decisions) -> None:
        self._known, self._page = known, page
        self._ledger, self._readings = ledger, Readings(ledger)
        self.mapping: FormMapping = known.mapping_for_family(page.form)
        self._read: dict[str, str] = {}
        read = {s.page: self._readings.newest(s.page) for s in page.scans}
        decisions = {record: as_read_today(ledger, page.scans, read, own) for record, own in decisions.items()}
        self._settled = {row: self._settle(row, decisions) for row in dict.fromkeys(map(row_of, decisions))}
        self._zones = {c: d for own in self._settled.values() for c, d in own.cells.items() if c.startswith(_ZONES)}
        self._kinds = words_of(c for own in self._settled.values() for c in own.cells.values())
        settled = frozenset(c.removeprefix(_ZONES) for c, d in self._zones.items() if d.verdict != REOPENED)
        register = known.registers.find(page.form)
        self._has_days = register is not None and register.days
        pages = [self._entries_on(scan) for scan in page.scans]
        self.rows = entries.rows_of(pages, page.scan.page, settled)

    def records(self) -> list[Record]:
        """Records of all rows that give one."""
        entries = {row.record_id: row for row in self.rows if not row.reported}
        rows = [PageRow(name, row.pages, self._cells(row)) for name, row in entries.items()]
        context = self._known.context("", self._page.scan.batch, self._page.scan)
        records = map_page_rows(self.mapping, rows, context)
        signed = ((record, self._select_decisions(entries[row_of(record.id)], record.id)) for record in records)
        made = (sign_record(r, own, self._read, context) if own.cells else r for r, own in signed)
        return [capture(r, self._known.capture) for r in made]

    def _cells(self, row: RegisterRow) -> Mapping[str, PlacedValue]:
        """Cells of a row as mapping input, joined to one line unless the field keeps line breaks."""
        several = {r.source for r in self.mapping.all_rules if r.cleaner.name in _SEVERAL}
        kept = {r.source for r in self.mapping.all_rules if r.cleaner.name in _BY_LINE}
        # A name in two lines is one name; lines of a narrative, and things named one below the other, are not.
        return {
            name: cell.placed if name in kept else join_lines(cell.placed, may_be_several=name in several)
            for name, cell in row.cells.items()
        }

    def _settle(self, row: str, decisions: Decisions) -> Settled:
        """Decisions on a row's record that still apply."""
        cells = {c for record, own in decisions.items() if row_of(record) == row for c in own}
        sources = {c: register_source(self._scan, self._readings, row, c) for c in cells}
        return settled_of(self.mapping, row, decisions, sources)

    def _scan(self, page: str) -> PageScan | None:
        return next((s for s in self._page.scans if s.page == page), None)

    def _entries_on(self, scan: PageScan) -> entries.PageOfRows:
        """Entries of one page with people's decisions applied."""
        reading = self._readings.newest(scan.page)
        assert reading is not None
        values = self._values(scan, reading)
        self._read |= {f"{_ZONES}{scan.page}/{name}": zone.raw for name, zone in values.zones.items()}
        zones = dict(apply_to_page(values, Settled(self._zones)).zones)
        changed = frozenset(name for name, zone in zones.items() if zone is not values.zones[name])
        # Days are no cells of the reading, and rows are made of those alone.
        days = {name: zones.pop(name) for name in list(zones) if name not in reading.zones}
        # Where the page before is among these, joining puts the row there; where it is not, the row is left out here.
        is_of_another = self._page.is_joined and not self._page.above and scan is self._page.scan
        return entries.PageOfRows(
            scan.page,
            reading,
            zones,
            changed,
            self._kinds.get(scan.page, {}),
            days if self._has_days else None,
            leaves_first=is_of_another,
        )

    def _values(self, scan: PageScan, reading: Reading) -> PageValues:
        """Cells of a page, and the date constraints of its entries."""
        values = page_values(scan.page, reading, self._known)
        seen = newest_recognition(self._ledger, scan.page) if self._has_days else None
        days = day_zones(seen, self._known.threshold_of(reading.form, ABOVE, scan.page)) if seen else {}
        return replace(values, zones={**values.zones, **days})

    def _select_decisions(self, row: RegisterRow, record_id: str) -> Settled:
        """Of the decisions, those on the cells of a row and on the fields of one of its records."""
        zones = {c: self._zones[c] for z in row.zones if (c := f"{_ZONES}{z}") in self._zones}
        asked = self._settled.get(row.record_id, Settled({})).cells
        fields = {c: d for c, d in asked.items() if c.startswith(f"{FIELD}:") and d.record == record_id}
        return Settled({**zones, **fields})


def _store(record: Record, scan: PageScan, known: RunContext) -> Stored:
    language = scan.language or known.state.languages[0]
    return Stored(record, scan.page, group_of(record), station_of(record, scan.station), language, record_hash(record))
