"""Ink on cleaned paper, and the printed lines in it: ruled lines and dotted leaders on which people write."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image

LINE_PX = 64
"""Crops are cut so that one line of the form is so high."""
_REACH_PX = 4
_JOIN_PX = 9
_MAX_RULE_SHARE = 0.14
_HEADLINE_SHARE = 0.4
_DOT_SHARE = 0.13
_DOTS_IN_ROW = 8
_MARGIN_SHARE = 0.08
_LEAST_HIGH = 0.25
_LEAST_WIDE = 0.35
_LEAST_LETTER_PX = 12


def ink_mask(image: Image) -> Image:
    """Where ink is: 255 ink, 0 paper, (height, width) uint8.

    image: flattened grey. Ink is what is darker than its surroundings by 40 of 255, or by six times the paper's own
    noise where that is more.
    """
    import cv2

    edge = 255.0 - max(40.0, 6.0 * _noise(image))
    return np.asarray(cv2.threshold(image, ceil(edge) - 1, 255, cv2.THRESH_BINARY_INV)[1], np.uint8)


def remove_rules(image: Image) -> Image:
    """Paint out horizontal ruled lines, sparing the strokes that cross them.

    image: flattened and level. A rule is thin, longer than a third of the width and four heights, and nothing hangs
    from it: the headline of Devanagari and Bengali words stays.
    """
    import cv2

    mask = rule_mask(image)
    if not mask.any():
        return image
    wide = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    return np.asarray(cv2.inpaint(image, wide, 3, cv2.INPAINT_TELEA), np.uint8)


def rule_mask(image: Image) -> Image:
    """Where ruled lines are, 255 on 0, without the pixels in which writing crosses them."""
    import cv2

    height, width = image.shape
    ink = ink_mask(image)
    if min(height, width) < 2 * _REACH_PX + 2:
        return np.zeros_like(ink)
    length = max(3, min(max(width // 3, 4 * _line_px(image)), int(0.9 * width)))
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, _JOIN_PX), np.uint8))
    lines = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    lines = _only_rules(lines, ink)
    crossed = (_shifted(ink, _REACH_PX) > 0) & (_shifted(ink, -_REACH_PX) > 0)
    return np.where(crossed, 0, lines).astype(np.uint8)


def remove_leaders(image: Image) -> Image:
    """Paint dotted leaders white: rows of many small dots. Lone dots belong to letters and stay."""
    import cv2

    count, labels, stats, centres = cv2.connectedComponentsWithStats(ink_mask(image), connectivity=8)
    dots = _leader_dots(stats[1:], centres[1:], _line_px(image))
    if not dots.any():
        return image
    gone = np.concatenate([[False], dots])[labels]
    gone = cv2.dilate(gone.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return np.where(gone, 255, image).astype(np.uint8)


def has_writing(image: Image) -> bool:
    """Whether a cleaned crop holds anything a hand or a press wrote, be it a dash.

    What dotted leaders and specks leave is at most a quarter of a line high and no wider; the smallest figures are
    taller, a dash is wider. Measured on drawn forms: of 60 blank zones one is taller, of 632 written ones none is less.
    """
    import cv2

    height, width = image.shape
    line = _line_px(image)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink_mask(image), connectivity=8)
    left, top, wide, high, _ = stats[1:].T
    near = _MARGIN_SHARE * line
    at_margin = (top + high <= near) | (top >= height - near) | (left + wide <= near) | (left >= width - near)
    written = (high >= _LEAST_HIGH * line) | (wide >= _LEAST_WIDE * line)
    return bool((written & ~at_margin).any())


def ink_share(image: Image) -> float:
    """Share 0..1 of a cleaned crop that is writing.

    Specks smaller than a stroke's end do not count, nor does what touches the margin alone (a neighbour's frame).
    """
    import cv2

    height, width = image.shape
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink_mask(image), connectivity=8)
    left, top, wide, high, area = stats[1:].T
    least = max(4, round((0.08 * _line_px(image)) ** 2))
    near = _MARGIN_SHARE * _line_px(image)
    at_margin = (top + high <= near) | (top >= height - near) | (left + wide <= near) | (left >= width - near)
    counts = (area >= least) & ~at_margin
    return float(area[counts].sum() / image.size)


def text_height(image: Image) -> float:
    """How tall the writing of a cleaned crop is, in pixels: three quarters of its ink is in letters no taller.

    0.0 when there is no writing. A word joined by a headline or by hand counts as one letter.
    """
    import cv2

    _, _, stats, _ = cv2.connectedComponentsWithStats(ink_mask(image), connectivity=8)
    high, area = stats[1:, 3], stats[1:, 4]
    letters = (area >= _LEAST_LETTER_PX) & (high >= 5) & (high < 0.95 * image.shape[0])
    if not letters.any():
        return 0.0
    order = np.argsort(high[letters])
    weight = np.cumsum(area[letters][order])
    return float(high[letters][order][np.searchsorted(weight, 0.75 * weight[-1])])


def _line_px(image: Image) -> int:
    """How high one line of a crop is: all of a line's crop; of a block's, what blocks are cut to."""
    return min(int(image.shape[0]), LINE_PX)


def _noise(image: Image) -> float:
    """Standard deviation of the paper's grain: the median absolute difference to a smoothed picture, scaled."""
    import cv2

    if min(image.shape) < 3:
        return 0.0
    apart = cv2.absdiff(image, cv2.medianBlur(image, 3))
    return 1.4826 * _median(apart)


