"""Write a PDF/A of A4 pages: shaped text that can be copied as written, tagged; sizes in points."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from digitize.machine.exit_texts import escape
from digitize.services.copies.fonts import CopyFonts, PlacedGlyph
from digitize.services.copies.lines import LinePiece

WIDE, HIGH = 595.28, 841.89
"""A4."""
PRODUCER = "digitize"
_MARK = 0.12
"""Width of a direction mark, in em: with less, Poppler takes it for a letter written twice."""


@dataclass
class Node:
    """Node of the document structure for screen readers.

    kind: of PDF, such as "P". marks: (page, number) of its text. text: all of it, if it is right-to-left.
    """

    kind: str
    parts: list[Node] = field(default_factory=list)
    marks: list[tuple[int, int]] = field(default_factory=list)
    text: str = ""

    def add(self, kind: str, text: str = "") -> Node:
        """Add a new last node."""
        self.parts.append(Node(kind, text=text))
        return self.parts[-1]


class ArchivePdf:
    """PDF/A writer: text is drawn in pieces with ActualText, since glyphs alone are not enough in Indian scripts."""

    def __init__(self, texts: Iterable[str], script: str, language: str) -> None:
        """texts: all that will be written. script: of the copy. Raises MachineLacks without HarfBuzz."""
        from fpdf import FPDF

        self._pdf: Any = FPDF(format="A4", unit="pt", enforce_compliance="PDF/A-2U")
        self._pdf.set_auto_page_break(False)
        self.fonts = CopyFonts(self._pdf, texts, script, language)
        self._language = language
        self.root = Node("Document")
        self._numbers: dict[int, int] = {}

    def page(self) -> None:
        """Start a page."""
        self._pdf.add_page()

    @property
    def pages(self) -> int:
        """Number of pages."""
        return int(self._pdf.pages_count)

    @property
    def at(self) -> int:
        """The current page, from 1."""
        return int(self._pdf.page)

    def unseen(self, text: str, place: tuple[float, float]) -> None:
        """Text that is copied and not seen."""
        pen = _Pen(self.fonts, place[0], HIGH - place[1], 1.0)
        self._write_operators(f"/Artifact BMC {_mark_text(text, pen.show([self.fonts.space]))} EMC")

    def turn_to(self, page: int) -> None:
        """Go on drawing on a page, counted from 1."""
        self._pdf.page = page

    def line(self, begin: tuple[float, float], end: tuple[float, float], width: float = 0.4) -> None:
        """Draw a line; places from the upper left corner."""
        (x, y), (u, v) = begin, end
        self._write_operators(
            f"/Artifact BMC q {width:.2f} w {x:.2f} {HIGH - y:.2f} m {u:.2f} {HIGH - v:.2f} l S Q EMC"
        )

    def write(
        self, place: tuple[float, float], pieces: Sequence[LinePiece], size: float, node: Node | None = None,
        grey: float = 0.0, weight: float = 0.0,
    ) -> None:  # fmt: skip
        """Write a line. place: where its baseline begins on the left. node: which part it is; an artifact without one.

        grey: 0 black. weight: how much thicker its strokes are, in em.
        """
        x, y = place[0], HIGH - place[1]
        self._write_operators(self._begin(node) + f" q {grey:.2f} g {grey:.2f} G")
        for piece in pieces:
            self._write_operators(self._piece(piece, x, y, size, weight))
            x += (piece.shaped.width + self.fonts.space.advance * piece.has_blank) * size
        self._write_operators("Q EMC")

    def _begin(self, node: Node | None) -> str:
        if node is None:
            return "/Artifact BMC"
        page = self._pdf.page
        number = self._numbers.get(page, 0)
        self._numbers[page] = number + 1
        node.marks.append((page, number))
        return f"/{node.kind} <</MCID {number}>> BDC"

    def _piece(self, piece: LinePiece, x: float, y: float, size: float, weight: float) -> str:
        pen = _Pen(self.fonts, x, y, size)
        made = [f"2 Tr {weight * size:.3f} w"] if weight else []
        made += [pen.spread([self.fonts.unseen(m)], _MARK, -_MARK) for m in piece.left]
        if piece.is_rtl and not piece.text.isspace():
            made += self._leftward(piece, pen)
        else:
            space = self.fonts.space
            last = PlacedGlyph(space.font, space.code, piece.shaped.width, 0.0, space.advance)
            # Readers take the box of a piece from its first and last glyph: the blank ends it on the baseline.
            made.append(_mark_text(piece.text, pen.show([*piece.shaped.glyphs, *([last] if piece.has_blank else [])])))
        made += [pen.spread([self.fonts.unseen(m)], _MARK, piece.shaped.width) for m in piece.right]
        return " ".join(made)

    def _leftward(self, piece: LinePiece, pen: _Pen) -> tuple[str, str]:
        """The glyphs, which say nothing, and the letters from left to right over them, not seen, as wide as the word.

        Urdu's letters hang below each other, so glyphs tell no reader which is beside which.
        """
        letters = [self.fonts.unseen(letter) for letter in reversed(piece.text)]
        return _mark_text("", pen.show(piece.shaped.glyphs)), pen.spread(letters, piece.shaped.width)

    def _write_operators(self, operators: str) -> None:
        self._pdf._out(operators)

    def to_bytes(self, title: str) -> bytes:
        """Return the PDF/A; identical for the same content. title: the only metadata."""
        drawn = bytes(self._pdf.output())
        done = io.BytesIO()
        with pikepdf.open(io.BytesIO(drawn)) as pdf:
            _tag(pdf, self.root, self._language)
            _describe(pdf, title, self._language)
            pdf.save(
                done, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate, min_version="1.7"
            )
        return done.getvalue()


class _Pen:
    """Writes glyphs; moves only where a reader would not move by itself."""

    def __init__(self, fonts: CopyFonts, x: float, y: float, size: float) -> None:
        self._fonts, self._x, self._y, self._size = fonts, x, y, size

    def show(self, glyphs: Sequence[PlacedGlyph]) -> str:
        made = ["BT"]
        font, at, codes = "", (0.0, 0.0), ""
        for glyph in glyphs:
            if glyph.font != font or abs(glyph.x - at[0]) > 0.0005 or abs(glyph.y - at[1]) > 0.0005:
                made += [f"<{codes}> Tj"] if codes else []
                codes = ""
                if glyph.font != font:
                    font = glyph.font
                    made.append(self._fonts.resource(font, self._size))
                x, y = self._x + glyph.x * self._size, self._y + glyph.y * self._size
                made.append(f"1 0 0 1 {x:.3f} {y:.3f} Tm")
            codes += f"{glyph.code:04X}"
            at = glyph.x + glyph.advance, glyph.y
        return " ".join([*made, f"<{codes}> Tj", "ET"] if codes else [*made, "ET"])

    def spread(self, glyphs: Sequence[PlacedGlyph], width: float, begin: float = 0.0) -> str:
        """Spread glyphs of equal width, all of the Latin font, over a width in em."""
        scale = 100 * max(width, _MARK) / (len(glyphs) * glyphs[0].advance)
        codes = "".join(f"{glyph.code:04X}" for glyph in glyphs)
        font, x = self._fonts.resource(glyphs[0].font, self._size), self._x + begin * self._size
        return f"BT {font} {scale:.2f} Tz 1 0 0 1 {x:.3f} {self._y:.3f} Tm <{codes}> Tj 100 Tz ET"


def _mark_text(text: str, operators: str) -> str:
    return f"/Span <</ActualText <FEFF{text.encode('utf-16-be').hex().upper()}>>> BDC {operators} EMC"


def _tag(pdf: pikepdf.Pdf, root: Node, language: str) -> None:
    """Structure tree that points to the marks on the pages, and back."""
    top = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    owners: dict[int, dict[int, Any]] = {}
    top.K = Array([_element(pdf, root, top, owners)])
    numbers: list[Any] = []
    for at, page in enumerate(pdf.pages):
        page.obj.StructParents = at
        page.obj.Tabs = Name.S
        of_page = owners.get(at + 1, {})
        numbers.extend([at, pdf.make_indirect(Array([of_page[n] for n in sorted(of_page)]))])
    top.ParentTree = pdf.make_indirect(Dictionary(Nums=Array(numbers)))
    top.ParentTreeNextKey = len(pdf.pages)
    pdf.Root.StructTreeRoot = top
    pdf.Root.MarkInfo = Dictionary(Marked=True)
    pdf.Root.Lang = pikepdf.String(f"{language}-IN")


def _element(pdf: pikepdf.Pdf, node: Node, parent: Any, owners: dict[int, dict[int, Any]]) -> Any:
    made = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name(f"/{node.kind}"), P=parent))
    if node.text:
        made.ActualText = pikepdf.String(node.text)
    kids = Array([_element(pdf, part, made, owners) for part in node.parts])
    for page, number in node.marks:
        leaf = pdf.pages[page - 1].obj
        kids.append(Dictionary(Type=Name.MCR, Pg=leaf, MCID=number))
        owners.setdefault(page, {})[number] = made
    made.K = kids
    return made


def _describe(pdf: pikepdf.Pdf, title: str, language: str) -> None:
    """Metadata: only the title, and no time either, so that the same record gives the same file."""
    # The ID by fpdf2 is of the time of day, too; a new one is made of the content.
    for name in ("/Info", "/ID"):
        if name in pdf.trailer:
            del pdf.trailer[name]
    # How a reader opens the file is not ours to say, and nothing here is seen through.
    for about, name in [(pdf.Root, "/OpenAction"), (pdf.Root, "/PageLayout"), *((p.obj, "/Group") for p in pdf.pages)]:
        if name in about:
            del about[name]
    said = _XMP.format(title=escape(title), producer=PRODUCER, language=f"{language}-IN")
    pdf.Root.Metadata = pdf.make_stream(said.encode("utf-8"), Type=Name.Metadata, Subtype=Name.XML)
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)


_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
  <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
    <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
        xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
      <pdfaid:part>2</pdfaid:part>
      <pdfaid:conformance>U</pdfaid:conformance>
      <pdf:Producer>{producer}</pdf:Producer>
      <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
      <dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
    </rdf:Description>
  </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
"""
