"""Which key points of a form and a page belong together: the most alike, and clearly more so than the second best."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ocr.geometry.features import FormFeatures, Points

# Lowe's ratio test, as in his paper on SIFT.
_RATIO = 0.8


class PagePoints(NamedTuple):
    """A page's key points: points (n, 2); columns (129, n) float32: descriptors, and below each its sum of squares."""

    points: Points
    columns: NDArray[np.float32]

    @classmethod
    def from_found(cls, found: FormFeatures) -> PagePoints:
        """From what was found on it."""
        # Squares would not fit into bytes.
        descriptors = found.descriptors.astype(np.float32)
        return cls(found.points, np.column_stack([descriptors, (descriptors**2).sum(1)]).T)


def pairs(features: FormFeatures, page: PagePoints) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Key points of the form and the page's most alike, where the second best is clearly less alike.

    Each of the page's is used once: many of the form's on one of the page's would agree under a map that shrinks the
    form to a speck.
    """
    if features.size == 0:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    ours = features.descriptors.astype(np.float32)
    # b² - 2ab in one product of matrices, and a² where it counts: whole numbers that float32 holds, in any order.
    squared = np.column_stack([-2 * ours, np.ones(len(ours), np.float32)]) @ page.columns
    squares = (ours**2).sum(1)
    rows = np.arange(len(squared))
    nearest = squared.argmin(1)
    best = squared[rows, nearest] + squares
    squared[rows, nearest] = np.inf
    # Distances are squared here, and so is the ratio.
    clear = np.flatnonzero(best < _RATIO**2 * (squared.min(1) + squares))
    clear = clear[np.argsort(best[clear], kind="stable")]
    theirs, first = np.unique(nearest[clear], return_index=True)
    return clear[first], theirs
