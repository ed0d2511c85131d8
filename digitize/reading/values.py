"""Decided values of a page as mapping input."""

from __future__ import annotations

from digitize.reading.calibration import NEVER
from mappers.sources.values import ZoneValue
from ocr.forms.legible import is_noise
from ocr.page import HAND_NOT_MEASURED, INK_CUT, PRINT_NOT_KNOWN, Decided


def zone_value(d: Decided, accept: float, *, is_own: bool = False) -> ZoneValue:
    """A decided zone as mapping input. accept: confidence from which it may pass without review; is_own: measured on
    the workspace's own answers.
    """
    if {PRINT_NOT_KNOWN, INK_CUT}.intersection(d.notes) or (HAND_NOT_MEASURED in d.notes and not is_own):
        accept = NEVER
    elif d.blank:
        # NEVER is above 1: a cell that is blank beyond doubt need not wait for a form to be calibrated.
        accept = min(1.0, accept)
    return ZoneValue(
        raw=d.raw,
        value=None if is_noise(d) else d.value or None,
        confidence=d.confidence,
        box=(d.box.x0, d.box.y0, d.box.x1, d.box.y1),
        blank=d.blank,
        candidates=() if is_noise(d) else tuple(c.text for c in d.candidates),
        accept=accept,
        noise=is_noise(d),
        notes=(INK_CUT,) if INK_CUT in d.notes else (),
    )
