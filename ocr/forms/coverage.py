"""How far down a page a form's print was found: counted in sixteenths of its height, for a head alone says little.

Many pages of one office share a head, a foot and the line of a signature, and agree there in hundreds of key points.
What makes them one print is that they agree all the way down.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ocr.geometry.features import Points

BANDS = 16
"""Bands of a page, each a sixteenth of its height."""
_LEAST_FOUND = 3
"""Key points by which a band is found; of two one may agree by chance."""
_LEAST_PRINTED = 5
"""Key points of a form by which a band has print, so that some of them may be lost under writing or a stain."""


class FoundBands(NamedTuple):
    """Bands of a form's height with print of which enough was found on the page, and all that have print."""

    found: int
    printed: int

    @property
    def share(self) -> float:
        """The part that was found, 0..1; 1 for a form with too little print to tell."""
        return self.found / self.printed if self.printed else 1.0


def measure_coverage(print_points: Points, agreeing: Points, height: int) -> FoundBands:
    """How far down a page the print of a form was found.

    print_points: (n, 2), all key points of the form; agreeing: (m, 2), those of them that were found on the page where
    the map says. Both in pixels of the reference frame, which is so high.
    """
    printed = _count_by_band(print_points, height) >= _LEAST_PRINTED
    found = found_bands(agreeing, height)
    return FoundBands(int((found & printed).sum()), int(printed.sum()))


def found_bands(agreeing: Points, height: int) -> NDArray[np.bool_]:
    """Which of the sixteen bands, from the top, hold enough agreeing key points; arguments as measure_coverage."""
    return _count_by_band(agreeing, height) >= _LEAST_FOUND


def _count_by_band(points: Points, height: int) -> NDArray[np.intp]:
    """(16,) numbers of points by band of a page so high, from the top; points off the page count at its edge."""
    band = np.clip((points[:, 1] * BANDS / height).astype(int), 0, BANDS - 1)
    return np.bincount(band, minlength=BANDS)
