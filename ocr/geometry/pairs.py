"""Which key points of a form and a page belong together: the most alike, and clearly more so than the second best."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ocr.geometry.features import FormFeatures, Points

# Lowe's ratio test, as in his paper on SIFT.
_RATIO = 0.8


class PagePoints(NamedTuple):
    """A page's key points: points (n, 2); descriptors (n, 128) float32; squares (n,): the sums of theirs."""

    points: Points
    descriptors: NDArray[np.float32]
    squares: NDArray[np.float32]

    @classmethod
    def of(cls, found: FormFeatures) -> PagePoints:
        """From what was found on it."""
        # Squares would not fit into bytes.
        descriptors = found.descriptors.astype(np.float32)
        return cls(found.points, descriptors, (descriptors**2).sum(1))


def pairs(features: FormFeatures, page: PagePoints) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Key points of the form and the page's most alike, where the second best is clearly less alike.

    Each of the page's is used once: many of the form's on one of the page's would agree under a map that shrinks the
    form to a speck.
    """
    if features.size == 0:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    ours = features.descriptors.astype(np.float32)
    # a² - 2ab + b²: one product of matrices in place of all differences.
    squared = (-2 * ours) @ page.descriptors.T
    squared += page.squares
    squared += (ours**2).sum(1)[:, None]
    rows = np.arange(len(squared))
    nearest = squared.argmin(1)
    best = squared[rows, nearest]
    squared[rows, nearest] = np.inf
    # Distances are squared here, and so is the ratio.
    clear = np.flatnonzero(best < _RATIO**2 * squared.min(1))
    clear = clear[np.argsort(best[clear], kind="stable")]
    theirs, first = np.unique(nearest[clear], return_index=True)
    return clear[first], theirs
