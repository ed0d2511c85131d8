"""Render pages of PDF files, and take their text layer apart from the picture."""

from __future__ import annotations

import mmap
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from ocr.engine import Image
from ocr.errors import ScanError
from ocr.page import Scan
from ocr.scans.limits import MAX_PDF_POINTS, MAX_RENDER_PX, check_count, check_index, check_pixels, refuse

_END = b"%%EOF"
# Twice as many as Acrobat lets stand behind the end mark.
_TAIL_BYTES = 2048
_MAX_TEXT = 200_000
_PASSWORD_ERROR = 4
"""FPDF_ERR_PASSWORD of fpdfview.h."""
_WHITE = 250
_MIN_POINTS = 36
"""Half an inch: a page smaller than that holds no form, however it is rendered."""


def sizes(path: Path, label: str) -> list[tuple[int, int]]:
    """(width, height) of every page in points, after its own rotation; a damaged page has (0, 0). Raises ScanError."""
    with _open_pdf(path, label) as pdf:
        return [_size(pdf, index) for index in range(len(pdf))]


def check_points(label: str, width: int, height: int) -> None:
    """Raise ScanError (too-small, too-large) unless a page of that many points can be a scanned page."""
    inches = f"a page of {width / 72:.1f} x {height / 72:.1f} inches"
    if min(width, height) < _MIN_POINTS:
        raise refuse(label, f"{inches} is too small for a form", "Export the page again.", kind="too-small")
    if max(width, height) > MAX_PDF_POINTS:
        what = f"{inches}; the limit is {MAX_PDF_POINTS / 72:.0f}"
        raise refuse(label, what, "Export the page again at its true size.", kind="too-large")


def render(scan: Scan, label: str, dpi: int) -> tuple[Image, str, tuple[str, ...]]:
    """One page as (grey, text layer, notes): grey (height, width) uint8, 0 black. Raises ScanError."""
    with _open_pdf(scan.path, label) as pdf:
        check_index(label, scan.index, len(pdf))
        points = _points(pdf.get_page_size(scan.index))
        check_points(label, *points)
        scale = min(dpi / 72, MAX_RENDER_PX / max(points))
        check_pixels(label, round(points[0] * scale), round(points[1] * scale))
        page = pdf[scan.index]
        grey, text = _render(page, scale), _text(page)
        # Only a white page is looked through: decoding every picture once more would be dear.
        if grey.min() >= _WHITE and _has_broken_picture(page):
            what = "the picture on the page is damaged"
            raise refuse(label, what, "Copy the file again, or scan the page again.", kind="truncated")
    notes = () if scale == dpi / 72 else (f"rendered-at-{scale * 72:.0f}-dpi",)
    return grey, text, notes


def _has_broken_picture(page: Any) -> bool:
    """Whether the page holds a picture that cannot be decoded: PDFium leaves its place white and says nothing."""
    import pypdfium2.raw as raw

    for picture in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]):
        bitmap = raw.FPDFImageObj_GetBitmap(picture.raw)
        if not bitmap:
            return True
        raw.FPDFBitmap_Destroy(bitmap)
    return False


def _render(page: Any, scale: float) -> Image:
    bitmap = page.render(scale=scale, grayscale=True, fill_color=(255, 255, 255, 255))
    # A copy: the bitmap's memory goes when it is closed.
    grey = np.array(bitmap.to_numpy(), np.uint8)
    bitmap.close()
    return grey if grey.ndim == 2 else np.ascontiguousarray(grey[:, :, 0])


def _text(page: Any) -> str:
    words = page.get_textpage().get_text_bounded()
    return unicodedata.normalize("NFC", words.replace("\r\n", "\n"))[:_MAX_TEXT].strip()


def _size(pdf: Any, index: int) -> tuple[int, int]:
    """A page's size; one damaged page must not refuse the others of its file."""
    import pypdfium2 as pdfium

    try:
        return _points(pdf.get_page_size(index))
    except pdfium.PdfiumError:
        return 0, 0


def _points(size: tuple[float, float]) -> tuple[int, int]:
    return round(size[0]), round(size[1])


@contextmanager
def _open_pdf(path: Path, label: str) -> Iterator[Any]:
    """A PDF opened by PDFium and closed again. Raises ScanError: encrypted, truncated, no-pages, unreadable."""
    import pypdfium2 as pdfium

    tail = _tail(path)
    try:
        pdf = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as e:
        raise _refusal(label, tail, is_locked=_is_locked(path, e)) from e
    try:
        check_count(label, len(pdf))
        if _END not in tail:  # PDFium mends the index of a cut file in silence, and the last pages are missing
            raise _refusal(label, tail)
        yield pdf
    except pdfium.PdfiumError as e:
        raise refuse(label, "a page of the PDF is damaged", "Export or scan it again.", kind="unreadable") from e
    finally:
        pdf.close()


def _is_locked(path: Path, error: Exception) -> bool:
    """Whether a password is wanted. PDFium's last error may be an older file's, so the file must say it as well."""
    if getattr(error, "err_code", None) != _PASSWORD_ERROR:
        return False
    # Mapped, not read: a scanned book may be larger than memory.
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(b"/Encrypt") >= 0


def _refusal(label: str, tail: bytes, *, is_locked: bool = False) -> ScanError:
    """Why PDFium did not open a file. It calls a PDF without pages damaged, as well."""
    if is_locked:
        next_step = "Save it without one, and take it in again."
        return refuse(label, "the PDF is locked with a password", next_step, kind="encrypted")
    if _END not in tail:
        return refuse(label, "the PDF ends too early", "Copy the file again, or export it again.", kind="truncated")
    if re.search(rb"/Count\s+0\b", tail):
        return refuse(label, "the PDF has no pages", "Export or scan it again.", kind="no-pages")
    return refuse(label, "the PDF is damaged", "Copy the file again, or export it again.", kind="unreadable")


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _TAIL_BYTES))
        return file.read()
