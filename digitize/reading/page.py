"""What a worker does in one visit of a page: it is opened once, tried as a form, then as a register's.

No ledger, no printing. Plain values in, plain values out. `digitize run` and `digitize extract` both come this way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitize.errors import fault
from digitize.reading.lexica import Lists
from ocr.errors import EngineMissing, OcrError, ScanError

if TYPE_CHECKING:
    from ocr.forms.read import ReadSettings
    from ocr.page import Carried, Reading, Recognition
    from ocr.scans.scan import OpenedPage


@dataclass(frozen=True, slots=True)
class PageJob:
    """One page to read.

    page: its id. path, sha256, index: the scan; a hash of "" is not checked. metadata: what intake was told of its
    volume, by zone. register: id of the register that the volume is of, "" to find out, None where it is not to be
    tried as a register's. before: what the page before it in the volume handed on. as_form, as_register: what was
    recognised earlier, which is then only decided anew. is_copy: the file lies in the workspace under its own hash.
    name: how messages name the page, "Page ID" when not given. tells_blank: whether to say if a page that is of
    nothing known is blank.
    """

    page: str
    path: Path
    sha256: str
    index: int
    settings: ReadSettings
    lists: Lists
    metadata: Mapping[str, str] = field(default_factory=dict)
    register: str | None = ""
    before: Carried | None = None
    as_form: Mapping[str, Any] | None = None
    as_register: Mapping[str, Any] | None = None
    is_copy: bool = True
    name: str = ""
    tells_blank: bool = False

    @property
    def called(self) -> str:
        """How messages name the page."""
        return self.name or f"Page {self.page}"

    @property
    def label(self) -> str:
        """How the scan names itself in messages."""
        return self.name or self.page


@dataclass(frozen=True, slots=True)
class Found:
    """A page read in one way, as a form or as a register's; both parts as JSON types."""

    recognition: Mapping[str, Any]
    reading: Mapping[str, Any]

    @property
    def form(self) -> str | None:
        """The form or register that it is of, None when it is of none that is known."""
        form: str | None = self.reading["form"]
        return form


@dataclass(frozen=True, slots=True)
class PageDone:
    """What came of a page. as_register: None where it is a form, or was not tried as a register's."""

    page: str
    as_form: Found
    as_register: Found | None = None
    is_blank: bool = False

    @property
    def is_form(self) -> bool:
        """Whether it is of a known form."""
        return self.as_form.form is not None

    @property
    def is_whole(self) -> bool:
        """Whether all that can be tried was tried."""
        return self.is_form or self.as_register is not None

    @property
    def is_register(self) -> bool:
        """Whether it is of a known register."""
        return self.as_register is not None and self.as_register.form is not None

    def handed_on(self) -> Carried | None:
        """What a page that is no form hands on to the next one of its volume."""
        from ocr.plain import carried_from_plain

        return carried_from_plain(self.as_register.recognition.get("carried")) if self.as_register else None


@dataclass(frozen=True, slots=True)
class PageFailed:
    """Why it did not work. kind: a stable word. message: names the page and the next step, no values.

    as_form: what it was as a form, of no known one, where it failed as a register's. error: one that ends a whole run.
    """

    page: str
    kind: str
    message: str
    retry: bool
    as_form: Found | None = None
    error: Exception | None = field(default=None, compare=False)


def read_page(job: PageJob) -> PageDone | PageFailed:
    """Recognise and decide one page. The one place where a page's errors are caught."""
    visit = _Visit(job)

    def failed(kind: str, message: str, *, retry: bool, error: Exception | None = None) -> PageFailed:
        return PageFailed(job.page, kind, message, retry, visit.as_form, error)

    try:
        return visit.read()
    except EngineMissing as e:
        return failed("engine-missing", _named(job, e), retry=True, error=e)
    except ScanError as e:
        return failed(e.kind, _named(job, e), retry=e.retry)
    except (OcrError, OSError) as e:
        return failed(type(e).__name__, _named(job, e), retry=isinstance(e, OSError), error=e)
    except MemoryError:
        return failed("memory", f"{job.called}: not enough memory. Run with fewer --jobs.", retry=True)
    except Exception as e:  # a fault of ours on one page must not stop the others; it is recorded with its place
        return failed("fault", fault(job.called, e), retry=False)


def _named(job: PageJob, error: Exception) -> str:
    """The error's message with the page's name before it, once: scans name themselves already."""
    return f"{job.called}: {str(error).removeprefix(f'{job.label}: ')}"


class _Visit:
    """One page in a worker, its picture opened when it is first needed and not again."""

    def __init__(self, job: PageJob) -> None:
        self._job = job
        self._opened: OpenedPage | None = None
        self.as_form: Found | None = None

    def read(self) -> PageDone:
        self.as_form = self._as_form()
        if self.as_form.form is not None:
            return PageDone(self._job.page, self.as_form)
        as_register = self._as_register() if self._job.register is not None else None
        is_known = as_register is not None and as_register.form is not None
        return PageDone(self._job.page, self.as_form, as_register, not is_known and self._is_blank())

    def _as_form(self) -> Found:
        from ocr.forms.read import decide, recognise
        from ocr.plain import recognition_from_plain

        job = self._job
        kept = job.as_form
        seen = recognise(self._page(), job.settings) if kept is None else recognition_from_plain(kept)
        return _found(seen, decide(seen, job.lists.of(self._form_state(seen)), job.settings, job.metadata))

    def _form_state(self, seen: Recognition) -> str:
        """The state that a page's form names, "" for none or where the lists are settled without it."""
        from ocr.forms.zones import load_models

        if seen.form is None or self._job.lists.is_settled:
            return ""
        form = load_models(self._job.settings.form_folders).forms.get(seen.form)
        return form.state if form else ""

    def _as_register(self) -> Found:
        from digitize.reading.register import decided_page, recognised_page
        from ocr.plain import recognition_from_plain

        job = self._job
        kept = job.as_register
        seen = recognition_from_plain(kept) if kept is not None else recognised_page(job, self._page())
        return _found(seen, decided_page(job, seen))

    def _is_blank(self) -> bool:
        from ocr.forms.kinds import is_blank

        return self._job.tells_blank and is_blank(self._page().grey)

    def _page(self) -> OpenedPage:
        """The page, checked and opened at the first call alone: hashing and decoding cost as much as matching does."""
        from ocr.page import Scan
        from ocr.scans.scan import open_page

        job = self._job
        if self._opened is None:
            if job.sha256:
                _check_content(job)
            self._opened = open_page(Scan(job.path, job.sha256, job.index, job.label), job.settings.dpi)
        return self._opened


def _found(seen: Recognition, reading: Reading) -> Found:
    from ocr.plain import reading_to_plain, recognition_to_plain

    return Found(recognition_to_plain(seen), reading_to_plain(reading))


def matched_only(done: PageDone | PageFailed) -> PageDone | None:
    """Of a page that is of no known form only that; None where even that is not known."""
    return PageDone(done.page, done.as_form) if done.as_form is not None else None


def _check_content(job: PageJob) -> None:
    """Raise ScanError when the file is not what was taken in."""
    with job.path.open("rb") as f:
        found = hashlib.file_digest(f, "sha256").hexdigest()
    if found != job.sha256:
        what = "the original was damaged" if job.is_copy else "the linked file was changed"
        raise ScanError(f"{what} since it was taken in. Take the scan in again.", kind="changed")
