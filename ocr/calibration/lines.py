"""How sure a line is: the probability that the whole of it is right, fitted on lines whose text is known.

Tesseract's own confidence is about letters and too high on worn print. What tells more is whether several passes over
one line agree. A logistic model of a few such facts is fitted for lines that were looked at once, for lines that were
looked at in several ways, and for those that a recogniser of our own read. Its numbers lie in lines.toml, made by
benchmarks/read.py --fit.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from ocr.calibration import logistic
from ocr.errors import FormError
from ocr.languages.script import close_slashes
from ocr.page import Candidate, Word

FILE = "lines.toml"
_FORMAT = 2
# Every pass reads an empty box as a digit, and surely: that passes agree tells nothing of such a line.
_BOXED = 0.2
# A share of 0 or 1 has no logit.
_LEAST = 0.002


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a line's reading, as the model takes it; all but passes 0..1.

    mean, least: confidence of the surest reading's words, weighted by length, and of its least sure word. agreed: how
    alike the readings are to the text. same: share of readings that are exactly the text. length: letters / 50.
    passes: number of readings. is_own: by a recogniser of our own, whose confidence is of another kind.
    is_boxed: empty boxes stand in the line for letters that a font did not have, so that no reading of it is right.
    """

    mean: float
    least: float
    agreed: float
    same: float
    length: float
    passes: int
    is_own: bool = False
    is_boxed: bool = False

    def row(self) -> tuple[float, ...]:
        """The numbers the model weighs: shares of doubt, on a scale that spreads the small ones."""
        return (
            _spread(self.mean),
            _spread(self.least),
            _spread(self.agreed),
            self.same,
            min(2.0, self.length),
        )


@dataclass(frozen=True)
class OnPages:
    """What brings the probability of a line that was given to that of one found on a page: a straight line on logits.

    languages: those whose pages it was fitted on; of others nothing is said.
    """

    shift: float = 0.0
    slope: float = 1.0
    languages: frozenset[str] = frozenset()

    def probability(self, given: float) -> float:
        """0..1 that the line is right, cut at .002 and .998; 0 stays 0. given: as for the picture of one line."""
        return logistic.predict((self.shift, self.slope), (_spread(given),)) if given > 0 else 0.0

    def undo(self, probability: float) -> float:
        """The way back."""
        return logistic.sigmoid((_spread(probability) - self.shift) / self.slope) if probability > 0 else 0.0


@dataclass(frozen=True)
class LineWeights:
    """Weights of the numbers of Facts.row, constant first: of lines looked at once, looked at again, and read by ours.

    languages: those whose lines it was fitted on; of others nothing is said. pages: for lines that were found on pages.
    """

    once: tuple[float, ...]
    again: tuple[float, ...]
    own: tuple[float, ...]
    languages: frozenset[str]
    pages: OnPages = field(default_factory=OnPages)

    def probability(self, facts: Facts) -> float:
        """0..1 that the whole line is right."""
        weights = self.own if facts.is_own else self.once if facts.passes <= 1 else self.again
        said = logistic.predict(weights, facts.row())
        return min(said, _BOXED) if facts.is_boxed else said


@cache
def load_model() -> LineWeights:
    """The package's model. Raises FormError when the file is not one."""
    path = resources.files("ocr.calibration") / FILE
    plain = tomllib.loads(path.read_text(encoding="utf-8"))
    width = 1 + len(Facts(0, 0, 0, 0, 0, 1).row())
    weights = [tuple(plain.get(name, ())) for name in ("once", "again", "own")]
    if plain.get("format") != _FORMAT or any(len(w) != width for w in weights):
        raise FormError(f"{FILE}: not a model of this version; make it with benchmarks/read.py --fit")
    once, again, own = weights
    found = plain.get("pages", {})
    pages = OnPages(found.get("shift", 0.0), found.get("slope", 1.0), frozenset(found.get("languages", ())))
    return LineWeights(once, again, own, frozenset(plain["languages"]), pages)


def facts_of(text: str, readings: Sequence[Candidate], words: Sequence[Word], agreed: float) -> Facts:
    """The facts of a voted text. readings: of all passes, empty ones too. words: of the surest reading."""
    letters = sum(len(w.text) for w in words)
    mean = sum(w.confidence * len(w.text) for w in words) / letters if letters else 0.0
    least = min((w.confidence for w in words), default=0.0)
    same = sum(close_slashes(r.text) == text for r in readings) / max(1, len(readings))
    return Facts(mean, least, agreed, same, len(text) / 50, len(readings))


def fit(facts: Sequence[Facts], right: Sequence[bool]) -> tuple[float, ...]:
    """Weights of a logistic model, constant first, by Newton's method with a small ridge.

    facts: of lines all looked at once, or all looked at again.
    """
    return logistic.fit([f.row() for f in facts], right)


def fit_pages(given: Sequence[float], right: Sequence[bool], languages: frozenset[str]) -> OnPages:
    """Fitted on lines of pages: what is said of them as of pictures of one line, and whether they are right."""
    shift, slope = logistic.fit([(_spread(p),) for p in given], right)
    # OnPages.given divides by the slope: a fit that found none would leave no way back.
    return OnPages(shift, max(slope, 0.1), languages)


def expected_calibration_error(
    confidence: NDArray[np.float64] | Sequence[float], right: NDArray[np.bool_] | Sequence[bool], bins: int = 10
) -> float:
    """Mean distance 0..1 between what was said and what was so, over bins of equal width, weighted by their sizes."""
    said, so = np.asarray(confidence, np.float64), np.asarray(right, np.float64)
    # A confidence of 1 falls into the last bin.
    place = np.minimum((said * bins).astype(int), bins - 1)
    return float(
        sum(
            abs(said[place == b].mean() - so[place == b].mean()) * (place == b).mean()
            for b in range(bins)
            if (place == b).any()
        )
    )


def _spread(share: float) -> float:
    return logistic.spread(share, _LEAST)
