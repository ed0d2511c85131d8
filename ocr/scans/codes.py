"""QR codes on a page: which there are, what they say, and those that are there and cannot be read.

Looked for on a small picture first, where a code of a whole sheet is found in 40 ms whatever its skew, and where the
dots of a half-tone scan have run together; only what was found and not read is looked at larger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ocr.engine import Image
from ocr.page import Box

_SIDES_PX = (1000, 1500, 2200)
"""Longer side of the page in each look."""
_SMALLEST = 0.02
"""A code's side, as a share of the page's longer one: what is smaller is no code that somebody put there to be read."""


@dataclass(frozen=True, slots=True)
class FoundCode:
    """One QR code. text: what it says, "" where it cannot be read. box: in pixels of the page."""

    text: str
    box: Box


def find_codes(grey: Image) -> tuple[FoundCode, ...]:
    """The QR codes of a page, from the top. grey: (height, width) uint8, 0 black."""
    best: tuple[FoundCode, ...] = ()
    for side in _SIDES_PX:
        found = _look(grey, side)
        best = best if sum(bool(c.text) for c in best) > sum(bool(c.text) for c in found) else found or best
        # Nothing that looks like one, or one that is read: a larger picture shows no more of what a sheet carries.
        if not found or any(c.text for c in found) or side > max(grey.shape):
            break
    return best


def _look(grey: Image, side_px: int) -> tuple[FoundCode, ...]:
    import cv2

    scale = min(2.0, side_px / max(grey.shape))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=how)
    try:
        # The detector by ArUco's markers: the other one of OpenCV takes minutes over the dots of a half-tone page.
        is_any, texts, corners, _ = cv2.QRCodeDetectorAruco().detectAndDecodeMulti(small)
    # So OpenCV ends on a few odd shapes.
    except cv2.error:
        return ()
    if not is_any:
        return ()
    codes = (FoundCode(text, _box(own, scale)) for text, own in zip(texts, corners, strict=True))
    least = _SMALLEST * max(grey.shape)
    return tuple(sorted((c for c in codes if c.box.x1 - c.box.x0 >= least), key=lambda c: (c.box.y0, c.box.x0)))


def _box(corners: Any, scale: float) -> Box:
    xs, ys = (corners[:, 0] / scale, corners[:, 1] / scale)
    return Box(int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
