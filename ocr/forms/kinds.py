"""Whether a page is a known form, blank paper, or something else: a letter, a continuation sheet, a form not known."""

from __future__ import annotations

from typing import Literal

from ocr.engine import Image
from ocr.forms.zones import Match
from ocr.pages.prepare import prepare_page

Kind = Literal["form", "other", "blank"]
# Left out of preparing: whether anything is written on a page does not depend on these.
_ONLY = ("orientation", "spread", "dewarp", "flatten")


def page_kind(grey: Image, match: Match) -> Kind:
    """What a page is. grey: (height, width) uint8 as scanned; match: what find_form said of it.

    A page with faint marks alone is not called blank: it may be pencil.
    """
    if match.form is not None:
        return "form"
    return "blank" if is_blank(grey) else "other"


def is_blank(grey: Image) -> bool:
    """Whether nothing is written or printed on a page, (height, width) uint8 as scanned."""
    return all(page.blank for page in prepare_page(grey, skip=_ONLY))