def _median(image: Image) -> float:
    """The median of a picture's pixels, counted by their 256 values."""
    import cv2

    counts = np.cumsum(cv2.calcHist([image], [0], None, [256], [0, 256]).ravel())
    middle = ((image.size + 1) // 2, image.size // 2 + 1)
    return float(np.searchsorted(counts, middle).mean())


def _only_rules(lines: Image, ink: Image) -> Image:
    """Leave out lines that are thick, and headlines: lines with strokes hanging from them and few rising."""
    import cv2

    thickest = max(3.0, _MAX_RULE_SHARE * _line_px(ink))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(lines, connectivity=8)
    below, above = _shifted(ink, -_REACH_PX) > 0, _shifted(ink, _REACH_PX) > 0
    kept = np.zeros(count, bool)
    for i in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[i])
        box = (slice(y, y + h), slice(x, x + w))
        here = labels[box] == i
        hanging, rising = (float(side[box][here].mean()) for side in (below, above))
        is_headline = hanging > _HEADLINE_SHARE and hanging > 2 * rising
        kept[i] = area / w <= thickest and not is_headline
    return np.where(kept[labels], 255, 0).astype(np.uint8)


def _leader_dots(stats: NDArray[np.int32], centres: NDArray[np.float64], line_px: int) -> NDArray[np.bool_]:
    """Which components are dots of a leader: small, and at least eight of them close together in one row.

    Close is nearer than four dots: the row of pullis above Tamil letters is wider set, by a letter each.
    """
    largest = max(3.0, _DOT_SHARE * line_px)
    small = (stats[:, 2] <= 2 * largest) & (stats[:, 3] <= largest)
    is_dot = np.zeros(len(stats), bool)
    band = max(1.5, largest / 3)
    small_ones = np.flatnonzero(small)
    for y in np.unique(np.round(centres[small_ones, 1] / band)) * band:
        row = small_ones[np.abs(centres[small_ones, 1] - y) <= band]
        if len(row) < _DOTS_IN_ROW:
            continue
        row = row[np.argsort(centres[row, 0])]
        reach = 4 * np.median(stats[row, 2]) + 2
        runs = np.split(row, np.flatnonzero(np.diff(centres[row, 0]) > reach) + 1)
        for run in runs:
            is_dot[run] |= len(run) >= _DOTS_IN_ROW
    return is_dot


def _shifted(mask: Image, down: int) -> Image:
    """The mask moved down by so many rows (up when negative); what comes in is empty."""
    out = np.zeros_like(mask)
    if down > 0:
        out[down:] = mask[:-down]
    else:
        out[:down] = mask[-down:]
    return out
