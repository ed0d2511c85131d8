"""Lines bent near a book's gutter: one smooth bend fitted to all lines of a page, used only when it fits them.

Each line's middle is followed along the page. All lines share one bend that changes evenly from the top of the page
to its foot, so that a few misread lines cannot bend the page.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image
from ocr.geometry.bend import Robust, fit_bend, waves
from ocr.geometry.mapping import PageBend, PageMap, picture
from ocr.geometry.strands import Strands, find_strands, text_ink

_DEGREE = 6
_PASSES = 3
_LEAST_STRANDS = 8
_LEAST_POINTS = 60
_LEAST_LETTERS = 5.0
# In heights of a letter: lines bent by less are as good as straight, and the page keeps its flat map.
_LEAST_BEND = 0.3
_MOST_SHARE = 0.12
# Odd lines must tell the bend that even ones tell: else a few misread lines would bend a flat page.
_MOST_APART = 0.5
# Keeps the fit solvable where the lines at hand do not settle all waves.
_SOFT = 1e-4
_ROBUST = Robust((0.3,) * 6, medians=2.0)

Floats = NDArray[np.float64]


class _Track(NamedTuple):
    """Points on the middles of lines: x, y, and which line each is of."""

    x: Floats
    y: Floats
    line: NDArray[np.int64]


def text_bend(ink: Image) -> PageBend | None:
    """The bend of a level page seen small, None when its lines are straight or follow no bend together.

    ink: (height, width) uint8, 255 ink.
    """
    text = text_ink(ink)
    found: PageBend | None = None
    for _ in range(_PASSES):
        seen = text if found is None else _straighten(text, found)
        strands = find_strands(seen)
        track = _follow(seen, strands)
        if track is None:
            return None
        bend = _fit(track, ink.shape)
        size = _range(bend, track)
        if size < _LEAST_BEND * strands.letter_px:
            break
        if found is None and not _lines_agree(track, ink.shape, size):
            return None
        found = bend if found is None else _join_bends(found, bend, ink.shape[0])
    return None if found is None or found.largest > _MOST_SHARE * ink.shape[0] else found


def scale_bend(bend: PageBend, scale: float, width: int) -> PageBend:
    """The bend of the page itself, width pixels wide, from that of its small picture; scale: small pixels per pixel."""
    x = (np.arange(width) + 0.5) * scale - 0.5
    at = np.arange(len(bend.top))
    return PageBend(np.interp(x, at, bend.top) / scale, np.interp(x, at, bend.bottom) / scale)


def _straighten(ink: Image, bend: PageBend) -> Image:
    height, width = ink.shape
    # Turned over, since picture fills what lies off the page with white.
    white = picture(255 - ink, PageMap(np.eye(3), width, height, bend))
    return np.where(white < 128, 255, 0).astype(np.uint8)


def _follow(ink: Image, strands: Strands) -> _Track | None:
    """The middle of the ink of every long strand, once a letter; None where there are too few."""
    step = max(2, round(strands.letter_px))
    long = np.array([b.x1 - b.x0 >= _LEAST_LETTERS * strands.letter_px for b in strands.boxes], bool)
    if long.sum() < _LEAST_STRANDS:
        return None
    y, x = np.nonzero((ink > 0) & (strands.labels > 0))
    line = strands.labels[y, x].astype(np.int64) - 1
    y, x, line = y[long[line]], x[long[line]], line[long[line]]
    columns = -(-ink.shape[1] // step)
    key = line * columns + x // step
    count = np.bincount(key)
    enough = np.flatnonzero(count >= step)
    middle_y = np.bincount(key, y)[enough] / count[enough]
    middle_x = np.bincount(key, x)[enough] / count[enough]
    if len(enough) < _LEAST_POINTS:
        return None
    return _Track(middle_x, middle_y, enough // columns)


def _lines_agree(track: _Track, shape: tuple[int, ...], size: float) -> bool:
    """Whether every other line tells the same bend as the lines between."""
    odd = track.line % 2 == 1
    one, two = (_fit(_Track(*(values[half] for values in track)), shape) for half in (odd, ~odd))
    apart = PageBend(one.top - two.top, one.bottom - two.bottom)
    return _range(apart, track) <= _MOST_APART * size


def _fit(track: _Track, shape: tuple[int, ...]) -> PageBend:
    """The bend on which lines agree best."""
    height, width = shape[:2]
    low, high = np.percentile(track.x, (0.5, 99.5))
    count = np.bincount(track.line)
    share = (np.bincount(track.line, track.y) / np.maximum(count, 1))[track.line] / max(1, height - 1)
    terms = waves(track.x, low, high, _DEGREE)
    terms = np.column_stack([terms * (1 - share)[:, None], terms * share[:, None]])
    solved = fit_bend(terms, track.y, _ROBUST, softness=_SOFT, lines=track.line)
    columns = waves(np.arange(width, dtype=np.float64), low, high, _DEGREE)
    top, bottom = (columns @ half for half in np.split(solved, 2))
    inside = slice(int(low), int(high) + 1)
    # A bend only: the page as a whole stays at its height.
    return PageBend(top - top[inside].mean(), bottom - bottom[inside].mean())


def _range(bend: PageBend, track: _Track) -> float:
    """The most that a line is bent, in pixels, within the columns that hold writing."""
    inside = slice(int(track.x.min()), int(track.x.max()) + 1)
    return float(max(np.ptp(bend.top[inside]), np.ptp(bend.bottom[inside])))


def _join_bends(first: PageBend, second: PageBend, height: int) -> PageBend:
    """One bend for a page straightened by the first and then by the second."""
    rows = max(1, height - 1)
    one, two = (1 + (b.bottom - b.top) / rows for b in (first, second))
    top = second.top * one + first.top
    return PageBend(top, top + (one * two - 1) * rows)
