"""Pages whose ink hardly differs from their paper: carbon copies, and scans with the light set wrong."""

from __future__ import annotations

import numpy as np

from ocr.engine import Image

_FAINT = 80
"""Of 255 greys what a page spans at most that is stretched: of 256 real pages none spans less than 95."""
_BARE = 12
"""What spans less is paper alone: stretched, it would be all noise."""
_GRAIN = 5
"""How often the greys of the middle half of a page, its paper, fit into those of all of it where there is ink; in mere
grain they do 3.8 times, and in a shadow twice."""
_SPAN, _PAPER = 180, 245
"""What is made of it: greys from darkest to lightest, and the lightest."""
_EDGE = 20
_DARKEST, _LIGHTEST = 0.5, 99.5
_MIDDLE = (25, 75)
_MOST_SEEN = 1_000_000


def with_plain_ink(page: Image) -> Image:
    """A faint page with its greys stretched to the usual span; any other as it is.

    page: (height, width) uint8 grey, 0 black, whole with its margins; a twentieth of each edge is not looked at.
    """
    height, width = page.shape
    middle = page[height // _EDGE : height - height // _EDGE, width // _EDGE : width - width // _EDGE]
    step = 1 + int((middle.size / _MOST_SEEN) ** 0.5)
    if not middle.size:
        return page
    low, quarter, three, high = np.percentile(middle[::step, ::step], (_DARKEST, *_MIDDLE, _LIGHTEST))
    if not max(_BARE, _GRAIN * (three - quarter)) <= high - low < _FAINT:
        return page
    greys = _PAPER + (np.arange(256) - high) * (_SPAN / (high - low))
    stretched: Image = np.clip(greys, 0, 255).astype(np.uint8)[page]
    return stretched
