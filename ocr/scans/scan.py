"""Open scans: JPEG, PNG, TIFF of many pages and PDF, known by their content and never by their name.

Whatever is wrong with a file becomes a ScanError that names it and says what to do; sizes are checked before decoding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from ocr.engine import Image
from ocr.errors import ScanError
from ocr.page import Scan
from ocr.scans import image as scan_image
from ocr.scans import pdf as scan_pdf
from ocr.scans.limits import MIN_SIDE_PX, check_pixels, refuse
from ocr.scans.parts import STEPS, place_of

T = TypeVar("T")

_HEAD_BYTES = 1024
_SIGNATURES = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    # BigTIFF: the same letters and another number.
    (b"II+\x00", "tiff"),
    (b"MM\x00+", "tiff"),
)
_FOREIGN = (
    (b"PK\x03\x04", "a ZIP archive or an office file", "Unpack it, and take the scans inside in."),
    (b"PK\x05\x06", "an empty ZIP archive", "Fetch the scans again."),
    (b"Rar!", "a RAR archive", "Unpack it, and take the scans inside in."),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "Unpack it, and take the scans inside in."),
    (b"\x1f\x8b", "a gzip archive", "Unpack it, and take the scans inside in."),
    (b"GIF8", "a GIF image", "Save it as PNG or TIFF."),
    (b"BM", "a BMP image", "Save it as PNG or TIFF."),
    (b"AT&T", "a DjVu file", "Save it as PDF."),
)


@dataclass(frozen=True, slots=True)
class Probe:
    """What a file's header says: media (jpeg, png, tiff, pdf), pages, and each page's upright (width, height).

    sizes are in pixels; those of a PDF in points (1/72 inch).
    """

    media: str
    pages: int
    sizes: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class OpenedPage:
    """One page ready to be read: grey (height, width) uint8, 0 black, upright after EXIF orientation.

    text_layer: what a PDF says is written on the page, NFC, kept apart and never mixed into what is read from the
    picture. notes: what was done to the picture on the way, as stable words.
    """

    grey: Image
    width: int
    height: int
    text_layer: str = ""
    notes: tuple[str, ...] = ()


def probe(path: Path, least_px: int = MIN_SIDE_PX) -> Probe:
    """Look at a file's header: what it is, how many pages, how large; no pixel is decoded.

    Raises ScanError: empty, not-an-image, encrypted, truncated, no-pages, too-small, too-large (of several pages only
    when none is of a usable size), unreadable. least_px: what either side of an image must have.
    """
    label = path.name
    media = _sniff(path, label)
    sizes = _run_guarded(
        label, lambda: scan_pdf.sizes(path, label) if media == "pdf" else scan_image.sizes(path, label)
    )
    check = scan_pdf.check_points if media == "pdf" else partial(check_pixels, least_px=least_px)
    problems = [p for p in (_problem(check, label, size) for size in sizes) if p]
    if len(problems) == len(sizes):
        raise problems[0]
    return Probe(media, len(sizes), tuple(sizes))


def open_page(scan: Scan, dpi: int = 300, least_px: int = MIN_SIDE_PX) -> OpenedPage:
    """Decode one page of a file.

    dpi: dots an inch to which a PDF page is rendered; an image keeps its own pixels. least_px: what either side of an
    image must have; ocr.scans.limits.MIN_LINE_PX for a picture of one line. An index of a part (`ocr.scans.parts`)
    gives that part alone, without a text layer. Raises ScanError of every kind.
    """
    label = scan.label or scan.path.name
    media = _sniff(scan.path, label)
    place = place_of(scan.index)
    whole = replace(scan, index=place.picture)
    if media == "pdf":
        grey, text, notes = _run_guarded(label, lambda: scan_pdf.render(whole, label, dpi))
    else:
        grey, notes = _run_guarded(label, lambda: scan_image.decode(whole, label, media, least_px))
        text = ""
    if place.is_part:
        box = place.box(grey.shape[1], grey.shape[0])
        grey, text = np.ascontiguousarray(grey[box.y0 : box.y1, box.x0 : box.x1]), ""
        notes += (f"cut:{place.begin}-{place.end}/{STEPS}",)
    return OpenedPage(grey, grey.shape[1], grey.shape[0], text, notes)


def media_of(path: Path) -> str:
    """What kind of scan a file is by its first bytes (jpeg, png, tiff, pdf), "" for none. Raises OSError."""
    return _media(_head(path))


def _media(head: bytes) -> str:
    for signature, media in _SIGNATURES:
        if head.startswith(signature):
            return media
    # Mailers and scanners put bytes before the header; the PDF reference lets it begin within the first 1024.
    return "pdf" if b"%PDF-" in head else ""


def _sniff(path: Path, label: str) -> str:
    """What a file is by its first bytes."""
    if path.is_dir():
        raise refuse(label, "this is a folder", "Name the files in it.", kind="unreadable")
    if path.exists() and not path.is_file():  # a pipe gives its bytes once, and without a writer waits for ever
        raise refuse(label, "this is a pipe or device, not a file", "Save it as a file first.", kind="unreadable")
    head = _run_guarded(label, lambda: _head(path))
    if not head:
        raise refuse(label, "the file is empty (0 bytes)", "Fetch or scan it again.", kind="empty")
    if media := _media(head):
        return media
    for signature, what, next_step in _FOREIGN:
        if head.startswith(signature):
            raise refuse(label, f"this is {what}, despite its name", next_step, kind="not-an-image")
    what = "this is neither JPEG, PNG, TIFF nor PDF, despite its name"
    raise refuse(label, what, "Scan the page again, or convert it.", kind="not-an-image")


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD_BYTES)


def _run_guarded(label: str, work: Callable[[], T]) -> T:
    """Do work on a file; a disk that fails becomes a ScanError that may be tried again."""
    try:
        return work()
    except OSError as e:
        what = f"the file cannot be opened ({e.strerror or type(e).__name__})"
        raise refuse(label, what, "Check disk and permissions, then run again.", kind="unreadable", retry=True) from e


def _problem(check: Callable[[str, int, int], None], label: str, size: tuple[int, int]) -> ScanError | None:
    try:
        check(label, *size)
    except ScanError as e:
        return e
    return None
