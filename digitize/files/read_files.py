"""Process the pages of files in parallel, one page per job, with results in file order."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from digitize.errors import OptionsError, fault

if TYPE_CHECKING:
    from digitize.files.scan_probe import ScanProbe
    from digitize.reading.spreads import SpreadLook
    from ocr.languages.language import Language
    from ocr.page import Scan

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class FilePage:
    """One page to read, or an unreadable file: scan is then None and reason says why.

    order: position among all jobs, place: of its file among the files, both from 0. number: 1-based page of the file;
    pages: total pages of the file.
    """

    order: int
    place: int
    file: Path
    number: int = 0
    pages: int = 0
    scan: Scan | None = None
    reason: str = ""

    @property
    def page(self) -> str:
        """Its id among all pages."""
        return str(self.order)


@dataclass(frozen=True)
class FilePageDone(Generic[Found]):
    """Result of a job: content, or the reason for none. stop: an error that ends the whole run."""

    job: FilePage
    found: Found | None = None
    reason: str = ""
    stop: Exception | None = field(default=None, compare=False)


def parse_languages(given: str) -> tuple[str, ...]:
    """Two-letter language codes in the order given; accepts "hi", "hin", and comma-separated lists.

    Raises OptionsError for an unsupported one, listing those supported.
    """
    from ocr.languages.language import known_languages

    known = known_languages()
    # "hin+eng" is how Tesseract itself is told.
    asked = [code for code in re.split(r"[,+\s]+", given.strip().lower()) if code]
    if not asked:
        raise OptionsError(f"--lang names no language. Choose from {_choices(known.values())}.")
    longer = {code: x.code for x in known.values() for code in (x.code3, *x.also)}
    codes = [longer.get(code, code) for code in asked]
    for code, given_code in zip(codes, asked, strict=True):
        if code not in known:
            raise OptionsError(
                f"--lang {given_code}: there is no such language here. Choose from {_choices(known.values())}."
            )
    return tuple(dict.fromkeys(codes))


def _choices(known: Iterable[Language]) -> str:
    return ", ".join(f"{x.code} ({x.code3})" for x in known)


def read_pages(
    files: Iterable[Path],
    read: Callable[[Scan], Found],
    workers: int,
    *,
    seconds_per_page: float,
    least_px: int,
) -> Iterator[FilePageDone[Found]]:
    """Read all pages of all files in order, yielding each as soon as it and those before it are done.

    read: page function; it and its result are pickled. Pages are read in separate processes, even with one worker,
    since a page may crash or hang its worker. An unreadable file or page gives a reason, and the others continue.
    least_px: minimum of an image's shorter side. Raises EngineMissing when an engine or a language pack is not
    installed, FormError when a form file is wrong.
    """
    from digitize.machine.pool import in_order, patience_s, run_jobs

    limit_s = patience_s(seconds_per_page)
    crashed: Callable[[FilePage], FilePageDone[Found]] = _make_failure
    done = run_jobs(partial(_read, read), pages_of(files, least_px), workers, crashed, limit_s)
    yield from in_order(_raise_stop(one for _, one in done), lambda one: one.job.order)


def pages_of(files: Iterable[Path], least_px: int, look: SpreadLook | None = None) -> Iterator[FilePage]:
    """All pages of some files in order; each file is opened in a worker when its turn comes.

    look: how to look for several pages on one picture; None: each picture is one page.
    """
    from digitize.files.scan_probe import probe_scans
    from ocr.page import Scan

    order = 0
    for place, (found, indices) in enumerate(_with_indices(probe_scans(files, least_px), look)):
        file = found.path
        if found.reason:
            # The whole path, so that files of one name in several folders can be told apart.
            yield FilePage(order, place, file, reason=f"{file}{found.reason.removeprefix(file.name)}")
            order += 1
        for number, index in enumerate(indices, 1):
            label = f"{file}, page {number}" if len(indices) > 1 else str(file)
            yield FilePage(order, place, file, number, len(indices), Scan(file, found.sha256, index, label))
            order += 1


def _with_indices(probes: Iterator[ScanProbe], look: SpreadLook | None) -> Iterator[tuple[ScanProbe, tuple[int, ...]]]:
    """Each file with the indices of its pages, of which a picture may show several; one worker for all files."""
    from digitize.machine.pool import in_order, run_light_jobs
    from digitize.reading.spreads import LIMIT_S, PictureJob, find_places, leave_whole

    if look is None:
        yield from ((found, tuple(range(found.pages))) for found in probes)
        return
    waiting: deque[ScanProbe] = deque()

    def jobs() -> Iterator[PictureJob]:
        order = count()
        for found in probes:
            waiting.append(found)
            yield from (PictureJob(next(order), found.path, i, look) for i in range(found.pages))

    indices: tuple[int, ...] = ()
    done = run_light_jobs(find_places, jobs(), leave_whole, LIMIT_S)
    for job, own in in_order(done, lambda one: one[0].order):
        while not waiting[0].pages:
            yield waiting.popleft(), ()
        indices += own
        if job.picture == waiting[0].pages - 1:
            yield waiting.popleft(), indices
            indices = ()
    yield from ((found, ()) for found in waiting)


def _read(read: Callable[[Scan], Found], job: FilePage) -> FilePageDone[Found]:
    """Read one page; runs in a worker."""
    from ocr.errors import EngineMissing, FormError, OcrError

    if job.scan is None:
        return FilePageDone(job, reason=job.reason)
    try:
        return FilePageDone(job, read(job.scan))
    # Every page would fail alike: this ends the run.
    except (EngineMissing, FormError) as e:
        return FilePageDone(job, stop=e)
    except OcrError as e:
        # Most messages begin with the page's name; those of engines may not.
        why = str(e)
        return FilePageDone(job, reason=why if why.startswith(job.scan.label) else f"{job.scan.label}: {why}")
    # A fault of this program on one page must not cost the other pages.
    except Exception as e:
        return FilePageDone(job, reason=fault(job.scan.label, e))


def _make_failure(job: FilePage) -> FilePageDone[Found]:
    label = job.scan.label if job.scan else str(job.file)
    what = "reading it crashed the worker or timed out, twice"
    return FilePageDone(job, reason=f"{label}: {what}. Scan the page again, or leave it out.")


def _raise_stop(done: Iterable[FilePageDone[Found]]) -> Iterator[FilePageDone[Found]]:
    """Pages as they finish. Raises an error that stops the run at once, whichever page comes next."""
    for one in done:
        if one.stop is not None:
            raise one.stop
        yield one
