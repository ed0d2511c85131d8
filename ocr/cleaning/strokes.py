"""Bring out faint strokes: thin dark marks against smooth ground, made equally dark along the line.

Worn print fades within a line, and what shines through from the other side is as dark as the faintest letters, but
broader and softer. A black-hat takes thin strokes only. Measured on worn lines: Tamil .215 -> .046, Hindi .180 -> .119
of the characters wrong, one reading each (docs/lab.md).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image
from ocr.page import Box

_WIDEST_STROKE = 0.2
"""Of a line's height: what is broader is no stroke."""
_SMOOTH_PX = 0.7
_NOISE = 2.0
_LEAST_DEPTH = 12.0
_FAINTEST = 0.22
"""Of the strokes' depth nearby: what is fainter is ground."""
_INK_DEPTH, _DEEPEST = 200.0, 225.0
_EVERY_PX = 4
_SMALL = 0.15
_WIDE = 0.3
_TAIL = 0.003
_INK_BELOW = 150
# How square both outlines are tells an empty box from a round letter, which is as hollow.
_BOX_INK, _BOX_HIGH, _BOX_SHAPE, _BOX_HOLLOW, _BOX_SQUARE = 190, 0.2, (0.25, 1.1), 0.55, 0.9


def bring_out(image: Image) -> Image:
    """The crop of one line with all its strokes about equally dark on white.

    image: (height, width) uint8 grey, flattened. The result has the same size. A picture too small to hold a line comes
    back as it is.
    """
    import cv2

    height, width = image.shape
    if min(height, width) < 16:
        return image
    # Odd, so that the disc has a middle.
    side = max(7, int(_WIDEST_STROKE * height)) | 1
    smooth = cv2.GaussianBlur(image, (0, 0), _SMOOTH_PX)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    ground = cv2.blur(cv2.morphologyEx(cv2.medianBlur(smooth, 3), cv2.MORPH_CLOSE, disc), (side, side))
    noise = 1.4826 * float(np.median(cv2.absdiff(smooth, cv2.medianBlur(smooth, 5))))
    depth = np.maximum(0, ground.astype(np.float32) - smooth - _NOISE * noise)
    usual = np.maximum(_depth_along(depth), max(_LEAST_DEPTH, 3 * noise))
    ink = np.maximum(0, depth - _FAINTEST * usual) * (_INK_DEPTH / (1 - _FAINTEST)) / usual
    return np.asarray(255 - np.minimum(ink, _DEEPEST), np.uint8)


def text_box(image: Image, margin_px: int = 4) -> Box:
    """Where the writing of one line lies, without specks, rules' remains and empty margins.

    image: (height, width) uint8, strokes brought out. The whole picture when there is no writing.
    """
    import cv2

    height, width = image.shape
    ink = (image < _INK_BELOW).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    is_letter = (stats[:, 3] >= _SMALL * height) | (stats[:, 2] >= _WIDE * height)
    # Component 0 is the paper.
    is_letter[0] = False
    if not is_letter.any():
        return Box(0, 0, width, height)
    rows = np.cumsum(is_letter[labels].sum(1))
    y0, y1 = np.searchsorted(rows, (_TAIL * rows[-1], (1 - _TAIL) * rows[-1]))
    x0, x1 = stats[is_letter, 0].min(), (stats[is_letter, 0] + stats[is_letter, 2]).max()
    # Read as a raw line (psm 13) without this margin, lines have twice the errors (docs/lab.md).
    side = margin_px + 2
    return Box(
        max(0, int(x0) - side),
        max(0, int(y0) - margin_px),
        min(width, int(x1) + side),
        min(height, int(y1) + margin_px + 1),
    )


def has_empty_boxes(image: Image) -> bool:
    """Whether empty upright boxes stand in a line, as are printed for letters that a font does not have.

    image: (height, width) uint8, cleaned.
    """
    import cv2

    height = image.shape[0]
    dark = (image < _BOX_INK).astype(np.uint8)
    contours, tree = cv2.findContours(dark, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if tree is None:
        return False
    for contour, (_, _, hole, _) in zip(contours, tree[0], strict=True):
        _, _, wide, high = cv2.boundingRect(contour)
        if hole < 0 or high < _BOX_HIGH * height or not _BOX_SHAPE[0] <= wide / high <= _BOX_SHAPE[1]:
            continue
        _, _, inner_wide, inner_high = cv2.boundingRect(contours[hole])
        is_hollow = inner_wide >= _BOX_HOLLOW * wide and inner_high >= _BOX_HOLLOW * high
        # A contour runs through the middles of pixels, so a full box has one pixel less each way.
        square = cv2.contourArea(contours[hole]) / ((inner_wide - 1) * (inner_high - 1)) if is_hollow else 0.0
        if square >= _BOX_SQUARE and cv2.contourArea(contour) >= _BOX_SQUARE * (wide - 1) * (high - 1):
            return True
    return False


def _depth_along(depth: NDArray[np.float32]) -> NDArray[np.float32]:
    """How dark strokes usually are in each column's neighbourhood; (1, width)."""
    import cv2

    height, width = depth.shape
    firm = cv2.medianBlur(np.minimum(depth, 255).astype(np.uint8), 3)
    most = max(3, height // 10)
    columns = np.partition(firm, height - most, axis=0)[-most:].mean(0)
    reach = min(int(1.5 * height) // 2, width - 1)
    padded = np.pad(columns, reach, mode="reflect")
    # A percentile for every column is dear, and wear changes slowly along a line.
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)[::_EVERY_PX, ::2]
    sampled = np.percentile(windows, 75, axis=1)
    along = np.interp(np.arange(width), np.arange(len(sampled)) * _EVERY_PX, sampled).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(along[None], (0, 0), height / 4), np.float32)
