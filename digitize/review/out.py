"""Review export: the items of a workspace, with pictures, masked where the law protects a victim."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from digitize.masking.cases import CaseMasks, whole_masks
from digitize.masking.masks import MASK
from digitize.masking.unmasking import ShownFields, Unmasking, file_hashes
from digitize.records.pictures import Pictures
from digitize.review.measuring import list_asked, note_asked
from digitize.review.questions import list_questions
from digitize.review.sheet import write_sheet
from digitize.steps.map_register import as_record
from digitize.workspace.decisions.items import Item, row_id
from digitize.workspace.known import Known, learn
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.readings import newest_reading
from digitize.workspace.ledger.records import Records
from digitize.workspace.place import Place
from ocr.errors import ScanError


@dataclass(frozen=True, slots=True)
class ReviewExport:
    """Where the sheet is, how many items it has, and how many are masked in it.

    blind: asked without the reading, to measure what may pass; deferred: left out until that is known.
    """

    path: Path
    items: int
    masked: int
    blind: int = 0
    deferred: int = 0


def export_review(
    place: Place, path: Path | None = None, *, who: Unmasking | None = None, everything: bool = False
) -> ReviewExport:
    """Write what a person must look at as a spreadsheet: fields, then rows that make no record, and missing pages.

    everything: also what may wait until the first pages show which values pass.

    Fields that name a protected victim or a child are masked, picture and all, unless somebody says why not; who and
    why is written to the ledger, and afterwards which fields stand in which file.
    Raises OSError when the file cannot be written.
    """
    target = path or place.folder / "review" / "review.xlsx"
    with Ledger(place.ledger) as ledger:
        # Before anything is written: names are never shown without their reason in the ledger.
        site = place.options.workspace.site_id
        if who:
            ledger.record_event(site, "review", "note", detail={**who.as_plain(), "begun": True})
        rows = _Rows(place, ledger, is_masked=not who, everything=everything)
        note_asked(ledger, site, rows.asking.whole)
        count = write_sheet(target, rows)
        if who:
            detail = {**who.as_plain(), "written": count, **rows.shown.as_plain(), "files": file_hashes([target])}
            ledger.record_event(site, "review", "note", detail=detail)
    return ReviewExport(target, count, rows.masked, rows.blind, len(rows.asking.deferred))


class _Rows:
    """Items with their pictures, one at a time; counts those it masked."""

    def __init__(self, place: Place, ledger: Ledger, *, is_masked: bool, everything: bool) -> None:
        self._ledger = ledger
        self._known = learn(place, ledger)
        self.asking = list_asked(ledger, self._known, everything=everything)
        self._masks, self._is_masked = whole_masks(ledger), is_masked
        self._pictures = Pictures(place, ledger)
        self.masked = self.blind = 0
        self.shown = ShownFields()

    def __iter__(self) -> Iterator[tuple[Item, bytes | None]]:
        record, paths = "", frozenset[str]()
        known = self._known
        for stored, item in self.asking.items:
            self.blind += item.is_blind
            # Items of a record come one after the other: its case is asked about once.
            if stored.record.id != record:
                record, paths = stored.record.id, self._masks.paths(stored.record)
            hidden = paths.intersection(item.fields)
            if hidden and not self._is_masked:
                self.shown.add(record, hidden)
            if hidden and self._is_masked:
                self.masked += 1
                yield replace(item, reading=MASK, value=MASK, candidates=()), None
            else:
                yield item, self._picture(item)
        for question in list_questions(self._ledger, known):
            is_hidden = self._is_hidden(known, question.item)
            self.masked += is_hidden
            yield question.item, None if is_hidden else self._picture(question.item)

    def _is_hidden(self, known: Known, item: Item) -> bool:
        """Whether a row that makes no record would make one in which the law protects somebody, or lies beside one."""
        if not self._is_masked or not item.boxes:
            return False
        record = as_record(self._ledger, known, item.page, row_id(item.record))
        return record is None or self._masks.is_masked(record) or self._is_beside_hidden(item, self._masks)

    def _is_beside_hidden(self, item: Item, masks: CaseMasks) -> bool:
        """Whether its picture shows some of a protected row: on a page askew their boxes overlap."""
        reading = newest_reading(self._ledger, item.page)
        own = {row_id(s.record.id) for s in Records(self._ledger).of_unit(item.page) if masks.is_masked(s.record)}
        protected = [box for row in (reading.rows if reading else ()) if row.id in own for box in row.boxes]
        return any(a.y0 < b.y1 and b.y0 < a.y1 for a in item.boxes for b in protected)

    def _picture(self, item: Item) -> bytes | None:
        try:
            if item.boxes:
                return self._pictures.row(item.page, item.boxes)
            return self._pictures.zone(item.page, item.box) if item.box is not None else None
        # A question without its picture can still be answered from the book.
        except (ScanError, OSError):
            return None
