"""Where a pixel of a prepared page lies on the scan, and back: one map of the plane and, on a bent page, one bend.

A pixel's middle has whole coordinates; a box ends half a pixel behind its last pixel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image
from ocr.page import Box

Matrix = NDArray[np.float64]
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PageBend:
    """How far each column of a page is shifted down before it was straightened: at the top row and at the bottom row.

    top, bottom: (width,) float64 pixels; rows between are in proportion, so that the map can be turned around exactly.
    """

    top: NDArray[np.float64]
    bottom: NDArray[np.float64]

    @property
    def largest(self) -> float:
        """The largest shift in pixels, either way."""
        return float(max(np.abs(self.top).max(), np.abs(self.bottom).max()))

    def columns(self, x: NDArray[np.float64], height: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Shift at the top and growth per row, for columns x that may lie between pixels or off the page."""
        at = np.arange(len(self.top), dtype=np.float64)
        top = np.interp(x, at, self.top)
        return top, (np.interp(x, at, self.bottom) - top) / max(1, height - 1)


@dataclass(frozen=True, slots=True)
class PageMap:
    """The map of one prepared page of width x height pixels.

    matrix: (3, 3), a straightened page that is still bent to the scan: affine, or a page seen at a slant. bend: None on
    a flat page.
    """

    matrix: Matrix
    width: int
    height: int
    bend: PageBend | None = None

    def to_source(self, points: Points) -> Points:
        """Pixels of the scan for pixels of the page; points: (n, 2) rows x, y."""
        points = np.asarray(points, np.float64).reshape(-1, 2)
        if self.bend is not None:
            top, growth = self.bend.columns(points[:, 0], self.height)
            points = np.column_stack([points[:, 0], points[:, 1] * (1 + growth) + top])
        return _apply(self.matrix, points)

    def from_source(self, points: Points) -> Points:
        """Pixels of the page for pixels of the scan; points: (n, 2) rows x, y."""
        points = np.asarray(points, np.float64).reshape(-1, 2)
        points = _apply(np.asarray(np.linalg.inv(self.matrix), np.float64), points)
        if self.bend is None:
            return points
        top, growth = self.bend.columns(points[:, 0], self.height)
        return np.column_stack([points[:, 0], (points[:, 1] - top) / (1 + growth)])

    def box_to_source(self, box: Box, width: int, height: int) -> Box:
        """The upright rectangle of the scan (width x height) around a box of the page, never empty."""
        # Nine places along the edges: on a bent page they sag between the corners.
        x = np.linspace(box.x0 - 0.5, box.x1 - 0.5, 9)
        rim = [(a, b) for a in x for b in (box.y0 - 0.5, box.y1 - 0.5)]
        there = self.to_source(np.array(rim)) + 0.5
        # The small shares keep rounding errors from taking in one more pixel.
        low, high = np.floor(there.min(axis=0) + 1e-6), np.ceil(there.max(axis=0) - 1e-6)
        x0, y0 = (int(np.clip(v, 0, most - 1)) for v, most in zip(low, (width, height), strict=True))
        return Box(x0, y0, max(x0 + 1, min(int(high[0]), width)), max(y0 + 1, min(int(high[1]), height)))


@dataclass(frozen=True, slots=True)
class View:
    """A flat view of the scan on the way: its map to the scan and its shape (height, width), in pixels of the scan."""

    matrix: Matrix
    shape: tuple[int, int]

    def compose(self, matrix: Matrix, shape: tuple[int, int]) -> View:
        """The view of this view."""
        return View(self.matrix @ matrix, shape)

    def map(self) -> PageMap:
        """Its map as a page's."""
        return PageMap(self.matrix, self.shape[1], self.shape[0])

    def draw(self, small_source: Image, scale: float) -> Image:
        """The view drawn from a small picture of the scan, white beyond it; scale: small pixels per pixel."""
        height, width = (max(1, round(n * scale)) for n in self.shape)
        # Pixels' middles have whole coordinates, so the frame's corner lies half a pixel before 0 in both sizes.
        shrink = np.array([[scale, 0, (scale - 1) / 2], [0, scale, (scale - 1) / 2], [0, 0, 1]])
        return picture(small_source, PageMap(shrink @ self.matrix @ np.linalg.inv(shrink), width, height))


