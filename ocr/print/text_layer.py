"""A PDF page's own text: used where it can be trusted, refused with a reason where it cannot.

Believing a faulty layer is worse than reading a good page from its picture, so every doubt refuses. Reasons are stable
words: none, font-codes, wrong-unicode, mojibake, hidden-ocr, partial, misplaced, other-script, unlike-picture, damaged.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from ocr.engine import Image
from ocr.languages.writing import script_of, script_of_language, scripts_in
from ocr.page import Line, PageText, Scan
from ocr.print.layer_english import is_latin_nonsense, is_legacy_font, is_shifted
from ocr.print.layer_glyphs import DrawnPage, TooMany, drawn_on
from ocr.print.layer_ink import Ink, ink_of
from ocr.print.layer_lines import FontLine, lines_of
from ocr.print.layer_signs import has_unknown, is_impossible, is_mojibake

ReadLine = Callable[[Image, tuple[str, ...]], str]
"""Reads the picture of one line, in the languages given: the cross-check."""
# Fonts without ink, as Tesseract (GlyphLessFont) and Acrobat (HiddenHorzOCR) lay over a scan.
_HIDDEN_FONTS = re.compile("glyphless|hiddenhorzocr|hidden|invisible|ocr[-_]?text", re.IGNORECASE)
_MOST_HIDDEN = 0.1
_FULL_PICTURE = 0.7
_LEAST_FILLED = 0.9
_LEAST_COVERED = 0.8
_MOST_FOREIGN = 0.1
_LEGACY_LETTERS = 3
_CHECKED_LINES, _MOST_CHECKED = 3, 5
_LETTERS_TO_CHECK = 6
# Urdu is compared with our own recogniser's reading, which is .85 like a good layer.
_LEAST_ALIKE, _LEAST_ALIKE_URDU = 0.93, 0.7
_MARGIN = 0.15


@dataclass(frozen=True, slots=True)
class TextLayer:
    """What a PDF page says of itself. reason: "" when it is to be believed, else a stable word why it is not.

    text: the lines and words, also of a refused layer; its source is "text-layer".
    """

    text: PageText
    reason: str = ""

    @property
    def is_trusted(self) -> bool:
        """Whether the text may stand in for reading the picture."""
        return not self.reason


def read_text_layer(scan: Scan, grey: Image, languages: Sequence[str], read_line: ReadLine | None = None) -> TextLayer:
    """The text layer of one page of a PDF, judged.

    grey: the page's picture as opened, (height, width) uint8; boxes are in its pixels. languages: two-letter codes the
    page may be in. read_line: reads a line's picture, to compare a few lines with what the layer says; without it the
    judgement rests on fonts, sequences and ink alone. Never raises for what is wrong with the layer.
    """
    height, width = grey.shape[:2]
    empty = PageText(width, height, source="text-layer")
    try:
        drawn = drawn_on(scan.path, scan.index, width, height)
    except TooMany:
        return TextLayer(empty, "damaged")
    except Exception:  # pdfminer raises nearly anything on damaged files, and the picture is there to be read
        return TextLayer(empty, "damaged")
    placed = lines_of(drawn.glyphs, tuple(languages))
    lines = tuple(p.line for p in placed)
    text = PageText(width, height, lines, 1.0 if lines else 0.0, "text-layer")
    reason = _doubt(drawn, placed, grey, tuple(languages))
    if not reason and read_line is not None and not _is_alike(placed, grey, tuple(languages), read_line):
        reason = "unlike-picture"
    return TextLayer(text, reason)


def _doubt(drawn: DrawnPage, placed: Sequence[FontLine], grey: Image, languages: tuple[str, ...]) -> str:
    """The first reason not to believe the layer, the cheap ones first; "" for none."""
    words = [word.text for p in placed for word in p.line.words]
    text = " ".join(words)
    if not any(c.isalnum() for c in text):
        return "wrong-unicode" if has_unknown(text) else "none"
    ink = ink_of(grey, [word.box for p in placed for word in p.line.words])
    return (
        _hidden_text(drawn, ink)
        or _codes(placed)
        or ("wrong-unicode" if has_unknown(text) or is_impossible(words) else "")
        or ("other-script" if _is_foreign(text, languages) else "")
        or ("misplaced" if ink.filled < _LEAST_FILLED else "")
        or ("partial" if ink.covered < _LEAST_COVERED else "")
    )


def _hidden_text(drawn: DrawnPage, ink: Ink) -> str:
    """Text without ink of its own over a picture is what somebody's OCR took it for."""
    said = [g for g in drawn.glyphs if g.text.strip()]
    hidden = sum(g.hidden or _HIDDEN_FONTS.search(g.font) is not None for g in said)
    if hidden > _MOST_HIDDEN * len(said):
        return "hidden-ocr"
    if drawn.pictures >= _FULL_PICTURE:
        return "partial" if ink.covered < _LEAST_COVERED else "hidden-ocr"
    return ""


