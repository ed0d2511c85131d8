"""Meaning of each finding in a report, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ocr.quality.defect import FEW_LETTERS, TOUCHES_EDGE

SCANNED_TWICE = "scanned-twice"
OUT_OF_ORDER = "out-of-order"
NUMBER_MISSING = "number-missing"
NAME_MISSING = "name-missing"
UNREADABLE = "unreadable"


class Meaning(NamedTuple):
    """says: what is wrong. do: the next step."""

    says: str
    do: str


MEANINGS: Mapping[str, Meaning] = {
    "low-resolution": Meaning("letters have too few pixels", "Scan again at 300 dpi."),
    "blurred": Meaning("writing is not sharp", "Lay the page flat, hold still, focus, and scan again."),
    "too-dark": Meaning("far too dark", "Scan again with more light or a higher brightness."),
    "too-light": Meaning("burned out", "Scan again with less light or a lower brightness."),
    "low-contrast": Meaning("ink hardly differs from paper", "Clean the glass, set the contrast, and scan again."),
    "cut-off": Meaning("writing runs out of the picture", "Scan the whole page again, with a margin."),
    "foreign-object": Meaning("something lies on the page", "Take it off the page and scan again."),
    UNREADABLE: Meaning("the file cannot be opened", "Copy or scan it again."),
    SCANNED_TWICE: Meaning("the same page as another", "Keep the better of the two."),
    OUT_OF_ORDER: Meaning("stands at another page's place", "Put the pages in the order of their numbers."),
    NUMBER_MISSING: Meaning("numbers are missing from the run of page numbers", "Look in the book, and scan them."),
    NAME_MISSING: Meaning("numbers are missing from the run of file names", "Find the files, or scan the pages."),
}
"""Every word that can stand in a report."""

NOTES: Mapping[str, str] = {
    FEW_LETTERS: "fewer than 12 letters: nothing to judge the scan by",
    TOUCHES_EDGE: "a few letters reach the edge",
}
