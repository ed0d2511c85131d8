"""One scan of a register made level and small enough to look at whole, and the way back to the scan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image
from ocr.geometry.mapping import levelling
from ocr.geometry.skew import SHEET, find_skew
from ocr.page import Box
from ocr.pages import Prepared, prepare_page
from ocr.pages.prepared import UNWRITTEN

Floats = NDArray[np.float64]
Matrix = NDArray[np.float64]

LONG_SIDE_PX = 2000
"""Longest side of a sheet: a ruled line is one to three pixels thick there, a letter ten to twenty high."""
_THIN_PX = 9
_RULE_DEPTH = 25
# Ruled lines level a sheet, not text; both pages of a spread stay together, since its rows go across; and its bend is
# that of its ruled lines (ocr/geometry/ruled_bend.py).
_LEAVE = ("orientation", "level", "spread", "dewarp", UNWRITTEN)


@dataclass(frozen=True, slots=True)
class LevelSheet:
    """A level look at one scan.

    image: (height, width) uint8, flattened, 0 black, at most LONG_SIDE_PX long. flat: the scan at full size, flattened
    and cropped to the paper. to_flat: (2, 3), sheet pixels to those of flat. page: flat's way to the scan.
    """

    image: Image
    flat: Image
    to_flat: Matrix
    page: Prepared
    angle_deg: float

    @property
    def height(self) -> int:
        """Rows of the sheet."""
        return int(self.image.shape[0])

    @property
    def width(self) -> int:
        """Columns of the sheet."""
        return int(self.image.shape[1])

    def points_on_flat(self, points: Floats) -> Floats:
        """Pixels of flat for pixels of the sheet; (n, 2) rows x, y."""
        return np.asarray(points @ self.to_flat[:, :2].T + self.to_flat[:, 2], np.float64)

    def box_on_scan(self, points: Floats) -> Box:
        """The upright rectangle of the scan around points of the sheet, on the scan and never empty."""
        there = self.page.to_source(self.points_on_flat(points))
        width, height = self.page.source_width, self.page.source_height
        low = np.floor(np.clip(there.min(axis=0), 0, [width - 1, height - 1])).astype(int)
        high = np.ceil(np.clip(there.max(axis=0), low + 1, [width, height])).astype(int)
        return Box(int(low[0]), int(low[1]), int(high[0]), int(high[1]))


def open_sheet(grey: Image) -> LevelSheet:
    """Make a scan level by its ruled lines; grey: (height, width) uint8, 0 black, upright."""
    import cv2

    page = prepare_page(grey, skip=_LEAVE)[0]
    flat = page.image
    scale = min(1.0, LONG_SIDE_PX / max(flat.shape))
    small = flat if scale == 1.0 else cv2.resize(flat, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    angle = _skew_deg(np.asarray(small, np.uint8))
    turn, shape = levelling(small.shape, angle)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    level = cv2.warpAffine(small, turn[:2], shape[::-1], flags=flags, borderValue=(255,))
    # By the sizes themselves, which were rounded to whole pixels.
    fx, fy = flat.shape[1] / small.shape[1], flat.shape[0] / small.shape[0]
    grown = np.array([[fx, 0, (fx - 1) / 2], [0, fy, (fy - 1) / 2]])
    return LevelSheet(np.asarray(level, np.uint8), flat, grown @ turn, page, angle)


def _skew_deg(small: Image) -> float:
    """How far the ruled lines lie askew: by what is dark and thin from top to bottom."""
    import cv2

    dark = 255 - small
    thin = dark - cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((_THIN_PX, 1), np.uint8))
    long = cv2.morphologyEx(
        np.where(thin > _RULE_DEPTH, 255, 0).astype(np.uint8), cv2.MORPH_OPEN, np.ones((1, 13), np.uint8)
    )
    return find_skew(np.asarray(long, np.uint8), SHEET)
