"""Read: scans to readings. Recognition (expensive) and decision (cheap) are cached under separate keys.

A page is visited once: tried as a form, then as a register with the context carried over from its volume.
"""

from __future__ import annotations

import time
from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from digitize.errors import TooManyRefused
from digitize.machine.pool import patience_s, run_jobs
from digitize.machine.progress import Progress
from digitize.reading.job import PageDone, PageFailed, PageJob, PageReading
from digitize.reading.page import read_page
from digitize.steps.read_jobs import Queue
from digitize.steps.read_keys import UNKNOWN_FORM
from digitize.steps.read_plan import PagePlan, PageTodo, plan
from digitize.steps.read_write import write_page
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.lots import Lot
from digitize.workspace.run_context import RunContext

__all__ = ["ReadReport", "plan", "read_pages"]
# Of fewer pages a share says little: one bad page of the first nine is more than the usual tenth.
_LOOKED_AT_FIRST = 50


READ, DECIDED, BLANK = "read", "decided", "blank"
_KEPT = "{} pages would need to be read again, but keep their readings: their originals were purged."
_AT_ONCE, _LONGEST_S = 20, 30.0
"""Of a lot so many pages are one transaction, or what came in so many seconds: what a lost worker may cost."""


@dataclass(slots=True)
class ReadReport:
    """Results of pages. Each counts once, by its last outcome in this run.

    outcomes: page -> read, decided anew, read and blank, or why it failed (of no known form, too).
    """

    outcomes: dict[str, str] = field(default_factory=dict)
    _counts: Counter[str] = field(default_factory=Counter)

    def count(self, todo: PageTodo, done: PageDone | PageFailed) -> None:
        """Count one page."""
        read = BLANK if isinstance(done, PageDone) and done.is_blank else DECIDED if todo.is_decided_only else READ
        self._note(todo.scan.page, failed_kind(done) or read)

    def add(self, other: ReadReport) -> None:
        """Merge the results of pages that the same run visited first or again."""
        for page, outcome in other.outcomes.items():
            self._note(page, outcome)

    def _note(self, page: str, outcome: str) -> None:
        before = self.outcomes.get(page)
        # A page that was read and then decided anew with what others told was read.
        if before == READ and outcome == DECIDED:
            return
        if before:
            self._counts[before] -= 1
        self._counts[outcome] += 1
        self.outcomes[page] = outcome

    @property
    def read(self) -> int:
        """Pages read, including blank ones."""
        return self._counts[READ] + self._counts[BLANK]

    @property
    def blank(self) -> int:
        """Pages read that are blank."""
        return self._counts[BLANK]

    @property
    def decided(self) -> int:
        """Pages only decided again."""
        return self._counts[DECIDED]

    @property
    def failed(self) -> int:
        """Pages without a result."""
        return self.total - self.read - self.decided

    @property
    def failed_kinds(self) -> dict[str, int]:
        """Why pages failed, with how many each."""
        return {kind: n for kind, n in self._counts.items() if n and kind not in (READ, DECIDED, BLANK)}

    @property
    def total(self) -> int:
        """Pages finished."""
        return len(self.outcomes)

    def as_plain(self) -> dict[str, Any]:
        """The counts as JSON types."""
        kinds = self.failed_kinds
        counts = {"read": self.read, "blank": self.blank, "decided": self.decided, "failed": self.failed}
        return {**counts, "failed_kinds": kinds or None}


def failed_kind(done: PageDone | PageFailed) -> str:
    """Why a page gives no record, as a stable code; "" if it was read or is blank."""
    if isinstance(done, PageFailed):
        return done.kind
    return "" if done.is_form or done.is_register or done.is_blank else UNKNOWN_FORM


