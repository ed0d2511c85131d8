"""What a cell is before any font is thought of: Unicode in one of its dresses, or characters still to be understood."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from mappers.encodings.tables import BYTES, to_bytes, to_characters

UTF8, UTF16, DOUBLED, CODES = "utf-8", "utf-16", "utf8-doubled", ""
# Letters of the scripts of India as Unicode has them; signs of general punctuation prove nothing.
_INDIC = re.compile("[\u0600-\u07bf\u0900-\u0dff\u0f00-\u0fff\u1c50-\u1c7f\uabc0-\uabff\ufb50-\ufdff\ufe70-\ufefc]")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# High bytes of UTF-16 in Indian texts: ASCII, the blocks of the scripts, punctuation.
_HIGH = frozenset({0x00, 0x06, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20})


@dataclass(frozen=True, slots=True)
class Carried:
    """A cell undressed. text: its characters; kind: "utf-8", "utf-16" or "utf8-doubled" for Unicode text, "" for codes.

    has_bom: the cell began with a byte order mark. stored: the dress of codes, "utf-8" where bytes were UTF-8 of them.
    """

    text: str
    kind: str = CODES
    has_bom: bool = False
    stored: str = ""


def undress(cell: bytes | str) -> Carried:
    """A cell's characters, and what kind they are. Any bytes will do."""
    if isinstance(cell, str):
        return _of_text(cell.removeprefix("\ufeff"), UTF8, has_bom=cell.startswith("\ufeff"))
    for bom, name in _BOMS:
        if cell.startswith(bom):
            text = cell[len(bom) :].decode(name, "replace")
            return _of_text(text, UTF8 if name == "utf-8" else UTF16, has_bom=True)
    if not cell.isascii():
        try:
            return _of_text(cell.decode("utf-8"), UTF8)
        except UnicodeDecodeError:
            pass
    return _wide(cell) or Carried(to_characters(cell))


def _of_text(text: str, kind: str, *, has_bom: bool = False) -> Carried:
    if _INDIC.search(text):
        return Carried(text, kind, has_bom)
    inner = undouble(text)
    if inner:
        return Carried(inner, DOUBLED, has_bom)
    return Carried(text, UTF16 if kind == UTF16 and has_bom else CODES, has_bom, "" if text.isascii() else kind)


def unicode_text(cell: bytes | str) -> str:
    """The text of a cell that is Unicode with letters of an Indian script, "" of one that is not.

    Three bytes of a font may be UTF-8 of one such letter by chance; bytes are believed from two letters on.
    """
    if isinstance(cell, str):
        return cell if _INDIC.search(cell) else ""
    if cell.isascii():
        return ""
    try:
        text = cell.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return text if len(_INDIC.findall(text)) > 1 else ""


def undouble(text: str) -> str:
    """Text whose UTF-8 was read as Windows-1252 and written again, as it was; "" where it was not."""
    if text.isascii() or not all(c in BYTES for c in text):
        return ""
    try:
        inner = to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return inner if _INDIC.search(inner) else ""


def _wide(cell: bytes) -> Carried | None:
    """UTF-16 without a mark: every second byte is a high one, and letters of one block come of it."""
    if len(cell) < 4 or len(cell) % 2:
        return None
    for high, name in ((cell[1::2], "utf-16-le"), (cell[::2], "utf-16-be")):
        if _HIGH.issuperset(high) and (0 in high or len(set(high)) < 3):
            text = cell.decode(name, "replace")
            if _INDIC.search(text) or (set(high) == {0} and text.isprintable()):
                return Carried(text, UTF16)
    return None
