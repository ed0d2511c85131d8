"""How text is compared: one normal form, digits of every script, keys for look-ups."""

from __future__ import annotations

import re
import unicodedata

_NATIVE_DIGIT = re.compile(r"[^\D0-9]")
# Hindi writes the zero for the dot of an abbreviation: भा०द०वि० is भा.द.वि.
_ZERO_AS_DOT = re.compile(r"(?<=[\u0900-\u0939\u093c-\u094d\u0958-\u095f])\u0966")
# Tamil 10, 100 and 1000, which multiply the digit before them: ௨௰௫ is 25. Source: the Unicode code charts.
_TAMIL_UNITS = {"\u0bf0": 10, "\u0bf1": 100, "\u0bf2": 1000}
_TAMIL_NUMBER = re.compile("[\u0be6-\u0bf2]*[\u0bf0-\u0bf2][\u0be6-\u0bf2]*")
_JOINERS = "\u200c\u200d"


class _DigitTable(dict[int, int]):
    """Code point -> that of its digit 0-9, or its own; filled as they are met, since Unicode has no list of digits."""

    def __missing__(self, code: int) -> int:
        self[code] = found = ord(str(unicodedata.decimal(chr(code)))) if chr(code).isdecimal() else code
        return found


_DIGITS = _DigitTable()


def nfc(text: str) -> str:
    """Text in NFC; joiners (ZWJ, ZWNJ) stay, since they change words."""
    return unicodedata.normalize("NFC", text)


def fold_digits(text: str) -> str:
    """Every decimal digit of any script as 0-9; all else stays. The length stays as well."""
    if text.isascii() or not _NATIVE_DIGIT.search(text):
        return text
    return text.translate(_DIGITS)


def dot_abbreviations(text: str) -> str:
    """Text in which a Devanagari zero right behind a letter is the dot of an abbreviation; the length stays."""
    return _ZERO_AS_DOT.sub(".", text) if "\u0966" in text else text


def fold_written(text: str) -> str:
    """Text as people write it, digits as 0-9 and the zeros of abbreviations as dots: "सं०३०२" is the number 302."""
    return fold_digits(dot_abbreviations(text))


def fold_numerals(text: str) -> str:
    """Like fold_written, and numbers with the Tamil signs for 10, 100 and 1000 as digits too; the length may change.

    Signs in an order that makes no number stay as they are.
    """
    return text if text.isascii() else fold_written(_TAMIL_NUMBER.sub(lambda m: _tamil_number(m.group()), text))


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
    folded = unicodedata.normalize("NFKC", fold_written(text)).casefold()
    return "".join(c for c in folded if c not in _JOINERS and (c.isalnum() or unicodedata.category(c)[0] == "M"))
