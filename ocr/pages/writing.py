"""Whether a page holds no writing: paper, stains, ruled lines, holes, and what shines through from the other side."""

from __future__ import annotations

import numpy as np

from ocr.engine import Image
from ocr.geometry.strands import without_rules

# Paler than this are pencil, and ink that shines through from the other side: only reading tells them apart.
_STRONG = 75
_FAINT = 30
_NOISES = 6.0
_LETTER_SHARE = (0.004, 0.09)
_LEAST_STRONG = 3
_LEAST_FAINT = 12


def writing(flat: Image) -> str:
    """What a level page seen small, grey with a white ground, holds: "none", "faint" or "some".

    Writing is at least three marks of a letter's size, as dark as ink; specks, lines and holes are not. Faint are
    marks paler than a third of black: pencil, or ink that shines through from the other side.
    """
    if _marks(flat, _STRONG) >= _LEAST_STRONG:
        return "some"
    depth = max(_FAINT, round(_NOISES * _grain(flat)))
    return "faint" if depth < _STRONG and _marks(flat, depth) >= _LEAST_FAINT else "none"


def darken_faint(flat: Image) -> Image:
    """Faint marks made as dark as ink, so that they can be found and read."""
    # In 16 bits: what falls below 0 would come back as white.
    return np.clip((flat.astype(np.int16) - (255 - _STRONG)) * 255 // (_STRONG - 15), 0, 255).astype(np.uint8)


def _marks(flat: Image, depth: int) -> int:
    """How many marks of a letter's size are darker than the paper by so much."""
    import cv2

    height, width = flat.shape
    long = max(height, width)
    text = without_rules(np.where(flat < 255 - depth, 255, 0).astype(np.uint8))
    thick = max(5, round(0.012 * long))
    solid = cv2.morphologyEx(text, cv2.MORPH_OPEN, np.ones((thick, thick), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(text, connectivity=8)
    is_solid = np.zeros(len(stats), bool)
    is_solid[np.unique(labels[solid > 0])] = True
    least, most = (max(3.0, share * long) for share in _LETTER_SHARE)
    left, top, wide, high, area = stats[1:].T
    near = 0.01 * long
    at_edge = (left <= near) | (top <= near) | (left + wide >= width - near) | (top + high >= height - near)
    tall = (np.maximum(wide, high) >= least) & (high <= most) & (area >= least)
    thin = (wide >= 12 * high) | (high >= 12 * wide)
    return int((tall & ~at_edge & ~thin & ~is_solid[1:]).sum())


def _grain(flat: Image) -> float:
    """Standard deviation of the paper's grain."""
    import cv2

    return 1.4826 * float(np.median(cv2.absdiff(flat, cv2.medianBlur(flat, 3))[::4, ::4]))
