"""Whether text can be what its script allows: signs of a broken map from glyphs to Unicode, or of a wrong decoding."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from ocr.languages.script import BRAHMIC, VIRAMA_AT, is_indic
from ocr.languages.writing import script_of

_VOWELS_AT = (*range(0x3E, 0x4D), 0x55, 0x56, 0x57, 0x62, 0x63)
_INDEPENDENT_AT = range(0x05, 0x15)
_SMALL_E = "\u0945\u0949"
"""Candra e and o: Marathi writes them behind the letter a."""
_LEAST_MARKS = 0.16
_LEAST_VIRAMA = 0.004
_LETTERS_TO_TELL = 150
_FEWEST_BAD = 2
_MOST_BAD = 0.01
_WORDS_TO_TELL = 20
_LEAST_WORD = 1.9
# Shapes of Arabic letters, which Unicode has for old codes; whoever types writes letters.
_PRESENTATION = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]")
_NEVER_FIRST = frozenset("\u06ba\u06d2\u06d3")
"""Urdu letters that end a word; at its beginning they tell that the order is turned."""
# UTF-8 shown as Windows-1252: Indian scripts begin with E0 A4 to B5, quotes with E2 80, accented Latin letters with
# C3, Arabic ones with D8 to DB.
_MOJIBAKE = re.compile(
    "\u00e0[\u00a4-\u00b5][\u0080-\u00bf\u0152-\u0178\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]?"
    "|\u00e2\u20ac[\u0080-\u00bf\u0152-\u0178\u02c6\u02dc\u2013-\u203a\u20ac\u2122]?"
    "|\u00c3[\u0080-\u00bf\u201a-\u203a]|[\u00d8-\u00db][\u0080-\u00bf\u0152-\u0178\u2013-\u203a\u20ac\u2122](?=[\u00d8-\u00db])"
)
# In a word of Indian letters these come of a broken map.
_LATIN_EXTENDED = re.compile("[\u0100-\u024f\u0370-\u058f]")


def is_mojibake(text: str) -> bool:
    """Whether UTF-8 was taken for a Western code somewhere in the text."""
    found = _MOJIBAKE.findall(text)
    return len(found) >= _FEWEST_BAD and sum(map(len, found)) > _MOST_BAD * len(text)


def has_unknown(text: str) -> bool:
    """Whether more than a stray character has no meaning: private, unassigned, a control, or none that was known."""
    letters = [c for c in text if not c.isspace()]
    bad = sum(unicodedata.category(c) in ("Co", "Cn", "Cc", "Cs") or c == "\ufffd" for c in letters)
    # So pdfminer writes a glyph that it does not know: five signs, all of which look like good ones.
    bad += 5 * text.count("(cid:")
    return bad > max(1, _MOST_BAD * len(letters))


def is_impossible(words: Sequence[str]) -> bool:
    """Whether words of Indian scripts hold what no writer types: signs without a letter, letters of two scripts."""
    indic = [w for w in words if is_indic(w)]
    bad = sum(_is_bad(w) for w in indic)
    # Of few words a single bad one is enough, as every doubt refuses a layer.
    if bad and (len(indic) < _WORDS_TO_TELL or (bad >= _FEWEST_BAD and bad > _MOST_BAD * len(indic))):
        return True
    return any(_is_worn(indic, script) for script in BRAHMIC) or _is_turned_urdu(words)


def _is_bad(word: str) -> bool:
    if _LATIN_EXTENDED.search(word):
        return True
    scripts = {s for s in map(script_of, word) if s and s != "Latn"}
    return len(scripts) > 1 or any(_sequences(script).search(word) for script in scripts if script in BRAHMIC)


@cache
def _sequences(script: str) -> re.Pattern[str]:
    """What cannot stand in a word: a mark at its beginning, two vowel signs, a vowel sign on a vowel or a virama."""
    start = BRAHMIC[script]
    signs = "".join(chr(start + at) for at in range(0x80) if unicodedata.category(chr(start + at)) in ("Mn", "Mc"))
    virama = chr(start + VIRAMA_AT)
    vowels = "".join(c for c in (chr(start + at) for at in _VOWELS_AT) if c in signs)
    plain = "".join(c for c in vowels if c not in _SMALL_E)
    letters = "".join(chr(start + at) for at in _INDEPENDENT_AT)
    any_of_block = f"{chr(start)}-{chr(start + 0x7F)}"
    parts = [f"(?<![{any_of_block}\u200c\u200d\u25cc])[{signs}]", f"[{vowels}][{vowels}]", f"[{letters}][{plain}]"]
    if script != "Mlym":  # its half u is a vowel sign with a virama
        parts.append(f"[{vowels}]{virama}")
    if script != "Guru":
        parts.append(f"{virama}{virama}")
    return re.compile("|".join((*parts, f"{virama}[{vowels}]")))


def _is_worn(words: Sequence[str], script: str) -> bool:
    """Whether marks, conjuncts or the insides of words are missing that every longer text of a script has."""
    start = BRAHMIC[script]
    own = [w for w in words if any(start <= ord(c) < start + 0x80 for c in w)]
    text = [c for w in own for c in w if start <= ord(c) < start + 0x80]
    if len(text) < _LETTERS_TO_TELL:
        return False
    marks = sum(unicodedata.category(c) in ("Mn", "Mc") for c in text)
    virama = text.count(chr(start + VIRAMA_AT))
    # Gurmukhi joins few consonants and hardly ever needs a virama.
    is_bare = marks < _LEAST_MARKS * len(text) or (script != "Guru" and virama < _LEAST_VIRAMA * len(text))
    return is_bare or len(text) < _LEAST_WORD * len(own)


def _is_turned_urdu(words: Sequence[str]) -> bool:
    """Whether Urdu is stored as shapes or backwards."""
    urdu = [w for w in words if any(script_of(c) == "Arab" for c in w)]
    if not urdu:
        return False
    shapes = sum(len(_PRESENTATION.findall(w)) for w in urdu)
    turned = sum(w[0] in _NEVER_FIRST for w in urdu if len(w) > 1)
    return shapes > _MOST_BAD * sum(map(len, urdu)) or (turned >= _FEWEST_BAD and turned > 0.03 * len(urdu))
