"""What a worker process does with one page: plain values in, plain values out; no ledger, no printing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitize.errors import fault
from ocr.errors import EngineMissing, OcrError, ScanError

if TYPE_CHECKING:
    from ocr.forms.settings import ReadSettings
    from ocr.languages.lexicon import Lexicon
    from ocr.page import Carried, Recognition
    from ocr.registers import RegisterSettings, VolumeReader
    from ocr.scans.scan import OpenedPage


@dataclass(frozen=True, slots=True)
class PageJob:
    """One page to read.

    page: its id. path, sha256, index: the scan. said: what its book is said to be of, by zone. recognition: what was
    recognised before (then only the deciding is done), None to recognise as well. is_copy: the file lies in the
    workspace under its own hash.
    """

    page: str
    path: Path
    sha256: str
    index: int
    settings: ReadSettings
    lexica: Mapping[str, Lexicon]
    said: Mapping[str, str]
    recognition: Mapping[str, Any] | None = None
    is_copy: bool = True


@dataclass(frozen=True, slots=True)
class RegisterJob:
    """One page to read as a register's; the rest as in PageJob.

    register: id of the one it was said to be, "" to find out. folders: with registers beside the package's. before:
    what the page before in the volume handed on.
    """

    page: str
    path: Path
    sha256: str
    index: int
    register: str
    languages: tuple[str, ...]
    settings: RegisterSettings
    dpi: int
    lexica: Mapping[str, Lexicon]
    folders: tuple[Path, ...] = ()
    before: Carried | None = None
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
    """Recognise and decide one page. Its errors are caught here."""
    return _guarded(job, partial(_read, job))


def read_register_page(job: RegisterJob) -> PageDone | PageFailed:
    """Recognise and decide one page of a register. Its errors are caught here."""
    return _guarded(job, partial(_read_register, job))


def _guarded(job: PageJob | RegisterJob, read: Callable[[], PageDone]) -> PageDone | PageFailed:
    """What came of a page. The one place where a page's errors are caught."""
    try:
        return read()
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


def _named(job: PageJob | RegisterJob, error: Exception) -> str:
    """The error's message with the page's id before it, once: scans name themselves already."""
    return f"Page {job.page}: {str(error).removeprefix(f'{job.page}: ')}"


def _read(job: PageJob) -> PageDone:
    from ocr.forms.read import decide, recognise
    from ocr.page import Scan
    from ocr.plain import reading_to_plain, recognition_from_plain, recognition_to_plain

    if job.recognition is None:
        _check_content(job)
        recognition = recognise(Scan(job.path, job.sha256, job.index, job.page), job.settings)
    else:
        recognition = recognition_from_plain(job.recognition)
    reading = decide(recognition, job.lexica, job.settings, job.said)
    return PageDone(job.page, recognition_to_plain(recognition), reading_to_plain(reading))


def _read_register(job: RegisterJob) -> PageDone:
    from ocr.plain import reading_to_plain, recognition_from_plain, recognition_to_plain
    from ocr.registers import decide_register, known_registers

    if job.recognition is None:
        _check_content(job)
        recognition = _seen_register(job)
    else:
        recognition = recognition_from_plain(job.recognition)
    form = known_registers(job.folders).find(recognition.form)
    reading = decide_register(recognition, form, job.languages, job.lexica)
    return PageDone(job.page, recognition_to_plain(recognition), reading_to_plain(reading))


def _seen_register(job: RegisterJob) -> Recognition:
    from ocr.page import Scan
    from ocr.scans.scan import open_page

    page = open_page(Scan(job.path, job.sha256, job.index, job.page), job.dpi)
    return as_register(register_reader(job.register, job.languages, job.settings, job.folders), page, job.before)


def as_register(reader: VolumeReader, page: OpenedPage, before: Carried | None) -> Recognition:
    """A page as a register's; one without ruled columns or of no known register has no form, no rows, and hands on what
    it was given: letters and blank backs do not disturb a volume.
    """
    found = reader.recognise(page, before, only_known=True)
    if found.form is not None and (found.rows or not found.reason):
        return _without_nothing(found)
    return replace(found, form=None, zones=(), rows=(), carried=before)


def _without_nothing(found: Recognition) -> Recognition:
    """A page without a first row that would go on from the page before and has nothing in it."""
    top = found.rows[0].id if found.rows and found.rows[0].continues else ""
    own = [z for z in found.zones if top and z.zone.startswith(f"{top}.")]
    if not top or not all(z.blank for z in own):
        return found
    return replace(found, rows=found.rows[1:], zones=tuple(z for z in found.zones if z not in own))


_DIGITS, _FIELDS = "digits", "fields"


@lru_cache(maxsize=16)
def register_settings(read: ReadSettings) -> RegisterSettings:
    """How the cells of registers are read where pages are read so.

    The engine for handwriting takes part where the page's first language is English; in others it reads the numbers of
    pages with Latin digits, and an engine of their own those in native digits.
    """
    from ocr.engines import load_engine
    from ocr.forms.settings import handwriting_engine
    from ocr.registers import RegisterSettings

    by_hand = handwriting_engine(read)
    if by_hand == "none" or not read.languages:
        return RegisterSettings(engine=read.engine, sections=read.sections)
    if read.languages[0] == "en":
        return RegisterSettings(engine=read.engine, handwriting_engine=by_hand, sections=read.sections)
    has_digits = read.languages[0] in load_engine(_DIGITS).languages()
    return RegisterSettings(
        engine=read.engine,
        digits_engine=_DIGITS if has_digits else "none",
        latin_engine=by_hand if by_hand == _FIELDS else "none",
        sections=read.sections,
    )


@lru_cache(maxsize=4)
def register_reader(
    register: str, languages: tuple[str, ...], settings: RegisterSettings, folders: tuple[Path, ...] = ()
) -> VolumeReader:
    """A reader of registers, kept from page to page: engines are slow to start.

    register: its id, "" to find out. folders: with registers beside the package's.
    """
    from ocr.registers import VolumeReader, known_registers

    return VolumeReader(register or None, languages, settings=settings, registers=known_registers(folders))


def _check_content(job: PageJob | RegisterJob) -> None:
    """Raise ScanError when the file is not what was taken in."""
    with job.path.open("rb") as f:
        found = hashlib.file_digest(f, "sha256").hexdigest()
    if found != job.sha256:
        what = "the original was damaged" if job.is_copy else "the linked file was changed"
        raise ScanError(f"{what} since it was taken in. Take the scan in again.", kind="changed")