def picture(source: Image, page: PageMap) -> Image:
    """The prepared page's picture, sampled once from the scan; what lies off the scan is white."""
    import cv2

    straight = _slice(source, page)
    if straight is not None:
        return straight
    size = (page.width, page.height)
    if page.bend is None:
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        if not _is_affine(page.matrix):
            seen = cv2.warpPerspective(source, page.matrix, size, flags=flags, borderValue=(255,))
            return np.asarray(seen, np.uint8)
        return np.asarray(cv2.warpAffine(source, page.matrix[:2], size, flags=flags, borderValue=(255,)), np.uint8)
    x = np.arange(page.width, dtype=np.float64)
    top, growth = page.bend.columns(x, page.height)
    # remap takes single precision alone.
    m = page.matrix.astype(np.float32)
    rows = np.arange(page.height, dtype=np.float32)[:, None] * (1 + growth).astype(np.float32) + top.astype(np.float32)
    columns = x.astype(np.float32)
    map_x = rows * m[0, 1] + (columns * m[0, 0] + m[0, 2])
    map_y = rows * m[1, 1] + (columns * m[1, 0] + m[1, 2])
    if not _is_affine(page.matrix):
        away = rows * m[2, 1] + (columns * m[2, 0] + m[2, 2])
        map_x, map_y = map_x / away, map_y / away
    return np.asarray(cv2.remap(source, map_x, map_y, cv2.INTER_CUBIC, borderValue=(255,)), np.uint8)


def quarter_turn(shape: tuple[int, ...], turn_deg: int) -> tuple[Matrix, tuple[int, int]]:
    """The map from a page turned anticlockwise by 0, 90, 180 or 270 degrees to the page before; its new shape."""
    height, width = shape[:2]
    if turn_deg == 90:
        return np.array([[0, -1, width - 1], [1, 0, 0], [0, 0, 1]], np.float64), (width, height)
    if turn_deg == 180:
        return np.array([[-1, 0, width - 1], [0, -1, height - 1], [0, 0, 1]], np.float64), (height, width)
    if turn_deg == 270:
        return np.array([[0, 1, 0], [-1, 0, height - 1], [0, 0, 1]], np.float64), (width, height)
    return np.eye(3), (height, width)


def levelling(shape: tuple[int, ...], angle_deg: float) -> tuple[Matrix, tuple[int, int]]:
    """The map from a page turned anticlockwise by a small angle, on paper large enough to lose nothing; its shape."""
    height, width = shape[:2]
    if angle_deg == 0.0:
        return np.eye(3), (height, width)
    turn = np.radians(angle_deg)
    cos, sin = float(np.cos(turn)), float(np.sin(turn))
    wide = int(np.ceil(width * cos + height * abs(sin)))
    high = int(np.ceil(height * cos + width * abs(sin)))
    back = np.array([[cos, -sin], [sin, cos]])
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    matrix = np.eye(3)
    matrix[:2, :2] = back
    matrix[:2, 2] = middle - back @ np.array([(wide - 1) / 2, (high - 1) / 2])
    return matrix, (high, wide)


def cropping(x0: float, y0: float) -> Matrix:
    """The map from a page cut at a corner to the page before."""
    return np.array([[1, 0, x0], [0, 1, y0], [0, 0, 1]], np.float64)


def _is_affine(matrix: Matrix) -> bool:
    return bool(np.all(matrix[2] == (0, 0, 1)))


def _apply(matrix: Matrix, points: Points) -> Points:
    there = points @ matrix[:2, :2].T + matrix[:2, 2]
    # Not divided by 1 either: maps of flat pages stay the same to the last bit.
    return there if _is_affine(matrix) else there / (points @ matrix[2, :2] + matrix[2, 2])[:, None]


def _slice(source: Image, page: PageMap) -> Image | None:
    """The picture without sampling, where the page is only cut and turned by quarters."""
    m = np.round(page.matrix).astype(int)
    if page.bend is not None or not _is_affine(page.matrix) or not np.allclose(m, page.matrix, atol=1e-9):
        return None
    corners = np.array([[0, 0, 1], [page.width - 1, page.height - 1, 1]]) @ m[:2].T
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    if x0 < 0 or y0 < 0 or x1 >= source.shape[1] or y1 >= source.shape[0]:
        return None
    cut = source[y0 : y1 + 1, x0 : x1 + 1]
    turns = {(1, 0): 0, (0, 1): 1, (-1, 0): 2, (0, -1): 3}
    # rot90 gives a view; OpenCV wants rows in one piece.
    return np.ascontiguousarray(np.rot90(cut, turns[int(m[0, 0]), int(m[1, 0])]))
