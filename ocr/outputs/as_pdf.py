"""Searchable PDF: the original picture or page as it is, and the text over it, invisible; one for each file read."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
from pikepdf import Dictionary, Name

from ocr.outputs import SOFTWARE, Output, OutputPage
from ocr.outputs.pdf_earlier import drop_invisible
from ocr.outputs.pdf_picture import embed_picture
from ocr.outputs.pdf_text import FONT_NAME, Placing, make_font, text_operators
from ocr.scans.limits import refuse

_TURNS = {f"turned+{deg}": deg for deg in (90, 180, 270)}


class PdfWriter:
    """Writes pages into one PDF. Pages of a PDF stay in their own file, whole, with all its pages and bookmarks."""

    def __init__(self) -> None:
        """No page yet."""
        self._pdf: pikepdf.Pdf | None = None
        self._font: pikepdf.Object | None = None
        self._original: Path | None = None

    def start(self) -> bytes:
        """Nothing: a PDF is written at its end."""
        return b""

    def page(self, page: OutputPage) -> bytes:
        """Lay a page's text over it. Raises ScanError when its scan cannot be opened."""
        if page.scan is None:
            raise ValueError("a PDF is made from pages with their scans")
        with page.scan.path.open("rb") as file:
            # As ocr/scans/scan.py tells a PDF: bytes may stand before its header.
            is_pdf = b"%PDF-" in file.read(1024)
        if is_pdf:
            self._lay_over(page, page.scan.path, page.scan.index)
        else:
            self._add_picture(page)
        return b""

    def end(self) -> bytes:
        """The whole PDF; nothing where there was no page."""
        if self._pdf is None:
            return b""
        # Else pikepdf puts itself and the time of day in, and no two files would be the same.
        with self._pdf.open_metadata(set_pikepdf_as_editor=False) as about:
            about["pdf:Producer"] = SOFTWARE
        done = io.BytesIO()
        self._pdf.save(done, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
        self._pdf.close()
        return done.getvalue()

    def _add_picture(self, page: OutputPage) -> None:
        assert page.scan is not None
        if self._pdf is None:
            self._pdf = pikepdf.new()
        placed = embed_picture(self._pdf, page.scan, page.file, page.dpi)
        wide, high = placed.width * 72 / placed.dpi[0], placed.height * 72 / placed.dpi[1]
        leaf = self._pdf.add_blank_page(page_size=(wide, high))
        leaf.Resources = Dictionary(XObject=Dictionary(Scan=placed.image))
        upright = " ".join(str(x) for x in placed.upright)
        shown = f"q {wide:.4f} 0 0 {high:.4f} 0 0 cm {upright} cm /Scan Do Q\n".encode("ascii")
        leaf.Contents = self._pdf.make_stream(shown)
        self._write_text(leaf, page, Placing(1, 0, 0, -1, 0, high))

    def _lay_over(self, page: OutputPage, path: Path, index: int) -> None:
        if self._pdf is None:
            try:
                self._pdf, self._original = pikepdf.open(path), path
            except pikepdf.PdfError as e:
                what = "no text can be laid over this PDF, its structure is damaged"
                raise refuse(page.file, what, "Export or scan it again.", kind="unreadable") from e
        if self._original != path:
            raise ValueError("a PDF is made of one file's pages")
        leaf = self._pdf.pages[index]
        if page.text.source == "text-layer":
            return  # it has its own text, and that was found good
        drop_invisible(self._pdf, leaf)
        # Closed off, so that what the page does to its state does not move our text.
        leaf.contents_add(b"q\n", prepend=True)
        leaf.contents_add(b"\nQ\n")
        self._write_text(leaf, page, _own_placing(leaf))

    def _write_text(self, leaf: pikepdf.Page, page: OutputPage, unscaled: Placing) -> None:
        """Lay the text over a page. unscaled: from a page's unit of a point to its own place."""
        assert self._pdf is not None
        x0, y0, x1, y1 = _visible_box(leaf)
        wide, high = (y1 - y0, x1 - x0) if unscaled.b else (x1 - x0, y1 - y0)
        sx, sy = wide / max(1, page.text.width), high / max(1, page.text.height)
        u = unscaled
        turn = -next((_TURNS[note] for note in page.text.notes if note in _TURNS), 0)
        drawn = text_operators(page.text, Placing(u.a * sx, u.b * sx, u.c * sy, u.d * sy, u.e, u.f, turn))
        if not drawn:
            return
        if self._font is None:
            self._font = make_font(self._pdf)
        leaf.add_resource(self._font, Name.Font, FONT_NAME)
        leaf.contents_add(drawn)


def _own_placing(leaf: pikepdf.Page) -> Placing:
    """How a PDF's page is seen: points from its upper left corner, turned as it is shown, to its own place."""
    x0, y0, x1, y1 = _visible_box(leaf)
    return {
        90: Placing(0, 1, 1, 0, x0, y0),
        180: Placing(-1, 0, 0, 1, x1, y0),
        270: Placing(0, -1, -1, 0, x1, y1),
    }.get(_rotation(leaf), Placing(1, 0, 0, -1, x0, y1))


def _visible_box(leaf: pikepdf.Page) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of what is shown of a page, in its own units."""
    # A PDF may name any two opposite corners.
    boxes = [[float(x) for x in box] for box in (leaf.mediabox, leaf.cropbox)]
    (ax0, ay0, ax1, ay1), (bx0, by0, bx1, by1) = (
        (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)) for x0, y0, x1, y1 in boxes
    )
    inner = (max(ax0, bx0), max(ay0, by0), min(ax1, bx1), min(ay1, by1))
    return inner if inner[0] < inner[2] and inner[1] < inner[3] else (ax0, ay0, ax1, ay1)


def _rotation(leaf: pikepdf.Page) -> int:
    """Degrees a page is turned clockwise when shown; a page without a value has that of the pages above it."""
    node: pikepdf.Object | None = leaf.obj
    # A damaged file may have pages that are their own parents.
    for _ in range(64):
        if node is None or "/Rotate" in node:
            break
        node = node.get("/Parent")
    return int(node["/Rotate"]) % 360 if node is not None and "/Rotate" in node else 0


OUTPUT = Output(".pdf", PdfWriter, document=True)
