"""How a page that was photographed askew, or bends at a book's spine, lies off the flat map of its form.

The map of find_form is flat, so on such a page it fits one part, and zones elsewhere lie up to a whole line off. The
print that lies a little off it says how: where nearly all of that agrees on one gentle curve, as an askew look or one
bend of the paper makes it, zones with such print about them follow the curve. Where the curve is no more than what a
camera sees of a flat page that is not held level, all zones follow that view; elsewhere a zone without print about it
lies nobody knows where.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.geometry.bend import Robust, fit_bend, powers
from ocr.geometry.features import LONG_SIDE, Points

Floats = NDArray[np.float64]
BoxLike = tuple[float, float, float, float]

_WITHIN_PX = 4.0
# The flat map is fitted to pairs within 4 pixels; on a bent page the print of other zones lies up to 30 off it.
_NEAR_PX = 30.0
_LEAST = 20
_GROWTHS = 3
"""Each time the curve is drawn, print farther off the flat map comes near it."""
# A page of a print that is not known, with lines up to 30 pixels elsewhere, agreed to 0.6 and was bent wrongly.
_CONSENSUS = 0.9
_GAIN = 0.1
# Each round is deafer to what lies far off.
_ROUNDS_PX = (16, 12, 8, 6, 4, 3, 3, 3, 3, 3)
_POWER = 2
# The third order: of 34 bent pages sections lie 2.05 pixels off by it, by the second 2.40, flat 3.91 (median).
_ORDERS = ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2), (3, 0), (2, 1), (1, 2), (0, 3))
_STIFFNESS = (0.0, 0.0, 0.05, 1.0)
"""What it costs to bend, by order, so that the curve does not run off where nothing holds it."""
# A zone follows the curve only where print about it holds the curve; elsewhere a cubic runs off.
_ABOUT_PX = 200.0
_SUPPORT = 6
# The print of ten drawn pages seen askew lies .2 to .3 off their view (median), that of curled ones .7 and more.
_VIEW_PX = 0.5


@dataclass(frozen=True, slots=True)
class FormBend:
    """A curve over a form: how far its print lies off the flat map at every place, in the reference frame.

    curve: (10, 2) float64, dx and dy in pixels of the frame for the powers of x and y up to the third, both from -1 to
    1 over the frame. points: (n, 2), the key points that agree on it. frame: the form's width and height. view:
    (3, 3), from the frame to where it lies as a camera sees a flat page askew; None where the paper itself is bent.
    """

    curve: Floats
    points: Floats
    frame: tuple[int, int]
    view: Floats | None = None

    def map_near(self, matrix: Floats, box: BoxLike) -> Floats:
        """The map of one box: the flat one turned, moved and stretched as the paper is bent there.

        matrix: (2, 3) float64, reference frame to page pixels; given back as it is where too little of the print about
        the box agrees on the curve, since a curve runs off where nothing holds it, and the page is no view of a flat
        one. box: in the reference frame.
        """
        x0, y0, x1, y1 = box
        grid = np.array([[x, y] for x in (x0, (x0 + x1) / 2, x1) for y in (y0, (y0 + y1) / 2, y1)], np.float64)
        if self._holds(box):
            bent = grid + _terms(grid, self.frame) @ self.curve
        elif self.view is not None:
            bent = _seen(grid, self.view)
        else:
            return matrix
        straight, *_ = np.linalg.lstsq(_with_one(grid), _with_one(bent) @ matrix.T, rcond=None)
        return np.asarray(straight.T, np.float64)

    def is_doubtful(self, box: BoxLike) -> bool:
        """Whether nobody knows where a box lies on the bent page: no print about it holds the curve."""
        return self.view is None and not self._holds(box)

    def _holds(self, box: BoxLike) -> bool:
        low, high = np.array(box[:2]), np.array(box[2:])
        away = np.maximum(0, np.maximum(low - self.points, self.points - high))
        about = np.linalg.norm(away, axis=1) < _ABOUT_PX * _unit(self.frame)
        return int(about.sum()) >= _SUPPORT


def form_bend(ours: Points, theirs: Points, matrix: Floats, frame: tuple[int, int]) -> FormBend | None:
    """How a page is bent against its flat map; None where it is flat, or where its print agrees on no curve.

    ours, theirs: (n, 2) key points of the form and the page's most alike, wrong pairs among them. matrix: (2, 3), the
    flat map from the form's frame to page pixels. A print other than the form's, of which some lines stand elsewhere,
    is on no curve: too few of its key points agree.
    """
    unit = _unit(frame)
    points = ours.astype(np.float64)
    off = (theirs - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T - points
    terms = _terms(points, frame)
    curve = np.zeros((len(_ORDERS), 2))
    robust = Robust([reach * unit for reach in _ROUNDS_PX], power=_POWER)
    stiffness = np.diag([_STIFFNESS[i + j] for i, j in _ORDERS])
    for _ in range(_GROWTHS):
        near = np.linalg.norm(off - terms @ curve, axis=1) < _NEAR_PX * unit
        if near.sum() < _LEAST:
            return None
        curve = fit_bend(terms[near], off[near], robust, stiffness=stiffness, first=curve)
    within = _WITHIN_PX * unit
    bent = np.linalg.norm(off - terms @ curve, axis=1) < within
    gained = bent.sum() - (np.linalg.norm(off, axis=1) < within).sum()
    if bent.sum() < _CONSENSUS * near.sum() or gained < _GAIN * near.sum():
        return None
    return FormBend(curve, points[bent], frame, _find_view(points[bent], off[bent], unit))


def _find_view(points: Floats, off: Floats, unit: float) -> Floats | None:
    """The view of a flat page that moves points by their offsets; None where they agree on none."""
    import cv2

    there = points + off
    view, _ = cv2.findHomography(points, there)
    if view is None:
        return None
    away = np.linalg.norm(_seen(points, view) - there, axis=1)
    return np.asarray(view, np.float64) if np.median(away) < _VIEW_PX * unit else None


def _seen(points: Floats, view: Floats) -> Floats:
    """Where points lie in a view."""
    seen = _with_one(points) @ view.T
    return np.asarray(seen[:, :2] / seen[:, 2:], np.float64)


def _unit(frame: tuple[int, int]) -> float:
    """Pixels of the reference frame per pixel of a page on which key points are sought."""
    return max(frame) / LONG_SIDE


def _terms(points: Floats, frame: tuple[int, int]) -> Floats:
    x, y = (points / np.array(frame) * 2 - 1).T
    return powers(x, y, _ORDERS)


def _with_one(points: Floats) -> Floats:
    return np.column_stack([points, np.ones(len(points))])
