"""What a cell is before any font is thought of: Unicode in one of its dresses, or characters still to be understood."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from mappers.encodings.doubled import STORED, Doubled
from mappers.encodings.tables import BYTES, to_characters

UTF8, UTF16, DOUBLED, CODES = "utf-8", "utf-16", "utf8-doubled", ""
# Letters of the scripts of India as Unicode has them, and the signs that stand between them.
_INDIC = re.compile(
    "[\u0600-\u06ff\u0750-\u077f\u0900-\u0dff\u0f00-\u0fff\u1c50-\u1c7f\uabc0-\uabff\ufb50-\ufdff\ufe70-\ufefc]"
)
# The same as UTF-8, roughly: blocks are rounded to what a first and a second byte say.
_UTF8_LETTER = re.compile(
    b"[\xd8-\xdb\xdd][\x80-\xbf]|\xe0[\xa4-\xb7\xbc-\xbf][\x80-\xbf]|\xe1\xb1[\x80-\xbf]|\xea\xaf[\x80-\xbf]"
    b"|\xef[\xad-\xb7\xb9-\xbb][\x80-\xbf]"
)
_SIGNS = re.compile("[\x00-\x7f\xa0-\xbf\u2000-\u206f\u20b9\u25cc\ufeff]")
_DOUBLED = Doubled()
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# High bytes of UTF-16 in Indian texts: ASCII, the blocks of the scripts, punctuation.
_HIGH = frozenset({0x00, 0x06, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20})


@dataclass(frozen=True, slots=True)
class CarriedText:
    """A cell undressed. text: its characters; kind: "utf-8", "utf-16" or "utf8-doubled" for Unicode text, "" for codes.

    has_bom: the cell began with a byte order mark. stored: the dress that bytes have to be taken out of: "utf-16", or
    "utf-8" where they were UTF-8 of codes.
    """

    text: str
    kind: str = CODES
    has_bom: bool = False
    stored: str = ""


def undress(cell: bytes | str) -> CarriedText:
    """A cell's characters, and what kind they are. Any bytes will do."""
    if isinstance(cell, str):
        return _of_text(cell.removeprefix("\ufeff"), UTF8, has_bom=cell.startswith("\ufeff"))
    for bom, name in _BOMS:
        if cell.startswith(bom):
            return _of_text(cell[len(bom) :].decode(name, "replace"), name[:6].rstrip("-"), has_bom=True)
    if not cell.isascii():
        text = _utf8(cell)
        if text:
            return _of_text(text, UTF8)
    return _wide(cell) or CarriedText(to_characters(cell))


def _utf8(cell: bytes) -> str:
    """Bytes as UTF-8 where that gives letters of India or characters that a font's bytes could be; else ""."""
    text = whole_utf8(cell)
    return text if _is_indic(text) or all(c in BYTES for c in text) or undouble(text) else ""


def whole_utf8(cell: bytes) -> str:
    """Bytes as UTF-8, without a last character that a narrow field has cut; "" where they are something else.

    Only behind other characters beyond ASCII is a half one believed.
    """
    try:
        return cell.decode("utf-8")
    except UnicodeDecodeError as e:
        is_cut = e.reason == "unexpected end of data" and not cell[: e.start].isascii()
        return whole_utf8(cell[: e.start]) if is_cut else ""


def _of_text(text: str, kind: str, *, has_bom: bool = False) -> CarriedText:
    stored = UTF16 if kind == UTF16 else ""
    if _is_indic(text):
        return CarriedText(text, kind, has_bom, stored)
    inner = undouble(text)
    if inner:
        return CarriedText(inner, DOUBLED, has_bom, stored)
    return CarriedText(text, CODES, has_bom, stored or ("" if text.isascii() else kind))


def _is_indic(text: str) -> bool:
    """Whether a text has letters of an Indian script and, signs aside, no others beyond ASCII."""
    return _INDIC.search(text) is not None and not _SIGNS.sub("", _INDIC.sub("", text))


def unicode_text(cell: bytes | str) -> str:
    """The text of a cell that is Unicode with letters of an Indian script, "" of one that is not.

    Three bytes of a font may be UTF-8 of one such letter by chance; bytes are believed from two letters on.
    """
    if isinstance(cell, str):
        return cell if _INDIC.search(cell) else ""
    if not may_be_unicode(cell):
        return ""
    text = _utf8(cell)
    return text if _is_indic(text) and len(_INDIC.findall(text)) > 1 else ""


def may_be_unicode(cell: bytes) -> bool:
    """Whether bytes may be UTF-8 of a letter of an Indian script at all: cheap, and no more than that."""
    return _UTF8_LETTER.search(cell) is not None


def undouble(text: str) -> str:
    """Text whose UTF-8 was read as Windows-1252 or Latin-1 and written again, as it was; "" where it was not.

    What a narrow field has cut of the last character is left out.
    """
    if text.isascii() or not all(c in STORED for c in text):
        return ""
    inner = _DOUBLED.decode(text)
    # Of the last character one or two of its three bytes may be left.
    return next((t for t in (inner[: len(inner) - cut] for cut in range(3)) if _is_indic(t)), "")


def _wide(cell: bytes) -> CarriedText | None:
    """UTF-16 without a mark: every second byte is a high one, and letters of one block come of it."""
    if len(cell) < 4 or len(cell) % 2:
        return None
    for high, name in ((cell[1::2], "utf-16-le"), (cell[::2], "utf-16-be")):
        # Beside that of signs, letters of one script have one high byte: other bytes may look even by chance.
        if _HIGH.issuperset(high) and (0 in high or len(set(high)) < 3):
            text = cell.decode(name, "replace")
            if _INDIC.search(text) or (set(high) == {0} and text.isprintable()):
                return CarriedText(text.rstrip("\0"), UTF16, stored=UTF16)
    return None
