"""Pages whose ink hardly differs from their paper: carbon copies, and scans with the light set wrong."""

from __future__ import annotations

import numpy as np

from ocr.engine import Image

_FAINT = 80
"""Of 255 greys what a page spans at most that is stretched: of 256 real pages none spans less than 95."""
_BARE = 12
"""What spans less is paper alone: stretched, it would be all noise."""
_SPAN, _PAPER = 180, 245
"""What is made of it: greys from darkest to lightest, and the lightest."""
_EDGE = 20
_DARKEST, _LIGHTEST = 0.5, 99.5
_MOST_SEEN = 1_000_000


def with_plain_ink(page: Image) -> Image:
    """A faint page with its greys stretched to the usual span; any other as it is.

    page: (height, width) uint8 grey, 0 black, whole with its margins; a twentieth of each edge is not looked at.
    """
    height, width = page.shape
    middle = page[height // _EDGE : height - height // _EDGE, width // _EDGE : width - width // _EDGE]
    step = 1 + int((middle.size / _MOST_SEEN) ** 0.5)
    low, high = np.percentile(middle[::step, ::step], (_DARKEST, _LIGHTEST)) if middle.size else (0.0, 255.0)
    if not _BARE <= high - low < _FAINT:
        return page
    greys = _PAPER + (np.arange(256) - high) * (_SPAN / (high - low))
    return np.clip(greys, 0, 255).astype(np.uint8)[page]
