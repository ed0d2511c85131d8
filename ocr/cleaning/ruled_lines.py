"""Ink on cleaned paper, and the printed lines in it: ruled lines and dotted leaders on which people write."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image

LINE_PX = 64
"""Crops are cut so that one line of the form is so high."""
# A stroke crosses a rule where ink stands this far above it and below: those pixels stay.
_REACH_PX = 4
# Worn rules are broken; gaps up to this are closed before long lines are looked for.
_JOIN_PX = 9
_MAX_RULE_SHARE = 0.14
# From the headline of Devanagari and Bengali words letters hang; it must stay.
_HEADLINE_SHARE = 0.4
_DOT_SHARE = 0.13
# Fewer dots in a row belong to letters.
_DOTS_IN_ROW = 8


def ink_mask(image: Image) -> Image:
    """Where ink is: 255 ink, 0 paper, (height, width) uint8.

    image: flattened grey. Ink is what is darker than its surroundings by 40 of 255, or by six times the paper's own
    noise where that is more.
    """
    import cv2

    edge = 255.0 - max(40.0, 6.0 * _noise(image))
    # BINARY_INV takes its limit as well: whole grey values below the edge, and not the edge.
    return np.asarray(cv2.threshold(image, ceil(edge) - 1, 255, cv2.THRESH_BINARY_INV)[1], np.uint8)


def remove_rules(image: Image) -> Image:
    """Paint out horizontal ruled lines, sparing the strokes that cross them.

    image: flattened and level. A rule is thin, longer than a third of the width and four heights, and nothing hangs
    from it: the headline of Devanagari and Bengali words stays.
    """
    import cv2

    wide = _wide_rules(image)
    return image if wide is None else np.asarray(cv2.inpaint(image, wide, 3, cv2.INPAINT_TELEA), np.uint8)


def fill_rules(image: Image) -> Image:
    """Paint ruled lines in the shades above and below them: nearly what remove_rules does, in a tenth of its time."""
    # For measuring alone: after it one crop in 20 is taken for another size than after remove_rules (docs/lab.md).
    wide = _wide_rules(image)
    if wide is None:
        return image
    height = len(image)
    hidden = wide > 0
    rows = np.arange(height)[:, None]
    y, x = np.nonzero(hidden)
    above = np.maximum.accumulate(np.where(hidden, -1, rows), axis=0)[y, x]
    below = np.minimum.accumulate(np.where(hidden, height, rows)[::-1], axis=0)[::-1][y, x]
    upper = np.where(above >= 0, image[above, x], 255.0)
    lower = np.where(below < height, image[np.minimum(below, height - 1), x], 255.0)
    filled = image.copy()
    filled[y, x] = np.rint(upper + (lower - upper) * (y - above) / (below - above))
    return filled


def _wide_rules(image: Image) -> Image | None:
    """Where to paint over rules: a pixel more above and below; None where there are none."""
    import cv2

    mask = rule_mask(image)
    return np.asarray(cv2.dilate(mask, np.ones((3, 1), np.uint8)), np.uint8) if mask.any() else None


def rule_mask(image: Image) -> Image:
    """Where ruled lines are, 255 on 0, without the pixels in which writing crosses them."""
    import cv2

    height, width = image.shape
    ink = ink_mask(image)
    if min(height, width) < 2 * _REACH_PX + 2:
        return np.zeros_like(ink)
    length = max(3, min(max(width // 3, 4 * line_px(image.shape)), int(0.9 * width)))
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, _JOIN_PX), np.uint8))
    lines = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    lines = _only_rules(lines, ink)
    crossed = (_shift_rows(ink, _REACH_PX) > 0) & (_shift_rows(ink, -_REACH_PX) > 0)
    return np.where(crossed, 0, lines).astype(np.uint8)


def remove_leaders(image: Image) -> Image:
    """Paint dotted leaders white: rows of many small dots. Lone dots belong to letters and stay."""
    import cv2

    count, labels, stats, centres = cv2.connectedComponentsWithStats(ink_mask(image), connectivity=8)
    dots = _leader_dots(stats[1:], centres[1:], line_px(image.shape))
    if not dots.any():
        return image
    gone = np.concatenate([[False], dots])[labels]
    # With the grey rims of the dots.
    gone = cv2.dilate(gone.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return np.where(gone, 255, image).astype(np.uint8)


def line_px(shape: tuple[int, ...]) -> int:
    """How high one line of a crop of that height and width is: all of a line's crop; of a block's, what blocks are cut
    to.
    """
    return min(shape[0], LINE_PX)


def _noise(image: Image) -> float:
    """Standard deviation of the paper's grain: the median absolute difference to a smoothed picture, scaled."""
    import cv2

    if min(image.shape) < 3:
        return 0.0
    apart = cv2.absdiff(image, cv2.medianBlur(image, 3))
    # So many median differences are one standard deviation, if noise is normal; letters' edges hardly move a median.
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

    thickest = max(3.0, _MAX_RULE_SHARE * line_px(ink.shape))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(lines, connectivity=8)
    below, above = _shift_rows(ink, -_REACH_PX) > 0, _shift_rows(ink, _REACH_PX) > 0
    kept = np.zeros(count, bool)
    for i in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[i])
        if area / w > thickest:
            continue
        box = (slice(y, y + h), slice(x, x + w))
        here = labels[box] == i
        hanging, rising = (float(side[box][here].mean()) for side in (below, above))
        is_headline = hanging > _HEADLINE_SHARE and hanging > 2 * rising
        kept[i] = not is_headline
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
        run = np.concatenate([[0], np.cumsum(np.diff(centres[row, 0]) > reach)])
        is_dot[row] |= np.bincount(run)[run] >= _DOTS_IN_ROW
    return is_dot


def _shift_rows(mask: Image, down: int) -> Image:
    """The mask moved down by so many rows (up when negative); what comes in is empty."""
    out = np.zeros_like(mask)
    if down > 0:
        out[down:] = mask[:-down]
    else:
        out[:down] = mask[-down:]
    return out
