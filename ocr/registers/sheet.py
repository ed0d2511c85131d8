"""One scan of a register made level and small enough to look at whole, and the way back to the scan."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image
from ocr.geometry.mapping import Matrix, PageMap, levelling, picture, quarter_turn
from ocr.geometry.paper import small
from ocr.geometry.skew import SHEET, find_skew
from ocr.geometry.slant import find_slant
from ocr.page import Box
from ocr.pages import Prepared, prepare_page
from ocr.pages.prepared import UNWRITTEN

Floats = NDArray[np.float64]

LONG_SIDE_PX = 2000
"""Longest side of a sheet: a ruled line is one to three pixels thick there, a letter ten to twenty high."""
SLANT_MENDED = "slant-mended"
# Rulings, rows and letters are found by sizes in pixels that hold from here on up.
_LEAST_SIDE_PX, _MOST_ENLARGED = 1500, 2.5
# Of 35 flat pages, 24 of them real, lines lie off by 0.003 at most, and of pages with a fold by 0.004.
_LEAST_SLANT = 0.005
# So deep is thin ink on 99 % of drawn pages that are not pale; below the second nothing is written.
_PALE, _WRITTEN = 50, 10
_INK = 100.0
_THIN_PX = 9
_RULE_DEPTH = 25
# Ruled lines level a sheet, not text; both pages of a spread stay together, since its rows go across; and its bend is
# that of its ruled lines (ocr/geometry/ruled_bend.py).
_LEAVE = ("orientation", "level", "spread", "dewarp", UNWRITTEN)


@dataclass(frozen=True, slots=True)
class LevelSheet:
    """A level look at one scan.

    image: (height, width) uint8, flattened, 0 black, at most LONG_SIDE_PX long. flat: the scan at full size, flattened
    and cropped to the paper. to_flat: (2, 3), sheet pixels to those of flat. page: flat's way to the scan. turn_deg:
    how far the scan was turned anticlockwise, by quarters.
    """

    image: Image
    flat: Image
    to_flat: Matrix
    page: Prepared
    angle_deg: float
    turn_deg: int = 0

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


def open_sheet(grey: Image, turn_deg: int = 0) -> LevelSheet:
    """Make a scan level by its ruled lines, as seen from straight above, and as dark and large as lines are found best.

    grey: (height, width) uint8, 0 black. turn_deg: how far to turn it anticlockwise so that it stands upright, by
    quarters.
    """
    import cv2

    page = _turn_page(prepare_page(grey, skip=_LEAVE)[0], turn_deg)
    page = _darken_pale(_see_from_above(page))
    flat = page.image
    scale = _choose_scale(max(flat.shape))
    way = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_CUBIC
    sized = flat if scale == 1.0 else cv2.resize(flat, None, fx=scale, fy=scale, interpolation=way)
    angle = _skew_deg(np.asarray(sized, np.uint8))
    turn, shape = levelling(sized.shape, angle)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    level = cv2.warpAffine(sized, turn[:2], shape[::-1], flags=flags, borderValue=(255,))
    # By the sizes themselves, which were rounded to whole pixels.
    fx, fy = flat.shape[1] / sized.shape[1], flat.shape[0] / sized.shape[0]
    grown = np.array([[fx, 0, (fx - 1) / 2], [0, fy, (fy - 1) / 2]])
    return LevelSheet(np.asarray(level, np.uint8), flat, grown @ turn, page, angle, turn_deg)


def _choose_scale(long_side_px: int) -> float:
    """Pixels of the sheet for one of the page."""
    if long_side_px < _LEAST_SIDE_PX:
        return min(_MOST_ENLARGED, LONG_SIDE_PX / long_side_px)
    return min(1.0, LONG_SIDE_PX / long_side_px)


def _turn_page(page: Prepared, turn_deg: int) -> Prepared:
    if not turn_deg:
        return page
    matrix, (height, width) = quarter_turn(page.image.shape, turn_deg)
    image = np.ascontiguousarray(np.rot90(page.image, turn_deg // 90))
    turned = PageMap(page.page_map.matrix @ matrix, width, height)
    return replace(page, image=image, steps=(*page.steps, f"turned+{turn_deg}"), page_map=turned)


def _see_from_above(page: Prepared) -> Prepared:
    """A page that was photographed at a slant as it looks from straight above."""
    slant = find_slant(page.image)
    if slant is None or slant.off < _LEAST_SLANT:
        return page
    height, width = slant.shape
    image = picture(page.image, PageMap(slant.matrix, width, height))
    above = PageMap(page.page_map.matrix @ slant.matrix, width, height)
    return replace(page, image=image, steps=(*page.steps, SLANT_MENDED), page_map=above)


def _darken_pale(page: Prepared) -> Prepared:
    """A page with pale ink with its ink as dark as usual; one without any writing stays as it is."""
    import cv2

    dark = 255 - small(page.image)[0]
    thin = dark - cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((_THIN_PX, _THIN_PX), np.uint8))
    ink = float(np.percentile(thin, 99))
    if not _WRITTEN <= ink < _PALE:
        return page
    deeper = np.clip((255 - page.image.astype(np.float32)) * (_INK / ink), 0, 255)
    return replace(page, image=np.asarray(255 - deeper, np.uint8))


def _skew_deg(sized: Image) -> float:
    """How far the ruled lines lie askew: by what is dark and thin from top to bottom."""
    import cv2

    dark = 255 - sized
    thin = dark - cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((_THIN_PX, 1), np.uint8))
    long = cv2.morphologyEx(
        np.where(thin > _RULE_DEPTH, 255, 0).astype(np.uint8), cv2.MORPH_OPEN, np.ones((1, 13), np.uint8)
    )
    return find_skew(np.asarray(long, np.uint8), SHEET)
