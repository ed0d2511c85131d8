"""Brings a line's picture into the shape a line network wants: the band with the writing, of one height."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image

_INK = 48
# Specks and pieces of neighbouring lines would widen the band, and so make the writing smaller for the network.
_OUTSIDE = 0.006
_MARGIN = 0.1
_LEAST_PX = 8
_LARGEST_WIDE = 2400
_PITCH = 44


@dataclass(frozen=True, slots=True)
class Strip:
    """A line of the network's height. image: uint8, 0 black; scale: strip pixels per crop pixel of width; top, bottom:
    rows of the crop it holds, the latter exclusive.
    """

    image: Image
    scale: float
    top: int
    bottom: int


def make_strip(flat: Image, height: int, squeeze: float) -> Strip:
    """The band of a line that holds its writing, height pixels high, its width times squeeze.

    flat: grey with an even white ground, as ocr.cleaning.clean makes it. The band holds all but the outermost
    hundredths of the ink, so that specks and pieces of neighbouring lines do not widen it.
    """
    import cv2

    top, bottom = _band(flat)
    band = flat[top:bottom]
    wide = min(_LARGEST_WIDE, max(height // 2, round(band.shape[1] * height / len(band) * squeeze)))
    # Made smaller, pixels are averaged: a thin stroke could fall between samples.
    how = cv2.INTER_AREA if len(band) > height else cv2.INTER_CUBIC
    image = np.asarray(cv2.resize(band, (wide, height), interpolation=how), np.uint8)
    return Strip(image, wide / band.shape[1], top, bottom)


def _band(flat: Image) -> tuple[int, int]:
    """First row and the row behind the last of the writing, with a margin."""
    height = len(flat)
    rows = _ink(flat).sum(1)
    total = float(rows.sum())
    if total <= 0:
        return 0, height
    share = np.cumsum(rows) / total
    top = int(np.searchsorted(share, _OUTSIDE))
    bottom = int(np.searchsorted(share, 1 - _OUTSIDE)) + 1
    margin = round(_MARGIN * (bottom - top)) + 1
    top, bottom = max(0, top - margin), min(height, bottom + margin)
    # So low a band is no line of writing: the crop is shown as it is.
    if bottom - top < _LEAST_PX:
        return 0, height
    return top, bottom


def _ink(flat: Image) -> NDArray[np.float32]:
    """How much darker each pixel is than what noise of paper makes."""
    return np.asarray(np.maximum(0.0, 255.0 - _INK - flat.astype(np.float32)), np.float32)


def bands(image: Image) -> list[Image]:
    """The lines of a crop: as many as its height holds, cut where there is least ink, each with a margin."""
    count = max(1, round(len(image) / _PITCH))
    ink = np.maximum(0, float(np.median(image)) - image.astype(np.float32)).mean(1)
    cuts = [0]
    for number in range(1, count):
        middle = round(number * len(image) / count)
        reach = _PITCH // 4
        nearby = ink[middle - reach : middle + reach]
        cuts.append(middle - reach + int(nearby.argmin()))
    cuts.append(len(image))
    margin = _PITCH // 5
    return [image[max(0, a - margin) : b + margin] for a, b in pairwise(cuts)]
