"""Invisible text on a PDF page: a font of one box, and each word laid over its picture.

Every character is a code of its own (its UTF-16 units) and the font maps each to itself, so that one small font serves
all scripts and nothing is lost in copying. Words of a script written from right to left are drawn mirrored, from right
to left in reading order, and what runs from left to right inside them (digits, Latin) is not: measured, that is what
both PDFium and Poppler give back in reading order.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from itertools import groupby

import pikepdf
from pikepdf import Dictionary, Name

from ocr.languages.writing import is_rtl, is_rtl_letter
from ocr.outputs import words_of
from ocr.page import Box, Line, PageText, Word

# It stands among a page's own fonts, so it must not be a name that these have.
FONT_NAME = Name("/DigitizeText")
# The font's box is half as wide as high (DW below).
_EM_SHARE = 0.5
_GAP_SHARE = 0.3
"""Words of a line from right to left are parted by gaps alone: at least this share of the letters' height."""
_WIDEST_GAP = 1.5
"""Wider gaps, as between the columns of a table, are left to the reader to notice."""
_TO_UNICODE = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
1 beginbfrange
<0000> <FFFF> <0000>
endbfrange
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


@dataclass(frozen=True, slots=True)
class Placing:
    """How pixels of a scan become points of a page: x' = a x + c y + e, y' = b x + d y + f, as a PDF matrix.

    The text's own direction on the scan is turn_deg, anticlockwise, from left to right.
    """

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float
    turn_deg: int = 0


def make_font(pdf: pikepdf.Pdf) -> pikepdf.Object:
    """The font, as an object of a PDF; one is enough for all its pages."""
    file = pdf.make_stream((resources.files("ocr.outputs") / "glyphless.ttf").read_bytes())
    described = Dictionary(
        Type=Name.FontDescriptor, FontName=Name.Glyphless, Flags=5, FontBBox=[0, 0, 500, 1000], ItalicAngle=0,
        Ascent=1000, Descent=0, CapHeight=1000, StemV=80, FontFile2=file,
    )  # fmt: skip
    system = Dictionary(Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0)
    inner = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name.Glyphless, CIDSystemInfo=system,
        CIDToGIDMap=pdf.make_stream(b"\x00\x01" * 65536), DW=500, FontDescriptor=pdf.make_indirect(described),
    )  # fmt: skip
    font = Dictionary(
        Type=Name.Font, Subtype=Name.Type0, BaseFont=Name.Glyphless, Encoding=Name("/Identity-H"),
        DescendantFonts=[pdf.make_indirect(inner)], ToUnicode=pdf.make_stream(_TO_UNICODE),
    )  # fmt: skip
    return pdf.make_indirect(font)


def text_operators(text: PageText, placing: Placing) -> bytes:
    """The content that writes a page's text, invisible, in reading order."""
    drawn = [operator for line in text.lines for operator in _line(line, placing)]
    if not drawn:
        return b""
    # 3 Tr below: text that is neither filled nor stroked.
    matrix = " ".join(_number(x) for x in (placing.a, placing.b, placing.c, placing.d, placing.e, placing.f))
    return "\n".join((f"q {matrix} cm BT 3 Tr", *drawn, "ET Q")).encode("ascii")


def _line(line: Line, placing: Placing) -> Iterator[str]:
    words = [w for w in (_strip_unprintable(word) for word in words_of(line)) if w.text]
    if not words:
        return
    turn = placing.turn_deg
    placed = [_turn_box(word.box, turn) for word in words]
    # Middle values, since one speck or one tall letter must not move a whole line into its neighbour.
    size = max(1, sorted(box.y1 - box.y0 for box in placed)[len(placed) // 2])
    feet = sorted(box.y1 for box in placed)
    is_level = feet[-1] - feet[0] < size
    rtl = is_rtl(" ".join(word.text for word in words))
    for n, (word, box) in enumerate(zip(words, placed, strict=True)):
        foot = feet[len(feet) // 2] if is_level else box.y1
        after = placed[n + 1] if n + 1 < len(placed) else None
        if rtl:
            left = max(box.x0, after.x1 + round(_GAP_SHARE * size)) if after and after.x1 <= box.x1 else box.x0
            yield from _rtl_word(word.text, min(left, box.x1 - 1), box.x1, foot, size, turn)
        else:
            goes_on = after is not None and after.x0 - box.x0 > 0 and after.x0 - box.x1 < _WIDEST_GAP * size
            blank = " " if goes_on else ""  # within the word's own run: some readers begin a line with a lone one
            yield _show(word.text + blank, box.x0, after.x0 if after and goes_on else box.x1, foot, size, turn)


def _strip_unprintable(word: Word) -> Word:
    """A word without characters that no font shows and some readers stumble over."""
    text = "".join(c for c in word.text if unicodedata.category(c) not in ("Cc", "Cs", "Cn"))
    return Word(" ".join(text.split()), word.confidence, word.box)


def _rtl_word(text: str, left: float, right: float, foot: int, size: int, turn: int) -> Iterator[str]:
    """The runs of one word from right to left; each takes as much of the box as it has characters."""
    step = (right - left) / len(text)
    for rtl, run in groupby(_mark_direction(text), key=lambda pair: pair[0]):
        part = "".join(char for _, char in run)
        end, right = right, right - step * len(part)
        yield _show(part, end, right, foot, size, turn) if rtl else _show(part, right, end, foot, size, turn)


def _mark_direction(text: str) -> Iterator[tuple[bool, str]]:
    """Each character with whether it runs from right to left; signs without a direction go with their neighbour."""
    rtl = next((is_rtl_letter(c) for c in text if _is_strong(c)), False)
    for char in text:
        rtl = is_rtl_letter(char) if _is_strong(char) else rtl
        yield rtl, char


def _is_strong(char: str) -> bool:
    return is_rtl_letter(char) or char.isalnum()


def _show(text: str, start: float, end: float, foot: float, size: int, turn: int) -> str:
    """Text from one x to another, mirrored where it ends left of its start; all in pixels, y downwards."""
    units = text.encode("utf-16-be")
    wide = max(abs(end - start), 0.1) / (len(units) // 2 * _EM_SHARE * size) * 100
    x_step = -1 if end < start else 1
    x, y = _turn_point_back(start, foot, turn)
    # Quarter turns alone: whole numbers, without the rounding of cos.
    cos, sin = round(math.cos(math.radians(turn))), round(math.sin(math.radians(turn)))
    # The page's matrix turns y over; letters are turned over once more.
    matrix = (x_step * cos, -x_step * sin, -sin, -cos, x, y)
    numbers = " ".join(_number(m) for m in matrix)
    return f"{numbers} Tm {FONT_NAME} {size} Tf {_number(wide)} Tz <{units.hex()}> Tj"


def _turn_box(box: Box, turn: int) -> Box:
    """A box in a frame where the text runs level: the scan turned clockwise by its direction, about its corner."""
    corners = [_level(x, y, turn) for x in (box.x0, box.x1) for y in (box.y0, box.y1)]
    xs, ys = zip(*corners, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def _level(x: int, y: int, turn: int) -> tuple[int, int]:
    """A point of the scan in the level frame; y downwards, turn anticlockwise as seen."""
    return {0: (x, y), 90: (-y, x), 180: (-x, -y), 270: (y, -x)}[turn % 360]


def _turn_point_back(x: float, y: float, turn: int) -> tuple[float, float]:
    """A point of the level frame on the scan."""
    return {0: (x, y), 90: (y, -x), 180: (-x, -y), 270: (-y, x)}[turn % 360]


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".") if value != int(value) else str(int(value))
