"""Pages of files to fields and rows: the loop of digitize/reading, with files in place of a workspace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from digitize.files.extract import Extract, ExtractSettings, form_extract, number_groups, other_extract
from digitize.files.extract_rows import VolumeRows
from digitize.files.read_files import FilePage, FilePageDone, pages_of
from digitize.reading.job import PageDone, PageFailed, PageJob
from digitize.reading.lexica import ListSource
from digitize.reading.page import read_page
from digitize.reading.spreads import NO, SpreadLook
from digitize.reading.volume import Turn, VolumeQueue

if TYPE_CHECKING:
    from pathlib import Path

    from digitize.files.extract import GroupedPage
    from ocr.page import Carried

Came = tuple[FilePage, PageDone | PageFailed | None]
"""A page and what came of it; None for one of a file that could not be opened."""


def extract_files(files: Iterable[Path], settings: ExtractSettings, workers: int) -> Iterator[GroupedPage]:
    """All pages of some files in order, with the number and the doubts of their group.

    The files of one call are one volume. Raises EngineMissing, FormError, and MappingError for an invalid station list.
    """
    from digitize.reading.tying import list_families
    from ocr.forms.zones import load_models
    from ocr.scans.limits import MIN_SIDE_PX

    pages = pages_of(files, MIN_SIDE_PX, _spread_look(settings))
    families = list_families(load_models(settings.read.form_folders).forms.values())
    return number_groups(extract_pages(pages, settings, workers), families)


def _spread_look(settings: ExtractSettings) -> SpreadLook | None:
    read = settings.read
    if settings.spreads == NO:
        return None
    return SpreadLook(
        settings.spreads, read.languages or ("en",), read.form_folders, read.forms, settings.register or "", read.engine
    )


def extract_pages(
    pages: Iterable[FilePage], settings: ExtractSettings, workers: int
) -> Iterator[FilePageDone[Extract]]:
    """Content of each page in order, as soon as it and the pages before it are read."""
    from digitize.machine.pool import patience_s, run_jobs

    book = _FileJobs(pages, settings)
    told = _Extracts(settings)
    limit_s = patience_s(settings.read.seconds_per_page)
    for job, done in run_jobs(read_page, book, workers, _make_failure, limit_s):
        yield from map(told.add_page, book.take(job, done))
    # Files that could not be opened make no job; those behind the last page are told here.
    yield from map(told.add_page, book.in_order())


def _make_failure(job: PageJob) -> PageFailed:
    what = "reading it crashed the worker or timed out, twice"
    return PageFailed(job.page, "crashed", f"{job.display_name}: {what}. Scan the page again, or leave it out.", False)


class _FileJobs(Iterator[PageJob]):
    """Jobs of all pages as they become ready, and their results in order."""

    def __init__(self, pages: Iterable[FilePage], settings: ExtractSettings) -> None:
        self._settings = settings
        self._came: dict[int, Came] = {}
        self._next = 0
        self._readable = self._iter_readable(pages)
        self._volume = VolumeQueue(self._readable, self._turn, self._read_ahead)
        self._by_order: dict[str, FilePage] = {}
        self._matched: dict[str, Mapping[str, Any]] = {}
        """What pages read ahead of their turn are as forms, while they wait to be read as a register's."""

    def __next__(self) -> PageJob:
        """The next job that there is for now."""
        if self._settings.read.forms:  # one of these forms or nothing, so that no page needs another
            return self._job(next(self._readable), None)
        job = self._volume.next()
        if job is None:
            raise StopIteration
        return job

    def take(self, job: PageJob, done: PageDone | PageFailed) -> Iterator[Came]:
        """Add the result of a job; returns what is complete, in order. Raises errors that end the call."""
        from ocr.errors import EngineMissing, FormError

        # No engine, or a wrong form file: every page would fail alike, so the first failure ends the call.
        if isinstance(done, PageFailed) and done.as_form is None and isinstance(done.error, EngineMissing | FormError):
            raise done.error
        held = [(job, done)] if self._settings.read.forms else self._volume.take(job.page, done)
        for own, came in held:
            if came.as_form is not None:
                self._matched[own.page] = came.as_form.recognition
            if isinstance(came, PageFailed) or came.is_whole or self._settings.read.forms:
                self._matched.pop(own.page, None)
                page = self._by_order.pop(own.page)
                self._came[page.order] = page, came
        return self.in_order()

    def in_order(self) -> Iterator[Came]:
        """Results of the next pages in order, as far as available."""
        while self._next in self._came:
            yield self._came.pop(self._next)
            self._next += 1

    def _iter_readable(self, pages: Iterable[FilePage]) -> Iterator[FilePage]:
        """Readable pages; a file that could not be opened gets its result at once."""
        for page in pages:
            if page.scan is None:
                self._came[page.order] = page, None
                continue
            self._by_order[page.page] = page
            yield page

    def _turn(self, page: FilePage, before: Carried | None) -> Turn[PageJob]:
        return Turn(self._job(page, before), waits=True)

    def _read_ahead(self, page: FilePage, tries_register: bool) -> PageJob | None:
        return self._job(page, None) if tries_register else None

    def _job(self, page: FilePage, before: Carried | None) -> PageJob:
        from ocr.page import Recognition
        from ocr.plain import recognition_to_plain

        assert page.scan is not None
        settings = self._settings
        # Where a register was named no page is looked at as a form.
        is_no_form = recognition_to_plain(Recognition(None, 0, 0)) if settings.register else None
        return PageJob(
            page=page.page,
            path=page.scan.path,
            sha256="",  # taken of this file a moment ago
            index=page.scan.index,
            settings=settings.read,
            lists=ListSource(None, settings.state, settings.stations),
            metadata=settings.metadata,
            register=None if settings.read.forms else settings.register,
            before=before,
            as_form=self._matched.get(page.page, is_no_form),
            name=page.scan.label,
            tells_blank=True,
        )


class _Extracts:
    """Extracts of pages in order, including register rows."""

    def __init__(self, settings: ExtractSettings) -> None:
        self._settings = settings
        self._begin()

    def add_page(self, came: Came) -> FilePageDone[Extract]:
        """Add one page, the next in order."""
        page, done = came
        if done is None:
            self._begin()
            return FilePageDone(page, reason=page.reason)
        if isinstance(done, PageFailed):
            return self._make_failed_extract(page, done)
        return FilePageDone(page, self._extract(page, done))

    def _begin(self) -> None:
        self._rows = VolumeRows(self._settings.read.form_folders)
        self._pages = 0

    def _make_failed_extract(self, page: FilePage, failed: PageFailed) -> FilePageDone[Extract]:
        """A page that could not be read, or not as a register's."""
        self._rows.break_off()
        if failed.as_form is None:
            self._begin()
            return FilePageDone(page, reason=failed.message)
        self._pages += 1
        return FilePageDone(page, other_extract(PageDone(failed.page, failed.as_form), failed.message))

    def _extract(self, page: FilePage, done: PageDone) -> Extract:
        if done.is_form:
            self._begin()
            return form_extract(done.as_form, self._settings)
        self._pages += bool(self._pages) or not done.is_blank  # a blank page begins no volume
        found = done.as_register
        if found is None or found.form is None:
            return other_extract(done, found.reading["reason"] if found is not None else "")
        rows = tuple(self._rows.rows(page.page, found))
        return Extract(found.form, "form", found.form, self._pages, rows=rows, sensitive=True)
