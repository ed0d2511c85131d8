"""Pages that are no form, read as those of a ruled register: runs of them are volumes, read in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from digitize.errors import fault
from digitize.extract import Extract, ExtractSettings, as_field, extract_page, in_groups
from digitize.lexica import lexica_of
from digitize.read_files import PageDone, read_pages

if TYPE_CHECKING:
    from pathlib import Path

    from digitize.extract import GroupedPage
    from ocr.page import Scan
    from ocr.registers import RegisterReading, Row
    from ocr.registers.read import Part

Page = PageDone[Extract]
_MOST_PAGES = 400
"""A run is cut there, so that one that never ends is not lost whole."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Consecutive pages of one file or of several."""

    scans: tuple[Scan, ...]
    settings: ExtractSettings


def extract_files(files: Iterable[Path], settings: ExtractSettings, workers: int) -> Iterator[GroupedPage]:
    """All pages of some files in order, with the number of the group that each belongs to and that group's doubts.

    Forms are read in several processes, registers in one of their own. Raises EngineMissing and FormError.
    """
    from ocr.limits import MIN_SIDE_PX

    read = partial(extract_page, settings=settings)
    seconds = settings.read.seconds_per_page
    pages: Iterable[Page] = read_pages(files, read, workers, seconds_per_page=seconds, least_px=MIN_SIDE_PX)
    return in_groups(pages if settings.read.forms else with_registers(pages, settings))


def with_registers(pages: Iterable[Page], settings: ExtractSettings) -> Iterator[Page]:
    """Pages in order; those that are no form are read as a register's where they are one.

    Pages of a run are held back until it ends, since its columns are named on the first and rows go on on the next.
    Blank pages do not end it.
    """
    run: list[Page] = []
    for page in pages:
        if _may_go_on(page, bool(run)) and len(run) < _MOST_PAGES:
            run.append(page)
            continue
        yield from _read(run, settings)
        run = [page] if _may_go_on(page, False) else []
        if not run:
            yield page
    yield from _read(run, settings)


def _may_go_on(page: Page, is_begun: bool) -> bool:
    if page.found is None or page.job.scan is None:
        return False
    return page.found.kind == "other" or (is_begun and page.found.kind == "blank")


def _read(run: Sequence[Page], settings: ExtractSettings) -> Iterator[Page]:
    """The pages of a run, read in a worker that may take as long as all of them together."""
    from digitize.pool import patience_s, run_jobs

    if not run:
        return
    job = _Run(tuple(p.job.scan for p in run if p.job.scan), settings)
    limit_s = patience_s(settings.read.seconds_per_page * len(run))
    for _, found in run_jobs(_read_run, [job], 1, _crashed, limit_s):
        for page, one in zip(run, found, strict=True):
            yield _with(page, one)


def _with(page: Page, found: Extract | str) -> Page:
    """A page with what the register says of it: its rows, or why there are none."""
    before = page.found or Extract(None)
    if isinstance(found, str):
        return replace(page, found=replace(before, reason=f"{before.reason}; {found}" if before.reason else found))
    if before.kind == "blank" and not found.rows:
        return page
    return replace(page, found=found)


def _crashed(job: _Run) -> list[Extract | str]:
    return ["reading it as a register broke the worker or never ended, twice"] * len(job.scans)


def _read_run(job: _Run) -> list[Extract | str]:
    """Read a run as a register; runs in a worker."""
    from ocr.errors import EngineMissing, OcrError

    try:
        return _found(job)
    except (EngineMissing, OcrError) as e:
        return [f"no register: {e}"] * len(job.scans)
    except Exception as e:
        return [f"no register: {fault(job.scans[0].label, e)}"] * len(job.scans)


def _found(job: _Run) -> list[Extract | str]:
    from ocr.registers import read_register

    settings = job.settings
    unread: dict[int, str] = {}
    reading = read_register(
        _opened(job, unread),
        settings.register or None,
        settings.read.languages or ("en",),
        lexica=lexica_of(settings.state, settings.stations),
    )
    if reading.form is None:
        return [f"no register: {reading.reason}"] * len(job.scans)
    return [unread.get(n) or _extract(reading, n) for n in range(len(job.scans))]


def _opened(job: _Run, unread: dict[int, str]) -> Iterator[Any]:
    """The pictures, each opened when its turn has come; an empty one for a page that cannot be."""
    from ocr.errors import ScanError
    from ocr.scan import open_page

    for number, scan in enumerate(job.scans):
        try:
            yield open_page(scan, job.settings.read.dpi)
        except ScanError as e:
            unread[number] = str(e)
            yield np.full((200, 200), 255, np.uint8)


def _extract(reading: RegisterReading, number: int) -> Extract | str:
    """One page of a register; the pages of a volume count on as the parts of a form do.

    What of a row goes on here from the page before is a row too, with the same number and the note "continuation".
    """
    note = reading.pages[number]
    if note.form is None:
        return f"no register: {note.reason}"
    parts = [_as_part(row, part) for row in reading.rows for part in row.more if part.page == number]
    rows = (*parts, *(_as_row(row) for row in reading.rows if row.page == number))
    return Extract(
        note.form, "form", note.form, number + 1, reason="" if rows else note.reason, rows=rows, sensitive=True
    )


def _as_part(row: Row, part: Part) -> dict[str, Any]:
    """What of a row stands on a later page."""
    return {**_as_row(replace(row, boxes=part.boxes, cells=part.cells)), "notes": ["continuation"]}


def _as_row(row: Row) -> dict[str, Any]:
    """One row as plain data."""
    return {
        "number": row.number,
        "boxes": [list(box) for box in row.boxes],
        "doubtful": row.doubtful,
        "notes": list(row.notes),
        "cells": {name: as_field(cell) for name, cell in row.cells.items()},
    }
