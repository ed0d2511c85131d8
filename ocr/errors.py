"""What can stop reading. Libraries know no exit codes; `digitize/exits.py` maps these types to them."""

from __future__ import annotations


class OcrError(Exception):
    """Base of everything this package raises on purpose."""


class ScanError(OcrError):
    """A scan cannot be opened. The message names the scan, what is wrong and the next step.

    kind: a stable word for reports: empty, truncated, encrypted, not-an-image, too-large, too-small, no-pages,
    unreadable. retry: whether the same file may succeed later (a disk that was away).
    """

    def __init__(self, message: str, *, kind: str, retry: bool = False) -> None:
        """Keep the message, the kind and whether trying again can help."""
        super().__init__(message)
        self.kind = kind
        self.retry = retry


class FormError(OcrError):
    """A form or language file is wrong; the message names file and key."""


class EngineMissing(OcrError):
    """An engine or a language pack is not installed; the message names the package to install."""


class EngineFailed(OcrError):
    """The engine broke or ran past its time limit on one page."""


class OutOfTime(EngineFailed):
    """A page used up the time that it may take; with more it may be read."""
