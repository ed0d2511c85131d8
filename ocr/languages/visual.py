"""Letters of Devanagari and Bengali in the order in which they stand on paper, from left to right.

Text is kept in the order of speech (Unicode standard, chapter 12): a vowel sign written before its consonants comes
behind them, and an r written above the end of a syllable comes first. A recogniser reads from left to right, so what it
learns and what it is asked are put in the order of writing. Other text stays as it is.
"""

from __future__ import annotations

import re
import unicodedata

REPH = "\ue000"
"""An r written above what follows it: a sign of its own, as it looks like no other r. From the private use area."""
_JOINERS = str.maketrans("", "", "\u200b\u200c\u200d\u2060\ufeff")


class _Block:
    """Where the letters of a script lie: the two blocks are laid out alike."""

    def __init__(self, first: int, more: str, ra: str, before: str, split: dict[str, tuple[str, str]]) -> None:
        consonant = f"[{chr(first + 0x15)}-{chr(first + 0x39)}{more}]{chr(first + 0x3C)}?"
        virama = chr(first + 0x4D)
        signs = f"[{chr(first + 0x3E)}-{chr(first + 0x4C)}{chr(first + 0x57)}]*"
        self.before, self.split = before, split
        self.cluster = re.compile(
            f"(?P<reph>(?:[{ra}]{virama}(?={consonant}))?)"
            f"(?P<body>{consonant}(?:{virama}{consonant})*{virama}?)(?P<signs>{signs})"
        )


_BLOCKS = (
    _Block(0x0900, "\u0958-\u095f\u0972", "र", "\u093f", {}),
    _Block(
        0x0980, "\u09ce\u09dc-\u09df\u09f0\u09f1", "র\u09f0", "\u09bf\u09c7\u09c8",
        {"\u09cb": ("\u09c7", "\u09be"), "\u09cc": ("\u09c7", "\u09d7")},
    ),
)  # fmt: skip


def as_written(text: str) -> str:
    """Text, NFC and without joiners, its letters in the order of the paper. Twice is not the same as once."""
    # NFC keeps nukta letters apart and o-signs in one; what comes in two parts is parted here.
    found = unicodedata.normalize("NFC", text).translate(_JOINERS)
    for block in _BLOCKS:
        found = block.cluster.sub(lambda m, b=block: _reorder_match(m, b), found)  # type: ignore[misc]
    return found


def _reorder_match(match: re.Match[str], block: _Block) -> str:
    first, last = "", ""
    for sign in match["signs"]:
        ahead, behind = block.split.get(sign, (sign, "") if sign in block.before else ("", sign))
        first, last = first + ahead, last + behind
    return first + match["body"] + last + (REPH if match["reph"] else "")
