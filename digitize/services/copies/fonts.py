"""Fonts of a copy: the font of each letter, and words shaped by HarfBuzz into glyphs with their text."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from digitize.errors import MachineLacks
from digitize.machine.font_files import print_font

LATIN = "Latn"
SCRIPTS = {
    "DEVANAGARI": "Deva", "BENGALI": "Beng", "GURMUKHI": "Guru", "GUJARATI": "Gujr", "ORIYA": "Orya", "TAMIL": "Taml",
    "TELUGU": "Telu", "KANNADA": "Knda", "MALAYALAM": "Mlym", "ARABIC": "Arab", "OL": "Olck", "MEETEI": "Mtei",
}  # fmt: skip
"""First word of a character's Unicode name -> its script by ISO 15924."""
NO_LETTER = "?"
_EM = 1000
"""Units per em in PDF widths, and in all included fonts."""


@dataclass(frozen=True, slots=True)
class PlacedGlyph:
    """A positioned glyph.

    font: a script; code: in that font; x, y: from the start of the word, advance; all in em. advance: how far a PDF
    reader moves by itself.
    """

    font: str
    code: int
    x: float
    y: float
    advance: float


@dataclass(frozen=True, slots=True)
class Shaped:
    """A run of one direction, its glyphs from left to right, and its width in em."""

    text: str
    glyphs: tuple[PlacedGlyph, ...]
    width: float


class CopyFonts:
    """Fonts of one PDF. They are read from a temporary folder that no longer exists afterwards."""

    def __init__(self, pdf: Any, texts: Iterable[str], script: str, language: str) -> None:
        """pdf: of fpdf2. texts: all that will be written. script: of the copy, preferred if several fonts have a
        letter.

        Raises MachineLacks without HarfBuzz.
        """
        try:
            # fpdf2 shapes by it; without it vowel signs of Indian scripts would stand at wrong places.
            import uharfbuzz  # noqa: F401
        except ImportError as e:
            raise MachineLacks("uharfbuzz is missing: pip install uharfbuzz") from e
        self._pdf = pdf
        self._language = language
        self._folder = TemporaryDirectory(prefix="digitize-fonts-")
        wanted = [LATIN, *(s for s in (script, *sorted(scripts_of(texts))) if s != LATIN)]
        self._fonts = {s: font for s in dict.fromkeys(wanted) if (font := self._load(s)) is not None}
        self._cache: dict[tuple[str, bool], Shaped] = {}
        self.widths: dict[tuple[str, bool], float] = {}
        self.space = self._space()

    def _load(self, script: str) -> Any:
        data = print_font(script)
        if not data:
            return None
        path = Path(self._folder.name) / f"{script}.ttf"
        path.write_bytes(data)
        self._pdf.add_font(script, fname=str(path))
        return self._pdf.fonts[script.lower()]

    def _space(self) -> PlacedGlyph:
        """The space: only the Latin font has one."""
        return self._shape_run(" ", LATIN, is_rtl=False)[0][0]

    def resource(self, script: str, size_pt: float) -> str:
        """The operator that sets a font; registers the font with the page."""
        return str(self._pdf._set_font_for_page(self._fonts[script], size_pt, wrap_in_text_object=False))

    def unseen(self, letter: str) -> PlacedGlyph:
        """An invisible glyph that stands for a letter."""
        font, space = self._fonts[LATIN], self.space
        name = font.cmap[ord(" ")]
        kept = font.subset.get_glyph(font.glyph_ids[ord(" ")], (ord(letter),), name, round(space.advance * _EM))
        return PlacedGlyph(LATIN, font.subset.pick_glyph(kept), 0.0, 0.0, space.advance)

    def can_write(self, char: str) -> bool:
        """Whether any font has a letter."""
        return any(ord(char) in font.cmap for font in self._fonts.values())

    def shape(self, text: str, *, is_rtl: bool = False) -> Shaped:
        """Shape a word, or part of one, in one direction; letters in no font become question marks."""
        key = text, is_rtl
        if key not in self._cache:
            glyphs: list[PlacedGlyph] = []
            pen = 0.0
            runs = list(self.runs(text))
            for script, run in reversed(runs) if is_rtl else runs:
                made, width = self._shape_run(run, script, is_rtl=is_rtl)
                glyphs += [PlacedGlyph(g.font, g.code, g.x + pen, g.y, g.advance) for g in made]
                pen += width
            self._cache[key] = Shaped(text, tuple(glyphs), pen)
        return self._cache[key]

    def runs(self, text: str) -> Iterator[tuple[str, str]]:
        """(font, run) pairs: a mark or joiner stays with the letter before it, and a sign in the surrounding font."""
        script, run = "", ""
        for char in text:
            shown = char if self.can_write(char) else NO_LETTER
            here = script if script and self._stays(shown, script) else self._font_of(shown)
            if run and here != script:
                yield script, run
                run = ""
            script, run = here, run + shown
        if run:
            yield script, run

    def _stays(self, char: str, script: str) -> bool:
        if ord(char) not in self._fonts[script].cmap:
            return False
        return script != LATIN or not self._only_elsewhere(char)

    def _only_elsewhere(self, char: str) -> bool:
        """Whether a letter of the Latin font is a sign of an Indian script, which its own font draws better."""
        return char in "\u0964\u0965"

    def _font_of(self, char: str) -> str:
        own = script_of(char)
        if own in self._fonts and ord(char) in self._fonts[own].cmap:
            return own
        there = [s for s, font in self._fonts.items() if ord(char) in font.cmap]
        return next((s for s in there if s != LATIN), LATIN) if self._only_elsewhere(char) else there[0]

    def _shape(self, font: Any, text: str, script: str, *, is_rtl: bool) -> Any:
        """A HarfBuzz buffer.

        Not fpdf2's own call, which cannot suppress the dotted circle under a sign without a letter: after a number
        ("154-ാം") the letter is a digit of another font.
        """
        import uharfbuzz as hb

        buffer = hb.Buffer()
        buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
        buffer.flags = hb.BufferFlags.DO_NOT_INSERT_DOTTED_CIRCLE
        buffer.add_str(text)
        buffer.direction, buffer.script, buffer.language = "rtl" if is_rtl else "ltr", script, self._language
        hb.shape(font.hbfont, buffer, {})
        return buffer

    def _shape_run(self, text: str, script: str, *, is_rtl: bool) -> tuple[list[PlacedGlyph], float]:
        font = self._fonts[script]
        buffer = self._shape(font, text, script, is_rtl=is_rtl)
        infos, places = buffer.glyph_infos, buffer.glyph_positions
        # Glyphs of Urdu say nothing: its letters are written over them, not seen (`ArchivePdf.write`).
        said = [_NOTHING] * len(infos) if is_rtl else texts_of_glyphs(text, [int(i.cluster) for i in infos])
        made: list[PlacedGlyph] = []
        pen = 0.0
        for info, place, own in zip(infos, places, said, strict=True):
            name = font.ttfont.getGlyphName(info.codepoint)
            width = round(font.scale * font.ttfont["hmtx"].metrics[name][0])
            # One glyph stands for several texts, each under a code of its own: so a code means one text.
            kept = font.subset.get_glyph(info.codepoint, tuple(map(ord, own)), name, width)
            code = font.subset.pick_glyph(kept)
            unit = font.scale / _EM
            x, y = pen + place.x_offset * unit, place.y_offset * unit
            if code is not None:
                made.append(PlacedGlyph(script, code, x, y, width / _EM))
            pen += place.x_advance * unit
        return made, pen


