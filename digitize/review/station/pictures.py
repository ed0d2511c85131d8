"""Images for the station, drawn in a separate thread and cached, since several people look at one page."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

from digitize.errors import NotFound
from digitize.records.pictures import Pictures
from digitize.review.station.tasks import Task
from digitize.workspace.ledger import Ledger
from digitize.workspace.place import Place
from ocr.errors import ScanError

_MOST_BYTES = 96 * 1024 * 1024


class PictureRenderer:
    """Draws pictures of zones and pages."""

    def __init__(self, place: Place) -> None:
        """Images of one workspace."""
        self._place = place
        self._kept: OrderedDict[tuple[str, ...], bytes] = OrderedDict()
        self._bytes = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._thread.submit(self._open).result()

    async def render_zone(self, task: Task) -> bytes:
        """Image of a question's place, as PNG bytes. Raises NotFound."""
        return await asyncio.wrap_future(self._thread.submit(self._draw_zone, task))

    async def render_page(self, page: str, hidden: tuple[str, ...]) -> tuple[bytes, int]:
        """A page upright, as WebP bytes, and the quarter turns that it was turned by. hidden: zones that are painted
        over. Raises NotFound.
        """
        return await asyncio.wrap_future(self._thread.submit(self._draw_page, page, hidden))

    def close(self) -> None:
        """Give the ledger back."""
        self._thread.submit(self._ledger.close).result()
        self._thread.shutdown()

    def _open(self) -> None:
        self._ledger = Ledger(self._place.ledger)
        self._pictures = Pictures(self._place, self._ledger)

    def _draw_zone(self, task: Task) -> bytes:
        item, key = task.item, ("zone", task.base)
        if key in self._kept:
            return self._find_cached(key)
        try:
            if item.boxes:
                made = self._pictures.draw_row(item.page, item.boxes)
            elif item.box is not None:
                made = self._pictures.draw_zone(item.page, item.box)
            else:
                raise NotFound("It has no picture.")
        except (ScanError, OSError):
            raise NotFound("It has no picture.") from None
        return self._cache(key, made)

    def _draw_page(self, page: str, hidden: tuple[str, ...]) -> tuple[bytes, int]:
        turns = self._pictures.find_quarter_turns(page)
        key = ("page", page, *hidden)
        if key in self._kept:
            return self._find_cached(key), turns
        try:
            return self._cache(key, self._pictures.draw_plain_page(page, hidden)), turns
        except (ScanError, OSError):
            raise NotFound("It has no picture.") from None

    def _find_cached(self, key: tuple[str, ...]) -> bytes:
        self._kept.move_to_end(key)
        return self._kept[key]

    def _cache(self, key: tuple[str, ...], made: bytes) -> bytes:
        self._kept[key] = made
        self._bytes += len(made)
        while self._bytes > _MOST_BYTES and len(self._kept) > 1:
            self._bytes -= len(self._kept.popitem(last=False)[1])
        return made
