"""A matrix as rows of texts are looked for in it: what each frame says of signs, separators and things to pass over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.decoding.ctc import LogProbs

Floats = NDArray[np.float64]
LEAST_SHARE = np.exp(-9.0)
# A slash and what it is taken for, and what else people write between sections.
_SEPARATORS = {"/": 0.0, "|": -0.2, "\\": -0.5, ",": -0.5, "&": -1.0, ".": -1.5, "-": -1.5, "(": -2.0, "J": -2.0}


@dataclass(frozen=True)
class Prices:
    """Natural logarithms. passing: of a frame that is passed over; missing: of no separator between two texts.

    stroke: of a digit 1 or a letter l as a separator. passed: of beginning to pass over something between texts.
    """

    # At -2 sections that were read plainly were passed over (docs/lab.md).
    passing: float = -6.0
    missing: float = -3.0
    stroke: float = -1.5
    passed: float = -1.5


@dataclass(frozen=True)
class Frames:
    """A matrix as the model takes it: said (frames, classes), blank, sign, passed (frames,), all probabilities."""

    said: Floats
    blank: Floats
    sign: Floats
    passed: Floats
    missing: float
    passing: float


def frames_of(matrix: LogProbs, characters: Sequence[str], prices: Prices) -> Frames:
    """What each frame says of signs, separators and things to pass over."""
    said = np.maximum(np.exp(matrix.astype(np.float64)), LEAST_SHARE)
    index = {c: i + 1 for i, c in enumerate(characters)}
    signs = {**_SEPARATORS, **dict.fromkeys("1lI", prices.stroke)}
    sign = sum((said[:, index[c]] * np.exp(price) for c, price in signs.items() if c in index), np.zeros(len(said)))
    blank = np.minimum(said[:, 0], 1 - 1e-6)
    passed = blank + (1 - blank) * np.exp(prices.passing)
    return Frames(
        said, blank, np.minimum(sign, 1.0), passed, float(np.exp(prices.missing)), float(np.exp(prices.passed))
    )
