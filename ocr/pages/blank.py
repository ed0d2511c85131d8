"""Whether a page holds no writing: paper, stains, ruled lines, holes, and what shines through from the other side."""

from __future__ import annotations

import numpy as np

from ocr.engine import Image
from ocr.pages.strands import without_rules

_STRONG = 75
_LETTER_SHARE = (0.004, 0.09)
_LEAST_LETTERS = 3


def is_blank(flat: Image) -> bool:
    """Whether a level page seen small, grey with a white ground, surely holds no writing.

    Writing is at least three marks of a letter's size, as dark as ink; specks and holes are not, and what shines
    through is fainter.
    """
    import cv2

    height, width = flat.shape
    strong = np.where(flat < 255 - _STRONG, 255, 0).astype(np.uint8)
    text = without_rules(strong)
    thick = max(5, round(0.012 * max(height, width)))
    solid = cv2.morphologyEx(text, cv2.MORPH_OPEN, np.ones((thick, thick), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(text, connectivity=8)
    is_solid = np.zeros(len(stats), bool)
    is_solid[np.unique(labels[solid > 0])] = True
    least, most = (max(3.0, share * max(height, width)) for share in _LETTER_SHARE)
    left, top, wide, high, area = stats[1:].T
    near = 0.01 * max(height, width)
    at_edge = (left <= near) | (top <= near) | (left + wide >= width - near) | (top + high >= height - near)
    tall = (np.maximum(wide, high) >= least) & (high <= most) & (area >= least)
    thin = (wide >= 12 * high) | (high >= 12 * wide)
    return int((tall & ~at_edge & ~thin & ~is_solid[1:]).sum()) < _LEAST_LETTERS
