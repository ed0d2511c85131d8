"""One visit of a page in a worker: it is opened once, tried as a form, then as a register.

No ledger, no printing. Plain values in and out. Used by both `digitize run` and `digitize extract`.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from digitize.errors import fault
from digitize.reading.job import OUT_OF_TIME, PageDone, PageFailed, PageJob, PageReading
from digitize.reading.register import decide_register, recognise_register
from ocr.errors import EngineMissing, FormError, OcrError, OutOfTime, ScanError
from ocr.page import BLANK, WRITTEN

if TYPE_CHECKING:
    from ocr.page import Reading, Recognition
    from ocr.scans.scan import OpenedPage


def read_page(job: PageJob) -> PageDone | PageFailed:
    """Recognise and decide one page. The only place where a page's errors are caught."""
    visit = _Visit(job)

    def report_failure(kind: str, message: str, *, retry: bool, error: Exception | None = None) -> PageFailed:
        return PageFailed(job.page, kind, message, retry, visit.as_form, error)

    try:
        return visit.read()
    # The special ones first: these three are OcrErrors, too.
    except EngineMissing as e:
        return report_failure("engine-missing", _add_page_name(job, e), retry=True, error=e)
    except OutOfTime as e:
        return report_failure(OUT_OF_TIME, _add_page_name(job, e), retry=True)
    except ScanError as e:
        return report_failure(e.kind, _add_page_name(job, e), retry=e.retry)
    except (OcrError, OSError) as e:
        # A wrong form file is wrong for every page; a disk or share that is away may be back at the next run.
        is_for_all = e if isinstance(e, FormError) else None
        return report_failure(type(e).__name__, _add_page_name(job, e), retry=isinstance(e, OSError), error=is_for_all)
    except MemoryError:
        return report_failure("memory", f"{job.display_name}: not enough memory. Run with fewer --jobs.", retry=True)
    except Exception as e:  # a fault of ours on one page must not stop the others; it is recorded with its place
        return report_failure("fault", fault(job.display_name, e), retry=False)


def _add_page_name(job: PageJob, error: Exception) -> str:
    """Error message prefixed by the page's name, once: scans already include it."""
    return f"{job.display_name}: {str(error).removeprefix(f'{job.label}: ')}"


class _Visit:
    """One page in a worker; its image is opened on first use, once."""

    def __init__(self, job: PageJob) -> None:
        self._job = job
        self._opened: OpenedPage | None = None
        self.as_form: PageReading | None = None

    def read(self) -> PageDone:
        self.as_form = self._as_form()
        if self.as_form.form is not None:
            return PageDone(self._job.page, self.as_form)
        as_register = self._as_register() if self._job.register is not None else None
        if as_register is None or as_register.form is not None:
            is_blank = as_register is None and self._job.tells_blank and self._is_blank()
        else:
            as_register, is_blank = self._note_blank(as_register)
        return PageDone(self._job.page, self.as_form, as_register, is_blank)

    def _as_form(self) -> PageReading:
        from ocr.forms.read import decide, recognise
        from ocr.plain import recognition_from_plain

        job = self._job
        kept = job.as_form
        seen = recognise(self._page(), job.settings) if kept is None else recognition_from_plain(kept)
        lists = job.lists.load_lists(self._form_state(seen))
        return _make_page_reading(seen, decide(seen, lists, job.settings, job.metadata))

    def _form_state(self, seen: Recognition) -> str:
        """State named by a page's form, "" if none or if the lists are fixed without it."""
        from ocr.forms.zones import load_models

        if seen.form is None or self._job.lists.is_settled:
            return ""
        form = load_models(self._job.settings.form_folders).forms.get(seen.form)
        return form.state if form else ""

    def _as_register(self) -> PageReading:
        from ocr.plain import recognition_from_plain

        job = self._job
        kept = job.as_register
        seen = recognition_from_plain(kept) if kept is not None else recognise_register(job, self._page())
        return _make_page_reading(seen, decide_register(job, seen))

    def _note_blank(self, as_register: PageReading) -> tuple[PageReading, bool]:
        """Record whether an unknown page is blank along with its recognition."""
        seen = as_register.recognition
        if not self._job.tells_blank or BLANK in seen["notes"] or WRITTEN in seen["notes"]:
            return as_register, BLANK in seen["notes"]
        try:
            is_blank = self._is_blank()
        except (ScanError, OSError):
            # Decided anew, and its original is away: it is not called blank unseen.
            if self._job.as_register is None:
                raise
            return as_register, False
        noted = {**seen, "notes": (*seen["notes"], BLANK if is_blank else WRITTEN)}
        return PageReading(noted, as_register.reading), is_blank

    def _is_blank(self) -> bool:
        from ocr.pages.bare import is_bare

        return is_bare(self._page().grey)

    def _page(self) -> OpenedPage:
        """The page, verified and opened on first call: hashing and decoding cost as much as matching."""
        from ocr.page import Scan
        from ocr.scans.scan import open_page

        job = self._job
        if self._opened is None:
            if job.sha256:
                _check_content(job)
            self._opened = open_page(Scan(job.path, job.sha256, job.index, job.label), job.settings.dpi)
        return self._opened


def _make_page_reading(seen: Recognition, reading: Reading) -> PageReading:
    from ocr.plain import reading_to_plain, recognition_to_plain

    return PageReading(recognition_to_plain(seen), reading_to_plain(reading))


def _check_content(job: PageJob) -> None:
    """Raise ScanError if the file differs from the one taken in."""
    with job.path.open("rb") as f:
        found = hashlib.file_digest(f, "sha256").hexdigest()
    if found != job.sha256:
        what = "the original was damaged" if job.is_copy else "the linked file was changed"
        raise ScanError(f"{what} since intake. Give the scan to intake again.", kind="changed")
