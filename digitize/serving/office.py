"""The server of one office's search: who may come in, and finders that answer side by side."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue

from digitize.errors import DigitizeError
from digitize.finding.asked import SearchQuery
from digitize.finding.log import Searcher
from digitize.finding.search import SearchAnswer, StoreSearch
from digitize.review.station.gate import Gate
from digitize.targets.base import Target
from digitize.workspace.place import Place


class SearchOffice(Gate):
    """See `Gate`. Sessions are its own: who searches need not be at the station."""

    cookie, brand = "digitize_search", "search"
    _file = "search_sessions.json"

    def __init__(self, place: Place, open_target: Callable[[], Target], *, is_secure: bool = False) -> None:
        """open_target: opens the target that is searched; one is opened now, so that what is amiss is told at once."""
        super().__init__(place, is_secure=is_secure)
        self._open = open_target
        self._idle: SimpleQueue[tuple[Target, StoreSearch]] = SimpleQueue()
        self._idle.put(self._made())

    def _made(self) -> tuple[Target, StoreSearch]:
        target = self._open()
        return target, StoreSearch(target)

    async def search(self, query: SearchQuery, by: Searcher) -> SearchAnswer:
        """Answer a question; each thread has a connection of its own. Raises OptionsError, TargetRefused."""
        return await self.slowly(lambda: self._search(query, by))

    def _search(self, query: SearchQuery, by: Searcher) -> SearchAnswer:
        query.check()
        try:
            target, finder = self._idle.get_nowait()
        except Empty:
            target, finder = self._made()
        try:
            answer = finder.search(query, by)
        except BaseException:
            # A connection that failed is not used again.
            with suppress(DigitizeError):
                target.close()
            raise
        self._idle.put((target, finder))
        return answer

    def close(self) -> None:
        """Give everything back."""
        with suppress(Empty):
            while True:
                self._idle.get_nowait()[0].close()
