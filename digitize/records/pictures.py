"""Pictures of pages and zones, drawn from the originals."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from digitize.errors import NotFound
from digitize.masking.cases import build_case_masks
from digitize.records.trail import list_hidden_zones, list_records_on, list_reported_rows, list_zones
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.ledger.purges import purge_of
from digitize.workspace.ledger.readings import newest_reading, newest_recognition
from digitize.workspace.place import Place
from ocr.errors import ScanError
from ocr.page import Box, Scan

if TYPE_CHECKING:
    from ocr.engine import Image


class Pictures:
    """Opens originals and draws images; caches the last few pages, since zones of one page are requested in
    succession.
    """

    def __init__(self, place: Place, ledger: Ledger) -> None:
        """Images of one workspace."""
        self._place = place
        self._ledger = ledger
        # On the object: a cache on the class's method would keep the pages of every workspace that was ever opened.
        self._open = lru_cache(maxsize=4)(self._open_page)

    def draw_zone(self, page: str, box: Box) -> bytes:
        """Upright image of one zone, as PNG bytes. Raises ScanError, NotFound."""
        from ocr.outputs.overlay import cut_png

        recognition = newest_recognition(self._ledger, page)
        # Boxes lie on the scan as it is; what is cut out is turned upright.
        return cut_png(self._open(page), box, recognition.angle_deg if recognition else 0.0)

    def draw_row(self, page: str, boxes: Sequence[Box]) -> bytes:
        """Image of a register row, one box per half, stacked, as PNG bytes. Raises ScanError, NotFound."""
        from ocr.outputs.overlay import row_png

        recognition = newest_recognition(self._ledger, page)
        return row_png(self._open(page), boxes, recognition.angle_deg if recognition else 0.0)

    def draw_page(self, page: str, doubtful: tuple[str, ...] = (), *, is_masked: bool) -> bytes:
        """Image of a page with its zones drawn in, as PNG bytes. Raises ScanError, NotFound.

        is_masked: paint over zones that name protected persons, and everything outside zones.
        """
        from ocr.outputs.overlay import draw_zones

        hidden = self._find_hidden(page) if is_masked else ()
        recognition = newest_recognition(self._ledger, page)
        zones = {z.zone: z.box for z in recognition.zones} if recognition else {}
        return draw_zones(self._open(page), zones, doubtful, hidden)

    def draw_plain_page(self, page: str, hidden: tuple[str, ...] = ()) -> bytes:
        """A page upright, the hidden zones painted over, as WebP bytes. Raises ScanError, NotFound."""
        from ocr.outputs.overlay import page_webp

        recognition = newest_recognition(self._ledger, page) if hidden else None
        zones = {z.zone: z.box for z in recognition.zones} if recognition else {}
        return page_webp(self._open(page), zones, hidden, self.find_quarter_turns(page))

    def find_quarter_turns(self, page: str) -> int:
        """Quarter turns clockwise by which the scan of a page is rotated, 0 to 3."""
        recognition = newest_recognition(self._ledger, page)
        return round(recognition.angle_deg / 90) % 4 if recognition else 0

    def _find_hidden(self, page: str) -> tuple[str, ...]:
        # All of the page, not one record of it: the picture shows its neighbours, too.
        on_page = list_records_on(self._ledger, page)
        hidden = list_hidden_zones(on_page, build_case_masks(self._ledger, [s.record for s in on_page]))
        # Rows that make no record, as struck ones: no record could say whom they name.
        return (*hidden, *list_zones(newest_reading(self._ledger, page), list_reported_rows(self._ledger, page)))

    def _open_page(self, page: str) -> Image:
        from ocr.scans.scan import open_page

        scan = Catalogue(self._ledger).scan(page)
        source = Catalogue(self._ledger).source(scan.sha256) if scan else None
        if scan is None or source is None:
            raise NotFound(f"There is no page {page}.")
        if purged := purge_of(self._ledger, scan.sha256):
            gone = f"Page {page}: its original was {purged.line()}; its picture no longer exists."
            # As of any scan that cannot be opened: what is asked of the page is asked without its picture.
            raise ScanError(gone, kind="purged")
        path = self._place.original(source.sha256, source.suffix, source.linked)
        opened = open_page(Scan(path, source.sha256, scan.idx, page), dpi=self._place.options.read.dpi)
        return opened.grey
