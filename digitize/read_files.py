"""Read files into text: their pages drawn one by one, read in processes, and handed on in order."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from digitize.errors import OptionsError, fault

if TYPE_CHECKING:
    from ocr.language import Language
    from ocr.page import PageText, Scan
    from ocr.text import TextSettings

_ALSO = {"ory": "or"}
"""ISO 639-3 has a code of its own for Odia without its dialects."""


@dataclass(frozen=True, slots=True)
class TextJob:
    """One page to be read, or a file of which no page can be: then scan is missing and reason says why.

    order: place among all jobs, place: that of its file among the files, both from 0. number: 1-based page of the file;
    pages: how many the file has.
    """

    order: int
    place: int
    file: Path
    number: int = 0
    pages: int = 0
    scan: Scan | None = None
    settings: TextSettings | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TextRead:
    """What came of a job: the page's text, or the reason why there is none. stop: an error that ends the whole run."""

    job: TextJob
    text: PageText | None = None
    reason: str = ""
    stop: Exception | None = field(default=None, compare=False)


def parse_languages(given: str) -> tuple[str, ...]:
    """Languages as two-letter codes, in the order given; "hi", "hin", and several parted by commas.

    Raises OptionsError for one that cannot be read, with the list of those that can.
    """
    from ocr.language import known_languages

    known = known_languages()
    asked = [code for code in re.split(r"[,+\s]+", given.strip().lower()) if code]
    if not asked:
        raise OptionsError(f"--lang names no language. Choose from {_choices(known.values())}.")
    longer = {x.code3: x.code for x in known.values()} | _ALSO
    codes = [longer.get(code, code) for code in asked]
    for code, said in zip(codes, asked, strict=True):
        if code not in known:
            raise OptionsError(
                f"--lang {said}: there is no such language here. Choose from {_choices(known.values())}."
            )
    return tuple(dict.fromkeys(codes))


def _choices(known: Iterable[Language]) -> str:
    return ", ".join(f"{x.code} ({x.code3})" for x in known)


def read_files(files: Iterable[Path], settings: TextSettings, workers: int) -> Iterator[TextRead]:
    """Read all pages of all files, in order, each given back as soon as it and those before it are done.

    They are read in processes of their own, one worker's too: a page may break its worker, or never come back. A file
    or page that cannot be read gives a reason, and the others go on. Raises EngineMissing when an engine or a language
    pack is not installed.
    """
    from digitize.pool import patience_s, run_jobs

    limit_s = patience_s(settings.seconds_per_page)
    done = run_jobs(_read, _draw(files, settings), workers, _crashed, limit_s)
    for read in _in_order(read for _, read in done):
        if read.stop is not None:
            raise read.stop
        yield read


def default_workers() -> int:
    """Cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def _draw(files: Iterable[Path], settings: TextSettings) -> Iterator[TextJob]:
    """A job for each page; files are opened only when their turn has come."""
    from ocr.errors import ScanError
    from ocr.limits import MIN_LINE_PX, MIN_SIDE_PX
    from ocr.page import Scan
    from ocr.scan import probe

    least_px = MIN_LINE_PX if settings.layout == "line" else MIN_SIDE_PX
    order = 0
    for place, file in enumerate(files):
        try:
            pages = probe(file, least_px).pages
            sha256 = _sha256(file)
        except (ScanError, OSError) as e:
            yield TextJob(order, place, file, reason=_said(file, e))
            order += 1
            continue
        for index in range(pages):
            label = f"{file}, page {index + 1}" if pages > 1 else str(file)
            yield TextJob(order, place, file, index + 1, pages, Scan(file, sha256, index, label), settings)
            order += 1


def _said(file: Path, error: Exception) -> str:
    """The message with the whole path, so that files of one name in several folders can be told apart."""
    if isinstance(error, OSError):
        return f"{file}: the file cannot be read ({error.strerror or type(error).__name__}). Check disk and rights."
    return f"{file}{str(error).removeprefix(file.name)}"


def _sha256(file: Path) -> str:
    with file.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def _read(job: TextJob) -> TextRead:
    """Read one page; runs in a worker."""
    from ocr.errors import EngineMissing, OcrError
    from ocr.text import read_text

    if job.scan is None or job.settings is None:
        return TextRead(job, reason=job.reason)
    try:
        return TextRead(job, read_text(job.scan, job.settings))
    except EngineMissing as e:
        return TextRead(job, stop=e)
    except OcrError as e:
        said = str(e)
        return TextRead(job, reason=said if said.startswith(job.scan.label) else f"{job.scan.label}: {said}")
    except Exception as e:
        return TextRead(job, reason=fault(job.scan.label, e))


def _crashed(job: TextJob) -> TextRead:
    label = job.scan.label if job.scan else str(job.file)
    what = "reading it broke the worker or never ended, twice"
    return TextRead(job, reason=f"{label}: {what}. Scan the page again, or leave it out.")


def _in_order(reads: Iterable[TextRead]) -> Iterator[TextRead]:
    """Reads in the order of their jobs; those that come too early wait. One that stops the run does not wait."""
    early: dict[int, TextRead] = {}
    wanted = 0
    for read in reads:
        if read.stop is not None:
            yield read
        early[read.job.order] = read
        while wanted in early:
            yield early.pop(wanted)
            wanted += 1
