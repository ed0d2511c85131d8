"""Which cells of a font-encoded column are not in the font: numbers, dates, codes and English words."""

from __future__ import annotations

import re
from typing import Any

_LETTER = re.compile(r"[^\W\d_]")
_SIMPLE = re.compile(r"[\d\s./:@,&\-]*\Z")
_VOWELS = 0.35
_WORDS = re.compile(r"[A-Za-z]+")
# Words typed in English inside vernacular columns; each decodes to something no one writes.
_ENGLISH_WORDS = (
    "IPC BNS BNSS CRPC NDPS POCSO ACT ARMS DP IT MV FIR GD GDE PS UD SI ASI HC PI SHO IO DSP NIL NA KM RS US RW AND OF"
    " UNKNOWN"
)
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
# No word of the script begins with a vowel sign, a mark or a halant, or holds a sign right behind a vowel letter.
_ILL_FORMED = re.compile(
    "(?:^|[\\s.,/()\\-])[\u0900-\u0903\u093c\u093e-\u094d]|[\u0904-\u0914][\u093c\u093e-\u094d]"
    "|[\u093e-\u094c][\u093e-\u094d]|\u094d[\u0900-\u0903\u093e-\u094c]"
)


def is_plain(text: str, shown: str) -> bool:
    """Whether a cell holds no text of its column's font: digits and their separators alone, or plain English.

    shown: what the font would show. English: every word is on a short list of police words, or all letters are ASCII
    with capitals only at the start of words or throughout, and either the words look like a romanised name, or the
    font would show an impossible syllable. Short English words in small letters may still pass for the font's text.
    """
    if not _LETTER.search(text):
        return bool(_SIMPLE.match(text))
    if not text.isascii():
        return False
    words = _WORDS.findall(text)
    if all(w.upper() in _ENGLISH and (w.isupper() or len(w) > 3) for w in words):
        return True
    if not all(w.isupper() or w.istitle() or w.islower() for w in words):
        return False
    return _is_roman_name(words) or _ILL_FORMED.search(shown) is not None


def _is_roman_name(words: list[str]) -> bool:
    """Two or more capitalised words as full of vowels as Indian names are; none begins as only this font's words do."""
    if len(words) < 2 or not all(w.istitle() and not w.startswith(("Hk", "Fk")) for w in words):
        return False
    letters = "".join(words).casefold()
    return sum(map(letters.count, "aeiou")) >= _VOWELS * len(letters)


def swap_plain(text: str, encoding: Any) -> str:
    """A plain cell as it was meant: where digits stand alone, the code that the font shows as a slash is one."""
    if _LETTER.search(text):
        return text
    return re.sub("[^\\d\\s]", lambda m: "/" if encoding.decode(m[0]) == "/" else m[0], text)
