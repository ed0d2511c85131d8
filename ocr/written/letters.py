"""How letters follow each other in names and in what else people write on forms: of two readings, which is likelier.

A letter is as likely as it was behind the same few letters in made-up texts, smoothed with shorter and shorter ones
(Witten and Bell 1991). training/fields/letters.py makes letters.npz.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

import numpy as np

from ocr.written.packed import CHARACTERS

FILE = "letters.npz"
START, END = "\x02", "\x03"
ORDER = 5
"""Letters that are counted together: one and the four before it."""
_CLASSES = {c: i + 1 for i, c in enumerate(CHARACTERS)}
_ENDS = len(CHARACTERS) + 1


class Letters:
    """Counts of letters behind others, case folded."""

    def __init__(self, grams: Sequence[str], counts: Sequence[int]) -> None:
        """grams: letters of a text, up to ORDER of them, START and END among them; counts: how often each was seen."""
        self._behind: dict[str, dict[str, int]] = {}
        for gram, count in zip(grams, counts, strict=True):
            self._behind.setdefault(gram[:-1], {})[gram[-1]] = count
        self._rows: dict[str, list[float]] = {}

    def after(self, text: str) -> list[float]:
        """Natural logarithms of what comes behind a text: by class of a matrix, and last of all that it ends."""
        before = (START + text.casefold())[1 - ORDER :]
        row = self._rows.get(before)
        if row is None:
            chances = self._chances(before)
            logs = np.log(np.array([1.0, *(chances[c.casefold()] for c in CHARACTERS), chances[END]]))
            row = self._rows[before] = [float(x) for x in logs]
        return row

    def log(self, text: str) -> float:
        """Of a whole text, which ends."""
        logs = sum(self.after(text[:at])[_CLASSES[c]] for at, c in enumerate(text))
        return logs + self.after(text)[_ENDS]

    def _chances(self, before: str) -> Mapping[str, float]:
        known = dict.fromkeys((*(c.casefold() for c in CHARACTERS), END))
        chances = dict.fromkeys(known, 1 / len(known))
        for size in range(len(before) + 1):
            counts = self._behind.get(before[len(before) - size :])
            if counts is None:
                break
            kinds, total = len(counts), sum(counts.values())
            chances = {c: (counts.get(c, 0) + kinds * p) / (total + kinds) for c, p in chances.items()}
        return chances


@cache
def load_letters() -> Letters:
    """Those of the package."""
    with resources.files("ocr.written").joinpath(FILE).open("rb") as file, np.load(file) as f:
        return Letters(f["grams"].tolist(), f["counts"].tolist())
