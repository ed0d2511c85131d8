"""Read settled pages with two sets of weights, current and candidate, and compare the results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from digitize.errors import InputError
from digitize.learning.accepted import AcceptedPage
from digitize.learning.crops import list_of
from digitize.learning.judge import is_same
from digitize.machine.pool import patience_s, run_jobs
from digitize.machine.progress import Progress
from digitize.reading.job import PageDone, PageFailed, PageJob
from digitize.reading.lexica import ListSource
from digitize.reading.page import read_page
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.run_context import RunContext
from ocr.plain import reading_from_plain


def read_both(
    ledger: Ledger, known: RunContext, pages: Sequence[AcceptedPage], network: str, candidate: Path, progress: Progress
) -> Iterator[tuple[bool, bool]]:
    """For each settled value, whether current and candidate weights read it right, as in a run.

    network: the one to which the file of weights candidate belongs.
    """
    jobs = [page_job(ledger, known, page, network, weights) for page in pages for weights in (None, candidate)]
    by_page = {p.scan.page: p for p in pages}
    right: dict[str, dict[bool, Mapping[str, bool]]] = {}
    progress.start("judge", len(jobs))
    limit_s = patience_s(known.place.options.read.seconds_per_page)
    for job, done in run_jobs(read_page, jobs, known.workers, _make_failure, limit_s):
        progress.advance(failed=isinstance(done, PageFailed))
        is_new = job.settings.find_own_weights(network) == candidate
        right.setdefault(job.page, {})[is_new] = _right(known, by_page[job.page], done)
    for page, both in sorted(right.items()):
        yield from ((both[False][zone], both[True][zone]) for zone, _ in by_page[page].values)


def original_of(ledger: Ledger, known: RunContext, page: AcceptedPage) -> tuple[Path, bool]:
    """Scan file of a page, and whether it is a copy of the workspace. Raises InputError if it is gone."""
    source = Catalogue(ledger).source(page.scan.sha256)
    if source is None:
        raise InputError(f"The original of page {page.scan.page} is no longer known.")
    return known.place.original(source.sha256, source.suffix, source.linked), not source.linked


def page_job(ledger: Ledger, known: RunContext, page: AcceptedPage, network: str, weights: Path | None) -> PageJob:
    """Job to read only the settled zones of a page. weights: of a network, None for the current ones."""
    path, is_copy = original_of(ledger, known, page)
    settings = known.read_settings(page.scan.language)
    zones = tuple(zone for zone, _ in page.values)
    own = dict(settings.weights) | ({network: weights} if weights is not None else {})
    return PageJob(
        page=page.scan.page,
        path=path,
        sha256=page.scan.sha256,
        index=page.scan.idx,
        settings=replace(settings, weights=tuple(sorted(own.items())), zones=zones, forms=(page.form,)),
        lists=ListSource(known.lexica),
        register=None,
        is_copy=is_copy,
    )


def _right(known: RunContext, page: AcceptedPage, done: PageDone | PageFailed) -> dict[str, bool]:
    form = known.forms[page.form]
    read: Mapping[str, str] = {}
    if isinstance(done, PageDone) and done.as_form.form is not None:
        zones = reading_from_plain(done.as_form.reading).zones
        read = {name: decided.value or decided.raw for name, decided in zones.items()}
    found = {}
    for zone, value in page.values:
        lexicon = list_of(form.zone(zone), known.lexica)
        found[zone] = is_same(form.zone(zone).kind, value, read.get(zone, ""), lexicon)
    return found


def _make_failure(job: PageJob) -> PageFailed:
    return PageFailed(job.page, "crashed", f"Page {job.page}: reading it crashed its worker.", False)