def _codes(placed: Sequence[FontLine]) -> str:
    """Latin letters that are the codes of something else, judged font by font; small ones together."""
    by_font: dict[str, list[str]] = defaultdict(list)
    for line in placed:
        for word, font in zip(line.line.words, line.fonts, strict=True):
            by_font[font].append(word.text)
    everything = [word for words in by_font.values() for word in words]
    if is_mojibake(" ".join(everything)):
        return "mojibake"
    all_latin: list[str] = []
    for font, words in by_font.items():
        latin = [w for w in words if not any(script_of(c) not in ("", "Latn") for c in w)]
        if is_legacy_font(font) and sum(c.isalpha() for w in latin for c in w) >= _LEGACY_LETTERS:
            return "font-codes"
        all_latin.extend(latin)
        if is_latin_nonsense(latin):
            return "wrong-unicode" if is_shifted(latin) else "font-codes"
    return "font-codes" if is_latin_nonsense(all_latin) else ""


def _is_foreign(text: str, languages: tuple[str, ...]) -> bool:
    """Whether more than a little of the text is in a script that nobody asked for; Latin stands in pages of all."""
    found = scripts_in(text)
    wanted = {script_of_language(code) for code in languages} | {"Latn"}
    others = sum(n for script, n in found.items() if script not in wanted)
    strange = sum(c.isalpha() and not script_of(c) and ord(c) > 0x24F for c in text)
    return others + strange > _MOST_FOREIGN * (sum(found.values()) + strange)


def _is_alike(placed: Sequence[FontLine], grey: Image, languages: tuple[str, ...], read_line: ReadLine) -> bool:
    """Whether a few lines read from the picture say what the layer says."""
    for line in _telling(placed):
        margin = round(_MARGIN * (line.box.y1 - line.box.y0))
        top, left = max(0, line.box.y0 - margin), max(0, line.box.x0 - 2 * margin)
        crop = grey[top : line.box.y1 + margin, left : line.box.x1 + 2 * margin]
        if not crop.size:
            return False
        seen, said = (_bare(text) for text in (read_line(crop, line.languages or languages), line.text))
        least = _LEAST_ALIKE_URDU if any(script_of_language(c) == "Arab" for c in line.languages) else _LEAST_ALIKE
        if Indel.normalized_similarity(seen, said) < least:
            return False
    return True


def _telling(placed: Sequence[FontLine]) -> list[Line]:
    """The lines to compare: the longest of each language and font, then other long ones; those that run level only."""
    level = [p for p in placed if p.line.box.x1 - p.line.box.x0 > p.line.box.y1 - p.line.box.y0]
    longest = sorted((p for p in level if sum(map(str.isalpha, p.line.text)) >= _LETTERS_TO_CHECK), key=_length)
    # From the shortest on: of each language and font the longest is put in last, and stays.
    first = {(p.line.languages, max(p.fonts, key=p.fonts.count)): p.line for p in longest}
    lines = sorted(first.values(), key=lambda line: -len(line.text))
    lines += [p.line for p in reversed(longest) if p.line not in lines]
    return lines[: max(_CHECKED_LINES, min(len(first), _MOST_CHECKED))]


def _length(placed: FontLine) -> int:
    return len(placed.line.text)


def _bare(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum() or script_of(c))
