"""How a run claims work: the whole plan in one process, or lots shared by many workers on one ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol, TypeVar

from digitize.machine.progress import Progress
from digitize.steps.due_parts import Due
from digitize.steps.lots import LOT_PAGES, LotSource, read_in_lots, work_lot
from digitize.steps.read import ReadReport, read_pages
from digitize.steps.read_plan import PagePlan, plan
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.lots import Lots, Work
from digitize.workspace.run_context import RunContext

Todo = TypeVar("Todo")
_UNITS = 200
"""So many pages, tables or groups of records are mapped or checked in one lot."""


class DuePages(Protocol):
    """Pages that a run is to read."""

    def __len__(self) -> int:
        """How many."""
        ...

    def read(self, progress: Progress) -> ReadReport:
        """Read and record them."""
        ...


class WorkSharing(Protocol):
    """What differs between callers of a run. has_folder: whether it works in the workspace's own folder."""

    @property
    def has_folder(self) -> bool:
        """Whether the workspace's own folder is here, and not a copy of its small files."""
        ...

    @property
    def may_draft(self) -> bool:
        """Whether unknown prints are drafted into the workspace."""
        ...

    def due_pages(self, ledger: Ledger, known: RunContext, *, decided_only: bool = False) -> DuePages:
        """Pages to read. decided_only: only pages that need no recognition."""
        ...

    def is_all_read(self, ledger: Ledger, read: ReadReport) -> bool:
        """Whether the run may continue after reading. read: page results so far."""
        ...

    def portions(
        self, ledger: Ledger, known: RunContext, step: str, todos: Sequence[Todo], work: Callable[[Todo], Work]
    ) -> Iterator[tuple[Sequence[Todo], RunContext]]:
        """Due work in portions, each with the context to process it."""
        ...


class WholePlan:
    """All that is due, by this process and the workers that it has. limit: at most so many pages are read."""

    has_folder = True

    def __init__(self, limit: int | None = None, first: str = "") -> None:
        """first: volumes to read first, see `due.parse_first`."""
        self._limit, self._first = limit, first

    @property
    def may_draft(self) -> bool:
        """No print is drafted from few pages."""
        return self._limit is None

    def due_pages(self, ledger: Ledger, known: RunContext, *, decided_only: bool = False) -> DuePages:
        """See `WorkSharing`."""
        due = Due(ledger, known, "read")
        if decided_only:
            return _PlannedPages(ledger, known, plan(ledger, known, None, due.volumes(), decided_only=True))
        found = plan(ledger, known, self._limit, due.volumes(self._first))
        due.settle(f"volume:{v}" for v in found.idle)
        is_reached = not isinstance(ledger.path, Path)
        if found and is_reached and known.cluster is not None and known.cluster.may_record:
            return _ClusterPages(ledger, known, found, self._limit)
        return _PlannedPages(ledger, known, found)

    def is_all_read(self, ledger: Ledger, read: ReadReport) -> bool:
        """Always true: work leased by others is theirs."""
        return True

    def portions(
        self, ledger: Ledger, known: RunContext, step: str, todos: Sequence[Todo], work: Callable[[Todo], Work]
    ) -> Iterator[tuple[Sequence[Todo], RunContext]]:
        """One portion with everything."""
        yield todos, known


class _PlannedPages:
    """Pages that this process records."""

    def __init__(self, ledger: Ledger, known: RunContext, pages: PagePlan) -> None:
        self._ledger, self._known, self.pages = ledger, known, pages

    def __len__(self) -> int:
        return len(self.pages)

    def read(self, progress: Progress) -> ReadReport:
        return read_pages(self._ledger, self._known, self.pages, progress)


class _ClusterPages(_PlannedPages):
    """Pages that the workers of a cluster record, for they reach the ledger."""

    def __init__(self, ledger: Ledger, known: RunContext, pages: PagePlan, limit: int | None) -> None:
        super().__init__(ledger, known, pages)
        self._limit = limit

    def read(self, progress: Progress) -> ReadReport:
        return read_in_lots(self._ledger, self._known, progress, self._limit)


class SharedLots:
    """Work in leased lots. Kept from pass to pass, so that a repeated failure is not reported again.

    is_idle: nothing was done since `begin_pass`. lots, lost: page lots, and those taken over by others.
    """

    def __init__(self, size: int = LOT_PAGES, *, has_folder: bool = True) -> None:
        """size: pages per lot. has_folder: see `WorkSharing`."""
        self.size, self._has_folder = size, has_folder
        self._outcomes: dict[str, str] = {}
        self.is_idle, self.lots, self.lost = True, 0, 0

    def begin_pass(self) -> None:
        """Another run begins."""
        self.is_idle = True

    @property
    def has_folder(self) -> bool:
        """See `WorkSharing`."""
        return self._has_folder

    @property
    def may_draft(self) -> bool:
        """Only in the workspace folder: a print drafted elsewhere would be unknown to the others."""
        return self._has_folder

    def due_pages(self, ledger: Ledger, known: RunContext, *, decided_only: bool = False) -> DuePages:
        """See `WorkSharing`."""
        return _LeasedPages(self, ledger, known, LotSource(ledger, known, self.size, decided_only=decided_only))

    def is_all_read(self, ledger: Ledger, read: ReadReport) -> bool:
        """Whether no worker is active and another scan would find nothing: volumes are learned from when complete."""
        # What fails as it did a moment ago, for want of a store say, is no reason to look at once.
        is_news = not read.outcomes.items() <= self._outcomes.items()
        self._outcomes |= read.outcomes
        self.is_idle = self.is_idle and not is_news
        return not is_news and not ledger.list_busy()

    def portions(
        self, ledger: Ledger, known: RunContext, step: str, todos: Sequence[Todo], work: Callable[[Todo], Work]
    ) -> Iterator[tuple[Sequence[Todo], RunContext]]:
        """Leased lots, without work that others do or did."""
        lots = Lots(ledger, step)
        for at in range(0, len(todos), _UNITS):
            some = {work(t).unit: t for t in todos[at : at + _UNITS]}
            lot = lots.claim((work(t) for t in some.values()), len(some))
            if lot is None:
                continue
            self.is_idle = False
            try:
                yield [some[unit] for unit in lot.units], replace(known, owner=lot.token)
            finally:
                lots.give_back(lot)


class _LeasedPages:
    """Page lots that this worker claims one by one."""

    def __init__(self, sharing: SharedLots, ledger: Ledger, known: RunContext, source: LotSource) -> None:
        self._sharing, self._ledger, self._known, self._source = sharing, ledger, known, source

    def __len__(self) -> int:
        return self._source.count_due()

    def read(self, progress: Progress) -> ReadReport:
        report = ReadReport()
        for pages in self._source:
            done = work_lot(self._ledger, self._known, pages, progress)
            report.add(done.report)
            self._sharing.lots += 1
            self._sharing.lost += done.is_lost
        return report
