"""Server of one office's search and services: access, and parallel connections to the target."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TypeVar

from digitize.errors import DigitizeError, NotFound, OptionsError
from digitize.login.gate import Gate
from digitize.search.query import SearchQuery
from digitize.search.search import SearchAnswer, StoreSearch
from digitize.services.answer import ServiceAnswer
from digitize.services.asker import ServiceAsker
from digitize.services.copies.asked import fir_copy
from digitize.services.kind import RecordService
from digitize.services.policy import PUBLIC
from digitize.services.query_service import ServiceDesk
from digitize.services.rates import Rates
from digitize.services.shown import seen_by
from digitize.targets.base import Target
from digitize.workspace.place import Place

T = TypeVar("T")
TICK_S = 0.25
"""Public answers are sent at the next multiple of this after the query: the response time would disclose how much there
is to hide."""


@dataclass(frozen=True, slots=True)
class _Finder:
    """A connection to the target, and the objects that query it."""

    target: Target
    search: StoreSearch
    desk: ServiceDesk


class SearchOffice(Gate):
    """See `Gate`. It has its own sessions: people who search need not use the station."""

    cookie, brand = "digitize_search", "search"
    _file = "search_sessions.json"

    def __init__(
        self, place: Place, open_target: Callable[[], Target], *, is_secure: bool = False, rates: Rates | None = None,
        tick_s: float = TICK_S,
    ) -> None:  # fmt: skip
        """open_target: opens the target to search; one is opened now, so that errors show at once.

        rates: for rate limits, by default those of the policy. tick_s: see TICK_S.
        """
        super().__init__(place, is_secure=is_secure)
        self.rates, self.tick_s = rates or Rates(counts=self.counts), tick_s
        self._open = open_target
        self._idle: SimpleQueue[_Finder] = SimpleQueue()
        first = self._make_finder()
        # Once for all that are made later; of a store with many loads some ten seconds for a million persons.
        first.search.store.put_in_order()
        first.search.store.share(is_shared=True)
        self._idle.put(first)

    def _make_finder(self) -> _Finder:
        target = self._open()
        return _Finder(target, StoreSearch(target), ServiceDesk(target, self.rates, self.place.folder))

    async def search(self, query: SearchQuery, asker: ServiceAsker) -> SearchAnswer:
        """Answer a search query; each thread has its own connection.

        Raises OptionsError (TooOften if it must wait), TargetRefused.
        """
        query.check()
        return await self.run_in_thread(lambda: self._search(query, asker))

    def _search(self, query: SearchQuery, asker: ServiceAsker) -> SearchAnswer:
        self.rates.count(asker.role, asker.by.who, asker.address)
        return self._run_with(lambda at: at.search.search(query, asker.by, seen_by(asker)))

    async def ask(
        self, service: RecordService, given: Mapping[str, str], asker: ServiceAsker, limit: int
    ) -> ServiceAnswer:
        """Answer a query to a service. Raises OptionsError (TooOften if it must wait), TargetRefused."""
        return await self.run_in_thread(lambda: self._run_with(lambda at: at.desk.answer(service, given, asker, limit)))

    async def copy(self, asked: Mapping[str, str], asker: ServiceAsker, language: str) -> bytes:
        """A copy of an FIR as PDF. Raises NotFound, OptionsError (TooOften if it must wait), TargetRefused."""
        return await self.run_in_thread(lambda: self._run_with(lambda at: fir_copy(at.desk, asked, asker, language)))

    def _run_with(self, ask: Callable[[_Finder], T]) -> T:
        try:
            finder = self._idle.get_nowait()
        except Empty:
            finder = self._make_finder()
        try:
            answer = ask(finder)
        except (OptionsError, NotFound):
            # The question's fault, not the connection's.
            self._idle.put(finder)
            raise
        except BaseException:
            # A connection that failed is not used again.
            with suppress(DigitizeError):
                finder.target.close()
            raise
        self._idle.put(finder)
        return answer

    @asynccontextmanager
    async def pace(self, role: str) -> AsyncIterator[None]:
        """Make the work inside take a whole number of ticks for public queries, however it ends."""
        began = time.monotonic()
        try:
            yield
        finally:
            if role == PUBLIC and self.tick_s:
                took = time.monotonic() - began
                await asyncio.sleep((int(took / self.tick_s) + 1) * self.tick_s - took)

    def close(self) -> None:
        """Close all connections."""
        finders = []
        with suppress(Empty):
            while True:
                finders.append(self._idle.get_nowait())
        for finder in finders[1:]:
            finder.target.close()
        for finder in finders[:1]:
            finder.search.store.share(is_shared=False)
            finder.target.close()
        super().close()
