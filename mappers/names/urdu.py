"""From Urdu, and other languages in the Arabic script, to sounds.

Short vowels are not written. Where one must stand for the word to be said, the sound is `@`, "some short vowel".
"""

from __future__ import annotations

import re

# One spelling for letters that Arabic, Persian, Kashmiri, Sindhi and Urdu keyboards write in several ways.
_ONE_SPELLING = str.maketrans({
    "ي": "ی", "ى": "ی", "ې": "ے", "ۍ": "ی", "ك": "ک", "ە": "ہ", "ه": "ہ", "ۀ": "ہ", "ۂ": "ہ", "ۃ": "ہ",
    "ة": "ہ", "أ": "ا", "إ": "ا",
    "ٱ": "ا", "ؤ": "و", "ئ": "ی", "ۓ": "ے", "ٶ": "و", "ۄ": "و", "ۆ": "و", "ۇ": "و", "ٳ": "ا", "ٲ": "ا",
    "ٹ": "ٹ", "ټ": "ٹ", "ډ": "ڈ",
    "ړ": "ڑ", "ڼ": "ن", "ݨ": "ن", "ڻ": "ن", "ګ": "گ",
})  # fmt: skip
_MARKS = re.compile("[\u0610-\u061a\u064b-\u0650\u0652-\u065f\u0670\u06d6-\u06ed\u0640\u200c-\u200f\u0621]")
_SHADDA = "\u0651"
_CONSONANTS = {
    "ب": "b", "پ": "p", "ت": "t", "ٹ": "ṭ", "ث": "s", "ج": "j", "چ": "c", "ح": "h", "خ": "ḳ", "د": "d",
    "ڈ": "ḍ", "ذ": "z",
    "ر": "r", "ڑ": "ṛ", "ز": "z", "ژ": "z", "س": "s", "ش": "ś", "ص": "s", "ض": "z", "ط": "t", "ظ": "z",
    "غ": "ġ", "ف": "f",
    "ق": "k", "ک": "k", "گ": "g", "ل": "l", "م": "m", "ن": "n", "ہ": "h", "ں": "ŋ",
}  # fmt: skip
_BREATHED = {
    "b": "B",
    "p": "P",
    "t": "T",
    "ṭ": "Ṭ",
    "j": "J",
    "c": "C",
    "d": "D",
    "ḍ": "Ḍ",
    "ṛ": "Ṛ",
    "k": "K",
    "g": "G",
}
_HA = "ھ"
_LONG = "āīōēEO"
_C = f"[^{_LONG}@aiueo ]"


def bare(word: str) -> str:
    """A word without vowel marks and joiners, with one spelling for letters that keyboards write in several ways."""
    return _MARKS.sub("", word.translate(_ONE_SPELLING).replace("\u0654", "ی"))


def urdu_sounds(word: str) -> str:
    """The sounds of one word in the Arabic script; `@` where a short vowel is not written."""
    word = bare(word)
    # At the beginning of a word two alifs are a long vowel, one is a short one.
    return _fill(_letters(word.replace("آ", "اا")))


def _letters(word: str) -> str:
    """Sounds of the letters written, vowel letters by their place: v or ō, y or ī, h or ā."""
    out: list[str] = []
    last = len(word) - 1
    for at, char in enumerate(word):
        # The entry before may be empty: the last sound is looked for in two.
        before = "".join(out[-2:])[-1:]
        if char == _HA:
            out[-1:] = [out[-1][:-1] + _BREATHED[before]] if before in _BREATHED else [*out[-1:], "h"]
        elif char == _SHADDA:
            out.append(before)
        elif char == "ا":
            out.append("" if before == "ā" else "ā" if out or word[at : at + 2] == "اا" else "A")
        elif char == "ع":
            out.append("A" if not out or before in _LONG else "ā" if at == last or word[at + 1] not in "اوی" else "")
        elif char == "و":
            out.append(_vav(word, at, before))
        elif char in "یے":
            out.append(_ye(word, at, before, char))
        elif char == "ہ" and at == last and at > 1 and before not in _LONG:
            out.append("a")
        else:
            out.append(_CONSONANTS.get(char, ""))
    return "".join(out)


def _vav(word: str, at: int, before: str) -> str:
    if at == 0:
        return "v"
    if before == "A":
        return "ō"
    following = word[at + 1] if at + 1 < len(word) else ""
    if following in ("ا", "ی", "ے", "ہ") and before not in ("ō",):
        return "v" if following != "ہ" or before in _LONG else "ō"
    return "v" if before == "ā" and following else "ō"


def _ye(word: str, at: int, before: str, char: str) -> str:
    if at == 0:
        return "y"
    if char == "ے":
        return "ē"
    following = word[at + 1] if at + 1 < len(word) else ""
    if before == "A":
        return "E"
    if following == "ا":
        return "y" if before in _LONG else "iy"
    return "ī"


def _fill(sounds: str) -> str:
    """Sounds with `@` put where two consonants meet that cannot stand together at the beginning, or three anywhere."""
    sounds = re.sub("A(?=[ōE])", "", sounds).replace("A", "@")
    sounds = re.sub("@ō", "O", sounds)
    sounds = re.sub(rf"^({_C})(?={_C})", r"\1@", sounds)
    out = re.sub(rf"({_C})({_C})(?={_C})", r"\1\2@", sounds)
    return re.sub(rf"(?<=[{_LONG}@aiueo])({_C})({_C})$", r"\1@\2", re.sub("ŋ(?=[bp])", "m", out))
