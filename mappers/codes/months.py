"""Words of dates in the scripts of the country: months, eras, halves of lunar months."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from mappers.languages import load_languages
from mappers.text.folding import nfc
from mappers.text.scripts import INDIC

# Not inside a longer word; \w alone would end a word of an Indian script at its first vowel sign.
WORD_START = rf"(?<![^\W\d_])(?<![{INDIC}])"
WORD_END = rf"(?![^\W\d_]|[{INDIC}])"
_OLD_CHILLUS = {"ണ്\u200d": "ൺ", "ന്\u200d": "ൻ", "ര്\u200d": "ർ", "ല്\u200d": "ൽ", "ള്\u200d": "ൾ"}
_CHILLU = re.compile("|".join(_OLD_CHILLUS))
_SAME = str.maketrans({"\u200c": "", "\u200d": "", "ي": "ی", "ى": "ی", "ك": "ک", "॰": "."})


@dataclass(frozen=True)
class Months:
    """Words as `plain_word` has them, without blanks, hyphens and dots.

    gregorian: name -> month. others: name -> the calendars whose month it is and its number there, the national (Saka)
    calendar among them. eras: word -> calendar. halves: word -> "bright", "dark" or "tithi".
    """

    gregorian: Mapping[str, int]
    others: Mapping[str, Mapping[str, int]]
    eras: Mapping[str, str]
    halves: Mapping[str, str]
    gregorian_pattern: re.Pattern[str]
    other_pattern: re.Pattern[str]
    era_pattern: re.Pattern[str]
    half_pattern: re.Pattern[str]


def plain_word(text: str) -> str:
    """Text as words of dates are compared: NFC, lower case, no joiners, one form of chillus, yeh and kaf."""
    return _CHILLU.sub(lambda m: _OLD_CHILLUS[m.group()], nfc(text)).translate(_SAME).casefold()


def word_key(text: str) -> str:
    """The key of a matched word: no blanks, hyphens, dots."""
    return re.sub(r"[\s.\-]", "", text)


def words_pattern(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern of whole words, the longest first; a blank may be a hyphen or missing, a dot may be missing."""
    spelled = (re.escape(plain_word(w)) for w in sorted(set(words), key=len, reverse=True))
    either = "|".join(w.replace(r"\ ", r"[\s\-]*").replace(r"\.", r"\.?\s*") for w in spelled)
    return re.compile(f"{WORD_START}(?:{either}){WORD_END}")


@cache
def months() -> Months:
    """The words of months.toml, and what the files of languages add."""
    data = tomllib.loads((resources.files("mappers.codes") / "months.toml").read_text(encoding="utf-8"))
    gregorian = [list(words) for words in data["gregorian"]]
    for one in load_languages().values():
        # Not strict: a language may add no months at all.
        for words, more in zip(gregorian, one.months, strict=False):
            words.extend(more)
    named = {"saka": data["saka"], **data["elsewhere"]}
    others: dict[str, dict[str, int]] = {}
    for calendar, names in named.items():
        for word, number in _number_names(names).items():
            others.setdefault(word, {})[calendar] = number
    return Months(
        _number_names(gregorian),
        others,
        _key_words(data["eras"]),
        _key_words(data["halves"]),
        words_pattern(w for words in gregorian for w in words),
        words_pattern(w for names in named.values() for words in names for w in words),
        words_pattern(w for words in data["eras"].values() for w in words),
        words_pattern(w for words in data["halves"].values() for w in words),
    )


def _number_names(names: list[list[str]]) -> Mapping[str, int]:
    return {word_key(plain_word(w)): n for n, words in enumerate(names, 1) for w in words}


def _key_words(words: Mapping[str, list[str]]) -> Mapping[str, str]:
    return {word_key(plain_word(w)): key for key, spelled in words.items() for w in spelled}
