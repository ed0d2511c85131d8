"""Fonts of a copy: which letter is written in which, and words shaped by HarfBuzz into glyphs with their text."""

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
"""First word of a letter's name in Unicode -> its script by ISO 15924."""
NO_LETTER = "?"
_EM = 1000
"""Units of an em in the widths of a PDF, and in all fonts that come with the toolkit."""


@dataclass(frozen=True, slots=True)
class PlacedGlyph:
    """One glyph at its place. font: a script; code: in that font; x, y from the word's beginning, advance, all in em.

    advance: by how much a reader moves on by itself.
    """

    font: str
    code: int
    x: float
    y: float
    advance: float


@dataclass(frozen=True, slots=True)
class Shaped:
    """A piece of one direction, its glyphs from left to right, and its width in em."""

    text: str
    glyphs: tuple[PlacedGlyph, ...]
    width: float


class CopyFonts:
    """The fonts of one PDF. They are read from a folder that is gone when this is."""

    def __init__(self, pdf: Any, texts: Iterable[str], script: str, language: str) -> None:
        """pdf: of fpdf2. texts: all that will be written. script: of the copy, asked first for what several have.

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
        """The blank: only the Latin font has one."""
        return self._shape_run(" ", LATIN, is_rtl=False)[0][0]

    def resource(self, script: str, size_pt: float) -> str:
        """The operator that sets a font; the page remembers that it uses it."""
        return str(self._pdf._set_font_for_page(self._fonts[script], size_pt, wrap_in_text_object=False))

    def unseen(self, letter: str) -> PlacedGlyph:
        """A blank that says a letter."""
        font, space = self._fonts[LATIN], self.space
        name = font.cmap[ord(" ")]
        kept = font.subset.get_glyph(font.glyph_ids[ord(" ")], (ord(letter),), name, round(space.advance * _EM))
        return PlacedGlyph(LATIN, font.subset.pick_glyph(kept), 0.0, 0.0, space.advance)

    def can_write(self, char: str) -> bool:
        """Whether some font has a letter."""
        return any(ord(char) in font.cmap for font in self._fonts.values())

    def shape(self, text: str, *, is_rtl: bool = False) -> Shaped:
        """A word, or a piece of one, that runs in one direction; letters in no font are question marks."""
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
        """(font, run): a mark or a joiner stays with the letter before it, and a sign in the font around it."""
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
        """Whether a letter of the Latin font is a sign of an Indian script, which its own font writes better."""
        return char in "\u0964\u0965"

    def _font_of(self, char: str) -> str:
        own = script_of(char)
        if own in self._fonts and ord(char) in self._fonts[own].cmap:
            return own
        there = [s for s, font in self._fonts.items() if ord(char) in font.cmap]
        return next((s for s in there if s != LATIN), LATIN) if self._only_elsewhere(char) else there[0]

    def _shape(self, font: Any, text: str, script: str, *, is_rtl: bool) -> Any:
        """A buffer of HarfBuzz. Not by fpdf2's own call, which cannot leave out the ring under a sign without a letter:

        behind a number ("154-ാം") the letter is a digit of another font.
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
    """What each glyph says, so that together, in their order, the glyphs of a cluster say its letters in theirs.

    A vowel sign that stands before its consonant is a glyph before it: the first glyph says the consonant. Of a reader
    who knows nothing but such tables the text is right.
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
    """The part of some letters that falls to one of their glyphs."""
    if len(letters) < glyphs:
        # A sign around a consonant is two glyphs, and two letters when it is taken apart.
        letters = unicodedata.normalize("NFD", letters)
    if number < glyphs - 1:
        return letters[number : number + 1] or _NOTHING
    return letters[number:] or _NOTHING


_NOTHING = "\u200b"
"""Said by a glyph for which no letter is left: PDF/A wants that each says something, and this is not seen."""


def scripts_of(texts: Iterable[str]) -> set[str]:
    """The scripts of India that some texts are written in."""
    letters = {c for text in texts for c in text if ord(c) > 0x2FF}
    return {script_of(c) for c in letters} - {""}


@cache
def script_of(char: str) -> str:
    """The script of India that a letter belongs to, "" for all others and for signs that several share."""
    return SCRIPTS.get(unicodedata.name(char, "").split(" ")[0], "") if char not in "\u0964\u0965" else ""
