"""A page to read and what comes of it: what travels to a worker and back, plain values."""

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
        """How the scan names itself in messages."""
        return self.name or self.page

    @property
    def needs(self) -> frozenset[str]:
        """What it asks of another machine that is to read it: the models of its languages."""
        is_asked = self.settings.engine.startswith("tesseract")
        return frozenset(f"language {code}" for code in self.settings.languages) if is_asked else frozenset()

    def make_refusal(self, message: str) -> PageFailed:
        """What comes of it where its scan cannot be had for now."""
        return PageFailed(self.page, "store", f"{self.display_name}: {message}", retry=True)


@dataclass(frozen=True, slots=True)
class PageReading:
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
    """What came of a page. as_register: None where it is a form, or was not tried as a register's. is_blank: it is of
    nothing known, and nothing at all is on it.
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
    as_form: PageReading | None = None
    error: Exception | None = field(default=None, compare=False)

    @property
    def holds_up(self) -> bool:
        """Whether pages behind it wait until it is tried again; one that is only slow would hold up a whole book."""
        return self.retry and self.kind != OUT_OF_TIME


def keep_match_only(done: PageDone | PageFailed) -> PageDone | None:
    """Of a page that is of no known form only that; None where even that is not known."""
    return PageDone(done.page, done.as_form) if done.as_form is not None else None
