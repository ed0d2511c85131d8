"""Jobs for workers, drawn from all volumes as they have something that can be begun."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace

from digitize.reading.job import PageDone, PageFailed, PageJob
from digitize.reading.lexica import ListSource
from digitize.reading.volume import VolumeQueue
from digitize.steps.read_keys import DECIDE, RECOGNISE, REGISTER, metadata_of, named_register
from digitize.steps.read_plan import Desk, PageTodo
from digitize.steps.retry import next_seconds
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, PageScan, SourceFile
from digitize.workspace.ledger.lots import Lot
from digitize.workspace.run_context import RunContext

Book = VolumeQueue[PageScan, PageTodo]


class Queue(Iterator[PageJob]):
    """Job queue of volumes, one after another as workers become free; it may run dry and refill."""

    def __init__(
        self,
        ledger: Ledger,
        known: RunContext,
        volumes: Iterable[int],
        allowed: frozenset[str] | None,
        lot: Lot | None = None,
        planned: int = 0,
    ) -> None:
        """volumes: in reading order. allowed: only these pages, None for all. lot: leased pages. planned: number of
        pages, for `operator.length_hint`.
        """
        self._ledger, self._known, self._allowed = ledger, known, allowed
        self._held = frozenset(lot.units) if lot else frozenset()
        self.desk = Desk(ledger, known)
        self._catalogue = Catalogue(ledger)
        self._coming = iter(volumes)
        self._free: deque[Book] = deque()
        self._busy: dict[str, Book] = {}
        self._left = planned

    def __length_hint__(self) -> int:
        """Approximate number of remaining jobs; context carried to later pages may add some."""
        return max(0, self._left)

    def __next__(self) -> PageJob:
        """The next job that there is for now."""
        while volume := self._first():
            todo = volume.next()
            if todo is None:
                self._free.popleft()
            elif self._may_begin(todo):
                source = self._catalogue.source(todo.scan.sha256)
                assert source is not None
                self._busy[todo.scan.page] = volume
                self._left -= 1
                return page_job(self._ledger, self._known, todo, source)
            else:
                # Another process is at it, or it is not to be read today: what does not need it goes on.
                volume.give_back(todo.scan.page)
        raise StopIteration

    def _first(self) -> Book | None:
        """The next volume, opened only now because there may be many thousands."""
        if not self._free:
            number = next(self._coming, None)
            if number is None:
                return None
            scans = self._catalogue.scans(number)
            self._free.append(VolumeQueue(scans, self.desk.turn, self.desk.plan_ahead, stops=True))
        return self._free[0]

    def take(self, page: str, done: PageDone | PageFailed) -> list[tuple[PageTodo, PageDone | PageFailed]]:
        """Process the result of a page; its volume may have further pages to start."""
        volume = self._busy.pop(page)
        held = volume.take(page, done)
        # A volume that is begun goes before new ones, so that few are open at a time.
        self._free.appendleft(volume)
        return held

    def _may_begin(self, todo: PageTodo) -> bool:
        """Whether a page may be read and no other worker has it."""
        page = todo.scan.page
        if self._allowed is not None and page not in self._allowed:
            return False
        if page in self._held:
            return True
        step = DECIDE if todo.is_decided_only else REGISTER if todo.matched else RECOGNISE
        owner = self._known.owner
        return bool(self._ledger.claim([page], step, owner)) and not self._ledger.is_taken_over(page, owner)


def seconds_for(known: RunContext, todo: PageTodo) -> float:
    """Processor time limit of a page; longer after each timeout."""
    return next_seconds(todo.last, known.place.options.read.seconds_per_page)


def page_job(ledger: Ledger, known: RunContext, todo: PageTodo, source: SourceFile) -> PageJob:
    """Job for one page, with all a worker needs."""
    scan = todo.scan
    path = known.place.original(source.sha256, source.suffix, source.linked)
    return PageJob(
        page=scan.page,
        path=path,
        sha256=source.sha256,
        index=scan.idx,
        settings=replace(known.read_settings(scan.language), seconds_per_page=seconds_for(known, todo)),
        lists=ListSource(known.lexica),
        metadata=metadata_of(known, scan),
        register=named_register(known, scan) if todo.tries_register else None,
        before=todo.before,
        as_form=ledger.result(scan.page, RECOGNISE, todo.matched) if todo.matched else None,
        as_register=ledger.result(scan.page, REGISTER, todo.registered) if todo.registered else None,
        is_copy=not source.linked,
        tells_blank=not _held_something(ledger, scan.page),
    )


def _held_something(ledger: Ledger, page: str) -> bool:
    """Whether any scan of the page was a form or register; later scans of it are then never called blank."""
    return any(e.step == DECIDE and e.outcome == "done" and e.detail.get("form") for e in ledger.events(page))
