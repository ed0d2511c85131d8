"""How text is compared: one normal form, digits of every script, keys for look-ups."""

from __future__ import annotations

import re
import unicodedata

from mappers.text.scripts import BLOCKS

# Zeros of the scripts met in Indian records; the nine digits follow each. Source: the Unicode code charts.
_ZEROS = (*(start + 0x66 for start in BLOCKS.values()), 0x06F0, 0x0660, 0xABF0, 0x1C50, 0xFF10)
_DIGITS = {zero + n: str(n) for zero in _ZEROS for n in range(10)}
_ANY_DIGIT = re.compile(f"[{''.join(map(chr, _DIGITS))}]")
# Hindi writes the zero for the dot of an abbreviation: भा०द०वि० is भा.द.वि.
_ZERO_AS_DOT = re.compile(r"(?<=[\u0900-\u0939\u093c-\u094d\u0958-\u095f])\u0966")
# Tamil 10, 100 and 1000, which multiply the digit before them: ௨௰௫ is 25. Source: the Unicode code charts.
_TAMIL_UNITS = {"\u0bf0": 10, "\u0bf1": 100, "\u0bf2": 1000}
_TAMIL_NUMBER = re.compile("[\u0be6-\u0bf2]*[\u0bf0-\u0bf2][\u0be6-\u0bf2]*")
_JOINERS = "\u200c\u200d"


def nfc(text: str) -> str:
    """Text in NFC; joiners (ZWJ, ZWNJ) stay, since they change words."""
    return unicodedata.normalize("NFC", text)


def fold_digits(text: str) -> str:
    """Text with the digits of every Indian script as 0-9; everything else stays.

    Scripts: Devanagari, Bengali, Gurmukhi, Gujarati, Odia, Tamil, Telugu, Kannada, Malayalam, Urdu, Arabic, Meetei
    Mayek, Ol Chiki, full-width. A table rather than int(), so that no other character is taken for a digit by luck. A
    Devanagari zero right behind a letter is the dot of an abbreviation and becomes one.
    """
    if text.isascii() or not _ANY_DIGIT.search(text):
        return text
    return _ZERO_AS_DOT.sub(".", text).translate(_DIGITS)


def fold_numerals(text: str) -> str:
    """Like fold_digits, and numbers with the Tamil signs for 10, 100 and 1000 as digits too; the length may change.

    Signs in an order that makes no number stay as they are.
    """
    return text if text.isascii() else fold_digits(_TAMIL_NUMBER.sub(lambda m: _tamil_number(m.group()), text))


def _tamil_number(written: str) -> str:
    thousands, hundreds, digit, smallest = 0, 0, "", 10_000
    for sign in written:
        unit = _TAMIL_UNITS.get(sign, 1)
        if unit >= smallest and unit < 1000 or (unit == 1 and digit) or (unit == 1000 and thousands):
            return written
        if unit == 1:
            digit = fold_digits(sign)
        elif unit == 1000:
            thousands, hundreds, digit, smallest = 1000 * (hundreds + int(digit or not hundreds)), 0, "", 1000
        else:
            hundreds, digit, smallest = hundreds + unit * int(digit or 1), "", unit
    return str(thousands + hundreds + int(digit or 0))


def squeeze(text: str) -> str:
    """Text in NFC with runs of white space as one blank and none outside."""
    return " ".join(nfc(text).split())


def fold_key(text: str) -> str:
    """The key under which two spellings of one word meet: no case, no punctuation, no blanks, digits as 0-9.

    For comparing only, never for storing.
    """
    if text.isascii():
        return "".join(filter(str.isalnum, text.lower()))
    folded = unicodedata.normalize("NFKC", fold_digits(text)).casefold()
    return "".join(c for c in folded if c not in _JOINERS and (c.isalnum() or unicodedata.category(c)[0] == "M"))
