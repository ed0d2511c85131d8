"""What is wrong with a scan: a stable word, how much, and where."""

from __future__ import annotations

from dataclasses import dataclass

from ocr.page import Box

BLURRED = "blurred"
CUT_OFF = "cut-off"
FOREIGN_OBJECT = "foreign-object"
LOW_CONTRAST = "low-contrast"
LOW_RESOLUTION = "low-resolution"
TOO_DARK = "too-dark"
TOO_LIGHT = "too-light"
KINDS = (BLURRED, CUT_OFF, FOREIGN_OBJECT, LOW_CONTRAST, LOW_RESOLUTION, TOO_DARK, TOO_LIGHT)
"""Every word for a defect of one picture; those of a row of pages are in digitize.files.scanqc."""

FEW_LETTERS = "blank"
TOUCHES_EDGE = "touches-edge"
"""Said of a page, and no reason to scan it again. The first, whose word is that of the format: there are too few
letters (`LEAST_LETTERS`) to judge the scan by; a stamp or a signature may be there. The second: a few letters, a
signature or a stamp reach the edge.
"""


@dataclass(frozen=True, slots=True)
class Defect:
    """One reason to scan a page again.

    measured: how much, in unit; limit: what a good page keeps to, in the same unit. side: of the picture, "left",
    "top", "right" or "bottom", where one can be named. box: in pixels of the scan, upright, where a place can be.
    """

    kind: str
    measured: float
    limit: float
    unit: str
    side: str = ""
    box: Box | None = None
