"""The words for acts, and one loose form under which the spellings of one word in an Indian script meet.

Clerks write दंड, दण्ड and दड, सम्पत्ति and संपति, अधिनियम and अधीनियम. Rather than a list of all of them, text and
spellings are both brought into one form, in which lengths of vowels, nasals and doubled letters are not told apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mappers.text.scripts import BLOCKS, INDIC

LETTER = rf"[^\W\d_]|[{INDIC}]"
# Places within a block of Unicode, the same in all nine scripts. Source: the Unicode code charts.
_CANDRABINDU, _ANUSVARA, _NUKTA, _VIRAMA = 0x01, 0x02, 0x3C, 0x4D
_NASALS = frozenset({0x19, 0x1E, 0x23, 0x28, 0x2E})
_CONSONANTS = range(0x15, 0x3A)
# ya ra la va: before them a nasal is a letter of its own.
_HALF_VOWELS = frozenset({0x2F, 0x30, 0x32, 0x35})
_SAME = {
    0x08: 0x07, 0x0A: 0x09, 0x40: 0x3F, 0x42: 0x41,  # long i and u
    0x11: 0x13, 0x49: 0x4B, 0x0D: 0x0F, 0x45: 0x47,  # the o and e of English words
    0x36: 0x38, 0x37: 0x38,  # the three s
}  # fmt: skip
_DROPPED = frozenset(chr(start + place) for start in BLOCKS.values() for place in (_CANDRABINDU, _ANUSVARA, _NUKTA))
_JOINERS = "\u200c\u200d"
# अॅ and ॲ are one letter: the e of "act" in Marathi.
_E_OF_ACT, _E = re.compile("\u0972|[\u0905\u090f]\u200d?\u0945"), "\u090f"


def loosen(text: str) -> tuple[str, list[int]]:
    """The loose form of a text (NFC), and for each of its characters the place in the text, one more for the end.

    Text in Latin letters stays as it is.
    """
    if text.isascii():
        return text, list(range(len(text) + 1))
    kept = list(_iter_folded(text))
    return "".join(c for c, _ in kept), [*(at for _, at in kept), len(text)]


def loose(text: str) -> str:
    """The loose form alone."""
    return loosen(text)[0]


def _iter_folded(text: str) -> Iterator[tuple[str, int]]:
    at, last = 0, ""
    while at < len(text):
        char = text[at]
        start, place = _place(char)
        if char in _DROPPED or char in _JOINERS:
            at += 1
        elif start and place in _NASALS and _is_before_consonant(text, at):
            # ण् of दण्ड is the nasal of दंड.
            at += 2
        elif place == _VIRAMA and start and last and _fold_letter(text[at + 1 : at + 2]) == last:
            at += 2
        else:
            sign = _E_OF_ACT.match(text, at)
            last = _E if sign else _fold_letter(char)
            yield last, at
            at = sign.end() if sign else at + 1


def _is_before_consonant(text: str, at: int) -> bool:
    start, place = _place(text[at + 2 : at + 3])
    is_joined = _place(text[at + 1 : at + 2]) == (start, _VIRAMA)
    return is_joined and place in _CONSONANTS and place not in _HALF_VOWELS and text[at] != text[at + 2]


def _place(char: str) -> tuple[int, int]:
    """(start of the block, place within it); (0, -1) for a character of another script."""
    point = ord(char) if char else 0
    start = point & ~0x7F
    return (start, point - start) if start in _STARTS else (0, -1)


_STARTS = frozenset(BLOCKS.values())


def _fold_letter(char: str) -> str:
    start, place = _place(char)
    return chr(start + _SAME[place]) if start and place in _SAME else char


ACT_WORD = loose(
    r"act|ac\.?t|अधिनियम|अधि|एक्ट|ऐक्ट|कायदा|আইন|অ্যাক্ট|অধিনিয়ম|சட்டம்|ஆக்ட்|చట్టం|యాక్ట్|ಕಾಯ್ದೆ|ಕಾಯಿದೆ|ಅಧಿನಿಯಮ"
    r"|ಆಕ್ಟ್|ആക്ട്|ആക്റ്റ്|നിയമം|એક્ટ|અધિનિયમ|ધારો|ધારા|કાયદો|ਐਕਟ|ਅਧਿਨਿਯਮ|ଆଇନ|ଆକ୍ଟ|ଅଧିନିୟମ|ایکٹ"
)
