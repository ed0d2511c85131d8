"""Break paragraphs into lines, and lines into pieces from left to right, also for Urdu."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, takewhile

from digitize.services.copies.fonts import CopyFonts, Shaped

LRM, RLM = "\u200e", "\u200f"
"""Invisible right-to-left mark: before a number it keeps the space on its own side."""


@dataclass(frozen=True, slots=True)
class LinePiece:
    """A piece of a line.

    text: as copied, with the space after it; is_rtl: its letters are right-to-left. left, right: direction marks at its
    two ends.
    """

    text: str
    shaped: Shaped
    is_rtl: bool
    has_blank: bool
    left: str = ""
    right: str = ""


_LRI, _PDI = "\u2066", "\u2069"
_CONTROLS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NUMBER = re.compile(r"[0-9]+(?:[-/.,:+][0-9]+)*(?:/-)?")
"""Among Urdu letters a number with a hyphen would be reversed: it is read as one, from left to right."""


_MOST = 300
"""Maximum letters of a word on one line."""


def runs_left(text: str, *, otherwise: bool) -> bool:
    """Whether a text is right-to-left: by its first letter; otherwise if it has none."""
    kinds = (unicodedata.bidirectional(c) for c in text)
    first = next((k for k in kinds if k in ("L", "R", "AL")), "")
    return first != "L" if first else otherwise


def break_lines(fonts: CopyFonts, text: str, width_em: float, *, is_rtl: bool) -> list[str]:
    """Break a text into lines not wider than a width in em; a longer word is split."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line, used = "", 0.0
        for word in _words(fonts, paragraph, width_em, is_rtl=is_rtl):
            wide = _width(fonts, word, is_rtl=is_rtl)
            if line and used + fonts.space.advance + wide > width_em:
                lines.append(line)
                line, used = word, wide
            else:
                line, used = (f"{line} {word}", used + fonts.space.advance + wide) if line else (word, wide)
        lines.append(line)
    return _kept_together(lines)


def _kept_together(lines: Sequence[str]) -> list[str]:
    """Text kept together at a line end starts on the next line."""
    made, is_open = [], False
    for line in lines:
        shown = _LRI * is_open + line
        is_open = shown.count(_LRI) > shown.count(_PDI)
        made.append(shown + _PDI * is_open)
    return made


def _words(fonts: CopyFonts, paragraph: str, width_em: float, *, is_rtl: bool) -> Iterator[str]:
    for word in paragraph.split():
        rest = word
        while len(rest) > 1 and (len(rest) > _MOST or _width(fonts, rest, is_rtl=is_rtl) > width_em):
            # Only so far: a text without a blank may be as long as a book.
            at = _cut(fonts, rest[:_MOST], width_em, is_rtl=is_rtl)
            yield rest[:at]
            rest = rest[at:]
        yield rest


def _cut(fonts: CopyFonts, word: str, width_em: float, *, is_rtl: bool) -> int:
    """Position at which to split a word wider than a line: as late as possible, never before a mark."""
    starts = [m.start() for m in re.finditer(r"(?<![\u094d\u09cd\u0a4d\u0acd\u0b4d\u0c4d\u0ccd\u0d4d])\w", word)][1:]
    fitting = list(takewhile(lambda at: _width(fonts, word[:at], is_rtl=is_rtl) <= width_em, starts))
    return fitting[-1] if fitting else (starts[0] if starts else len(word))


def _width(fonts: CopyFonts, word: str, *, is_rtl: bool) -> float:
    key = word, is_rtl
    if key not in fonts.widths:
        fonts.widths[key] = sum(piece.shaped.width for piece in line_pieces(fonts, word, is_rtl=is_rtl))
    return fonts.widths[key]


def line_width(fonts: CopyFonts, pieces: Sequence[LinePiece]) -> float:
    """Width of a line in em, without the space at its end."""
    blanks = sum(piece.has_blank for piece in pieces)
    return sum(p.shaped.width for p in pieces) + fonts.space.advance * max(0, blanks)


