"""Read: scans to readings. Recognising (dear) and deciding (cheap) are kept under keys of their own.

Pages are first tried as forms, all of them side by side; then those of no known form as a register's (registers.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from digitize.errors import TooManyRefused
from digitize.machine.pool import patience_s, run_jobs
from digitize.machine.progress import Progress
from digitize.reading.page import PageDone, PageFailed, PageJob, RegisterJob, read_page, read_register_page
from digitize.steps.read_plan import Todo, by_volume, decide_key, plan, said_of
from digitize.steps.read_states import failed_key, recognise_key, states_of
from digitize.steps.registers import UNKNOWN_FORM, Queue, RegisterTodo, Volume, write_register
from digitize.workspace.known import Known
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, Source

__all__ = ["ReadReport", "plan", "read_pages"]
_LOOKED_AT_FIRST = 50
_CLAIM_AT_ONCE = 16


@dataclass(slots=True)
class ReadReport:
    """What the step did: pages read, decided anew, failed (of no known form, too); failed_kinds counts by kind."""

    read: int = 0
    decided: int = 0
    failed: int = 0
    failed_kinds: dict[str, int] | None = None

    def count(self, todo: Todo | RegisterTodo, done: PageDone | PageFailed) -> None:
        """Count one page."""
        kind = failed_kind(done)
        if kind:
            self.failed += 1
            self.failed_kinds = self.failed_kinds or {}
            self.failed_kinds[kind] = self.failed_kinds.get(kind, 0) + 1
        elif todo.recognised:
            self.decided += 1
        else:
            self.read += 1

    @property
    def total(self) -> int:
        """Pages looked at."""
        return self.read + self.decided + self.failed


def failed_kind(done: PageDone | PageFailed) -> str:
    """Why a page gives no record, as a stable word; "" when it was read."""
    if isinstance(done, PageFailed):
        return done.kind
    return UNKNOWN_FORM if done.reading["form"] is None else ""


def read_pages(
    ledger: Ledger, known: Known, todos: Sequence[Todo | RegisterTodo], progress: Progress, *, is_limited: bool = False
) -> ReadReport:
    """Read all pages of the plan; every result is in the ledger before the next is awaited.

    is_limited: no others are read, even where what a page of a register hands on has changed. Raises TooManyRefused
    when, after 50 pages, more than the agreed share failed; EngineMissing when the engine itself is not installed.
    """
    report = ReadReport()
    if not todos:
        return report
    known.require_engine()
    progress.start("read", len(todos))
    _read_forms(ledger, known, [t for t in todos if isinstance(t, Todo)], progress, report)
    allowed = frozenset(t.scan.page for t in todos) if is_limited else None
    _read_registers(ledger, known, allowed, progress, report)
    return report


def _read_forms(ledger: Ledger, known: Known, todos: Sequence[Todo], progress: Progress, report: ReadReport) -> None:
    """Try pages as forms. One that is none is not done with: it may be a register's."""
    by_page = {t.scan.page: t for t in todos}
    sources = {s.sha256: s for s in Catalogue(ledger).sources()}
    jobs = _claimed(ledger, known, todos, sources)
    limit_s = patience_s(known.place.options.read.seconds_per_page)
    for job, done in run_jobs(read_page, jobs, known.jobs, _crashed, limit_s):
        todo = by_page[job.page]
        with ledger.writing():
            _write(ledger, known, todo, done)
            ledger.renew(known.owner)
        if isinstance(done, PageDone) and done.reading["form"] is None:
            continue
        report.count(todo, done)
        progress.advance(failed=bool(failed_kind(done)))
        _stop_if_too_many(report, known)


def _read_registers(
    ledger: Ledger, known: Known, allowed: frozenset[str] | None, progress: Progress, report: ReadReport
) -> None:
    """Read pages that are no form as a register's, each volume in its order."""
    states = states_of(ledger)
    volumes = [Volume(ledger, known, scans, states) for scans in by_volume(Catalogue(ledger).scans())]
    queue = Queue(ledger, known, volumes, allowed)
    limit_s = patience_s(known.place.options.read.seconds_per_page)
    for job, done in run_jobs(read_register_page, queue, known.jobs, _crashed, limit_s):
        volume, todo = queue.take(job.page)
        with ledger.writing():
            volume.done(write_register(ledger, known, todo, done))
            ledger.renew(known.owner)
        if isinstance(done, PageFailed) and done.retry:
            volume.stop()
        report.count(todo, done)
        progress.advance(failed=bool(failed_kind(done)))
        _stop_if_too_many(report, known)


def _claimed(ledger: Ledger, known: Known, todos: Sequence[Todo], sources: Mapping[str, Source]) -> Iterator[PageJob]:
    """Jobs for pages nobody else is working on, leased a handful at a time."""
    for start in range(0, len(todos), _CLAIM_AT_ONCE):
        part = todos[start : start + _CLAIM_AT_ONCE]
        mine = set(ledger.claim((t.scan.page for t in part), "recognise", known.owner))
        for todo in part:
            if todo.scan.page in mine:
                yield _job(ledger, known, todo, sources[todo.scan.sha256])


def _job(ledger: Ledger, known: Known, todo: Todo, source: Source) -> PageJob:
    path = Path(source.linked) if source.linked else known.place.original(source.sha256, source.suffix)
    before = ledger.result(todo.scan.page, "recognise", todo.recognised) if todo.recognised else None
    return PageJob(
        page=todo.scan.page,
        path=path,
        sha256=source.sha256,
        index=todo.scan.idx,
        settings=known.read_settings(todo.scan.language),
        lexica=known.lexica,
        said=said_of(todo.scan),
        recognition=before,
        is_copy=not source.linked,
    )


def _write(ledger: Ledger, known: Known, todo: Todo, done: PageDone | PageFailed) -> None:
    scan = todo.scan
    if isinstance(done, PageFailed):
        ledger.fail(scan.page, "recognise", failed_key(known, scan), _why(done))
        return
    form = {name: done.reading[name] for name in ("form", "family", "part")}
    recognised = todo.recognised or recognise_key(known, scan, form["form"])
    with ledger.writing():
        if not todo.recognised:
            ledger.finish(scan.page, "recognise", recognised, done.recognition, form)
        if form["form"] is not None:
            language = scan.language or known.forms[form["form"]].languages[0]
            decided = decide_key(known, scan, recognised, form["form"])
            ledger.finish(scan.page, "decide", decided, done.reading, {**form, "language": language})


def _why(failed: PageFailed) -> dict[str, object]:
    return {"kind": failed.kind, "message": failed.message, "retry": failed.retry}


def _crashed(job: PageJob | RegisterJob) -> PageFailed:
    message = f"Page {job.page}: reading it broke its worker or never ended, twice. Look at the scan, or report it."
    return PageFailed(job.page, "crashed", message, False)


def _stop_if_too_many(report: ReadReport, known: Known) -> None:
    share = known.place.options.run.max_failed_share
    if report.total >= _LOOKED_AT_FIRST and report.failed > share * report.total:
        raise TooManyRefused(
            f"Stopped: {report.failed} of {report.total} pages failed, more than {share:.0%}. Something is wrong with "
            "the batch. See: digitize status; go on regardless with --max-failed-share 100%."
        )
