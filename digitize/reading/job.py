"""A page job and its result: plain values sent to a worker and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitize.reading.lexica import ListSource

if TYPE_CHECKING:
    from ocr.forms.settings import ReadSettings
    from ocr.page import Carried


OUT_OF_TIME = "out-of-time"
"""Kind of failure of a page that used up its time."""


@dataclass(frozen=True, slots=True)
class PageJob:
    """One page to read.

    page: its id. path, sha256, index: the scan; a hash of "" is not checked. metadata: intake metadata of its volume,
    by zone. register: id of the volume's register, "" to detect, None to skip registers. before: context from the page
    before it in the volume. as_form, as_register: earlier recognitions, which are then only decided again. is_copy: the
    file is stored in the workspace under its hash. name: of the page in messages, "Page ID" by default. tells_blank:
    detect whether an unknown page is blank.
    """

    page: str
    path: Path
    sha256: str
    index: int
    settings: ReadSettings
    lists: ListSource
    metadata: Mapping[str, str] = field(default_factory=dict)
    register: str | None = ""
    before: Carried | None = None
    as_form: Mapping[str, Any] | None = None
    as_register: Mapping[str, Any] | None = None
    is_copy: bool = True
    name: str = ""
    tells_blank: bool = False

    @property
    def display_name(self) -> str:
        """How messages name the page."""
        return self.name or f"Page {self.page}"

    @property
    def label(self) -> str:
        """Name of the scan in messages."""
        return self.name or self.page

    @property
    def needs(self) -> frozenset[str]:
        """Capabilities required of a worker: the models of its languages."""
        is_asked = self.settings.engine.startswith("tesseract")
        return frozenset(f"language {code}" for code in self.settings.languages) if is_asked else frozenset()

    def make_refusal(self, message: str) -> PageFailed:
        """Result if its scan is unavailable for now."""
        return PageFailed(self.page, "store", f"{self.display_name}: {message}", retry=True)


@dataclass(frozen=True, slots=True)
class PageReading:
    """A page read as a form or as a register; both parts as JSON types."""

    recognition: Mapping[str, Any]
    reading: Mapping[str, Any]

    @property
    def form(self) -> str | None:
        """Form or register of the page, None if unknown."""
        form: str | None = self.reading["form"]
        return form


@dataclass(frozen=True, slots=True)
class PageDone:
    """Result of a page. as_register: None if it is a form, or was not tried as a register. is_blank: unknown, and
    empty.
    """

    page: str
    as_form: PageReading
    as_register: PageReading | None = None
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
        """Context that a page without a form hands on to the next one of its volume."""
        from ocr.plain import carried_from_plain

        return carried_from_plain(self.as_register.recognition.get("carried")) if self.as_register else None


@dataclass(frozen=True, slots=True)
class PageFailed:
    """Why reading failed. kind: stable code. message: names the page and the next step, no values.

    as_form: form recognition (none known) of a page that failed as a register. error: one that ends the whole run.
    """

    page: str
    kind: str
    message: str
    retry: bool
    as_form: PageReading | None = None
    error: Exception | None = field(default=None, compare=False)

    @property
    def holds_up(self) -> bool:
        """Whether later pages wait until it is retried; a page that is only slow would hold up a whole book."""
        return self.retry and self.kind != OUT_OF_TIME


def keep_match_only(done: PageDone | PageFailed) -> PageDone | None:
    """Only the result that a page is of no known form; None if even that is unknown."""
    return PageDone(done.page, done.as_form) if done.as_form is not None else None
