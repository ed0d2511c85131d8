"""How sharp the writing is: over how many pixels the step from paper to ink spreads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image
from ocr.quality.lettering import Lettering
from ocr.quality.picture import Picture

_SAMPLES = 4000
_STEPS = ((0, 1, 2.0), (1, 0, 2.0), (1, 1, 2.83), (1, -1, 2.83))
"""Rows and columns to each side of a pixel between which brightness is compared, and how far apart that is."""


@dataclass(frozen=True, slots=True)
class Sharpness:
    """How wide the edges of strokes are, in pixels of Picture.grey: the width over which a step in brightness spreads.

    edge_px: in the direction in which they are sharpest. worst_px: in that in which they are softest, as motion leaves
    them. Both 0.0 without writing.
    """

    edge_px: float
    worst_px: float


def measure_sharpness(picture: Picture, lettering: Lettering) -> Sharpness:
    """Compare, about each stroke, the steepest step of brightness with the whole difference of ink and paper."""
    import cv2

    if lettering.letter_px <= 0:
        return Sharpness(0.0, 0.0)
    grey = picture.grey
    places = _places(lettering)
    reach = np.ones((_odd(lettering.letter_px),) * 2, np.uint8)
    contrast = cv2.dilate(grey, reach)[places].astype(np.float32) - cv2.erode(grey, reach)[places]
    contrast = np.maximum(contrast, 4.0)
    widths = []
    for down, right, apart in _STEPS:
        step = cv2.dilate(_step(grey, down, right), reach)[places].astype(np.float32)
        widths.append(float(np.median(apart * contrast / np.maximum(step, 1.0))))
    return Sharpness(min(widths), max(widths))


def _places(lettering: Lettering) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The middles of the letters, at most so many of them."""
    stats = lettering.stats
    high = stats[:, 3]
    kept = stats[(high >= 0.5 * lettering.letter_px) & (high <= 3 * lettering.letter_px)]
    kept = kept if len(kept) else stats
    kept = kept[:: max(1, len(kept) // _SAMPLES)]
    return (kept[:, 1] + kept[:, 3] // 2).astype(np.intp), (kept[:, 0] + kept[:, 2] // 2).astype(np.intp)


def _step(grey: Image, down: int, right: int) -> Image:
    """How much brightness changes across each pixel in one direction."""
    import cv2

    height, width = grey.shape
    out = np.zeros_like(grey)
    left, here = abs(min(0, right)), max(0, right)
    first = grey[: height - 2 * down, 2 * left : width - 2 * here]
    second = grey[2 * down :, 2 * here : width - 2 * left]
    out[down : height - down, left + here : width - left - here] = cv2.absdiff(first, second)
    return out


def _odd(value: float) -> int:
    return max(3, int(round(value))) | 1
