"""Ticks written over a printed answer instead of into a box: most people mark "Written / Oral" so.

Of 254 filled pages of one office more than 150 bore a tick on or above a word, about 15 a word struck out. Such a
tick crosses the word's letters and looks like a stroke through it, which would leave the other answer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

_LEAST_LONG, _MOST_GAP = 0.55, 0.3
"""Of a stroke, in heights of letters: how long at least, and how far it may be hidden or broken off."""
_SLOPES_DEG = (12.0, 75.0)
_LEAST_ABOVE = 0.2
_MOST_FLOATING = 0.3
_LEAST_SHARE_ABOVE = 0.3
"""Share of a stroke's rise that lies above the letters: a slanting stroke through a word has a tenth there."""
_LEFT, _RIGHT = 0.5, 0.1
_BEFORE = (0.15, 0.6)
_GOES_ON = 0.4
_SURE_LONG = (0.5, 1.0)


def ticked_over(added: Mask, printed: Mask) -> float:
    """How surely a tick was written over a word: its long arm rises to the right from the letters to above them; 0..1.

    added: ink that is not printed, (height, width) with a margin about the word; printed: the word's own ink.
    """
    import cv2

    rows, columns = np.flatnonzero(printed.any(axis=1)), np.flatnonzero(printed.any(axis=0))
    if len(rows) < 2 or not added.any():
        return 0.0
    top, high = float(rows[0]), float(rows[-1] - rows[0])
    found = cv2.HoughLinesP(
        added.astype(np.uint8) * 255, 1, np.pi / 180, 12, minLineLength=_LEAST_LONG * high, maxLineGap=_MOST_GAP * high
    )
    longest = 0.0
    for ends in () if found is None else found.reshape(-1, 4).astype(float):
        (x0, y0), (x1, y1) = sorted((tuple(ends[:2]), tuple(ends[2:])))
        is_over = columns[0] - _LEFT * high <= x0 <= columns[-1] + _RIGHT * high
        if is_over and _rises((x1 - x0, y0 - y1), (y0 - top) / high, (top - y1) / high):
            length = float(np.hypot(x1 - x0, y0 - y1))
            if not _goes_on(added, (x0, y0), ((x0 - x1) / length, (y0 - y1) / length), high):
                longest = max(longest, length / high)
    low, sure = _SURE_LONG
    return float(np.clip((longest - low) / (sure - low), 0, 1))


def _rises(way: tuple[float, float], below: float, above: float) -> bool:
    """Whether a stroke is a tick's long arm. way: to the right, and up; below, above: how far it reaches from the tops
    of the letters, in their heights.
    """
    if not _SLOPES_DEG[0] <= np.degrees(np.arctan2(way[1], way[0])) <= _SLOPES_DEG[1]:
        return False
    return above >= _LEAST_ABOVE and below >= -_MOST_FLOATING and above >= _LEAST_SHARE_ABOVE * (above + below)


def _goes_on(added: Mask, at: tuple[float, float], back: tuple[float, float], high: float) -> bool:
    """Whether a stroke goes on behind its lower end, so that it is the rest of one that begins at another word."""
    steps = np.arange(_BEFORE[0] * high, _BEFORE[1] * high)
    x, y = (np.round(at[i] + steps * back[i]).astype(int) for i in (0, 1))
    inside = (x >= 1) & (x < added.shape[1] - 1) & (y >= 1) & (y < added.shape[0] - 1)
    hits = [added[j - 1 : j + 2, i - 1 : i + 2].any() for i, j in zip(x[inside], y[inside], strict=True)]
    return bool(hits) and float(np.mean(hits)) >= _GOES_ON
