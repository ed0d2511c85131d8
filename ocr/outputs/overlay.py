"""Pictures for people: a page with its zones drawn in, and one zone cut out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ocr.page import Box

if TYPE_CHECKING:
    from ocr.engine import Image

# Colour-blind safe pair (Okabe and Ito 2008), BGR; a doubtful zone is drawn thicker as well, so colour is not alone.
SURE = (178, 114, 0)
DOUBTFUL = (0, 94, 213)
_COVER = 190
_WEBP_QUALITY = 60  # ink stays legible at four times its size, at a quarter of a PNG's bytes
_MARGIN_PX = 6
_GAP_PX = 4
_MOST_PIECES = 6


def draw_zones(
    grey: Image, zones: Mapping[str, Box], doubtful: Sequence[str] = (), hidden: Sequence[str] = ()
) -> bytes:
    """The page with every zone framed and named, as PNG bytes.

    grey: (height, width) uint8. Names are drawn in Latin letters, so they need no font. Zones in doubtful are drawn
    thick and orange, the others thin and blue; zones in hidden are painted over. As a line of writing may lie beside
    its zone, a page with hidden zones shows nothing outside the other zones.
    """
    page = cv2.cvtColor(_cover_zones(grey, zones, hidden) if hidden else grey, cv2.COLOR_GRAY2BGR)
    size = max(grey.shape) / 2400
    for name, box in zones.items():
        is_doubtful = name in doubtful
        colour = DOUBTFUL if is_doubtful else SURE
        width = max(1, round(size * (4 if is_doubtful else 2)))
        cv2.rectangle(page, (box.x0, box.y0), (box.x1, box.y1), colour, width)
        # The name of a zone at the page's top must not lie above the page.
        at = (box.x0 + 2, max(10, box.y0 - round(4 * size)))
        cv2.putText(page, name, at, cv2.FONT_HERSHEY_SIMPLEX, max(0.35, 0.9 * size), colour, max(1, width // 2))
    return to_png(page)


def page_webp(grey: Image, zones: Mapping[str, Box], hidden: Sequence[str] = (), quarter_turns: int = 0) -> bytes:
    """A page as WebP bytes for looking at it, upright; with hidden zones as `draw_zones` shows them, without frames.

    grey: (height, width) uint8. quarter_turns: anticlockwise, by which it lies turned.
    """
    page = _cover_zones(grey, zones, hidden) if hidden else grey
    page = np.ascontiguousarray(np.rot90(page, -quarter_turns))
    return bytes(cv2.imencode(".webp", page, [cv2.IMWRITE_WEBP_QUALITY, _WEBP_QUALITY])[1])


def _cover_zones(grey: Image, zones: Mapping[str, Box], hidden: Sequence[str]) -> Image:
    covered = np.full_like(grey, _COVER)
    for name, box in zones.items():
        if name not in hidden:
            covered[box.y0 : box.y1, box.x0 : box.x1] = grey[box.y0 : box.y1, box.x0 : box.x1]
    # Last: a zone that is hidden may overlap one that is shown.
    for name in hidden:
        if name in zones:
            box = zones[name]
            covered[box.y0 : box.y1, box.x0 : box.x1] = _COVER
    return covered


def cut_png(grey: Image, box: Box, angle_deg: float = 0.0, max_width: int = 900) -> bytes:
    """One zone with a little of its surroundings, upright, as PNG bytes, no wider than max_width pixels.

    angle_deg: how far the page lies turned on the scan, anticlockwise; only its quarter turns are undone.
    """
    margin = _MARGIN_PX
    height, width = grey.shape[:2]
    x0, y0 = max(0, box.x0 - margin), max(0, box.y0 - margin)
    crop = grey[y0 : min(height, box.y1 + margin), x0 : min(width, box.x1 + margin)]
    # A zone beyond the scan's edge: a blank picture stands for it.
    if crop.size == 0:
        crop = np.full((8, 8), 255, np.uint8)
    crop = np.ascontiguousarray(np.rot90(crop, -round(angle_deg / 90)))
    if crop.shape[1] > max_width:
        scale = max_width / crop.shape[1]
        crop = cv2.resize(crop, (max_width, max(1, round(crop.shape[0] * scale))), interpolation=cv2.INTER_AREA)
    return to_png(crop)


def row_png(grey: Image, boxes: Sequence[Box], angle_deg: float = 0.0, max_width: int = 900) -> bytes:
    """A row of a table as PNG bytes: each box cut into pieces about four times as wide as high, below each other.

    grey: (height, width) uint8, as scanned. angle_deg: as cut_png's. A row is too wide to be read in one line at
    max_width pixels.
    """
    pieces = [piece for box in boxes for piece in _pieces(grey, box, round(angle_deg / 90))]
    width = min(max_width, max(p.shape[1] for p in pieces))
    fitted = [_fit(p, min(1.0, width / p.shape[1]), width) for p in pieces]
    gap = np.full((_GAP_PX, width), _COVER, np.uint8)
    return to_png(np.vstack([part for p in fitted for part in (p, gap)][:-1]))


def _pieces(grey: Image, box: Box, quarters: int) -> list[Image]:
    height, width = grey.shape[:2]
    y0, y1 = max(0, box.y0 - _MARGIN_PX), min(height, box.y1 + _MARGIN_PX)
    x0, x1 = max(0, box.x0 - _MARGIN_PX), min(width, box.x1 + _MARGIN_PX)
    if y1 <= y0 or x1 <= x0:
        return [np.full((8, 8), 255, np.uint8)]
    row = np.rot90(grey[y0:y1, x0:x1], -quarters)
    count = min(_MOST_PIECES, max(1, round((row.shape[1] / (4 * row.shape[0])) ** 0.5)))
    edges = np.linspace(0, row.shape[1], count + 1).astype(int)
    return [np.ascontiguousarray(row[:, a:b]) for a, b in zip(edges[:-1], edges[1:], strict=True)]


def _fit(piece: Image, scale: float, width: int) -> Image:
    """A piece made smaller, with paper at its right up to a width."""
    wide, high = min(width, max(1, round(piece.shape[1] * scale))), max(1, round(piece.shape[0] * scale))
    small = piece if scale == 1.0 else cv2.resize(piece, (wide, high), interpolation=cv2.INTER_AREA)
    return np.pad(small[:, :width], ((0, 0), (0, max(0, width - small.shape[1]))), constant_values=255)


def to_png(picture: np.ndarray) -> bytes:
    """A picture, grey or BGR, as PNG bytes."""
    return bytes(cv2.imencode(".png", picture)[1])
