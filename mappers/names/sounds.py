"""The sounds that every script is read into, and how they are spelled in Indian English.

One character is one sound, mostly as scholars write them: `ā ī ū` long, `E O` for ai and au, `K G C J Ṭ Ḍ T D P B` with
breath, `ṭ ḍ ṇ ḷ` with the tongue turned back, `ś ṣ` for both sh, `ṛ Ṛ` flapped, `ḻ` the Tamil zh, `ṟ` the hard r of the
South, `@` a short vowel that Urdu does not write, `ĕ ŭ ə ʰ` a letter at the end of a word that is often left out.
"""

from __future__ import annotations

import re

VOWELS = "aāiīuūeēoōEOæ@ĕŭə"
_NOT_V = f"(?![{VOWELS}])"

_SPELLED = {
    "ā": "a", "ī": "i", "ū": "u", "ē": "e", "ō": "o", "E": "ai", "O": "au", "æ": "a", "@": "a", "ĕ": "e", "ŭ": "u",
    "ə": "a", "ʰ": "h", "K": "kh", "G": "gh", "c": "ch", "C": "chh", "J": "jh", "ṭ": "t", "Ṭ": "th", "ḍ": "d",
    "Ḍ": "dh",
    "ṇ": "n", "T": "th", "D": "dh", "P": "ph", "B": "bh", "ñ": "n", "ṅ": "n", "ḷ": "l", "ḻ": "zh", "ṟ": "r", "ś": "sh",
    "ṣ": "sh", "ṛ": "r", "Ṛ": "rh", "ḳ": "kh", "ġ": "gh", "ŋ": "n",
}  # fmt: skip
_TO_SPELLED = str.maketrans(_SPELLED)

# Latin letters -> sounds, the longest first. A blank after a group is the end of a word.
_LATIN = {
    "chchh": "C", "cchh": "C", "chch": "c", "chh": "C", "tch": "c", "cch": "c", "sch": "ś", "ch": "c", "ksh": "kṣ",
    "sh": "ś", "kh": "K", "gh": "G", "jh": "J", "tth": "T", "th": "T", "ddh": "D", "dh": "D", "ph": "P", "bh": "B",
    "zh": "ḻ", "ck": "k", "cq": "k", "q": "k", "x": "ks", "w": "v", "aa": "ā", "ee": "ī", "oo": "ū",
    "ou": "O", "ei": "E", "ey": "E", "ce": "se", "ci": "si", "cy": "si", "c": "k", "ngh": "ŋG",
}  # fmt: skip
_LATIN_PATTERN = re.compile("|".join(sorted(_LATIN, key=len, reverse=True)))
_VOWEL_Y = re.compile(r"(?<![aeiou ])y(?![aeiou])|^y(?![aeiou])|(?<= )y(?![aeiou])|y(?= |$)(?<![aeou]y)")
_OW = re.compile(r"ow(?![aeiou])")
_ENDS = (
    (re.compile(r"ore(?= |$)"), "ūr"),
    (re.compile(r"rh(?= |$)"), "Ṛ"),
    (re.compile(r"(?<=[^aeiou ])a(?= |$)"), "ə"),
    (re.compile(r"(?<=[^aeiou ])e(?= |$)"), "ĕ"),
    (re.compile(r"(?<=[aeiou])h(?= |$)"), "ʰ"),
)
_NOT_LETTERS = re.compile(r"[^a-z]+")

# What both sides are brought to before they are compared, in this order: each is one look at the whole text.
_NASAL = re.compile(r"[ñṅṇ]|ŋ(?=[kKgGcCjJṭṬḍḌtTdDsśṣh])")
_BEFORE_LIPS = re.compile(r"n(?=[pPbBm])")
_GLIDE = re.compile(rf"[aā](?:(y{_NOT_V}|[iī])|v(?:ŭ|{_NOT_V})|[oōuū])")
_Y_BEHIND_I = re.compile(r"[iī]y(?=[aāeēoōuū])")
_GJ = re.compile(r"gj(?=[aāniīuūeo])")
_DOUBLED = re.compile(r"([^ ])\1+")
_WITH_BREATH = re.compile("kK|gG|cC|jJ|ṭṬ|ḍḌ|tT|dD|pP|bB")


def spell(sounds: str) -> str:
    """Sounds as small Latin letters, in the way Indians spell their names."""
    return sounds.translate(_TO_SPELLED)


def latin_sounds(text: str) -> str:
    """The sounds of a name in Latin letters (ASCII), words parted by one blank; everything but letters parts words."""
    words = _NOT_LETTERS.sub(" ", text.lower()).strip()
    words = _OW.sub("O", _VOWEL_Y.sub("i", words))
    for pattern, into in _ENDS:
        words = pattern.sub(into, words)
    return meet(_LATIN_PATTERN.sub(lambda m: _LATIN[m[0]], words))


def meet(sounds: str) -> str:
    """Sounds with those differences removed that no two spellings agree on: doubled letters, n before p, ay and ai."""
    sounds = _BEFORE_LIPS.sub("m", _NASAL.sub("n", sounds))
    sounds = _GLIDE.sub(lambda m: "E" if m[1] else "O", sounds)
    sounds = _DOUBLED.sub(r"\1", _GJ.sub("j", _Y_BEHIND_I.sub("i", sounds)))
    return _WITH_BREATH.sub(lambda m: m[0][1], sounds)


_COARSE = str.maketrans(
    dict.fromkeys("kKgGḳġ", "k") | dict.fromkeys("cCjJzśṣs", "s") | dict.fromkeys("tTdDṭṬḍḌ", "t")
    | dict.fromkeys("rṟṛṚ", "r") | dict.fromkeys("lḷḻ", "l") | dict.fromkeys("mnṇñṅŋ", "n")
    | dict.fromkeys("pPbBfv", "p") | dict.fromkeys("aāəæ@ĕŭhʰ ", "") | dict.fromkeys("iīeēEy", "i")
    | dict.fromkeys("oōuūO", "u")
)  # fmt: skip


def coarse(sounds: str) -> str:
    """The classes of sounds that no spelling mixes up: a first, quick look at whether two names may be alike."""
    return sounds.translate(_COARSE)
