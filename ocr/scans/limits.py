"""What size a scan may have, and why; checked on its header, before a pixel is decoded."""

from __future__ import annotations

from ocr.errors import ScanError

MIN_SIDE_PX = 64
"""A4 at 8 dpi: no letter of a page can be read on less."""
MIN_LINE_PX = 12
"""The height of a picture that holds one line; letters of eight pixels can still be told apart."""
MAX_SIDE_PX = 40_000
"""A0 (33 by 47 inches) at 600 dpi is 28,087 pixels high; a page wider than this is no page."""
MAX_PIXELS = 150_000_000
"""A4 at 1200 dpi has 139 million; decoded in colour that takes 0.45 GB, as much as a worker should."""
MAX_PDF_POINTS = 5_000
"""Some scanners write one point a pixel: A4 at 400 dpi gives 4,677 points. 69 inches is no sheet of a register."""
MAX_RENDER_PX = 6_600
"""Longer side of a rendered PDF page: 22 inches (an open register) at 300 dpi. Larger pages get fewer dots an inch."""
MAX_PAGES = 20_000
"""More pages in one file than any volume has leaves: the file is broken or hostile."""


def refuse(label: str, what: str, next_step: str, *, kind: str, retry: bool = False) -> ScanError:
    """A ScanError that names the scan, what is wrong with it and what to do next."""
    return ScanError(f"{label}: {what}. {next_step}", kind=kind, retry=retry)


def check_pixels(label: str, width: int, height: int, least_px: int = MIN_SIDE_PX) -> None:
    """Raise ScanError (too-small, too-large) unless a page of this many pixels can and should be read.

    least_px: what either side must have; MIN_LINE_PX for a picture of one line.
    """
    size = f"{width} x {height} pixels"
    if min(width, height) < least_px:
        raise refuse(label, f"only {size}, too small for a page", "Scan the page again at 300 dpi.", kind="too-small")
    if max(width, height) > MAX_SIDE_PX or width * height > MAX_PIXELS:
        limit = f"the limit is {MAX_SIDE_PX} a side and {MAX_PIXELS // 1_000_000} million in all"
        raise refuse(label, f"{size}; {limit}", "Scan the page again at 300 dpi.", kind="too-large")


def check_count(label: str, pages: int) -> None:
    """Raise ScanError (no-pages, too-large) unless a file of this many pages can be a volume."""
    if pages < 1:
        raise refuse(label, "the file has no pages", "Export or scan it again.", kind="no-pages")
    if pages > MAX_PAGES:
        raise refuse(label, f"{pages} pages; the limit is {MAX_PAGES}", "Split the file by volume.", kind="too-large")


def check_index(label: str, index: int, pages: int) -> None:
    """Raise ScanError (no-pages) unless the file has a page of that 0-based index."""
    if not 0 <= index < pages:
        what = f"page {index + 1} was asked for, and the file has {pages}"
        raise refuse(label, what, "Take the file in again.", kind="no-pages")
