"""Review export: items of a workspace with images, masked where the law protects a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from digitize.errors import NotFound
from digitize.masking.cases import CaseMasks, build_batch_masks, build_case_masks, build_workspace_masks
from digitize.masking.masks import MASK
from digitize.masking.unmasking import ShownFields, Unmasking, hash_files
from digitize.records.pictures import Pictures
from digitize.review.asked_fields import list_asked_fields, note_asked_records
from digitize.review.labels import PaperWords, format_field_label, format_fields_label
from digitize.review.questions import list_questions
from digitize.review.sheet import SheetLook, write_sheet
from digitize.steps.map_register import as_record
from digitize.workspace.decisions.items import Item, row_id
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.ledger.readings import Readings, newest_reading
from digitize.workspace.ledger.records import Records, Stored
from digitize.workspace.place import Place
from digitize.workspace.run_context import RunContext, build_run_context
from mappers.record import Record
from ocr.errors import ScanError
from validators.messages.texts import ENGLISH, message_languages

_FEW = 5_000
"""Up to so many questions are gathered before they are written, so that only the cases of their records are opened."""
_MOST_NAMED = 40
_ROWS_ALONE = 200
"""Up to so many rows that make no record have their cases looked up one by one."""


@dataclass(frozen=True, slots=True)
class SheetChoice:
    """Options of a sheet. volume: label of a book, "" for all; field: name or label of a field, "" for all; limit:
    maximum number of items, 0 for none; everything: include questions that can wait until the first pages show which
    values pass; pages: whole pages on a separate sheet; language: of guide and findings, "" for the site's; operator:
    who fills it in.
    """

    volume: str = ""
    field: str = ""
    limit: int = 0
    everything: bool = False
    pages: bool = False
    language: str = ""
    operator: str = ""


@dataclass(frozen=True, slots=True)
class ReviewExport:
    """Path of the sheet, number of items, and number masked.

    blind: asked without the reading, for measurement; deferred: left out until that is known.
    """

    path: Path
    items: int
    masked: int
    blind: int = 0
    deferred: int = 0


def export_review(
    place: Place, path: Path | None = None, *, who: Unmasking | None = None, wanted: SheetChoice | None = None
) -> ReviewExport:
    """Export questions as a spreadsheet: fields, then rows without records, and missing pages.

    Fields that name a protected victim or child are masked, image included, unless a reason is given; who and why is
    logged in the ledger, and afterwards which fields are in which file. Raises OSError if the file cannot be written,
    NotFound for a book or field without questions.
    """
    target, wanted = path or place.folder / "review" / "review.xlsx", wanted or SheetChoice()
    with Ledger(place.ledger) as ledger:
        # Before anything is written: names are never shown without their reason in the ledger.
        site = place.options.workspace.site_id
        if who:
            ledger.record_event(site, "review", "note", detail={**who.as_plain(), "begun": True})
        rows = _SheetRows(place, ledger, is_masked=not who, wanted=wanted)
        note_asked_records(ledger, site, rows.asking.whole)
        count = write_sheet(target, rows, rows.look)
        if who:
            detail = {**who.as_plain(), "written": count, **rows.shown.as_plain(), "files": hash_files([target])}
            ledger.record_event(site, "review", "note", detail=detail)
    return ReviewExport(target, count, rows.masked, rows.blind, len(rows.asking.deferred))


class _SheetRows:
    """Items with their images, one at a time; counts masked ones."""

    def __init__(self, place: Place, ledger: Ledger, *, is_masked: bool, wanted: SheetChoice) -> None:
        self._ledger = ledger
        self._known = build_run_context(place, ledger)
        self._volume = number = _find_volume(ledger, wanted)
        self.asking = list_asked_fields(ledger, self._known, everything=wanted.everything, volume=number, keeps=True)
        self._is_masked = is_masked
        self._pictures = Pictures(place, ledger)
        self._words = PaperWords(self._known, Readings(ledger))
        self._wanted, self._is_wanted = wanted, _make_filter(ledger, wanted, number)
        self._asked_rows = 0
        self._items, self._masks, self._whole = self._choose_items()
        page = self._draw_page if wanted.pages else None
        own = next((code for code in self._known.state.languages if code in message_languages()), ENGLISH)
        self.look = SheetLook(wanted.language or own, wanted.operator, page)
        self.masked = self.blind = 0
        self.shown = ShownFields()

    def _choose_items(self) -> tuple[Iterator[tuple[Stored, Item]], CaseMasks, CaseMasks | None]:
        """Requested field items; masks for them; masks for everything, None if they were few: then only their cases
        were opened.
        """
        wanted = (own for own in self.asking.items if self._is_wanted(own[1]))
        most = self._wanted.limit or _FEW + 1
        some = list(islice(wanted, min(most, _FEW + 1)))
        if len(some) > _FEW:
            masks = build_workspace_masks(self._ledger)
            return chain(some, wanted), masks, masks
        records = {stored.record.id: stored.record for stored, _ in some}
        return iter(some), build_batch_masks(self._ledger, lambda: iter(records.values())), None

    def __iter__(self) -> Iterator[tuple[Item, bytes | None]]:
        return islice(self._iterate_all(), self._wanted.limit or None)

    def _iterate_all(self) -> Iterator[tuple[Item, bytes | None]]:
        record, paths = "", frozenset[str]()
        for stored, item in self._items:
            self.blind += item.is_blind
            # Items of a record come one after the other: its case is asked about once.
            if stored.record.id != record:
                record, paths = stored.record.id, self._masks.list_masked_paths(stored.record)
            hidden = paths.intersection(item.fields)
            if hidden and not self._is_masked:
                self.shown.add(record, hidden)
            if hidden and self._is_masked:
                self.masked += 1
                yield replace(self._words.add_to(item), reading=MASK, value=MASK, candidates=()), None
            else:
                yield self._words.add_to(item), self._draw_picture(item)
        for question in list_questions(self._ledger, self._known, self._volume):
            if self._is_wanted(question.item):
                is_hidden = self._is_hidden(self._known, question.item)
                self.masked += is_hidden
                yield question.item, None if is_hidden else self._draw_picture(question.item)

    def _draw_page(self, page: str) -> bytes | None:
        try:
            return self._pictures.draw_page(page, is_masked=self._is_masked)
        except (ScanError, OSError):
            return None

    def _is_hidden(self, known: RunContext, item: Item) -> bool:
        """Whether a row without a record would name a protected person, or is next to one that does."""
        if not self._is_masked or not item.boxes:
            return False
        record = as_record(self._ledger, known, item.page, row_id(item.record))
        if record is None:
            return True
        masks = self._masks_of_row(record, item.page)
        return masks.is_masked(record) or self._is_beside_hidden(item, masks)

    def _masks_of_row(self, record: Record, page: str) -> CaseMasks:
        self._asked_rows += 1
        if self._whole is None and self._asked_rows > _ROWS_ALONE:
            self._whole = build_workspace_masks(self._ledger)
        if self._whole is not None:
            return self._whole
        return build_case_masks(self._ledger, [record, *(s.record for s in Records(self._ledger).of_unit(page))])

    def _is_beside_hidden(self, item: Item, masks: CaseMasks) -> bool:
        """Whether its picture shows some of a protected row: on a page askew their boxes overlap."""
        reading = newest_reading(self._ledger, item.page)
        own = {row_id(s.record.id) for s in Records(self._ledger).of_unit(item.page) if masks.is_masked(s.record)}
        protected = [box for row in (reading.rows if reading else ()) if row.id in own for box in row.boxes]
        return any(a.y0 < b.y1 and b.y0 < a.y1 for a in item.boxes for b in protected)

    def _draw_picture(self, item: Item) -> bytes | None:
        try:
            if item.boxes:
                return self._pictures.draw_row(item.page, item.boxes)
            return self._pictures.draw_zone(item.page, item.box) if item.box is not None else None
        # A question without its picture can still be answered from the book.
        except (ScanError, OSError):
            return None


def _find_volume(ledger: Ledger, wanted: SheetChoice) -> int | None:
    """The requested volume. Raises NotFound for an unknown one."""
    if not wanted.volume:
        return None
    found = Catalogue(ledger).find_volume(wanted.volume)
    if found is None:
        labels = sorted(Catalogue(ledger).volume_labels().values())
        more = f", and {len(labels) - _MOST_NAMED} more" if len(labels) > _MOST_NAMED else ""
        known = ", ".join(labels[:_MOST_NAMED]) or "none"
        raise NotFound(f"There is no book {wanted.volume!r}; known: {known}{more}.")
    return found


def _make_filter(ledger: Ledger, wanted: SheetChoice, volume: int | None) -> Callable[[Item], bool]:
    """Filter for items of the requested book and field."""
    pages = set() if volume is None else {s.page for s in Catalogue(ledger).scans(volume)}
    field = wanted.field.casefold()

    def is_wanted(item: Item) -> bool:
        if wanted.volume and (item.page or item.record.partition("-r")[0]) not in pages:
            return False
        return not field or any(field in _list_names(item, path) for path in item.fields)

    return is_wanted


def _list_names(item: Item, path: str) -> tuple[str, ...]:
    """Names of a field on the command line: its path, its own name, and its labels as a sheet shows them."""
    whole = format_fields_label(item.form, item.fields, role=item.role, role_row=item.role_row)
    labels = format_field_label(item.form, path), whole
    return path.casefold(), path.rpartition(".")[2].casefold(), *(label.casefold() for label in labels)
