"""The blank print of a form: from one clean blank scan, or from filled ones by what they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocr.cleaning.clean import flatten
from ocr.engine import Image
from ocr.forms.form import Form
from ocr.forms.zones import FormModels, find_form
from ocr.geometry.features import FormFeatures, build_features
from ocr.pages.prepare import prepare_page
from ocr.pages.prepared import UNWRITTEN

LONGEST_PX = 2339
"""A frame is no longer than an A4 page at 200 dpi; smaller scans keep their size."""
# A form's frame stays one flat page as its drafter turned it: nothing may turn, split, bend or blank it.
_SKIP = ("orientation", "spread", "dewarp", UNWRITTEN)
_MANY = 5
_SPREAD_PX = 3
_PALE = 190


@dataclass(frozen=True, slots=True)
class BlankSheet:
    """A form's blank print in its reference frame, and the pages laid into it.

    print: (height, width) uint8. pages: all that took part, in the frame; one alone is the print itself.
    """

    print: Image
    pages: tuple[Image, ...]

    def features(self, zones: Sequence[tuple[int, int, int, int]]) -> FormFeatures:
        """Key points of the print outside zones."""
        return build_features(self.pages, zones)


def blank_sheet(scans: Sequence[Image], quarter_turns: int = 0) -> BlankSheet:
    """Make the blank print.

    scans: one clean blank page, or three filled ones and more: (height, width) uint8 as scanned. The largest gives the
    frame: cropped, level, at most 2,339 pixels high. quarter_turns: anticlockwise, for a form that lies on its side.
    Raises ValueError for two scans, or when fewer than three of several lie on the largest.
    """
    if len(scans) == 2:
        raise ValueError("a form is drafted from one blank scan, or from three filled ones and more")
    scans = sorted(scans, key=lambda scan: -scan.size)
    first = _crop_to_paper(np.ascontiguousarray(np.rot90(scans[0], quarter_turns)))
    if len(scans) == 1:
        return BlankSheet(first, (first,))
    laid = [first, *(page for scan in scans[1:] if (page := _lay_on_first(scan, first)) is not None)]
    if len(laid) < 3:
        raise ValueError(f"only {len(laid)} of {len(scans)} pages are the same form as the largest; three are needed")
    return BlankSheet(_find_shared_print(laid), tuple(laid))


def _crop_to_paper(scan: Image) -> Image:
    import cv2

    page = prepare_page(scan, skip=_SKIP)[0].image
    scale = min(1.0, LONGEST_PX / max(page.shape))
    if scale < 1.0:
        page = np.asarray(cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    return page


def _lay_on_first(scan: Image, first: Image) -> Image | None:
    """A page laid on the first by the key points both have; None when they are not of one form."""
    import cv2

    height, width = first.shape
    # find_form knows forms alone: one without zones, known by its key points.
    data = {
        "format": 1,
        "id": "draft",
        "family": "draft",
        "title": "draft",
        "languages": (),
        "features": "",
        "zone": (),
    }
    form = Form.model_validate({**data, "width": width, "height": height})
    match = find_form(scan, FormModels({form.id: form}, {form.id: build_features([first], [], limit=1800)}))
    if match.form is None:
        return None
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    page = cv2.warpAffine(flatten(scan), match.matrix, (width, height), flags=flags, borderValue=(255,))
    return np.asarray(page, np.uint8)


def _find_shared_print(pages: Sequence[Image]) -> Image:
    """What is dark on all pages, or on all but one of many: print stays, and no one's hand. What is left pale is white.

    Pages lie on each other within a pixel or two, so each is dark where it is so nearby.
    """
    import cv2

    near = [cv2.erode(page, np.ones((_SPREAD_PX, _SPREAD_PX), np.uint8)) for page in pages]
    lightest = np.sort(np.stack(near), axis=0)[-2 if len(pages) >= _MANY else -1]
    both = np.maximum(pages[0], lightest)
    return np.where(both > _PALE, 255, both).astype(np.uint8)
