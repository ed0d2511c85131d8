"""Black edges that a scanner leaves about the paper: found from afar, painted over, and cut off where they end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocr.engine import Image
from ocr.page import Box

_DARK = 0.45
# A black edge fades into the paper: what is shaded beside it goes with it.
_PENUMBRA = 0.80
# Thicker than any stroke: writing that reaches the edge is no edge.
_THICK_SHARE = 1 / 110
# What is nearly all dark is nothing but edge: there is no paper to cut out.
_MOST = 0.85
_NEGATIVE = 90


@dataclass(frozen=True, slots=True)
class Edges:
    """mask: (height, width) uint8, 255 where no paper is, in small pixels; paper: the rectangle that holds the rest."""

    mask: Image
    paper: Box


def find_edges(small: Image) -> Edges | None:
    """The black edges of a page seen small, grey as scanned; None when there are none, or nothing but.

    Only what is dark, thicker than any stroke and reaches the picture's own edge counts: writing never does.
    """
    import cv2

    height, width = small.shape
    if min(height, width) < 50:
        return None
    few = small[::4, ::4]
    # Black edges have no say in how bright the paper is.
    paper = float(np.percentile(few[few > 40], 70)) if (few > 40).any() else 0.0
    if paper < 60:
        return None
    thick = max(5, round(max(height, width) * _THICK_SHARE))
    dark = np.where(small < _DARK * paper, 255, 0).astype(np.uint8)
    solid = cv2.morphologyEx(_pad_dark(dark, thick), cv2.MORPH_OPEN, np.ones((thick, thick), np.uint8))
    outer = _touching(solid[thick:-thick, thick:-thick])
    if not outer.any() or outer.mean() / 255 > _MOST:
        return None
    shade = np.where(small < _PENUMBRA * paper, 255, 0).astype(np.uint8)
    for _ in range(max(2, thick // 2)):
        outer = np.minimum(cv2.dilate(outer, np.ones((3, 3), np.uint8)), np.maximum(shade, outer))
    outer = cv2.dilate(outer, np.ones((3, 3), np.uint8))
    return Edges(np.asarray(outer, np.uint8), _paper(outer))


def is_negative(small: Image) -> bool:
    """Whether a page is white on black, as photostats are: dark for the most part, and all that is bright is thin."""
    import cv2

    middle = float(np.median(small[::4, ::4]))
    bright = np.where(small > middle + 70, 255, 0).astype(np.uint8)
    if middle > _NEGATIVE or min(small.shape) < 50 or not 0.002 < bright.mean() / 255 < 0.3:
        return False
    thick = max(5, round(max(small.shape) * _THICK_SHARE))
    solid = cv2.morphologyEx(bright, cv2.MORPH_OPEN, np.ones((thick, thick), np.uint8))
    return float((solid > 0).sum()) < 0.1 * float((bright > 0).sum())


def paint_edges(grey: Image, edges: Edges) -> Image:
    """The scan with its black edges in the shade of the paper; mask and scan may differ in size."""
    import cv2

    mask = edges.mask
    if mask.shape != grey.shape:
        # Nearest: a mask has no shades between.
        mask = np.asarray(cv2.resize(mask, grey.shape[::-1], interpolation=cv2.INTER_NEAREST), np.uint8)
    few = (slice(None, None, 7), slice(None, None, 7))
    rest = grey[few][mask[few] == 0]
    shade = int(np.percentile(rest, 75)) if rest.size else 255
    return np.where(mask > 0, shade, grey).astype(np.uint8)


def _pad_dark(dark: Image, px: int) -> Image:
    """Dark as far as one can see beyond an edge that is dark, so that a narrow edge counts as thick."""
    return np.pad(dark, px, mode="edge")


def _touching(solid: Image) -> Image:
    """The parts of a mask that reach the picture's edge."""
    import cv2

    _, labels = cv2.connectedComponents(solid, connectivity=8)
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    kept = np.zeros(int(labels.max()) + 1, bool)
    kept[np.unique(rim)] = True
    kept[0] = False
    return np.where(kept[labels], 255, 0).astype(np.uint8)


def _paper(outer: Image) -> Box:
    """The rectangle around what is not masked."""
    rows, columns = np.flatnonzero((outer == 0).any(axis=1)), np.flatnonzero((outer == 0).any(axis=0))
    if not rows.size:
        return Box(0, 0, outer.shape[1], outer.shape[0])
    return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
