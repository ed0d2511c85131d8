"""The glyphs that a PDF page's own text draws: what each says, where it lies on the picture, in which font.

Opened with pdfplumber and drawn by the pdfminer under it, because that tells every glyph with its advance and what the
producer says a group of them means (ActualText), which nearly every producer writes for Indian scripts. PDFium's text
is made from gaps between outlines: measured, it puts blanks inside words of these scripts and doubles letters.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pdfplumber
from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdftypes import resolve1
from pdfminer.psparser import PSLiteral
from pdfminer.utils import apply_matrix_pt, decode_text

_MAX_GLYPHS = 60_000
"""More than any page of a book: the page is a plan or a trap, and is read from its picture."""
_LEAST_COVER = 0.02
"""Smaller pictures hide no text: they are letters, seals, lines. Strips of a scanned page are larger than that."""
# A PDF's ways to draw text without ink: not at all, and as a clipping path alone.
_INVISIBLE = (3, 7)
UNKNOWN = "\ufffd"


class TooMany(Exception):
    """A page draws more glyphs than a page of text can have."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One glyph, or several that together mean text. Lengths are in pixels of the page's picture.

    x0, x1: where it begins and ends along its line, y: the line's foot, all in a frame turned so that the line is level
    (turn: degrees anticlockwise, in quarters). order: place in the content. hidden: drawn without ink, or under a large
    picture. told: text is what the producer says it means.
    """

    text: str
    font: str
    size: float
    x0: float
    x1: float
    y: float
    turn: int
    order: int
    hidden: bool = False
    told: bool = False


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """What a page draws. pictures: share 0..1 of the page that pictures cover, all together."""

    glyphs: tuple[Glyph, ...]
    pictures: float


def drawn_on(path: Path, index: int, width: int, height: int) -> DrawnPage:
    """The glyphs of one page of a PDF whose picture is width by height pixels.

    Raises TooMany, and whatever pdfminer raises on damaged files (any Exception).
    """
    with _quiet(), pdfplumber.open(path, pages=[index + 1]) as file:
        page, manager = file.pages[0].page_obj, file.rsrcmgr
        device = _Device(manager, width, height)
        properties = resolve1(resolve1(page.resources or {}).get("Properties") or {})
        device.properties = properties if isinstance(properties, dict) else {}
        PDFPageInterpreter(manager, device).render_contents(page.resources, page.contents, _matrix(page, width, height))
    return DrawnPage(tuple(device.glyphs), min(1.0, device.covered))


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep pdfminer's warnings of odd files out of the log: they would be many, and some name values."""
    log = logging.getLogger("pdfminer")
    before, log.level = log.level, logging.CRITICAL
    try:
        yield
    finally:
        log.level = before


def _matrix(page: Any, width: int, height: int) -> tuple[float, float, float, float, float, float]:
    """From a page's own units to pixels of its picture, y downwards."""
    (mx0, my0, mx1, my1), (cx0, cy0, cx1, cy1) = page.mediabox, page.cropbox
    x0, y0, x1, y1 = max(mx0, cx0), max(my0, cy0), min(mx1, cx1), min(my1, cy1)
    if x0 >= x1 or y0 >= y1:
        x0, y0, x1, y1 = mx0, my0, mx1, my1
    turned = page.rotate % 360
    wide, high = (y1 - y0, x1 - x0) if turned in (90, 270) else (x1 - x0, y1 - y0)
    sx, sy = width / wide, height / high
    return {
        90: (0.0, sy, sx, 0.0, -y0 * sx, -x0 * sy),
        180: (-sx, 0.0, 0.0, sy, x1 * sx, -y0 * sy),
        270: (0.0, -sy, -sx, 0.0, y1 * sx, x1 * sy),
    }.get(turned, (sx, 0.0, 0.0, -sy, -x0 * sx, y1 * sy))


@dataclass
class _Span:
    """A marked part of the content: what it means, if it says so, and the first glyph in it."""

    means: str | None
    first: int


@dataclass
class _State:
    spans: list[_Span] = field(default_factory=list)
    mode: int = 0


