"""A worker by itself: claims lots from a ledger, works on them and records, until nothing is due or it is stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from digitize.machine.placing import Cluster
from digitize.machine.progress import Progress
from digitize.machine.text import pluralize
from digitize.steps import check, map
from digitize.steps.books import learn_books, note_decided
from digitize.steps.due import Due
from digitize.steps.inputs import note_inputs
from digitize.steps.lots import LOT_PAGES, LotSource, work_lot
from digitize.steps.read import ReadReport
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.lots import Lots, Work
from digitize.workspace.place import Place
from digitize.workspace.run_context import RunContext, build_run_context
from ocr.tesseract.folders import searching

Todo = TypeVar("Todo")
FoundPlace = tuple[Place, Cluster | None]
_UNITS = 200
"""So many pages, tables or groups of records are mapped or checked in one lot."""
_LEARNING = "learn-books"


@dataclass
class WorkerReport:
    """What a worker did."""

    read: ReadReport = field(default_factory=ReadReport)
    lots: int = 0
    lost: int = 0
    mapped: int = 0
    checked: int = 0

    def lines(self) -> list[str]:
        """For people."""
        lost = f", {self.lost} of them taken over by others" if self.lost else ""
        return [
            f"Read {pluralize(self.read.read, 'page')}, decided {self.read.decided} anew, {self.read.failed} "
            f"failed, in {self.lots} "
            f"lots{lost}.",
            f"Mapped {pluralize(self.mapped, 'record')}, checked {self.checked}. Loading is done by: digitize run "
            f"DIR --only load",
        ]


class LotWorker:
    """One of many on one ledger. It loads nothing: that is one place's business."""

    def __init__(self, find: Callable[[], FoundPlace], progress: Progress, size: int = LOT_PAGES) -> None:
        """find: the workspace as it is by now, and what opens its scans; None for so many processes as the settings
        say. size: pages of a lot.
        """
        self._find, self._progress, self._size = find, progress, size
        self.report = WorkerReport()

    def go_on(self, wait: Callable[[], bool]) -> WorkerReport:
        """Work until nothing is due and free. wait: called then; True ends it, False looks again.

        Raises what a run raises; what was recorded stays.
        """
        while True:
            # Opened anew each time: what others wrote, new forms and lists, new weights.
            place, hands = self._find()
            with Ledger(place.ledger) as ledger, searching(place.models):
                known = build_run_context(place, ledger, hands)
                try:
                    is_idle = not self._once(ledger, known)
                finally:
                    ledger.release(known.owner)
            if is_idle and wait():
                return self.report

    def _once(self, ledger: Ledger, known: RunContext) -> bool:
        """All that is due and free now. Returns whether anything was."""
        note_inputs(ledger, known, ("read", "map", "check"))
        did = False
        for pages in LotSource(ledger, known, self._size):
            done = work_lot(ledger, known, pages, self._progress)
            # What fails as it did a moment ago, for want of a store say, is no reason to go on at once.
            did = did or not done.report.outcomes.items() <= self.report.read.outcomes.items()
            self.report.read.add(done.report)
            self.report.lots += 1
            self.report.lost += done.is_lost
        # What pages of a volume tell together is learned when all of them are read.
        if ledger.busy() or did:
            return did
        self._learn(ledger, known)
        due = Due(ledger, known, "map")
        plan = map.plan(ledger, known, due.parts)
        due.settle(plan.idle)
        for todos, owner in _in_lots(ledger, "map", plan.todos, lambda t: Work(t.unit, t.key)):
            self.report.mapped += map.map_units(ledger, replace(known, owner=owner), todos, self._progress)
            did = True
        due = Due(ledger, known, "check")
        groups = check.plan(ledger, known, due.parts)
        due.settle(set(due.parts) - {group for group, _ in groups})
        for some, owner in _in_lots(ledger, "check", groups, lambda g: Work(check.unit_of(g[0]), g[1])):
            self.report.checked += check.check_groups(ledger, replace(known, owner=owner), some, self._progress)
            did = True
        return did

    def _learn(self, ledger: Ledger, known: RunContext) -> None:
        """As a run does after reading: pages that tell of their volume have its doubtful ones decided anew."""
        if not ledger.claim([_LEARNING], _LEARNING, known.owner):
            return
        if learn_books(ledger, known):
            for pages in LotSource(ledger, known, self._size):
                self.report.read.add(work_lot(ledger, known, pages, self._progress).report)
            note_decided(ledger, known)
        ledger.release(known.owner)


def _in_lots(
    ledger: Ledger, step: str, todos: Sequence[Todo], work: Callable[[Todo], Work]
) -> Iterator[tuple[list[Todo], str]]:
    """What is due in lots of which each is held, with the owner to work under; what others do or did is left out."""
    lots = Lots(ledger, step)
    for at in range(0, len(todos), _UNITS):
        some = {work(t).unit: t for t in todos[at : at + _UNITS]}
        lot = lots.claim((work(t) for t in some.values()), len(some))
        if lot is None:
            continue
        try:
            yield [some[unit] for unit in lot.units], lot.token
        finally:
            lots.give_back(lot)
