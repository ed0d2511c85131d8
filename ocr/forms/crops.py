"""The zones of a page as pictures an engine can read: cut from the original, cleaned, blank or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ocr.cleaning.blots import Blots, find_blots
from ocr.cleaning.clean import Cleaned, Matrix, bare_line, clean_line
from ocr.cleaning.ruled_lines import LINE_PX, ink_mask
from ocr.engine import Image, LineImage
from ocr.forms.form import Form, Zone
from ocr.forms.run_on import follow_writing
from ocr.forms.zones import Bend, cut_box, cut_zone, zone_box
from ocr.page import Box

_TEXT_PX = 42
_TEXT_RANGE = (28, 60)
_MOST_UPSCALING = 4.0
_MAX_CROP_PIXELS = 6_000_000
_LEAST_ON_SCAN = 0.97
_FREE = ("line", "date", "time", "choice")
_COLUMN_INK = 2
_LITTLE_INK = 0.03
"""Below this share of ink, what a bare zone seems to hold may be left of a slanting rule: it is cleaned to be sure. Of
534 zones of real pages 42 hold less; two blank ones hold more and are read in vain."""


class Cut(NamedTuple):
    """A zone cut out at one size: as scanned and cleaned, (height, width) uint8, upright; scale: pixels of it per pixel
    of the reference frame.
    """

    raw: Image
    cleaned: Cleaned
    scale: float


@dataclass(frozen=True)
class Crop:
    """One zone of a page; it is cut out in other sizes and cleaned when somebody looks.

    zone: of the form. page: as scanned, (height, width) uint8. matrix: (2, 3), reference frame to page pixels. first:
    the zone with a line of the form 64 pixels high; where people write, its cleaned picture is a bare one. blots: of
    that. blank: there surely is no writing; never so where a part of the zone lies beyond the scan's edge.
    """

    zone: Zone
    page: Image
    matrix: Matrix
    first: Cut
    blots: Blots
    blank: bool
    shown: tuple[int, int, int, int] | None = None
    is_cut: bool = False

    @property
    def raw(self) -> Image:
        """As scanned, of the size of clean."""
        return self._fit_cut.raw

    @property
    def clean(self) -> Image:
        """Cleaned, the writing 28 to 60 pixels high where that can be."""
        return self._fit_cut.cleaned.image

    @property
    def ink(self) -> float:
        """Share 0..1 of writing in it."""
        return self.blots.ink_share()

    @cached_property
    def box(self) -> Box:
        """On the scan."""
        return zone_box(self.matrix, self.zone.model_copy(update={"box": self.shown}) if self.shown else self.zone)

    @cached_property
    def wide(self) -> Image:
        """As raw, of the first size, as far as writing may run on over the printed words beside the zone."""
        reach = self.zone.reach
        return cut_box(self.page, self.matrix, reach, self.first.scale) if reach else self.first.raw

    def line(self, languages: tuple[str, ...]) -> LineImage:
        """The clean crop as a question to an engine."""
        return LineImage(self.clean, languages, block=self.zone.kind == "block", kind=self.zone.kind)

    def handwriting(self) -> LineImage:
        """The crop for an engine that reads English handwriting and knows print when it sees it."""
        kind, is_listed = self.zone.kind, self.zone.list is not None
        if kind == "block":
            return LineImage(self.first.cleaned.image, ("en",), block=True, kind=kind)
        image = self.wide if is_listed or kind not in _FREE else self._handwritten_part()
        return LineImage(image, ("en",), kind=kind, is_listed=is_listed)

    def box_on_scan(self, corners: NDArray[np.float64] | NDArray[np.int64]) -> Box:
        """The upright rectangle of the scan around points of the clean crop; corners: (n, 3) rows x, y, 1."""
        on_scan = corners @ _to_scan(self.matrix, self.zone, self._fit_cut).T
        low, high = np.floor(on_scan.min(axis=0)), np.ceil(on_scan.max(axis=0))
        left, top = max(0, int(low[0])), max(0, int(low[1]))
        return Box(left, top, max(left + 1, int(high[0])), max(top + 1, int(high[1])))

    def _handwritten_part(self) -> Image:
        """The wide crop without the empty paper beside its writing."""
        span = None if self.zone.reach else self.blots.span()
        if span is not None:
            margin = len(self.wide)
            return self.wide[:, max(0, span[0] - margin) : span[1] + margin]
        seen = self.first.cleaned.image
        inked = np.flatnonzero((ink_mask(seen) > 0).sum(0) >= _COLUMN_INK)
        last = (inked[-1] + 1) / seen.shape[1] if len(inked) else 1.0
        return self.wide[:, : round(last * self.wide.shape[1]) + len(self.wide)]

    @cached_property
    def _fit_cut(self) -> Cut:
        """Cleaned at the size at which the writing is 42 pixels high, or at the first if it is nearly so."""
        scale = self.first.scale
        tall = 0.0 if self.blank else self.blots.text_height()
        better = _bound_scale(scale * _TEXT_PX / tall, self.matrix, self.zone) if tall else scale
        # A tenth larger or smaller is not worth cutting it out once more.
        if tall and not _TEXT_RANGE[0] <= tall <= _TEXT_RANGE[1] and abs(better / scale - 1) > 0.1:
            raw = cut_zone(self.page, self.matrix, self.zone, better)
            return Cut(raw, clean_line(raw), better)
        # Where people write it was only bared, to be measured; Tesseract wants it cleaned.
        return self.first._replace(cleaned=clean_line(self.first.raw)) if self.zone.handwriting else self.first


def cut_all(
    grey: Image, matrix: Matrix, form: Form, only: Sequence[str] = (), *, bend: Bend | None = None
) -> Sequence[Crop]:
    """All zones of a page in the form's order.

    grey: the page as scanned, (height, width) uint8. matrix: (2, 3), reference frame to page pixels. bend: how the
    paper lies off that, as find_form says. only: ids of zones to cut, with those that repeat them; () for all. Zones
    are cut so that a line of the form is 64 pixels high; where the writing turns out much smaller or larger than 42
    pixels, the zone is cut again from the original. A zone of figures whose writing runs over its edge is widened.
    A zone of which nobody knows where it lies is never blank: an empty place beside it may have been cut out.
    """
    # A block's height is that of several lines.
    heights = [z.box[3] - z.box[1] for z in form.zones if z.kind != "block"]
    usual = LINE_PX / float(np.median(heights)) if heights else 1.0
    asked = [zone for zone in form.zones if not only or {zone.id, zone.repeats} & set(only)]
    maps = [bend.map_near(matrix, zone.box) if bend else matrix for zone in asked]
    cut = (_cut(grey, own, zone, usual) for own, zone in zip(maps, asked, strict=True))
    crops = (replace(c, blank=False) if bend and c.blank and bend.is_doubtful(c.zone.box) else c for c in cut)
    return [crop if crop.blank else _follow(crop, form, usual) for crop in crops]


def _follow(crop: Crop, form: Form, usual: float) -> Crop:
    """The crop as wide as its writing is."""
    run = follow_writing(crop.page, crop.matrix, form, crop.zone, crop.blots, crop.first.scale)
    wider = crop if run.zone.box == crop.zone.box else _cut(crop.page, crop.matrix, run.zone, usual)
    return replace(wider, shown=run.shown, is_cut=run.is_cut) if wider is not crop or run.is_cut else crop


def _cut(grey: Image, matrix: Matrix, zone: Zone, usual: float) -> Crop:
    scale = _bound_scale(usual, matrix, zone)
    raw = cut_zone(grey, matrix, zone, scale)
    cleaned = Cleaned(bare_line(raw), (), np.eye(2, 3)) if zone.handwriting else clean_line(raw)
    blots = find_blots(cleaned.image)
    is_written = blots.has_writing()
    if is_written and zone.often_blank:
        is_written = _has_own_writing(raw, cleaned.image, blots)
    elif is_written and zone.handwriting and blots.ink_share() < _LITTLE_INK:
        is_written = find_blots(clean_line(raw).image).has_writing()
    blank = not is_written and _share_on_scan(grey, matrix, zone) >= _LEAST_ON_SCAN
    return Crop(zone, grey, matrix, Cut(raw, cleaned, scale), blots, blank)


def _has_own_writing(raw: Image, bare: Image, blots: Blots) -> bool:
    """Whether people wrote into a zone that is often blank: by its bare picture, and of little ink by the clean one.

    Not of other zones: writing that fills a small one, or stands on its rule, looks like what its border cuts off (of
    the names, places and years on 251 real pages 54 would be lost).
    """
    own = blots.own_writing(_taken_out(raw, bare))
    if not own or own >= _LITTLE_INK:
        return own > 0
    clean = clean_line(raw).image
    seen = find_blots(clean)
    # A picture that was levelled may have another size: then nothing tells what was taken out.
    return seen.own_writing(_taken_out(raw, clean)) > 0 if clean.shape == raw.shape else seen.has_writing()


def _taken_out(raw: Image, cleaned: Image) -> NDArray[np.bool_]:
    """The ink that cleaning took out of a crop."""
    return np.asarray((ink_mask(raw) > 0) & (ink_mask(cleaned) == 0))


def _share_on_scan(grey: Image, matrix: Matrix, zone: Zone) -> float:
    """Share 0..1 of a zone's upright rectangle that lies on the scan; the rest was cut off."""
    x0, y0, x1, y1 = zone.box
    corners = np.array([[x, y, 1] for x in (x0, x1) for y in (y0, y1)]) @ matrix.T
    low, high = corners.min(axis=0), corners.max(axis=0)
    seen = np.minimum(high, grey.shape[::-1]) - np.maximum(low, 0)
    return float(np.prod(np.maximum(seen, 0)) / np.prod(high - low))


def _bound_scale(scale: float, matrix: Matrix, zone: Zone) -> float:
    """A scale that neither blows the scan's pixels up beyond use nor makes a crop too large to read in time."""
    native = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    x0, y0, x1, y1 = zone.box
    largest = float(np.sqrt(_MAX_CROP_PIXELS / ((x1 - x0) * (y1 - y0))))
    return min(scale, _MOST_UPSCALING * native, largest)


def _to_scan(matrix: Matrix, zone: Zone, cut: Cut) -> Matrix:
    """Clean crop -> raw crop -> reference frame -> scan, as one map."""
    frame = np.array([[1 / cut.scale, 0, zone.box[0]], [0, 1 / cut.scale, zone.box[1]], [0, 0, 1]])
    turned = np.vstack([cut.cleaned.to_source, [0, 0, 1]])
    return np.asarray(matrix @ frame @ turned, np.float64)
