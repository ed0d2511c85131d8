"""Lay out boxes, tables and text on pages, from the left or, for Urdu, from the right; sizes in points."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digitize.services.copies.lines import RLM, LinePiece, break_lines, line_pieces, line_width, runs_left
from digitize.services.copies.pdf import HIGH, WIDE, ArchivePdf, Node

LEFT, TOP, BOTTOM = 42.0, 62.0, 48.0
WIDTH = WIDE - 2 * LEFT
_PAD = 3.0
LABEL, VALUE, STORY = 7.5, 10.0, 10.5
GREY = 0.32
_RISE, _FALL = 1.02, 0.5
_RISE_URDU, _FALL_URDU = 1.4, 0.8
"""Extent of a line above and below its baseline, in em."""


@dataclass(frozen=True, slots=True)
class LaidText:
    """Text of one size.

    grey: 0 black; weight: extra weight, in em. is_title: centred. is_fixed: direction of the page; otherwise of its
    first letter.
    """

    text: str
    size: float = VALUE
    grey: float = 0.0
    weight: float = 0.0
    is_title: bool = False
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class LaidCell:
    """A box of a row. share: of the row's width."""

    texts: tuple[LaidText, ...]
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class _Line:
    """A line at its position in a cell. rise, height: of the baseline below its top, and in total."""

    pieces: tuple[LinePiece, ...]
    of: LaidText
    rise: float
    height: float


