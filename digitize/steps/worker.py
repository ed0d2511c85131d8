"""A standalone worker: runs over a shared ledger until nothing is due or it is stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from digitize.machine.placing import Cluster
from digitize.machine.progress import Progress
from digitize.machine.text import pluralize
from digitize.steps.lots import LOT_PAGES
from digitize.steps.read import ReadReport
from digitize.steps.run import Run
from digitize.steps.work_sharing import SharedLots
from digitize.workspace.ledger import Ledger
from digitize.workspace.place import Place
from ocr.tesseract.folders import searching

FoundPlace = tuple[Place, Cluster | None]
WORKER_STEPS = ("read", "map", "check")
"""A worker loads nothing: that is one place's business."""


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
        lost = f", {self.lost} of them taken over by other workers" if self.lost else ""
        return [
            f"Read {pluralize(self.read.read, 'page')}, decided {self.read.decided} again, {self.read.failed} "
            f"failed, in {self.lots} "
            f"lots{lost}.",
            f"Mapped {pluralize(self.mapped, 'record')}, checked {self.checked}. To load: digitize run DIR --only load",
        ]


class LotWorker:
    """One of many workers on one ledger: the same run as `digitize run` without loading, on leased lots."""

    def __init__(
        self, find: Callable[[], FoundPlace], progress: Progress, size: int = LOT_PAGES, *, has_folder: bool = True
    ) -> None:
        """find: the current workspace, and what opens its scans; None for the configured number of processes. size:
        pages per lot. has_folder: see `WorkSharing`.
        """
        self._find, self._progress = find, progress
        self._sharing = SharedLots(size, has_folder=has_folder)
        self.report = WorkerReport()

    def go_on(self, wait: Callable[[], bool]) -> WorkerReport:
        """Work until nothing is due and free. wait: called then; True stops, False looks again.

        Raises what a run raises; recorded results stay.
        """
        while True:
            self._sharing.begin_pass()
            # Opened anew each time: what others wrote, new forms and lists, new weights.
            place, hands = self._find()
            with Ledger(place.ledger) as ledger, searching(place.models):
                run = Run(ledger, place, self._sharing, self._progress, hands)
                try:
                    run.do(WORKER_STEPS)
                finally:
                    self._add(run)
            if self._sharing.is_idle and wait():
                return self.report

    def _add(self, run: Run) -> None:
        self.report.read.add(run.report.read)
        self.report.mapped += run.report.mapped
        self.report.checked += run.report.checked
        self.report.lots, self.report.lost = self._sharing.lots, self._sharing.lost
