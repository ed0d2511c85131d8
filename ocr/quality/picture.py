"""A scan opened to be judged: one grey plane of bounded size, a small one, and the colours where there are any."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace

import numpy as np

from ocr.cleaning.clean import flatten
from ocr.engine import Image
from ocr.page import Scan
from ocr.scans.parts import place_of
from ocr.scans.scan import open_page, probe

WORK_PX = 2400
"""Longer side of the plane that is measured: A4 at 200 dpi. Finer scans are shrunk to it, so that all cost the same."""
SMALL_PX = 800
# For pages that no one picture fills.
_PDF_DPI = 200
_LEAST_PDF_DPI, _MOST_PDF_DPI = 40, 300
_COVERS = 0.5


@dataclass(frozen=True, slots=True)
class Picture:
    """One page, decoded once.

    grey: (height, width) uint8, longer side at most WORK_PX. flat: grey divided by its ground, paper near 255. small:
    grey with SMALL_PX on the longer side. colour: (height, width, 3) uint8 RGB about as small, None where the scan is
    grey. width, height: pixels of the scan, upright. scale: pixels of grey a pixel of the scan.
    """

    grey: Image
    flat: Image
    small: Image
    colour: Image | None
    width: int
    height: int
    scale: float


def open_picture(scan: Scan) -> Picture:
    """Decode a page for judging it. Raises ScanError."""
    media, place = probe(scan.path).media, place_of(scan.index)
    whole = replace(scan, index=place.picture)
    dpi = _pdf_dpi(whole) if media == "pdf" else _PDF_DPI
    opened = open_page(scan, dpi)
    colour = _pdf_colour(whole) if media == "pdf" else _colour(whole)
    if colour is not None:
        box = place.box(colour.shape[1], colour.shape[0])
        colour = colour[box.y0 : box.y1, box.x0 : box.x1]
    return as_picture(opened.grey, colour)


def as_picture(grey: Image, colour: Image | None = None) -> Picture:
    """The planes of a page that is already decoded; colour as of Picture, of any size."""
    height, width = grey.shape
    work = shrink_to(grey, WORK_PX)
    small = shrink_to(work, SMALL_PX)
    if colour is not None:
        colour = _fit_colours(colour, small)
    return Picture(work, flatten(work), small, colour, width, height, work.shape[1] / width)


def shrink_to(image: Image, longest_px: int) -> Image:
    """The picture with its longer side at most so long; a smaller one stays as it is."""
    import cv2

    factor = longest_px / max(image.shape[:2])
    if factor >= 1:
        return image
    size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _fit_colours(colour: Image, small: Image) -> Image | None:
    """The colours at the size of the small plane; None when there are none to speak of."""
    import cv2

    fitted = np.asarray(cv2.resize(colour, small.shape[::-1], interpolation=cv2.INTER_AREA), np.uint8)
    apart = fitted.max(axis=2).astype(np.int16) - fitted.min(axis=2)
    return fitted if float(np.percentile(apart, 99.5)) > _GREY_APART else None


_GREY_APART = 6


def _colour(scan: Scan) -> Image | None:
    """A small copy in colour, upright; None of a grey or bilevel scan. The file was checked when it was opened."""
    from PIL import Image as Pillow
    from PIL import ImageOps

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with scan.path.open("rb") as file, Pillow.open(file) as picture:
            if scan.index:
                picture.seek(scan.index)
            if picture.mode in ("1", "L", "I", "F", "LA") or picture.mode.startswith("I;"):
                return None
            # Has a JPEG decoded at a part of its size at once.
            picture.draft("RGB", (SMALL_PX, SMALL_PX))
            reduced = picture if max(picture.size) < 2 * SMALL_PX else picture.convert("RGB")
            reduced = reduced.reduce(max(1, max(reduced.size) // SMALL_PX)) if reduced.mode == "RGB" else reduced
            return np.asarray(ImageOps.exif_transpose(reduced).convert("RGB"), np.uint8)


def _pdf_colour(scan: Scan) -> Image | None:
    import pypdfium2 as pdfium

    pdf = pdfium.PdfDocument(scan.path)
    try:
        page = pdf[scan.index]
        # PDFium's own order is blue, green, red.
        bitmap = page.render(scale=SMALL_PX / max(page.get_size()), rev_byteorder=True)
        pixels = np.array(bitmap.to_numpy(), np.uint8)
        bitmap.close()
    finally:
        pdf.close()
    return np.ascontiguousarray(pixels[:, :, :3]) if pixels.ndim == 3 else None


def _pdf_dpi(scan: Scan) -> int:
    """The dots an inch of the picture that fills a page of a PDF: rendered finer, a coarse scan would look good."""
    import pypdfium2 as pdfium
    from pypdfium2 import raw

    try:
        pdf = pdfium.PdfDocument(scan.path)
    except pdfium.PdfiumError:
        return _PDF_DPI  # opening it for reading says what is wrong
    try:
        page = pdf[scan.index]
        area = page.get_width() * page.get_height()
        found = []
        for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
            # pypdfium2 5 has another name for it than 4.
            left, bottom, right, top = item.get_bounds() if hasattr(item, "get_bounds") else item.get_pos()
            wide, high = right - left, top - bottom
            if wide > 0 and wide * high > _COVERS * area:
                found.append(max(item.get_px_size()) / max(wide, high) * 72)
    # Opening the page for reading says what is wrong with it.
    except (pdfium.PdfiumError, IndexError):
        found = []
    finally:
        pdf.close()
    return round(min(max(max(found), _LEAST_PDF_DPI), _MOST_PDF_DPI)) if found else _PDF_DPI