def texts_of_glyphs(text: str, clusters: Sequence[int]) -> list[str]:
    """The text of each glyph, so that the glyphs of a cluster together, in order, give its letters in order.

    A vowel sign that precedes its consonant is a glyph before it: the first glyph carries the consonant. A reader that
    knows only such tables then extracts the right text.
    """
    starts = sorted(set(clusters))
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    counts, told = Counter(clusters), Counter[int]()
    said: list[str] = []
    for cluster in clusters:
        said.append(_share(text[cluster : ends[cluster]], counts[cluster], told[cluster]))
        told[cluster] += 1
    return said


def _share(letters: str, glyphs: int, number: int) -> str:
    """The letters of a cluster that one of its glyphs carries."""
    if len(letters) < glyphs:
        # A sign around a consonant is two glyphs, and two letters when it is taken apart.
        letters = unicodedata.normalize("NFD", letters)
    if number < glyphs - 1:
        return letters[number : number + 1] or _NOTHING
    return letters[number:] or _NOTHING


_NOTHING = "\u200b"
"""Text of a glyph with no letter left: PDF/A requires a text, and this one is invisible."""


def scripts_of(texts: Iterable[str]) -> set[str]:
    """Indian scripts used in some texts."""
    letters = {c for text in texts for c in text if ord(c) > 0x2FF}
    return {script_of(c) for c in letters} - {""}


@cache
def script_of(char: str) -> str:
    """Indian script of a letter, "" for all others and for signs shared by several."""
    return SCRIPTS.get(unicodedata.name(char, "").split(" ")[0], "") if char not in "\u0964\u0965" else ""