def line_pieces(fonts: CopyFonts, text: str, *, is_rtl: bool, page_is_rtl: bool = False) -> list[LinePiece]:
    """Pieces of a line from left to right. is_rtl: direction of the paragraph; page_is_rtl: of the page."""
    if is_rtl or any(_is_arabic(c) for c in text):
        return list(_reorder(fonts, " ".join(text.split()), is_rtl=is_rtl))
    words = "".join(c for c in text if c not in _CONTROLS).split()
    if page_is_rtl and words and unicodedata.bidirectional(words[-1][-1]) != "L":
        # Else Poppler takes the sign at the right end for the line's beginning.
        last = fonts.shape(words[-1])
        return [
            *_plain(fonts, words[:-1], ends=False),
            LinePiece(words[-1], last, is_rtl=False, has_blank=False, right=LRM),
        ]
    return list(_plain(fonts, words))


def _plain(fonts: CopyFonts, words: Sequence[str], *, ends: bool = True) -> Iterator[LinePiece]:
    for at, word in enumerate(words):
        has_blank = not ends or at < len(words) - 1
        yield LinePiece(word + " " * has_blank, fonts.shape(word), is_rtl=False, has_blank=has_blank)


def _is_arabic(char: str) -> bool:
    return unicodedata.bidirectional(char) in ("R", "AL")


def _reorder(fonts: CopyFonts, text: str, *, is_rtl: bool) -> Iterator[LinePiece]:
    """Reorder by the Unicode bidirectional algorithm, as fpdf2 does."""
    from fpdf.bidi import BidiParagraph
    from fpdf.enums import TextDirection

    base = TextDirection.RTL if is_rtl else TextDirection.LTR
    isolated = _NUMBER.sub(lambda m: f"{_LRI}{m[0]}{_PDI}", text)
    shown = BidiParagraph(isolated, base, preserve_bn_chars=True).get_reordered_characters()
    kept = (c for c in shown if c.character not in _CONTROLS)
    was_left, is_end = False, True
    for to_left, run in groupby(kept, lambda c: c.embedding_level % 2 == 1):
        words = re.findall(r" +|[^ ]+", "".join(c.character for c in run))
        for at, word in enumerate(words):
            said = word[::-1] if to_left else word
            shaped = _blank(fonts) if word.isspace() else fonts.shape(said, is_rtl=to_left)
            piece = LinePiece(said, shaped, to_left, has_blank=False)
            if is_rtl and not word.isspace():
                piece = _of_signs(piece, is_end) if to_left else _bound_piece(piece, at == 0, at == len(words) - 1)
            elif not is_rtl and was_left and not to_left:
                # In a line that runs to the right, what stands behind Urdu begins with a mark for the same reason.
                piece = replace(piece, left=LRM)
            was_left, is_end = to_left, False
            yield piece


def _blank(fonts: CopyFonts) -> Shaped:
    return Shaped(" ", (fonts.space,), fonts.space.advance)


def _of_signs(piece: LinePiece, is_end: bool) -> LinePiece:
    """An Urdu word with marks after number signs, and after a sign at the line end.

    Poppler reorders lines by the types of their letters, and would attach such signs to an adjacent number.
    """
    said = "".join(c + RLM * (unicodedata.bidirectional(c) in ("ES", "ET", "CS")) for c in piece.text)
    return replace(piece, text=said if not is_end or _is_arabic(said[-1]) else said + RLM)


def _bound_piece(piece: LinePiece, is_first: bool, is_last: bool) -> LinePiece:
    """A word of a number or Latin letters with marks at the end of its run, for spaces and brackets there."""
    is_open = is_last and unicodedata.bidirectional(piece.text[-1]) not in ("L", "EN", "AN")
    return replace(piece, left=RLM * is_first, right=LRM * is_open)
