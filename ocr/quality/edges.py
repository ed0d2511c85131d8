"""Writing that runs out of the picture: letters that its edge cuts through."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.quality.lettering import Lettering

SIDES = ("left", "top", "right", "bottom")


@dataclass(frozen=True, slots=True)
class Edges:
    """For each of SIDES: how many letters or words touch the edge of the picture, and the share 0..1 of it they take.

    The share is of the length along which writing stands on the page at all.
    """

    touching: tuple[int, ...]
    share: tuple[float, ...]


def measure_edges(lettering: Lettering) -> Edges:
    """Count the parts of writing that reach a side of the picture."""
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
    lines, columns = _extent(top[tall], high[tall], height), _extent(left[tall], wide[tall], width)
    along = (high, wide, high, wide)
    whole = (lines, columns, lines, columns)
    share = tuple(float(a[t].sum() / max(w, 1)) for a, t, w in zip(along, at, whole, strict=True))
    return Edges(tuple(int(t.sum()) for t in at), share)


def _extent(begin: NDArray[np.int32], length: NDArray[np.int32], whole: int) -> int:
    """Over how many rows, or columns, any writing stands."""
    covered = np.zeros(whole + 1, np.int32)
    np.add.at(covered, begin, 1)
    np.add.at(covered, np.minimum(begin + length, whole), -1)
    return int((np.cumsum(covered)[:-1] > 0).sum())
