"""PDF pages that people print: text in any script of India, shaped, and QR codes as squares."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from digitize.errors import MachineLacks
from digitize.machine.font_files import print_font

_SCRIPTS = {
    "DEVANAGARI": "Deva", "BENGALI": "Beng", "GURMUKHI": "Guru", "GUJARATI": "Gujr", "ORIYA": "Orya", "TAMIL": "Taml",
    "TELUGU": "Telu", "KANNADA": "Knda", "MALAYALAM": "Mlym", "ARABIC": "Arab", "OL": "Olck", "MEETEI": "Mtei",
}  # fmt: skip
"""First word of a letter's name in Unicode -> its script."""
_LATIN = "Latn"
_NO_LETTER = "?"


class PaperPdf:
    """A PDF of A4 pages being drawn. Positions in mm from the upper left corner."""

    def __init__(self, texts: Iterable[str]) -> None:
        """texts: all texts to write, used to choose the fonts. Raises MachineLacks without HarfBuzz."""
        from fpdf import FPDF

        try:
            # fpdf2 shapes by it; without it vowel signs of Indian scripts would stand at wrong places.
            import uharfbuzz  # noqa: F401
        except ImportError as e:
            raise MachineLacks("uharfbuzz is missing: pip install uharfbuzz") from e
        self._pdf: Any = FPDF(format="A4", unit="mm")
        self._pdf.set_auto_page_break(False)
        self.missing = self._add_fonts(find_scripts(texts))
        self._pdf.set_text_shaping(True)

    def _add_fonts(self, scripts: set[str]) -> tuple[str, ...]:
        """Load the fonts needed. Returns scripts without a font."""
        there = []
        # Gone when the PDF is: fonts are read from their files again while text is shaped.
        self._folder = TemporaryDirectory(prefix="digitize-fonts-")
        for script in (_LATIN, *sorted(scripts)):
            if data := print_font(script):
                path = Path(self._folder.name) / f"{script}.ttf"
                path.write_bytes(data)
                self._pdf.add_font(script, fname=str(path))
                there.append(script)
        self._pdf.set_fallback_fonts(there[1:], exact_match=False)
        self._known = {script: self._pdf.fonts[script.lower()].cmap for script in there}
        return tuple(sorted(scripts - set(there)))

    def add_page(self) -> None:
        """Begin a page."""
        self._pdf.add_page()

    def write_text(
        self, place: tuple[float, float], text: str, size_pt: float, width: float, align: str = "L"
    ) -> float:
        """Write a text with line wrapping. Returns its height in mm.

        A letter without a font is shown as a question mark.
        """
        x, y = place
        self._pdf.set_font(_LATIN, size=size_pt)
        self._pdf.set_xy(x, y)
        height = size_pt * 0.353 * 1.35
        shown = "".join(c if any(ord(c) in cmap for cmap in self._known.values()) else _NO_LETTER for c in text)
        self._pdf.multi_cell(width, height, shown, align=align)
        return float(self._pdf.get_y() - y)

    def write_fitting(self, place: tuple[float, float], text: str, sizes: tuple[float, ...], width: float) -> float:
        """Write one line in the first size that fits; else in the last, truncated with dots."""
        for size in sizes:
            self._pdf.set_font(_LATIN, size=size)
            if self._pdf.get_string_width(text) <= width - 2:
                break
        while text and self._pdf.get_string_width(text) > width - 2:
            text = text.rstrip("…")[:-1] + "…"
        return self.write_text(place, text, size, width)

    def draw_code(self, place: tuple[float, float], side: float, text: str) -> None:
        """Draw a QR code with its quiet zone; side: of the whole square."""
        import segno

        rows = [list(row) for row in segno.make(text, error="q", micro=False).matrix]
        step = side / (len(rows) + 8)
        self._pdf.set_fill_color(0, 0, 0)
        for j, row in enumerate(rows):
            for begin, end in _split_runs(row):
                # A little wider than the square: a hair of white between two would be seen by a fine scanner.
                x, y = place[0] + (begin + 4) * step, place[1] + (j + 4) * step
                self._pdf.rect(x, y, (end - begin) * step + 0.01, step + 0.01, style="F")

    def draw_line(self, begin: tuple[float, float], end: tuple[float, float], width: float = 0.3) -> None:
        """Draw a line."""
        self._pdf.set_line_width(width)
        self._pdf.line(*begin, *end)

    def draw_frame(self, place: tuple[float, float], size: tuple[float, float], width: float = 0.1) -> None:
        """Draw a rectangle."""
        self._pdf.set_line_width(width)
        self._pdf.rect(*place, *size)

    def to_bytes(self) -> bytes:
        """The PDF."""
        return bytes(self._pdf.output())


def find_scripts(texts: Iterable[str]) -> set[str]:
    """The scripts of India that some texts are written in, by ISO 15924."""
    words = {unicodedata.name(c, "").split(" ")[0] for text in texts for c in text if ord(c) > 0x2FF}
    return {_SCRIPTS[w] for w in words if w in _SCRIPTS}


def _split_runs(row: list[int]) -> Iterable[tuple[int, int]]:
    begin = None
    for i, dark in enumerate([*row, 0]):
        if dark and begin is None:
            begin = i
        elif not dark and begin is not None:
            yield begin, i
            begin = None
