"""What a worker process does with one page: plain values in, plain values out; no ledger, no printing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitize.errors import fault
from ocr.errors import EngineMissing, OcrError, ScanError

if TYPE_CHECKING:
    from ocr.lexicon import Lexicon
    from ocr.read import ReadSettings


@dataclass(frozen=True, slots=True)
class PageJob:
    """One page to read.

    page: its id. path, sha256, index: the scan. recognition: what was recognised before (then only the deciding is
    done), None to recognise as well. is_copy: the file lies in the workspace under its own hash.
    """

    page: str
    path: Path
    sha256: str
    index: int
    settings: ReadSettings
    lexica: Mapping[str, Lexicon]
    recognition: Mapping[str, Any] | None = None
    is_copy: bool = True


@dataclass(frozen=True, slots=True)
class PageDone:
    """What came of it, as JSON types."""

    page: str
    recognition: Mapping[str, Any]
    reading: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PageFailed:
    """Why it did not work. kind: a stable word. message: names the page and the next step, no values."""

    page: str
    kind: str
    message: str
    retry: bool


def read_page(job: PageJob) -> PageDone | PageFailed:
    """Recognise and decide one page. The one place where a page's errors are caught."""
    try:
        return _read(job)
    except EngineMissing as e:
        return PageFailed(job.page, "engine-missing", _named(job, e), True)
    except ScanError as e:
        return PageFailed(job.page, e.kind, _named(job, e), e.retry)
    except (OcrError, OSError) as e:
        return PageFailed(job.page, type(e).__name__, _named(job, e), isinstance(e, OSError))
    except MemoryError:
        return PageFailed(job.page, "memory", f"Page {job.page}: not enough memory. Run with fewer --jobs.", True)
    except Exception as e:  # a fault of ours on one page must not stop the others; it is recorded with its place
        return PageFailed(job.page, "fault", fault(f"Page {job.page}", e), False)


def _named(job: PageJob, error: Exception) -> str:
    """The error's message with the page's id before it, once: scans name themselves already."""
    return f"Page {job.page}: {str(error).removeprefix(f'{job.page}: ')}"


def _read(job: PageJob) -> PageDone:
    from ocr.page import Scan
    from ocr.plain import reading_to_plain, recognition_from_plain, recognition_to_plain
    from ocr.read import decide, recognise

    if job.recognition is None:
        _check_content(job)
        recognition = recognise(Scan(job.path, job.sha256, job.index, job.page), job.settings)
    else:
        recognition = recognition_from_plain(job.recognition)
    reading = decide(recognition, job.lexica, job.settings)
    return PageDone(job.page, recognition_to_plain(recognition), reading_to_plain(reading))


def _check_content(job: PageJob) -> None:
    """Raise ScanError when the file is not what was taken in."""
    with job.path.open("rb") as f:
        found = hashlib.file_digest(f, "sha256").hexdigest()
    if found != job.sha256:
        what = "the original was damaged" if job.is_copy else "the linked file was changed"
        raise ScanError(f"{what} since it was taken in. Take the scan in again.", kind="changed")
