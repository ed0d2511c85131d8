"""Two facing pages on one scan: where the gutter runs, when that is sure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image
from ocr.geometry.strands import without_rules

_LEAST_ASPECT = 1.15
_MOST_ASPECT = 2.2
_MIDDLE = (0.38, 0.62)
_GAP = 0.03
_SHADE = 12.0
_LEAST_INK = 0.004


def find_gutter(ink: Image, grey: Image) -> float | None:
    """The column of the gutter on a level picture seen small, None when two pages are not sure.

    ink: 255 ink; grey: as scanned, level in the same way. Sure is: wider than high, a white gap from top to bottom near
    the middle with writing on both sides, and a shadow along it or a gap wider than any other.
    """
    height, width = ink.shape
    if height < 100 or not _LEAST_ASPECT <= width / height <= _MOST_ASPECT:
        return None
    low, high = round(_MIDDLE[0] * width), round(_MIDDLE[1] * width)
    if _crossing_rule(ink, low, high):
        return None
    text = (without_rules(ink) > 0).sum(axis=0)
    gaps = _gaps(text <= max(1, 0.004 * height))
    inner = [(a, b) for a, b in gaps if a > 0.05 * width and b < 0.95 * width]
    middle = [(a, b) for a, b in inner if b > low and a < high]
    if not middle or not _both_written(ink, low, high):
        return None
    a, b = max(middle, key=lambda gap: gap[1] - gap[0])
    at = _darkest(grey, max(a, low), min(b, high))
    if at is not None and a - 0.02 * width <= at <= b + 0.02 * width:
        return at
    others = [y - x for x, y in inner if (x, y) != (a, b)]
    wide = b - a >= _GAP * width and b - a >= 1.6 * max(others, default=0)
    return (a + b) / 2 if wide and low <= (a + b) / 2 <= high else None


def _gaps(empty: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs of empty columns as (first, behind the last)."""
    edge = np.flatnonzero(np.diff(np.concatenate([[False], empty, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edge[::2], edge[1::2], strict=True)]


def _crossing_rule(ink: Image, low: int, high: int) -> bool:
    """Whether a ruled line runs across the whole middle: a register's, which is read across both pages."""
    import cv2

    middle = ink[:, low:high]
    joined = cv2.morphologyEx(middle, cv2.MORPH_CLOSE, np.ones((1, 9), np.uint8))
    return bool((cv2.dilate(joined, np.ones((3, 1), np.uint8)) > 0).mean(axis=1).max() > 0.97)


def _both_written(ink: Image, low: int, high: int) -> bool:
    left, right = float((ink[:, :low] > 0).mean()), float((ink[:, high:] > 0).mean())
    return min(left, right) >= _LEAST_INK and min(left, right) >= 0.12 * max(left, right)


def _darkest(grey: Image, low: int, high: int) -> float | None:
    """The middle of the darkest band of columns between two, when it is clearly darker than the paper beside it."""
    import cv2

    if high - low < 8:
        return None
    columns = np.median(grey, axis=0).astype(np.float32)
    smooth = cv2.blur(columns[None, :], (5, 1))[0]
    band = smooth[low:high]
    at = int(np.argmin(band))
    beside = float(np.percentile(smooth, 60))
    return float(low + at) if beside - float(band[at]) >= _SHADE else None
