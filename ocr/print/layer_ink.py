"""Whether a page's picture has its ink where its text says, and no writing where the text says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocr.engine import Image
from ocr.page import Box

_SHRINK = 3
_DARKER = 50
_LEAST_INK = 0.01
_TALLEST, _LOWEST, _WIDEST = 3.0, 0.12, 30.0
_RULE = 15


@dataclass(frozen=True, slots=True)
class Ink:
    """filled: share 0..1 of the words that have ink in their boxes. covered: share of the ink that looks like writing
    and lies in words.
    """

    filled: float
    covered: float


def ink_of(grey: Image, boxes: Sequence[Box]) -> Ink:
    """Compare a picture with the words said to be on it. grey: (height, width) uint8, 0 black."""
    import cv2

    small = cv2.resize(grey, None, fx=1 / _SHRINK, fy=1 / _SHRINK, interpolation=cv2.INTER_AREA)
    dark = np.asarray(small < float(np.median(small)) - _DARKER, np.uint8)
    placed = [_clip_to_picture(box, small.shape) for box in boxes]
    filled = [float(dark[y0:y1, x0:x1].mean()) >= _LEAST_INK for x0, y0, x1, y1 in placed if x1 > x0 and y1 > y0]
    if not filled:
        return Ink(0.0, 0.0)
    height = float(np.median([y1 - y0 for _, y0, _, y1 in placed]))
    said = np.zeros_like(dark)
    room = max(1, round(height / 4))
    for x0, y0, x1, y1 in placed:
        said[max(0, y0 - room) : y1 + room, max(0, x0 - room) : x1 + room] = 1
    _, _, stats, centres = cv2.connectedComponentsWithStats(dark, connectivity=8)
    total = inside = 0.0
    for (_, _, wide, high, area), (x, y) in zip(stats[1:], centres[1:], strict=True):
        is_rule = max(wide, high) > _RULE * min(wide, high) and max(wide, high) > 2 * height
        if is_rule or not _LOWEST * height <= high <= _TALLEST * height or wide > _WIDEST * height:
            continue
        total += area
        inside += area * said[int(y), int(x)]
    # Of all words: one that lies off the picture has no ink.
    return Ink(sum(filled) / len(boxes), inside / total if total else 0.0)


def _clip_to_picture(box: Box, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    high, wide = shape[:2]
    x0, y0, x1, y1 = (side // _SHRINK for side in box)
    return max(0, min(x0, wide)), max(0, min(y0, high)), max(0, min(x1 + 1, wide)), max(0, min(y1 + 1, high))
