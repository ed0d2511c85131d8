"""Facts of Indian scripts that hold for text from any engine: digits, normal form, joiners."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

ZWNJ, ZWJ = "\u200c", "\u200d"
_JOINERS = f"{ZWNJ}{ZWJ}"
BLOCKS = (
    (0x0041, 0x024F, "Latn"),
    (0x0590, 0x05FF, "Hebr"),
    (0x0600, 0x077F, "Arab"),
    (0x0870, 0x08FF, "Arab"),
    (0x0900, 0x097F, "Deva"),
    (0x0980, 0x09FF, "Beng"),
    (0x0A00, 0x0A7F, "Guru"),
    (0x0A80, 0x0AFF, "Gujr"),
    (0x0B00, 0x0B7F, "Orya"),
    (0x0B80, 0x0BFF, "Taml"),
    (0x0C00, 0x0C7F, "Telu"),
    (0x0C80, 0x0CFF, "Knda"),
    (0x0D00, 0x0D7F, "Mlym"),
    (0x1C50, 0x1C7F, "Olck"),
    (0x1E00, 0x1EFF, "Latn"),
    (0xA8E0, 0xA8FF, "Deva"),
    (0xAAE0, 0xABFF, "Mtei"),
    (0xFB50, 0xFDFF, "Arab"),
    (0xFE70, 0xFEFE, "Arab"),
)
"""First and last character of each block that is told apart, and its script as ISO 15924, in order; the one table of
blocks in this package. Source: the Unicode code charts."""
_FROM, _TO = 0x0900, 0x0D7F
# The range leaves Devanagari Extended out, which would take Devanagari's own place here.
BRAHMIC: Mapping[str, int] = MappingProxyType({name: first for first, _, name in BLOCKS if _FROM <= first <= _TO})
"""Scripts whose blocks are laid out alike, as in ISCII -> the first character."""
VIRAMA_AT = 0x4D
_VIRAMA = "".join(chr(first + VIRAMA_AT) for first in BRAHMIC.values())
_CHILLU = dict(zip("\u0d23\u0d28\u0d30\u0d32\u0d33\u0d15", "\u0d7a\u0d7b\u0d7c\u0d7d\u0d7e\u0d7f", strict=True))
"""Malayalam consonants whose vowel-less form has a letter of its own since Unicode 5.1."""
_FINAL_ZWNJ = re.compile(f"(?<=[{_VIRAMA}]){ZWNJ}+(?![\\w])")
_STRAY = re.compile(f"(?:(?<=\\s)|^)[{_JOINERS}]+|[{_JOINERS}]+(?=\\s|$)|(?<=[{_JOINERS}])[{_JOINERS}]+")
_AU = re.compile("([\u0b95-\u0bb9])\u0bc6\u0bb3(?=[\u0b95-\u0bb9])")
_OPEN_SLASH = re.compile(r"(?<=\d) ?/ ?(?=\d)")
_MIXED_NUMBER = re.compile(r"(?=\d*[0-9])(?=\d*[^\W0-9])\d{2,}")
_INDIC = re.compile("[\u0900-\u0dff]")  # Sinhala, too


def nfc(text: str) -> str:
    """Text in Unicode's composed normal form. It writes U+0958 to U+095F as two code points; that is right."""
    return unicodedata.normalize("NFC", text)


def fold_digits(text: str) -> str:
    """Every decimal digit of any script as 0-9; all else stays. The length stays as well."""
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def drop_final_zwnj(text: str) -> str:
    """Take out the ZWNJ that Tesseract writes after a virama at the end of a word."""
    return _FINAL_ZWNJ.sub("", text)


def drop_stray(text: str) -> str:
    """Take out joiners with nothing to join: at either end of a word, or behind another joiner."""
    before = ""
    # One taken out can leave the next with nothing to join.
    while before != text:
        before, text = text, _STRAY.sub("", text)
    return text


def join_chillu(text: str) -> str:
    """Malayalam consonant, virama and ZWJ as the one chillu letter they stand for."""
    return re.sub(f"([{''.join(_CHILLU)}])\u0d4d{ZWJ}", lambda m: _CHILLU[m[1]], text)


def join_khanda_ta(text: str) -> str:
    """Bengali ta, virama and ZWJ as the one letter khanda ta (U+09CE, since Unicode 4.1)."""
    return text.replace(f"\u09a4\u09cd{ZWJ}", "\u09ce")


def join_au(text: str) -> str:
    """Tamil e and the letter lla, behind a consonant and before another, as the one sign au that looks the same.

    A lla of its own carries a vowel sign or a pulli there.
    """
    return _AU.sub("\\1\u0bcc", text)


def one_digit_set(text: str) -> str:
    """Numbers written in two sets of digits at once, all in the native one: where shapes are alike, models mix them."""
    return _MIXED_NUMBER.sub(lambda m: _in_native(m[0]), text)


def _in_native(number: str) -> str:
    native = next((c for c in number if c > "9"), "0")
    nought = ord(native) - unicodedata.decimal(native)
    return "".join(chr(nought + unicodedata.decimal(c)) for c in number)


REPAIRS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "drop-final-zwnj": drop_final_zwnj,
        "drop-stray": drop_stray,
        "join-au": join_au,
        "join-chillu": join_chillu,
        "join-khanda-ta": join_khanda_ta,
        "one-digit-set": one_digit_set,
    }
)
"""What a language file may name under `joiners`."""


def repair(text: str, names: Iterable[str]) -> str:
    """Text after the named repairs, in order, in NFC. Raises KeyError for an unknown name."""
    for name in names:
        text = REPAIRS[name](text)
    return nfc(text)


def close_slashes(text: str) -> str:
    """Blanks squeezed, and none around a slash between digits: how wide it is set says nothing of a date or number."""
    return _OPEN_SLASH.sub("/", " ".join(text.split()))


def is_indic(text: str) -> bool:
    """Whether a letter, sign or digit of one of the nine Brahmic scripts of India is in the text."""
    return _INDIC.search(text) is not None


def squeeze(text: str) -> str:
    """Lines stripped, runs of blanks as one, empty lines left out."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)
