"""QR codes on the pages of new files, read in a separate worker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from digitize.machine.pool import run_light_jobs

_AT_ONCE = 25
"""Pages in one job, so that its limit of time holds for books of any length."""
_LIMIT_S = 120.0
_DPI = 100
"""At which a PDF page is drawn: codes are looked for on smaller pictures anyway."""


@dataclass(frozen=True, slots=True)
class PageCodes:
    """Codes of one page. texts: decoded ones; unread: number of undecodable ones that are more than a trace.

    is_open: whether the page could be opened; if not, it may be a sheet.
    """

    texts: tuple[str, ...] = ()
    unread: int = 0
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class _Job:
    path: Path
    first: int
    end: int


def codes_of(files: Sequence[tuple[Path, int]]) -> Mapping[Path, tuple[PageCodes, ...]]:
    """Path -> codes of each of its pages. files: path and number of pages."""
    jobs = [_Job(p, i, min(n, i + _AT_ONCE)) for p, n in files for i in range(0, n, _AT_ONCE)]
    done = {(job.path, job.first): found for job, found in run_light_jobs(_look, jobs, _mark_unread, _LIMIT_S)}
    return {path: tuple(code for i in range(0, pages, _AT_ONCE) for code in done[path, i]) for path, pages in files}


def _look(job: _Job) -> tuple[PageCodes, ...]:
    return tuple(_pages(job))


def _pages(job: _Job) -> Iterator[PageCodes]:
    from ocr.errors import ScanError
    from ocr.page import Scan
    from ocr.scans.codes import find_codes
    from ocr.scans.scan import open_page

    for index in range(job.first, job.end):
        try:
            found = find_codes(open_page(Scan(job.path, "", index), _DPI).grey)
        except (ScanError, MemoryError):
            yield PageCodes(is_open=False)
            continue
        texts = tuple(dict.fromkeys(code.text for code in found if code.text))
        yield PageCodes(texts, sum(not code.text for code in found))


def _mark_unread(job: _Job) -> tuple[PageCodes, ...]:
    return tuple(PageCodes(is_open=False) for _ in range(job.first, job.end))
