"""Review export: the items of a workspace, with pictures, masked where the law protects a victim."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from digitize.known import learn
from digitize.ledger import Ledger
from digitize.masking import MASK
from digitize.masking_cases import whole_masks
from digitize.pictures import Pictures
from digitize.review.items import Item, list_items
from digitize.review.sheet import write_sheet
from digitize.workspace import Place
from ocr.errors import ScanError


@dataclass(frozen=True, slots=True)
class ReviewExport:
    """Where the sheet is, how many items it has, and how many are masked in it."""

    path: Path
    items: int
    masked: int


def export_review(place: Place, path: Path | None = None, *, unmask_reason: str = "") -> ReviewExport:
    """Write what a person must look at as a spreadsheet.

    Fields that name a protected victim or a child are masked, picture and all, unless a reason is given; the reason is
    written to the ledger. Raises OSError when the file cannot be written.
    """
    target = path or place.folder / "review" / "review.xlsx"
    with Ledger(place.ledger) as ledger:
        if unmask_reason:
            site = place.options.workspace.site_id
            ledger.record_event(site, "review", "note", detail={"unmasked": True, "reason": unmask_reason})
        rows = _Rows(place, ledger, is_masked=not unmask_reason)
        count = write_sheet(target, rows)
    return ReviewExport(target, count, rows.masked)


class _Rows:
    """Items with their pictures, one at a time; counts those it masked."""

    def __init__(self, place: Place, ledger: Ledger, *, is_masked: bool) -> None:
        self._place, self._ledger = place, ledger
        self._masks = whole_masks(ledger) if is_masked else None
        self._pictures = Pictures(place, ledger)
        self.masked = 0

    def __iter__(self) -> Iterator[tuple[Item, bytes | None]]:
        record, paths = "", frozenset[str]()
        for stored, item in list_items(self._ledger, learn(self._place, self._ledger).mappings):
            if self._masks and stored.record.id != record:
                record, paths = stored.record.id, self._masks.paths(stored.record)
            if paths.intersection(item.fields):
                self.masked += 1
                yield replace(item, reading=MASK, value=MASK, candidates=()), None
            else:
                yield item, self._picture(item)

    def _picture(self, item: Item) -> bytes | None:
        if item.box is None:
            return None
        try:
            return self._pictures.zone(item.page, item.box)
        except (ScanError, OSError):
            return None
