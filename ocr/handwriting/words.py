"""Scripts whose handwritten words are read, and their letters as classes of a matrix.

One network knows them all; a form is of one script, so what it says of the letters of others is shared out among those
that may stand there. Letters stand in the order of the paper (ocr/languages/visual.py).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np

from ocr.decoding.ctc import LogProbs
from ocr.languages.language import known_languages
from ocr.languages.visual import REPH

LATIN = "0123456789"
SIGNS = " .-/()':"
_ALONE = 1e-6


@dataclass(frozen=True, slots=True)
class WordScript:
    """A script. code: ISO 15924; letters: with signs and digits, each in NFC by itself."""

    code: str
    letters: str

    @property
    def characters(self) -> tuple[str, ...]:
        """What the classes of a matrix over this script stand for, after the blank."""
        return (*self.letters, REPH, *LATIN, *SIGNS)


def _letters(first: int, *parts: tuple[int, int]) -> str:
    """Code points of a block, from its first on, that are assigned and stay one in NFC."""
    some = (chr(first + n) for low, high in parts for n in range(low, high + 1))
    return "".join(c for c in some if unicodedata.category(c) != "Cn" and unicodedata.normalize("NFC", c) == c)


SCRIPTS: Mapping[str, WordScript] = MappingProxyType(
    {
        "Deva": WordScript("Deva", _letters(0x0900, (0x01, 0x4D), (0x64, 0x6F))),
        "Beng": WordScript("Beng", _letters(0x0980, (0x01, 0x57), (0x66, 0x71))),
    }
)
CHARACTERS: tuple[str, ...] = (*SCRIPTS["Deva"].letters, *SCRIPTS["Beng"].letters, REPH, *LATIN, *SIGNS)
"""The classes of the network after the blank."""


@cache
def word_scripts() -> Mapping[str, WordScript]:
    """The script of each language, two letters, that is written in one of these."""
    return {code: SCRIPTS[one.script] for code, one in known_languages().items() if one.script in SCRIPTS}


def as_script(matrix: LogProbs, characters: Sequence[str], script: WordScript) -> LogProbs:
    """A matrix over the characters of one script. matrix: (frames, 1 + len(characters)), natural logs, blank first."""
    index = {c: i + 1 for i, c in enumerate(characters)}
    said = np.exp(matrix[:, [0, *(index[c] for c in script.characters)]])
    return np.asarray(np.log(np.maximum(said / np.maximum(said.sum(1, keepdims=True), _ALONE), _ALONE)), np.float32)