def read_pages(
    ledger: Ledger, known: RunContext, todos: PagePlan, progress: Progress, *, lot: Lot | None = None
) -> ReadReport:
    """Read all pages of the plan; each result is stored in the ledger before the next is awaited.

    If the plan restricts pages, no others are read, even if the context a register page hands on changed. lot: leased
    pages of whole volumes; results are stored in groups. Raises TooManyRefused if more than the agreed share failed
    after 50 pages (never for a lot); EngineMissing if the engine is not installed; LeaseLost for a lot.
    """
    report = ReadReport()
    if todos.kept_as_read:
        progress.say(_KEPT.format(todos.kept_as_read))
    if not todos:
        return report
    known.require_engine()
    progress.start("read", len(todos))
    queue = Queue(ledger, known, todos.volumes, todos.allowed, lot, len(todos))
    keeper = Keeper(ledger, known, lot)
    limit_s = patience_s(todos.longest_s)
    for job, done in run_jobs(read_page, queue, known.workers, _fail_page, limit_s):
        for todo, held in queue.take(job.page, done):
            keeper.add(todo, held)
            _count(queue, report, progress, todo, held)
        if lot is None:
            stop_if_too_many(report, known)
    keeper.flush()
    return report


def _count(queue: Queue, report: ReadReport, progress: Progress, todo: PageTodo, done: PageDone | PageFailed) -> None:
    """Count a finished page; for a page read ahead of its turn it is only known whether it is a form."""
    if isinstance(done, PageDone) and not done.is_whole:
        queue.desk.note_match(done.page)
        return
    report.count(todo, done)
    progress.advance(failed=bool(failed_kind(done)))


def _fail_page(job: PageJob) -> PageFailed:
    message = f"Page {job.page}: reading it crashed its worker or timed out, twice. Check the scan, or report it."
    as_form = PageReading(job.as_form, {"form": job.as_form["form"]}) if job.as_form else None
    return PageFailed(job.page, "crashed", message, False, as_form if as_form and as_form.form is None else None)


def stop_if_too_many(report: ReadReport, known: RunContext) -> None:
    """Raise TooManyRefused if more than the agreed share of pages failed."""
    share = known.place.options.run.max_failed_share
    if report.total >= _LOOKED_AT_FIRST and report.failed > share * report.total:
        raise TooManyRefused(
            f"Stopped: {report.failed} of {report.total} pages failed, more than {share:.0%}. Something is wrong with "
            "the batch. See: digitize status; to continue anyway: --max-failed-share 100%."
        )


class Keeper:
    """Stores pages of one run or lot."""

    def __init__(self, ledger: Ledger, known: RunContext, lot: Lot | None) -> None:
        self._ledger, self._known, self._lot = ledger, known, lot
        self._waiting: list[tuple[PageTodo, PageDone | PageFailed]] = []
        self._since = 0.0

    def add(self, todo: PageTodo, held: PageDone | PageFailed) -> None:
        """Store the result of a page. Raises LeaseLost if another worker has taken over the lot."""
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting.append((todo, held))
        # Of a page read ahead of its turn the ledger is asked at its turn.
        is_asked_for = isinstance(held, PageDone) and not held.is_whole
        is_full = len(self._waiting) >= _AT_ONCE or time.monotonic() - self._since > _LONGEST_S
        if self._lot is None or is_asked_for or is_full:
            self.flush()

    def flush(self) -> None:
        """Write buffered results. Raises LeaseLost."""
        if self._waiting:
            self._ledger.settle(self._write)
            self._waiting = []

    def _write(self) -> None:
        with self._transaction():
            for todo, held in self._waiting:
                page = todo.scan.page
                # Silent for longer than a lease runs: another machine is at it, and what it finds holds.
                if self._lot is not None or not self._ledger.is_taken_over(page, self._known.owner):
                    write_page(self._ledger, self._known, todo, held)
            # Other pages in hand take long, too: their leases must not run out while this process is at work.
            self._ledger.renew(self._known.owner)

    def _transaction(self) -> AbstractContextManager[object]:
        return self._ledger.writing() if self._lot is None else self._ledger.hold_fence(self._lot.token)
