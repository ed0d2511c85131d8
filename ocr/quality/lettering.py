"""Where the writing of a page is, how tall its letters are, how dark its strokes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image
from ocr.quality.picture import Picture, as_picture

# However faint the page: ink begins above its own grain, and at a share of its own deepest strokes.
_LEAST_DEPTH = 8.0
_NOISES = 5.0
_DEEPEST_PCT = 99.7
_OF_DEEPEST = 0.4
_STROKE_PCT = 75
_LEAST_LETTERS = 100
"""Of a page with some lines of writing."""


@dataclass(frozen=True, slots=True)
class Lettering:
    """The writing found on a page.

    ink: uint8, 255 where ink is, of the size of Picture.grey. stats: (n, 5) left, top, width, height, area of its parts
    that may be letters or words. letter_px: height of a middling letter, in pixels of grey; 0.0 without writing.
    depth: how much darker strokes are than the paper about them, 0..1 of the paper's own brightness.
    """

    ink: Image
    stats: NDArray[np.int32]
    letter_px: float
    depth: float


def find_lettering(picture: Picture) -> Lettering:
    """Find letters, however faint: the threshold follows the page's own strokes and grain."""
    import cv2

    dark = 255 - picture.flat
    edge, depth = _threshold(dark)
    ink = np.asarray(cv2.threshold(dark, edge, 255, cv2.THRESH_BINARY)[1], np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    stats = stats[1:]
    high, wide, area = stats[:, 3], stats[:, 2], stats[:, 4]
    tall = picture.grey.shape[0]
    is_part = (high >= 3) & (high < tall / 12) & (wide < picture.grey.shape[1] / 2) & (area >= 6) & (wide < 25 * high)
    parts = stats[is_part]
    return Lettering(ink, parts, _letter_px(parts), depth)


def shows_writing(grey: Image) -> bool:
    """Whether a part of a scan has as many letters as a page with writing. grey: (height, width) uint8, 0 black."""
    return len(find_lettering(as_picture(grey)).stats) >= _LEAST_LETTERS


def _threshold(dark: Image) -> tuple[float, float]:
    """Above which darkness ink begins, and the depth 0..1 of good strokes. The rim may be a scanner's lid."""
    import cv2

    rim_y, rim_x = dark.shape[0] // 12, dark.shape[1] // 12
    inner = dark[rim_y : dark.shape[0] - rim_y, rim_x : dark.shape[1] - rim_x]
    # A median needs no more than a ninth of the pixels.
    noise = 1.4826 * float(np.median(cv2.absdiff(inner, cv2.medianBlur(inner, 3))[::3, ::3]))
    deepest = float(np.percentile(inner[::2, ::2], _DEEPEST_PCT))
    edge = max(_LEAST_DEPTH, _NOISES * noise, _OF_DEEPEST * deepest)
    sampled = inner[::2, ::2]
    strokes = sampled[sampled > edge]
    return edge, float(np.percentile(strokes, _STROKE_PCT)) / 255 if strokes.size > 50 else 0.0


def _letter_px(parts: NDArray[np.int32]) -> float:
    """Half of the letters' ink is in parts no taller."""
    if len(parts) < 8:
        return 0.0
    order = np.argsort(parts[:, 3])
    weight = np.cumsum(parts[order, 4])
    return float(parts[order, 3][np.searchsorted(weight, 0.5 * weight[-1])])
