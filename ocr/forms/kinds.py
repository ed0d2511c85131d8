"""Whether a page is a known form, blank paper, or something else: a letter, a continuation sheet, a form not known."""

from __future__ import annotations

from typing import Literal

from ocr.engine import Image
from ocr.forms.zones import Match
from ocr.pages.bare import is_bare

Kind = Literal["form", "other", "blank"]


def page_kind(grey: Image, match: Match) -> Kind:
    """What a page is. grey: (height, width) uint8 as scanned; match: what find_form said of it.

    A page with faint marks alone is not called blank: it may be pencil.
    """
    if match.form is not None:
        return "form"
    return "blank" if is_blank(grey) else "other"


def is_blank(grey: Image) -> bool:
    """Whether nothing at all is on a page, (height, width) uint8 as scanned: it is blank only where that is sure."""
    return is_bare(grey)
