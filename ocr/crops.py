"""The zones of a page as pictures an engine can read: cut from the original, cleaned, blank or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.clean import Cleaned, Matrix, clean_line
from ocr.engine import Image, LineImage
from ocr.form import Form, Zone
from ocr.page import Box
from ocr.rules import LINE_PX, has_writing, ink_mask, ink_share, text_height
from ocr.zones import cut_box, cut_zone, zone_box

_TEXT_PX = 42
_TEXT_RANGE = (28, 60)
_MOST_UPSCALING = 4.0
_MAX_CROP_PIXELS = 6_000_000
_LEAST_ON_SCAN = 0.97
_FREE = ("line", "date", "time", "choice")
_COLUMN_INK = 2


@dataclass(frozen=True, slots=True)
class Crop:
    """One zone cut out: raw as scanned and clean, both (height, width) uint8 of one size, upright.

    box: on the scan. ink: share of writing in it. blank: there surely is none; never so where a part of the zone lies
    beyond the scan's edge. to_scan: (2, 3), maps a pixel of clean to one of the scan. wide: as raw, as far as writing
    may run on over the printed words beside the zone.
    """

    zone: Zone
    box: Box
    raw: Image
    clean: Image
    ink: float
    blank: bool
    to_scan: Matrix
    wide: Image

    def line(self, languages: tuple[str, ...]) -> LineImage:
        """The clean crop as a question to an engine."""
        return LineImage(self.clean, languages, block=self.zone.kind == "block", kind=self.zone.kind)

    def hand(self) -> LineImage:
        """The crop for an engine that reads English handwriting and knows print when it sees it."""
        kind, is_listed = self.zone.kind, self.zone.list is not None
        if kind == "block":
            return LineImage(self.clean, ("en",), block=True, kind=kind)
        image = self.wide if is_listed or kind not in _FREE else self._written_part()
        return LineImage(image, ("en",), kind=kind, is_listed=is_listed)

    def _written_part(self) -> Image:
        """The wide crop without the empty paper right of the last ink."""
        inked = np.flatnonzero((ink_mask(self.clean) > 0).sum(0) >= _COLUMN_INK)
        last = (inked[-1] + 1) / self.clean.shape[1] if len(inked) else 1.0
        return self.wide[:, : round(last * self.wide.shape[1]) + len(self.wide)]

    def box_on_scan(self, corners: NDArray[np.float64] | NDArray[np.int64]) -> Box:
        """The upright rectangle of the scan around points of the clean crop; corners: (n, 3) rows x, y, 1."""
        on_scan = corners @ self.to_scan.T
        low, high = np.floor(on_scan.min(axis=0)), np.ceil(on_scan.max(axis=0))
        left, top = max(0, int(low[0])), max(0, int(low[1]))
        return Box(left, top, max(left + 1, int(high[0])), max(top + 1, int(high[1])))


def cut_all(grey: Image, matrix: Matrix, form: Form, only: Sequence[str] = ()) -> Sequence[Crop]:
    """All zones of a page in the form's order.

    grey: the page as scanned, (height, width) uint8. matrix: (2, 3), reference frame to page pixels. Zones are cut so
    that a line of the form is 64 pixels high; where the writing turns out much smaller or larger than 42 pixels, the
    zone is cut again from the original. only: ids of zones to cut; () for all.
    """
    heights = [z.box[3] - z.box[1] for z in form.zones if z.kind != "block"]
    usual = LINE_PX / float(np.median(heights)) if heights else 1.0
    return [_cut(grey, matrix, zone, usual) for zone in form.zones if not only or zone.id in only]


def _cut(grey: Image, matrix: Matrix, zone: Zone, usual: float) -> Crop:
    scale = _bounded(usual, matrix, zone)
    raw = cut_zone(grey, matrix, zone, scale)
    cleaned = clean_line(raw)
    blank = not has_writing(cleaned.image) and _share_on_scan(grey, matrix, zone) >= _LEAST_ON_SCAN
    tall = 0.0 if blank else text_height(cleaned.image)
    better = _bounded(scale * _TEXT_PX / tall, matrix, zone) if tall else scale
    if tall and not _TEXT_RANGE[0] <= tall <= _TEXT_RANGE[1] and abs(better / scale - 1) > 0.1:
        scale, raw = better, cut_zone(grey, matrix, zone, better)
        cleaned = clean_line(raw)
    return Crop(
        zone,
        zone_box(matrix, zone),
        raw,
        cleaned.image,
        ink_share(cleaned.image),
        blank,
        _to_scan(matrix, zone, scale, cleaned),
        _wide(grey, matrix, zone, usual),
    )


def _wide(grey: Image, matrix: Matrix, zone: Zone, usual: float) -> Image:
    """The zone as far as writing runs on, at the size at which a line of the form is 64 pixels high."""
    scale = _bounded(usual, matrix, zone)
    return cut_box(grey, matrix, zone.reach, scale) if zone.reach else cut_zone(grey, matrix, zone, scale)


def _share_on_scan(grey: Image, matrix: Matrix, zone: Zone) -> float:
    """Share 0..1 of a zone's upright rectangle that lies on the scan; the rest was cut off."""
    x0, y0, x1, y1 = zone.box
    corners = np.array([[x, y, 1] for x in (x0, x1) for y in (y0, y1)]) @ matrix.T
    low, high = corners.min(axis=0), corners.max(axis=0)
    seen = np.minimum(high, grey.shape[::-1]) - np.maximum(low, 0)
    return float(np.prod(np.maximum(seen, 0)) / np.prod(high - low))


def _bounded(scale: float, matrix: Matrix, zone: Zone) -> float:
    """A scale that neither blows the scan's pixels up beyond use nor makes a crop too large to read in time."""
    native = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    x0, y0, x1, y1 = zone.box
    largest = float(np.sqrt(_MAX_CROP_PIXELS / ((x1 - x0) * (y1 - y0))))
    return min(scale, _MOST_UPSCALING * native, largest)


def _to_scan(matrix: Matrix, zone: Zone, scale: float, cleaned: Cleaned) -> Matrix:
    """Clean crop -> raw crop -> reference frame -> scan, as one map."""
    frame = np.array([[1 / scale, 0, zone.box[0]], [0, 1 / scale, zone.box[1]], [0, 0, 1]])
    turned = np.vstack([cleaned.to_source, [0, 0, 1]])
    return np.asarray(matrix @ frame @ turned, np.float64)
