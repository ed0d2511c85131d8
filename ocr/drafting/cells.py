"""The cells of ruled tables on a blank form: rectangles that rulings enclose."""

from __future__ import annotations

import numpy as np

from ocr.drafting.structures import Structures
from ocr.page import Box

_LEAST_WIDE, _LEAST_HIGH = 44.0, 30.0
_LARGEST = 0.4
_FULL = 0.9
_BRIDGE = 6.0


def find_cells(found: Structures) -> tuple[Box, ...]:
    """Cells from the top and the left, in pixels of the page; lines may miss each other by a little at corners."""
    import cv2

    walls = np.zeros(found.text.shape, np.uint8)
    height, width = found.text.shape
    bridge = round(_BRIDGE * found.unit)
    for level in found.levels:
        if not level.dotted:
            cv2.line(walls, (level.x0 - bridge, level.y), (level.x1 + bridge, level.y), 255, 3)
    for upright in found.uprights:
        cv2.line(walls, (upright.x, upright.y0 - bridge), (upright.x, upright.y1 + bridge), 255, 3)
    # 4, not 8: cells must not run together where two lines only touch at a corner.
    _, _, stats, _ = cv2.connectedComponentsWithStats(255 - walls, connectivity=4)
    cells = []
    for x, y, w, h, area in stats[1:].tolist():
        # What reaches the picture's edge is the paper around the tables.
        touches = x == 0 or y == 0 or x + w == width or y + h == height
        fits = w >= _LEAST_WIDE * found.unit and h >= _LEAST_HIGH * found.unit and w * h <= _LARGEST * width * height
        if fits and not touches and area >= _FULL * w * h:
            cells.append(Box(x, y, x + w, y + h))
    return tuple(sorted(cells, key=lambda c: (c.y0, c.x0)))