class CopyLayout:
    """Rows placed one below the other, on as many pages as needed."""

    def __init__(self, pdf: ArchivePdf, *, is_rtl: bool) -> None:
        """is_rtl: boxes and columns go from right to left."""
        self._pdf, self._is_rtl = pdf, is_rtl
        self._y = 0.0
        self._leftward: dict[int, int] = {}
        self._new_page()

    def _new_page(self) -> None:
        self._pdf.page()
        self._y = TOP

    @property
    def _room(self) -> float:
        return HIGH - BOTTOM - self._y

    def gap(self, height: float) -> None:
        """Leave a gap."""
        self._y += height

    def text(self, text: LaidText, kind: str = "P") -> None:
        """A paragraph over the full width."""
        node = self._pdf.root.add(kind, self._aloud(text.text))
        for line in self._lines(text, WIDTH):
            if line.height > self._room:
                self._new_page()
            self._draw(line, LEFT, self._y, WIDTH, node)
            self._y += line.height

    def break_page_for(self, height: float) -> None:
        """Start a new page if there is not enough room."""
        if height > self._room:
            self._new_page()

    def has_room(self, height: float) -> bool:
        """Whether there is enough room on the page."""
        return height <= self._room

    def height_of(self, cells: Sequence[LaidCell]) -> float:
        """Height of a row that is not split."""
        return max(sum(line.height for line in lines) for lines in self._of_row(cells)[0]) + 2 * _PAD

    def height_of_text(self, text: LaidText) -> float:
        """Height of a paragraph."""
        return sum(line.height for line in self._lines(text, WIDTH))

    def _of_row(self, cells: Sequence[LaidCell]) -> tuple[list[list[_Line]], list[float]]:
        """Lines of each cell, and its width."""
        widths = [cell.share / sum(c.share for c in cells) * WIDTH for cell in cells]
        return [list(self._cell_lines(cell, width)) for cell, width in zip(cells, widths, strict=True)], widths

    def row(self, cells: Sequence[LaidCell], nodes: Sequence[Node | None]) -> None:
        """Boxes side by side; whatever does not fit continues on the next page. nodes: of each cell."""
        left, widths = self._of_row(cells)
        height = max(sum(line.height for line in lines) for lines in left) + 2 * _PAD
        # A row that fits a page is not torn, and one that begins at a page's end has at least two lines there.
        if height > self._room and (height < HIGH - TOP - BOTTOM or self._room < 60):
            self._new_page()
        while any(left):
            fitting = [self._fitting(lines, self._room - 2 * _PAD) for lines in left]
            if not any(fitting):
                self._new_page()
                continue
            self._boxes(fitting, widths, nodes)
            left = [lines[len(some) :] for lines, some in zip(left, fitting, strict=True)]
            if any(left):
                self._new_page()

    def _fitting(self, lines: Sequence[_Line], room: float) -> list[_Line]:
        some: list[_Line] = []
        for line in lines:
            if line.height > room:
                break
            room -= line.height
            some.append(line)
        return some

    def _boxes(self, lines: Sequence[Sequence[_Line]], widths: Sequence[float], nodes: Sequence[Node | None]) -> None:
        height = max(sum(line.height for line in some) for some in lines) + 2 * _PAD
        x = LEFT + WIDTH if self._is_rtl else LEFT
        for some, width, node in zip(lines, widths, nodes, strict=True):
            x -= width if self._is_rtl else 0
            y = self._y + _PAD
            for line in some:
                self._draw(line, x + _PAD, y, width - 2 * _PAD, node)
                y += line.height
            for begin, end in _edges(x, self._y, width, height):
                self._pdf.line(begin, end)
            x += 0 if self._is_rtl else width
        self._y += height

    def _cell_lines(self, cell: LaidCell, width: float) -> Iterator[_Line]:
        for text in cell.texts:
            yield from self._lines(text, width - 2 * _PAD)

    def _lines(self, text: LaidText, width: float) -> Iterator[_Line]:
        fonts = self._pdf.fonts
        for line, is_rtl in self._break_paragraphs(text, width / text.size):
            pieces = line_pieces(fonts, line, is_rtl=is_rtl, page_is_rtl=self._is_rtl)
            is_urdu = any(piece.is_rtl for piece in pieces)
            rise, fall = (_RISE_URDU, _FALL_URDU) if is_urdu else (_RISE, _FALL)
            yield _Line(tuple(pieces), text, rise * text.size, (rise + fall) * text.size)

    def _break_paragraphs(self, text: LaidText, width_em: float) -> Iterator[tuple[str, bool]]:
        """(line, whether it is right-to-left) of each paragraph."""
        for paragraph in text.text.split("\n"):
            is_rtl = self._is_rtl if text.is_fixed else runs_left(paragraph, otherwise=self._is_rtl)
            for line in break_lines(self._pdf.fonts, paragraph, width_em, is_rtl=is_rtl):
                yield line, is_rtl

    def _draw(self, line: _Line, x: float, y: float, width: float, node: Node | None) -> None:
        of = line.of
        rest = width - line_width(self._pdf.fonts, line.pieces) * of.size
        at = x + (rest / 2 if of.is_title else rest if self._is_rtl else 0)
        self._count(line.pieces)
        self._pdf.write((at, y + line.rise), line.pieces, of.size, node, of.grey, of.weight)

    def _count(self, pieces: Sequence[LinePiece]) -> None:
        kinds = [unicodedata.bidirectional(c) for piece in pieces for c in piece.text]
        page = self._pdf.at
        self._leftward[page] = self._leftward.get(page, 0) + kinds.count("L") - kinds.count("R") - kinds.count("AL")

    def _aloud(self, text: str) -> str:
        return text if self._is_rtl else ""

    def finish(self, head: Sequence[str], foot: Sequence[str]) -> list[str]:
        """Write the same header and footer on each page, as artifacts; {page} and {pages} are replaced.

        Returns the texts written on all pages.
        """
        pages, made = self._pdf.pages, []
        for page in range(1, pages + 1):
            self._pdf.turn_to(page)
            for texts, y in ((head, 26.0), (foot, HIGH - 40.0)):
                shown = [t.replace("{page}", str(page)).replace("{pages}", str(pages)) for t in texts]
                self._margin(shown, y)
                made += shown
            self._pdf.line((LEFT, 50.0), (LEFT + WIDTH, 50.0), 0.6)
            if self._is_rtl:
                self._tip(page)
        return made

    def _margin(self, texts: Sequence[str], y: float) -> None:
        """Up to two texts, at both ends of a line."""
        for at, text in enumerate(texts):
            for line in self._lines(LaidText(text, 8.5, GREY, is_fixed=True), WIDTH):
                rest = WIDTH - line_width(self._pdf.fonts, line.pieces) * line.of.size
                is_right = (at == 1) != self._is_rtl
                self._count(line.pieces)
                place = LEFT + rest * is_right, y + line.rise
                self._pdf.write(place, line.pieces, line.of.size, None, line.of.grey)

    def _tip(self, page: int) -> None:
        """Invisible marks for pages with more Latin than Urdu letters.

        Poppler reads all lines of a page in the direction of most of its letters.
        """
        if (more := self._leftward.get(page, 0)) >= 0:
            self._pdf.unseen(RLM * (more + 100), (LEFT, 20.0))


def _edges(
    x: float, y: float, width: float, height: float
) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    corners = (x, y), (x + width, y), (x + width, y + height), (x, y + height)
    yield from zip(corners, (*corners[1:], corners[0]), strict=True)
