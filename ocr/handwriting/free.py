"""Free text in the matrices of a field: the readings that what was seen and how letters follow each other bear best.

A beam of prefixes goes over the frames (Hannun et al. 2014, CTC with a language model); what the passes of a line find
is weighed in all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

import numpy as np

from ocr.calibration.fields import Facts, spread
from ocr.decoding.ctc import LogProbs, greedy
from ocr.handwriting.chance import best_path, chances, code, drop_sure_blanks, shares
from ocr.handwriting.letters import ORDER, Letters
from ocr.handwriting.packed import CHARACTERS

_WEIGHT = 0.5
"""What letters that follow each other count beside what was seen."""
_LETTER = 0.7
"""Natural logarithm of what a letter more is worth, else short texts would always be likelier."""
_BEAM = 12
_MOST_FOUND = 6
_MOST_CLASSES = 8
_FAINT = -6.0
_SMALL = 1e-100
"""Below this probabilities are made whole, long before they vanish."""
_ROOT = 0
# A class of a matrix takes no more.
_BITS = 7
_FIRST = itemgetter(0)
_Held = tuple[int, float, float]


@dataclass(frozen=True)
class LineReading:
    """A reading. share: 0..1 of the probability among those that were compared. fit: natural logarithm, for a letter,
    of how likely the matrices hold it beside the likeliest of anything. agreed: likeness 0..1 of the passes' own
    readings.
    """

    text: str
    share: float
    fit: float
    agreed: float

    @property
    def facts(self) -> Facts:
        """What its probability is weighed by."""
        return (spread(self.share), max(-3.0, self.fit), self.agreed, min(1.0, len(self.text) / 30))


def read_line(passes: Sequence[LogProbs], letters: Letters) -> list[LineReading]:
    """Different readings of the passes of one line, the likeliest first; [] where nothing is seen."""
    from rapidfuzz.distance import Levenshtein

    short = [drop_sure_blanks(matrix) for matrix in passes]
    found = [_readings(matrix, letters) for matrix in short]
    plain = [greedy(matrix, CHARACTERS)[0].strip() for matrix in short]
    # The plain readings, too: the beam may have lost one.
    texts = [text for text in dict.fromkeys(t for some in (*found, plain) for t in some) if text]
    if not texts:
        return []
    coded = code(texts, CHARACTERS)
    seen = np.mean([chances(matrix, coded) for matrix in short], axis=0)
    known = np.array([_WEIGHT * letters.log(t) + _LETTER * len(t) for t in texts])
    best = float(np.mean([best_path(matrix) for matrix in short]))
    firsts = [some[0] for some in found]
    alike = [Levenshtein.normalized_similarity(firsts[0].casefold(), t.casefold()) for t in firsts[1:]]
    agreed = sum(alike) / len(alike) if alike else 1.0
    said = zip(texts, shares(seen + known).tolist(), seen.tolist(), strict=True)
    lines = [LineReading(text, share, (log - best) / len(text), agreed) for text, share, log in said]
    return sorted(lines, key=lambda line: (-line.share, line.text))


def _readings(matrix: LogProbs, letters: Letters) -> list[str]:
    """The likeliest texts of one matrix."""
    tree = _Prefixes(letters)
    # Of a prefix: how likely it is and ends in a blank, and in a letter; with its letters, which count once however it
    # is reached. Probabilities, made whole now and then: logarithms of sums would take three times as long.
    beam = [(_ROOT, 1.0, 0.0)]
    for row, classes in zip(np.exp(matrix.astype(np.float64)).tolist(), _classes(matrix), strict=True):
        blank = row[0]
        # Most frames are blank, and nothing grows there.
        if classes:
            beam = tree.grow_beam(beam, blank, [(c, row[c]) for c in classes])
        else:
            beam = [(node, (in_blank + in_letter) * blank, 0.0) for node, in_blank, in_letter in beam]
        most = beam[0][1] + beam[0][2]
        if most < _SMALL:
            beam = [(node, in_blank / most, in_letter / most) for node, in_blank, in_letter in beam]
    whole = [(-(in_blank + in_letter) * tree.factors(node)[-1], node) for node, in_blank, in_letter in beam]
    return [tree.text(node) for _, node in sorted(whole)[:_MOST_FOUND]]


class _Prefixes:
    """The beginnings of texts that were looked at, as a tree: each is its mother's and a letter."""

    def __init__(self, letters: Letters) -> None:
        self._letters = letters
        self._mothers, self._last, self._behind = [_ROOT], [0], [""]
        self._children: dict[int, int] = {}
        self._factors: list[list[float] | None] = [None]

    def grow_beam(self, beam: Sequence[_Held], blank: float, classes: Sequence[tuple[int, float]]) -> list[_Held]:
        """The likeliest prefixes a frame later, likeliest first. classes: what it may hold, and how likely."""
        stays: dict[int, list[float]] = {}
        # One that was never looked at is reached in one way alone.
        new: list[tuple[float, int, int]] = []
        for node, in_blank, in_letter in beam:
            both = in_blank + in_letter
            same = stays.setdefault(node, [0.0, 0.0])
            same[0] += both * blank
            last, factors = self._last[node], self.factors(node)
            for c, chance in classes:
                if c == last:
                    same[1] += in_letter * chance
                    came = in_blank * chance * factors[c]
                else:
                    came = both * chance * factors[c]
                child = self._children.get(node << _BITS | c)
                if child is None:
                    new.append((came, node, c))
                else:
                    stays.setdefault(child, [0.0, 0.0])[1] += came
        ranked = [(b + n, node, -1) for node, (b, n) in stays.items()]
        kept: list[_Held] = []
        for score, node, c in sorted(ranked + new, key=_FIRST, reverse=True)[:_BEAM]:
            if score <= 0.0:
                break
            in_blank, in_letter = stays[node] if c < 0 else (0.0, score)
            kept.append((node if c < 0 else self._child(node, c), in_blank, in_letter))
        return kept

    def factors(self, node: int) -> list[float]:
        """What each class behind a prefix weighs, by how letters follow each other, and last of all its end."""
        found = self._factors[node]
        if found is None:
            found = self._factors[node] = self._letters.weights(self._behind[node], _WEIGHT, _LETTER)
        return found

    def text(self, node: int) -> str:
        """All of a prefix."""
        signs = []
        while node != _ROOT:
            signs.append(CHARACTERS[self._last[node] - 1])
            node = self._mothers[node]
        return "".join(reversed(signs))

    def _child(self, node: int, c: int) -> int:
        child = self._children[node << _BITS | c] = len(self._last)
        self._mothers.append(node)
        self._last.append(c)
        self._behind.append((self._behind[node] + CHARACTERS[c - 1])[-ORDER:])
        self._factors.append(None)
        return child


def _classes(matrix: LogProbs) -> list[list[int]]:
    """Of each frame the letters that it may hold."""
    most = np.argpartition(-matrix, _MOST_CLASSES, axis=1)[:, :_MOST_CLASSES]
    kept = np.take_along_axis(matrix, most, 1) > _FAINT
    both = zip(most.tolist(), kept.tolist(), strict=True)
    return [[c for c, keep in zip(some, those, strict=True) if keep and c] for some, those in both]
