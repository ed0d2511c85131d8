"""A page looked at from afar: a small picture of it, its ground, its ink; everything is found there, and cheaply."""

from __future__ import annotations

import numpy as np

from ocr.engine import Image

LOOK_PX = 1240
"""Longest side of the small picture: at A4 a letter of 11 points is 8 to 12 pixels high there."""
# A quarter of LOOK_PX: medians are dear, and the ground is smooth.
_GROUND_PX = 310
_INK_DEPTH = 40


def small(grey: Image) -> tuple[Image, float]:
    """The page no longer than LOOK_PX, and small pixels per pixel."""
    import cv2

    scale = min(1.0, LOOK_PX / max(grey.shape))
    if scale == 1.0:
        return grey, 1.0
    return np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8), scale


def ground_of(grey: Image) -> Image:
    """How bright the paper is at every pixel of a small picture: no stroke, but shadows, folds and stains."""
    import cv2

    if min(grey.shape) < 8:
        return np.full_like(grey, max(1, int(grey.max(initial=1))))
    shrink = max(1.0, max(grey.shape) / _GROUND_PX)
    size = tuple(max(2, round(n / shrink)) for n in grey.shape[::-1])
    tiny = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    closed = cv2.morphologyEx(tiny, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    smooth = cv2.medianBlur(closed, 11)
    return np.asarray(cv2.resize(smooth, grey.shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


def divide_by_ground(grey: Image, ground: Image) -> Image:
    """The picture over its ground: paper becomes white, ink keeps its depth. ground may be smaller than the picture."""
    import cv2

    if ground.shape != grey.shape:
        ground = np.asarray(cv2.resize(ground, grey.shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)
    return np.asarray(cv2.divide(grey, np.maximum(ground, 1), scale=255), np.uint8)


def ink_of(flat: Image) -> Image:
    """255 where a flat small picture has ink."""
    return np.where(flat < 255 - _INK_DEPTH - 20, 255, 0).astype(np.uint8)
