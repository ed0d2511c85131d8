"""Writing that runs out of the picture: letters that its edge cuts through, against the letters of a usual line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.quality.lettering import Lettering

SIDES = ("left", "top", "right", "bottom")
Ints = NDArray[np.int32]
_USUAL_LINE_PCT, _USUAL_COLUMN_PCT = 85, 60
_GAP, _NEAR = 2.5, 1.5
"""In heights of a letter: what parts two stretches of one line, and what is still near the edge."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One side of the picture, and the writing there.

    touching: letters or words that reach it. share: of the length along which writing stands on the page, that they
    take, 0..1. of_usual: touching against the letters that a usual line (left, right: a usual column) crosses. stretch:
    the longest stretch of them without a wide gap, against the width or height of all writing; in_stretch: letters in
    it. near: letters that touch the side or nearly do.
    """

    touching: int
    share: float
    of_usual: float
    stretch: float
    in_stretch: int
    near: int


def measure_edges(lettering: Lettering) -> tuple[Edge, ...]:
    """Measure the writing that reaches each of SIDES."""
    height, width = lettering.ink.shape
    stats, letter = lettering.stats, max(lettering.letter_px, 1.0)
    left, top, wide, high, area = stats.T
    real = (area >= 0.08 * letter * letter) & (area >= 0.12 * wide * high)
    tall = real & (high >= 0.35 * letter) & (high <= 4 * letter) & (wide >= 0.25 * letter)
    broad = (area >= 0.02 * letter * letter) & (wide >= 0.25 * letter)  # of a line cut through, a sliver is left
    low = max(1, round(0.12 * letter))  # a line of print that ends here was cut through its feet
    at = (
        tall & (left <= 1),
        broad & (top <= low) & (high <= 3 * letter),
        tall & (left + wide >= width - 1),
        broad & (top + high >= height - low) & (high <= 3 * letter),
    )
    far = _NEAR * letter
    near = (left <= far, top <= far, left + wide >= width - far, top + high >= height - far)
    rows, columns = _standing(top[tall], high[tall], height), _standing(left[tall], wide[tall], width)
    usual_row, usual_column = _usual(rows, _USUAL_LINE_PCT), _usual(columns, _USUAL_COLUMN_PCT)
    upright, level = (top, high, rows, usual_column), (left, wide, columns, usual_row)
    out = []
    for t, n, (begin, length, standing, usual) in zip(at, near, (upright, level) * 2, strict=True):
        share = float(length[t].sum() / max(int((standing > 0).sum()), 1))
        stretch, in_stretch = _longest(begin[t], length[t], _GAP * letter)
        whole = max(_extent(standing), 1.0)
        count, close = int(t.sum()), int((tall & n).sum())
        out.append(Edge(count, share, count / usual, stretch / whole, in_stretch, close))
    return tuple(out)


def _standing(begin: Ints, length: Ints, whole: int) -> NDArray[np.int64]:
    """How many letters each row, or column, crosses."""
    change = np.zeros(whole + 1, np.int64)
    # add.at counts a place as often as it comes; change[begin] += 1 would count it once.
    np.add.at(change, begin, 1)
    np.add.at(change, np.minimum(begin + length, whole), -1)
    return np.cumsum(change)[:-1]


def _usual(standing: NDArray[np.int64], percent: int) -> float:
    """How many letters a usual line crosses, of those rows or columns that cross any."""
    written = standing[standing > 0]
    return max(1.0, float(np.percentile(written, percent))) if written.size else 1.0


def _extent(standing: NDArray[np.int64]) -> float:
    """From the first to the last row or column with writing, without specks far out."""
    places = np.flatnonzero(standing)
    return float(np.percentile(places, 98) - np.percentile(places, 2)) if places.size else 0.0


def _longest(begin: Ints, length: Ints, gap: float) -> tuple[int, int]:
    """The longest stretch of parts no further apart than the gap, and how many parts it has."""
    best, first, last, count = (0, 0), 0, 0, 0
    for at in np.argsort(begin):
        start, end = int(begin[at]), int(begin[at] + length[at])
        if not count or start - last > gap:
            first, last, count = start, end, 0
        last, count = max(last, end), count + 1
        best = max(best, (last - first, count))
    return best
