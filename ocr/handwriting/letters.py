"""How letters follow each other in names and in what else people write on forms: of two readings, which is likelier.

A letter is as likely as it was behind the same few letters in made-up texts, smoothed with shorter and shorter ones
(Witten and Bell 1991). training/fields/letters.py makes letters.npz.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from ocr.handwriting.packed import CHARACTERS

FILE = "letters.npz"
# Control characters, which no text holds.
START, END = "\x02", "\x03"
# Runs of four and of six letters read names as well, to a hundredth (docs/lab.md).
ORDER = 5
"""Letters that are counted together: one and the four before it."""
_CLASSES = {c: i + 1 for i, c in enumerate(CHARACTERS)}
_FOLDED = {c: i for i, c in enumerate(dict.fromkeys((*(c.casefold() for c in CHARACTERS), END)))}
_FOLDED_CLASSES = np.array([_FOLDED[c.casefold()] for c in (*CHARACTERS, END)])
Floats = NDArray[np.float64]


class Letters:
    """Counts of letters behind others, case folded."""

    def __init__(self, grams: Sequence[str], counts: Sequence[int]) -> None:
        """grams: letters of a text, up to ORDER of them, START and END among them; counts: how often each was seen."""
        self._behind: dict[str, list[tuple[int, int]]] = {}
        for gram, count in zip(grams, counts, strict=True):
            self._behind.setdefault(gram[:-1], []).append((_FOLDED[gram[-1]], count))
        self._chances: dict[str, Floats] = {}
        self._logs: dict[str, list[float]] = {}
        self._weights: dict[tuple[str, float, float], list[float]] = {}

    def logs_after(self, text: str) -> list[float]:
        """Natural logarithms of what comes behind a text: by class of a matrix, and last of all that it ends."""
        before = _context_of(text)
        logs = self._logs.get(before)
        if logs is None:
            logs = self._logs[before] = [0.0, *np.log(self._behind_all(before)[_FOLDED_CLASSES]).tolist()]
        return logs

    def weights(self, text: str, share: float, letter: float) -> list[float]:
        """What after gives, as factors: each chance to the power of share, that of a letter times e ** letter."""
        key = (_context_of(text), share, letter)
        found = self._weights.get(key)
        if found is None:
            logs = share * np.array(self.logs_after(text))
            found = self._weights[key] = np.exp([*(logs[:-1] + letter), logs[-1]]).tolist()
        return found

    def log(self, text: str) -> float:
        """Of a whole text, which ends."""
        logs = sum(self.logs_after(text[:at])[_CLASSES[c]] for at, c in enumerate(text))
        return logs + self.logs_after(text)[-1]

    def _behind_all(self, before: str) -> Floats:
        """How likely each folded letter is behind a few others, (len(_FOLDED),)."""
        chances = self._chances.get(before)
        if chances is None:
            chances = self._behind_all(before[1:]) if before else np.full(len(_FOLDED), 1 / len(_FOLDED))
            seen = self._behind.get(before, [])
            if seen:
                counts = np.zeros(len(_FOLDED))
                counts[[letter for letter, _ in seen]] = [count for _, count in seen]
                chances = (counts + len(seen) * chances) / (counts.sum() + len(seen))
            self._chances[before] = chances
        return chances


def _context_of(text: str) -> str:
    """What of a text the next letter is weighed by."""
    return (START + text[-ORDER:].casefold())[1 - ORDER :]


@cache
def load_letters() -> Letters:
    """Those of the package."""
    with resources.files("ocr.handwriting").joinpath(FILE).open("rb") as file, np.load(file, allow_pickle=False) as f:
        return Letters(f["grams"].tolist(), f["counts"].tolist())
