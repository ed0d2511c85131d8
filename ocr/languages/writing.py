"""Which script a character belongs to, and so which language a line is in and in which direction it runs."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable

from ocr.languages.language import known_languages
from ocr.languages.script import BLOCKS

_STARTS = [first for first, _, _ in BLOCKS]
# They lie in Devanagari's block and end sentences in all Indian scripts.
_DANDAS = "\u0964\u0965"
_RTL = frozenset({"Arab", "Hebr"})


def script_of(char: str) -> str:
    """ISO 15924 code of a letter, sign or digit of one script; "" for what all scripts share and for all others."""
    code = ord(char)
    at = bisect_right(_STARTS, code) - 1
    if at < 0 or code > BLOCKS[at][1] or char in _DANDAS:
        return ""
    script = BLOCKS[at][2]
    # Signs lie between the Latin letters, as [ and ×.
    return "" if script == "Latn" and not char.isalpha() else script


def scripts_in(text: str) -> Counter[str]:
    """How many characters of each script a text has."""
    found = Counter(script_of(c) for c in text)
    # A Counter takes this calmly where there is none.
    del found[""]
    return found


def is_rtl(text: str) -> bool:
    """Whether more of a text's letters run from right to left than from left to right; digits have no say."""
    letters = Counter(script_of(c) in _RTL for c in text if script_of(c) and not c.isdecimal())
    return letters[True] > letters[False]


def is_rtl_letter(char: str) -> bool:
    """Whether a character is written from right to left: a letter or sign of such a script, and no digit."""
    return script_of(char) in _RTL and not char.isdecimal()


def script_of_language(code: str) -> str:
    """ISO 15924 code of the script a language is printed in; "" for a language that is not known."""
    known = known_languages().get(code)
    return known.script if known else ""


def language_of(text: str, languages: Iterable[str]) -> str:
    """The first of the languages that is printed in the script most of the text is in; else the first; else ""."""
    known = list(languages)
    most = scripts_in(text).most_common(1)
    fitting = [code for code in known if most and script_of_language(code) == most[0][0]]
    if most and not fitting and most[0][0] == "Latn":
        return "en"
    return (fitting or known or [""])[0]
