"""Lots of whole volumes for many workers on one ledger: each worker reads and records its lot under a lease."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from digitize.errors import LeaseLost, LedgerAway
from digitize.machine.placing import Cluster
from digitize.machine.progress import Progress, Silent
from digitize.steps.due_parts import Due
from digitize.steps.read import DECIDED, ReadReport, read_pages, stop_if_too_many
from digitize.steps.read import READ as WAS_READ
from digitize.steps.read_plan import due_pages, plan
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.lots import Lot, Lots, Work
from digitize.workspace.place import open_place
from digitize.workspace.run_context import RunContext, build_run_context
from ocr.tesseract.folders import searching

READ = "read"
LOT_PAGES = 50
"""A lot has so many pages or one volume with more: minutes of work for one worker."""


class PageLot(NamedTuple):
    """Leased pages and the volumes they belong to."""

    lot: Lot
    volumes: tuple[int, ...]


class LotSource(Iterator[PageLot]):
    """Source of lots that are due and not leased; it may run dry and refill when more becomes due."""

    def __init__(
        self,
        ledger: Ledger,
        known: RunContext,
        size: int = LOT_PAGES,
        limit: int | None = None,
        *,
        decided_only: bool = False,
    ) -> None:
        """size: pages per lot. limit: maximum number of pages in all. decided_only: only pages that need no
        recognition.
        """
        self._ledger, self._known, self._size = ledger, known, size
        self._left, self._decided_only = limit, decided_only
        self._volumes = deque[tuple[int, list[str]]]()
        self._is_planned = False

    def __next__(self) -> PageLot:
        """The next lot, claimed."""
        if not self._volumes and not self._is_planned:
            self._plan()
        while self._volumes and self._left != 0:
            found = self._claim()
            if found is not None:
                return found
        raise StopIteration

    def count_due(self) -> int:
        """Number of due, unleased pages found so far."""
        if not self._is_planned:
            self._plan()
        return sum(len(pages) for _, pages in self._volumes)

    def _plan(self) -> None:
        self._is_planned = True
        busy = self._ledger.list_busy()
        due = Due(self._ledger, self._known, READ)
        found: list[tuple[int, list[str]]] = []
        idle: list[int] = []
        for volume, todos in due_pages(self._ledger, self._known, due.volumes()):
            wanted = [t.scan.page for t in todos if t.is_decided_only or not self._decided_only]
            found += [(volume, wanted)] if wanted else []
            idle += [] if todos else [volume]
        due.settle(f"volume:{v}" for v in idle)
        free = [one for one in found if busy.isdisjoint(one[1])]
        # Many workers begin at many places, so that they seldom ask for the same volume.
        start = random.randrange(len(free)) if free else 0
        self._volumes.extend(free[start:] + free[:start])

    def _claim(self) -> PageLot | None:
        some: list[tuple[int, list[str]]] = []
        while self._volumes and (not some or sum(len(p) for _, p in some) + len(self._volumes[0][1]) <= self._size):
            some.append(self._volumes.popleft())
        pages = [page for _, own in some for page in own][: self._left]
        lot = Lots(self._ledger, READ).claim((Work(page) for page in pages), len(pages))
        if lot is None:
            return None
        if self._left is not None:
            self._left -= len(lot.works)
        return PageLot(lot, tuple(volume for volume, _ in some))


@dataclass(frozen=True)
class LotReport:
    """Result of a lot. is_lost: another worker took over the lease; what was recorded before stays."""

    report: ReadReport
    is_lost: bool = False


def work_lot(ledger: Ledger, known: RunContext, pages: PageLot, progress: Progress | None = None) -> LotReport:
    """Read and record a lot, then release what is left of it."""
    lots = Lots(ledger, READ)
    lot = pages.lot
    try:
        lot = lots.take_over(lot)
        held = frozenset(lot.units)
        # Another may have finished some of it since it was planned.
        todos = plan(ledger, known, None, pages.volumes, only=held)
        own = replace(known, owner=lot.token)
        report = read_pages(ledger, own, todos, progress or Silent(), lot=lot)
    except LeaseLost:
        return LotReport(ReadReport(), is_lost=True)
    finally:
        lots.give_back(lot)
    return LotReport(report)


class LotJob(NamedTuple):
    """A lot sent to a cluster worker. folder: the workspace as the worker sees it."""

    folder: Path
    pages: PageLot


def read_in_lots(ledger: Ledger, known: RunContext, progress: Progress, limit: int | None = None) -> ReadReport:
    """Let cluster workers read and record all due lots themselves; for a ledger they can reach.

    Raises as `read_pages` does. If a worker is lost, the next one continues its lot under a new fencing token.
    """
    assert known.cluster is not None
    known.require_engine()
    source, report = LotSource(ledger, known, limit=limit), ReadReport()
    progress.start("read", len(plan(ledger, known, limit, Due(ledger, known, READ).volumes())))
    folder = known.place.folder.resolve()
    jobs = (LotJob(folder, pages) for pages in source)
    for job, done in known.cluster.run_lots(work_there, jobs, lambda _: LotReport(ReadReport(), is_lost=True)):
        if done.is_lost:
            Lots(ledger, READ).give_back(job.pages.lot)
        report.add(done.report)
        for outcome in done.report.outcomes.values():
            progress.advance(failed=outcome not in (WAS_READ, DECIDED))
        stop_if_too_many(report, known)
    return report


def work_there(hands: Cluster, job: LotJob) -> LotReport:
    """On a worker: open the ledger and process the lot. hands: opens scans."""
    place = open_place(job.folder)
    try:
        with Ledger(place.ledger) as ledger, searching(place.models):
            return work_lot(ledger, build_run_context(place, ledger, hands), job.pages)
    # The database went, and did not come back in time: what is left of the lot is due as before.
    except LedgerAway:
        return LotReport(ReadReport(), is_lost=True)
