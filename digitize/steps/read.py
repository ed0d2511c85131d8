"""Read: scans to readings. Recognising (dear) and deciding (cheap) are kept under keys of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from digitize.errors import TooManyRefused
from digitize.keys import work_key
from digitize.known import Known
from digitize.ledger import Ledger
from digitize.ledger.catalogue import Catalogue, PageScan, Source
from digitize.ledger.core import DONE
from digitize.pool import run_jobs
from digitize.progress import Progress
from digitize.work import PageDone, PageFailed, PageJob, read_page

_LOOKED_AT_FIRST = 50
_CLAIM_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Todo:
    """One page that is not up to date; is_recognised: only deciding is left."""

    scan: PageScan
    recognise_key: str
    decide_key: str
    is_recognised: bool


@dataclass(slots=True)
class ReadReport:
    """What the step did: pages read, decided anew, failed; failed_kinds counts by kind."""

    read: int = 0
    decided: int = 0
    failed: int = 0
    failed_kinds: dict[str, int] | None = None

    def count(self, todo: Todo, done: PageDone | PageFailed) -> None:
        """Count one page."""
        if isinstance(done, PageFailed):
            self.failed += 1
            self.failed_kinds = self.failed_kinds or {}
            self.failed_kinds[done.kind] = self.failed_kinds.get(done.kind, 0) + 1
        elif todo.is_recognised:
            self.decided += 1
        else:
            self.read += 1

    @property
    def total(self) -> int:
        """Pages looked at."""
        return self.read + self.decided + self.failed


def plan(ledger: Ledger, known: Known, limit: int | None = None) -> list[Todo]:
    """The pages that are not read under today's forms, settings and lists; those that failed for good are left out."""
    recognised, decided = ledger.states("recognise"), ledger.states("decide")
    todos: list[Todo] = []
    for scan in Catalogue(ledger).scans():
        if limit is not None and len(todos) >= limit:
            break
        settings = known.read_settings(scan.language)
        first = work_key("recognise", scan.sha256, str(scan.idx), settings.key())
        second = work_key("decide", first, known.lexica_key)
        if _failed_for_good(recognised.get(scan.page), first):
            continue
        is_recognised = _is_done(ledger, scan.page, "recognise", first, recognised.get(scan.page))
        if is_recognised and _is_done(ledger, scan.page, "decide", second, decided.get(scan.page)):
            continue
        todos.append(Todo(scan, first, second, is_recognised))
    return todos


def read_pages(ledger: Ledger, known: Known, todos: Sequence[Todo], progress: Progress) -> ReadReport:
    """Read all pages of the plan; every result is in the ledger before the next is awaited.

    Raises TooManyRefused when, after 50 pages, more than the agreed share failed; EngineMissing when the engine itself
    is not installed.
    """
    report = ReadReport()
    if not todos:
        return report
    known.require_engine()
    progress.start("read", len(todos))
    by_page = {t.scan.page: t for t in todos}
    sources = {s.sha256: s for s in Catalogue(ledger).sources()}
    jobs = _claimed(ledger, known, todos, sources)
    for job, done in run_jobs(read_page, jobs, known.jobs, _crashed):
        todo = by_page[job.page]
        _write(ledger, known, todo, done)
        report.count(todo, done)
        progress.advance(failed=isinstance(done, PageFailed))
        _stop_if_too_many(report, known)
    return report


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
    before = ledger.result(todo.scan.page, "recognise", todo.recognise_key) if todo.is_recognised else None
    return PageJob(
        page=todo.scan.page,
        path=path,
        sha256=source.sha256,
        index=todo.scan.idx,
        settings=known.read_settings(todo.scan.language),
        lexica=known.lexica,
        recognition=before,
        is_copy=not source.linked,
    )


def _write(ledger: Ledger, known: Known, todo: Todo, done: PageDone | PageFailed) -> None:
    page = todo.scan.page
    if isinstance(done, PageFailed):
        ledger.fail(page, "recognise", todo.recognise_key, _why(done))
        return
    form = {name: done.reading[name] for name in ("form", "family", "part")}
    if form["form"] is not None:
        form["language"] = todo.scan.language or known.forms[form["form"]].languages[0]
    with ledger.writing():
        if not todo.is_recognised:
            ledger.finish(page, "recognise", todo.recognise_key, done.recognition, form)
        if form["form"] is None:
            kind, why = "unknown-form", done.reading["reason"]
            message = f"Page {page}: {why}. Add a form file for this print, or take the page out of the volume."
            ledger.fail(page, "decide", todo.decide_key, {"kind": kind, "message": message, "retry": False})
        else:
            ledger.finish(page, "decide", todo.decide_key, done.reading, form)


def _why(failed: PageFailed) -> dict[str, object]:
    return {"kind": failed.kind, "message": failed.message, "retry": failed.retry}


def _crashed(job: PageJob) -> PageFailed:
    message = f"Page {job.page}: reading it broke the worker process twice. Look at the scan, or report it."
    return PageFailed(job.page, "crashed", message, False)


def _is_done(ledger: Ledger, page: str, step: str, key: str, now: tuple[str, str, Mapping[str, object]] | None) -> bool:
    if now and now[0] == key:
        return now[1] in DONE or (step == "decide" and now[1] == "failed")
    return now is not None and ledger.take_up(page, step, key)


def _failed_for_good(now: tuple[str, str, Mapping[str, object]] | None, key: str) -> bool:
    return now is not None and now[0] == key and now[1] == "failed" and not now[2].get("retry")


def _stop_if_too_many(report: ReadReport, known: Known) -> None:
    share = known.place.options.run.max_failed_share
    if report.total >= _LOOKED_AT_FIRST and report.failed > share * report.total:
        raise TooManyRefused(
            f"Stopped: {report.failed} of {report.total} pages failed, more than {share:.0%}. Something is wrong with "
            "the batch. See: digitize status; go on regardless with --max-failed-share 1."
        )