class _Device(PDFTextDevice):
    """Takes down what pdfminer's interpreter draws."""

    def __init__(self, manager: PDFResourceManager, width: int, height: int) -> None:
        super().__init__(manager)
        self.glyphs: list[Glyph] = []
        self.covered = 0.0
        self.properties: dict[str, Any] = {}
        self._area = float(width * height)
        self._state = _State()

    def begin_tag(self, tag: Any, props: Any = None) -> None:
        found = resolve1(self.properties.get(str(props.name)) if isinstance(props, PSLiteral) else props)
        means = resolve1(found.get("ActualText")) if isinstance(found, dict) else None
        self._state.spans.append(_Span(decode_text(means) if isinstance(means, bytes) else None, len(self.glyphs)))

    def end_tag(self) -> None:
        if not self._state.spans:
            return
        span = self._state.spans.pop()
        inside = self.glyphs[span.first :]
        if span.means is None or not inside:
            return
        first = inside[0]
        # What is said of a whole paragraph cannot be placed; its glyphs can.
        if any(g.turn != first.turn or abs(g.y - first.y) > first.size for g in inside):
            return
        x0, x1 = min(g.x0 for g in inside), max(g.x1 for g in inside)
        whole = replace(first, text=span.means, x0=x0, x1=x1, size=max(g.size for g in inside), told=True)
        # The meaning may be empty: what is drawn says nothing then, as a hyphen that a line's end put in.
        self.glyphs[span.first :] = [whole] if span.means else []

    def begin_figure(self, name: str, bbox: Any, matrix: Any) -> None:
        pass

    def end_figure(self, name: str) -> None:
        pass

    def paint_path(self, *_: Any) -> None:
        pass

    def render_image(self, name: str, stream: Any) -> None:
        """A picture covers what was drawn before under it."""
        assert self.ctm is not None
        corners = [apply_matrix_pt(self.ctm, (x, y)) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))]
        xs, ys = zip(*corners, strict=True)
        share = (max(xs) - min(xs)) * (max(ys) - min(ys)) / self._area
        self.covered += share
        if share >= _LEAST_COVER:
            under = (min(xs), min(ys), max(xs), max(ys))
            self.glyphs = [replace(g, hidden=g.hidden or _lies_in(g, under)) for g in self.glyphs]

    def render_string(self, textstate: Any, seq: Any, ncs: Any, graphicstate: Any) -> None:
        self._state.mode = textstate.render
        if textstate.font is not None:
            super().render_string(textstate, seq, ncs, graphicstate)

    def render_char(
        self,
        matrix: Any,
        font: Any,
        fontsize: float,
        scaling: float,
        rise: float,
        cid: int,
        ncs: Any,
        graphicstate: Any,
    ) -> float:
        if len(self.glyphs) >= _MAX_GLYPHS:
            raise TooMany
        try:
            text = font.to_unichr(cid)
        except Exception:  # pdfminer has several ways to say that it does not know
            text = UNKNOWN
        text = text or UNKNOWN  # a glyph that means nothing by itself; one inside a told group is told with it
        wide = float(font.char_width(cid) * fontsize * scaling)
        self._add(matrix, str(font.fontname or ""), text, (fontsize, wide, rise))
        return wide

    def _add(self, matrix: Any, font: str, text: str, measures: tuple[float, float, float]) -> None:
        size, wide, rise = measures
        a, b, c, d, _, _ = matrix
        size_px = abs(size) * math.hypot(c, d)
        start, end = apply_matrix_pt(matrix, (0, rise)), apply_matrix_pt(matrix, (wide, rise))
        is_mirrored = a * d - b * c > 0  # pixels run downwards, so that upright text has a negative one
        along = (-a, -b) if is_mirrored else (a, b)
        turn = round(math.degrees(math.atan2(-along[1], along[0])) / 90) * 90 % 360
        (u0, v0), (u1, _) = level(start, turn), level(end, turn)
        hidden = self._state.mode in _INVISIBLE
        font = font.decode("latin-1") if isinstance(font, bytes) else font
        self.glyphs.append(
            Glyph(text, font, size_px, min(u0, u1), max(u0, u1), v0, turn, len(self.glyphs), hidden)
        )  # fmt: skip


def _lies_in(glyph: Glyph, place: tuple[float, float, float, float]) -> bool:
    # A third of its size above the foot is inside a letter.
    x, y = turn_back(((glyph.x0 + glyph.x1) / 2, glyph.y - glyph.size / 3), glyph.turn)
    return place[0] <= x <= place[2] and place[1] <= y <= place[3]


def level(point: tuple[float, float], turn: int) -> tuple[float, float]:
    """A point of the picture in the frame where text of that turn is level."""
    x, y = point
    return {0: (x, y), 90: (-y, x), 180: (-x, -y), 270: (y, -x)}[turn]


def turn_back(point: tuple[float, float], turn: int) -> tuple[float, float]:
    """A point of the level frame on the picture."""
    x, y = point
    return {0: (x, y), 90: (y, -x), 180: (-x, -y), 270: (-y, x)}[turn]
