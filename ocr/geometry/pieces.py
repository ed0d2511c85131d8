"""How a print that was set anew lies off the flat map of a known one: line by line, as its printed words tell.

A printer who sets a form again moves lines up and down and words along them, each by its own amount. No smooth curve
says that. Each answer stands between printed words, so a zone goes where the nearest ones go: above all those of its
own line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ocr.geometry.features import LONG_SIDE, Points

Floats = NDArray[np.float64]
BoxLike = tuple[float, float, float, float]

# Distances are in pixels of a frame of LONG_SIDE, about 100 dpi of an A4 page.
_ROW_PX = 8.0
_ALONG_PX = 150.0
_HALF_LINE_PX = 16.0
_ONE_LINE_PX = 60.0
"""A box up to this high holds one line and moves as a whole: it reaches into the lines above and below."""
_MOST_STRETCH = 1.25
_AGREE_PX = 4.0
_MOVED_PX, _FARTHEST_PX = 5.0, 35.0
_POINT_WORTH = 0.3
_SAME_ROW_PX, _SAME_PART_PX = 30.0, 250.0


class Spots(NamedTuple):
    """Places of a form's print that were found on a page.

    points: (n, 2) in the form's frame. off: (n, 2), how far each lies off the flat map there, in the frame. worth: (n,)
    0..1, how sure each is by itself.
    """

    points: Floats
    off: Floats
    worth: Floats

    @classmethod
    def empty(cls) -> Spots:
        """No place at all."""
        return cls(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0))

    def and_(self, other: Spots) -> Spots:
        """Both together."""
        return Spots(*(np.concatenate(pair) for pair in zip(self, other, strict=True)))

    def select(self, keep: NDArray[np.bool_]) -> Spots:
        """Some of them."""
        return Spots(self.points[keep], self.off[keep], self.worth[keep])


@dataclass(frozen=True, slots=True)
class Pieces:
    """A form's print in pieces, each moved by its own amount against the flat map. frame: the form's width, height."""

    spots: Spots
    frame: tuple[int, int]

    def map_near(self, matrix: Floats, box: BoxLike) -> Floats:
        """The map of one box: the flat one moved and stretched as the print about the box is.

        matrix: (2, 3) float64, reference frame to page pixels. box: in the reference frame.
        """
        if not len(self.spots.points):
            return matrix
        x0, y0, x1, y1 = box
        # Writing stands on the line, and so do the words beside it: not at a box's rim.
        high, unit = y1 - y0, _unit(self.frame)
        inset = high / 2 if high < _ONE_LINE_PX * unit else _HALF_LINE_PX * unit
        left, right = (np.array([self.off_at(np.array([x, y])) for y in (y0 + inset, y1 - inset)]) for x in (x0, x1))
        # Moved and stretched alone: words of two lines must not turn or shear a zone.
        across = _stretch_line(x0, x1, float(left[:, 0].mean()), float(right[:, 0].mean()))
        top, bottom = (float((left[i, 1] + right[i, 1]) / 2) for i in (0, 1))
        down = _stretch_line(y0 + inset, y1 - inset, top, bottom) if inset < high / 2 else (1.0, top)
        piece = np.array([[across[0], 0, across[1]], [0, down[0], down[1]], [0, 0, 1]])
        return np.asarray(matrix @ piece, np.float64)

    def is_doubtful(self, box: BoxLike) -> bool:
        """Whether nobody knows where a box lies: none of the print was found."""
        return not len(self.spots.points)

    def off_at(self, point: Floats) -> Floats:
        """How far the print at a place lies off the flat map: the weighted median of what stands near, by axis."""
        weights = self.spots.worth * _nearness(self.spots.points, point, _unit(self.frame))
        return np.array([_median(self.spots.off[:, axis], weights) for axis in (0, 1)])


def _stretch_line(low: float, high: float, off_low: float, off_high: float) -> tuple[float, float]:
    """The line a * x + b that moves two places so; where it would stretch or squeeze much it moves both alike."""
    scale = 1 + (off_high - off_low) / max(1.0, high - low)
    if not 1 / _MOST_STRETCH <= scale <= _MOST_STRETCH:
        return 1.0, (off_low + off_high) / 2
    return scale, low + off_low - scale * low


def agreeing(spots: Spots, frame: tuple[int, int], *, least: int = 1) -> Spots:
    """Those that so many others near them on their line bear out, moved alike within 4 pixels of a 100 dpi page."""
    if not len(spots.points):
        return spots
    unit = _unit(frame)
    apart = np.abs(spots.points[:, None] - spots.points[None, :])
    near = (apart[..., 1] < _SAME_ROW_PX * unit) & (apart[..., 0] < _SAME_PART_PX * unit)
    alike = np.linalg.norm(spots.off[:, None] - spots.off[None, :], axis=2) < _AGREE_PX * unit
    return spots.select((near & alike).sum(1) - 1 >= least)


def moved_print(ours: Points, theirs: Points, matrix: Floats, frame: tuple[int, int]) -> Spots:
    """Key points off the flat map that agree with others beside them on lying elsewhere.

    ours, theirs: (n, 2) key points of the form and the page's most alike, wrong pairs among them. matrix: (2, 3), the
    flat map from the form's frame to page pixels.
    """
    off = (theirs - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T - ours
    unit = _unit(frame)
    away = np.linalg.norm(off, axis=1)
    which = (away > _MOVED_PX * unit) & (np.abs(off).max(axis=1) < _FARTHEST_PX * unit)
    spots = Spots(ours[which].astype(np.float64), off[which], np.full(int(which.sum()), _POINT_WORTH))
    return agreeing(spots, frame, least=2)


def _nearness(points: Floats, at: Floats, unit: float) -> Floats:
    """0..1: near on the same line above all; a line is 20 pixels high, so the next one counts a tenth."""
    apart = np.abs(points - at) / unit
    return np.asarray(np.exp(-apart[:, 1] / _ROW_PX - apart[:, 0] / _ALONG_PX) + 1e-9, np.float64)


def _median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)])


def _unit(frame: tuple[int, int]) -> float:
    """Pixels of the reference frame per pixel of a 100 dpi page."""
    return max(frame) / LONG_SIDE
