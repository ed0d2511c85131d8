"""Pages that are no form, read as those of a ruled register: runs of them are volumes, read in order, page by page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from digitize.errors import fault
from digitize.files.extract import Extract, ExtractSettings, as_field, extract_page, in_groups
from digitize.files.read_files import PageDone, read_pages
from digitize.reading.lexica import lexica_of

if TYPE_CHECKING:
    from pathlib import Path

    from digitize.files.extract import GroupedPage
    from ocr.page import Carried, Reading, Scan
    from ocr.registers import Row

Page = PageDone[Extract]


@dataclass(frozen=True, slots=True)
class _Job:
    """One page of a run. before: what the page before handed on."""

    scan: Scan
    settings: ExtractSettings
    before: Carried | None


@dataclass(frozen=True, slots=True)
class _Read:
    """What came of it. reading: None, with the reason, when it is no register's. carried: for the next page."""

    reading: Reading | None
    reason: str
    carried: Carried | None


def extract_files(files: Iterable[Path], settings: ExtractSettings, workers: int) -> Iterator[GroupedPage]:
    """All pages of some files in order, with the number of the group that each belongs to and that group's doubts.

    Forms are read in several processes, registers in one of their own. Raises EngineMissing and FormError.
    """
    from ocr.scans.limits import MIN_SIDE_PX

    read = partial(extract_page, settings=settings)
    seconds = settings.read.seconds_per_page
    pages: Iterable[Page] = read_pages(files, read, workers, seconds_per_page=seconds, least_px=MIN_SIDE_PX)
    return in_groups(pages if settings.read.forms else with_registers(pages, settings))


def with_registers(pages: Iterable[Page], settings: ExtractSettings) -> Iterator[Page]:
    """Pages in order; those that are no form are read as a register's where they are one.

    A run of them is one volume; blank pages do not end it. Each page is given on as soon as it is read: what goes on
    from it on the next page stands there.
    """
    from digitize.machine.pool import patience_s, run_jobs

    waiting = iter(pages)
    page = next(waiting, None)
    while page is not None:
        if not _may_go_on(page, False):
            yield page
            page = next(waiting, None)
            continue
        run = _Run(page, waiting, settings)
        limit_s = patience_s(settings.read.seconds_per_page)
        for _, found in run_jobs(_read_page, run, 1, _crashed, limit_s):
            yield run.take(found)
        page = run.behind


def _may_go_on(page: Page, is_begun: bool) -> bool:
    if page.found is None or page.job.scan is None:
        return False
    return page.found.kind == "other" or (is_begun and page.found.kind == "blank")


class _Run(Iterator[_Job]):
    """The jobs of one run, each when the page before it is read; and its rows as they come."""

    def __init__(self, first: Page, waiting: Iterator[Page], settings: ExtractSettings) -> None:
        self.behind: Page | None = None
        self._next: Page | None = first
        self._waiting, self._settings = waiting, settings
        self._carried: Carried | None = None
        self._asked: Page | None = None
        self._form: str | None = None
        self._last: Row | None = None
        self._count, self._pages = 0, 0

    def __next__(self) -> _Job:
        """The next page's job; none for now while one is in hand, none at all behind the run."""
        if self._asked is not None or self.behind is not None:
            raise StopIteration
        page = self._next if self._next is not None else next(self._waiting, None)
        self._next = None
        if page is None or page.job.scan is None or not _may_go_on(page, True):
            self.behind = page
            self._waiting = iter(())
            raise StopIteration
        self._asked = page
        return _Job(page.job.scan, self._settings, self._carried)

    def take(self, read: _Read) -> Page:
        """The page in hand with what the register says of it: its rows, or why there are none."""
        page = self._asked
        assert page is not None
        self._asked, self._carried = None, read.carried
        self._pages += 1
        before = page.found or Extract(None)
        if read.reading is None or read.reading.form is None:
            if before.kind == "blank":
                return page
            why = f"no register: {read.reason}"
            return replace(page, found=replace(before, reason=f"{before.reason}; {why}" if before.reason else why))
        form = read.reading.form
        if form != self._form:
            self._form, self._last = form, None
        rows = tuple(self._rows(read.reading))
        return replace(page, found=Extract(form, "form", form, self._pages, rows=rows, sensitive=True))

    def _rows(self, reading: Reading) -> Iterator[dict[str, Any]]:
        """The rows of a page; what goes on from the page before has that row's number and the note "continuation"."""
        from ocr.registers.join import join_rows, resolve_ditto
        from ocr.registers.read import rows_of

        known = [self._last] if self._last is not None else []
        found = rows_of(reading)
        if known and found and found[0][0].continues:
            place, cells = found.pop(0)
            part = replace(known[0], boxes=place.boxes, cells=cells, notes=("continuation",), doubtful=place.doubtful)
            yield as_row(part)
        new = join_rows([(self._pages, place, cells) for place, cells in found])
        numbered = [replace(row, number=self._count + n) for n, row in enumerate(new, 1)]
        new = list(resolve_ditto([*known, *numbered]))[len(known) :]
        self._count += len(new)
        if new:
            settled = {name: replace(cell, notes=()) for name, cell in new[-1].cells.items()}
            self._last = replace(new[-1], cells=settled)
        yield from map(as_row, new)


def _crashed(job: _Job) -> _Read:
    return _Read(None, "reading it as a register broke the worker or never ended, twice", job.before)


def _read_page(job: _Job) -> _Read:
    """Read one page as a register's; runs in a worker."""
    from ocr.errors import EngineMissing, OcrError

    try:
        return _found(job)
    except (EngineMissing, OcrError) as e:
        return _Read(None, str(e), job.before)
    except Exception as e:
        return _Read(None, fault(job.scan.label, e), job.before)


def _found(job: _Job) -> _Read:
    from digitize.reading.page import as_register, register_reader, register_settings
    from ocr.registers import decide_register, known_registers
    from ocr.scans.scan import open_page

    settings = job.settings
    languages = settings.read.languages or ("en",)
    read = replace(settings.read, languages=languages)
    folders = settings.read.form_folders
    reader = register_reader(settings.register, languages, register_settings(read), folders)
    seen = as_register(reader, open_page(job.scan, settings.read.dpi), job.before)
    form = known_registers(folders).find(seen.form)
    reading = decide_register(seen, form, languages, lexica_of(settings.state, settings.stations))
    return _Read(reading, reading.reason, seen.carried)


def as_row(row: Row) -> dict[str, Any]:
    """One row as plain data."""
    return {
        "number": row.number,
        "boxes": [list(box) for box in row.boxes],
        "doubtful": row.doubtful,
        "notes": list(row.notes),
        "cells": {name: as_field(cell) for name, cell in row.cells.items()},
    }
