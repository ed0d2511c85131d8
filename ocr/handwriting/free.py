"""Free text in the matrices of a field: the readings that what was seen and how letters follow each other bear best.

A beam of prefixes goes over the frames (Hannun et al. 2014, CTC with a language model); what the passes of a line find
is weighed in all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log1p

import numpy as np

from ocr.calibration.fields import Facts, spread
from ocr.decoding.ctc import LogProbs, greedy
from ocr.handwriting.chance import best_path, chances, code, shares, shortened
from ocr.handwriting.letters import Letters
from ocr.handwriting.packed import CHARACTERS

_WEIGHT = 0.5
"""What letters that follow each other count beside what was seen."""
_LETTER = 0.7
"""Natural logarithm of what a letter more is worth, else short texts would always be likelier."""
_BEAM = 12
_MOST_FOUND = 6
_MOST_CLASSES = 8
_FAINT = -6.0
_NEVER = -1e30
_CLASSES = {c: i + 1 for i, c in enumerate(CHARACTERS)}


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

    short = [shortened(matrix) for matrix in passes]
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
    """The likeliest texts of one matrix. Of a prefix: logs that it ends in a blank, in a letter, and of its letters."""
    # Letters are weighed apart from what was seen: a prefix that is reached in several ways counts them once.
    beam: dict[str, tuple[float, float, float]] = {"": (0.0, _NEVER, 0.0)}
    for row, classes in zip(matrix.tolist(), _classes(matrix), strict=True):
        blank = row[0]
        # Most frames are blank, and nothing grows there.
        if not classes:
            beam = {text: (_added(b, n) + blank, _NEVER, known) for text, (b, n, known) in beam.items()}
            continue
        grown: dict[str, list[float]] = {}
        for text, (in_blank, in_letter, known) in beam.items():
            both = _added(in_blank, in_letter)
            last = _CLASSES[text[-1]] if text else 0
            same = grown.setdefault(text, [_NEVER, _NEVER, known])
            same[0] = _added(same[0], both + blank)
            behind = letters.after(text)
            for c in classes:
                if c == last:
                    same[1] = _added(same[1], in_letter + row[c])
                log = (in_blank if c == last else both) + row[c]
                longer = text + CHARACTERS[c - 1]
                entry = grown.get(longer)
                if entry is None:
                    grown[longer] = [_NEVER, log, known + _WEIGHT * behind[c] + _LETTER]
                else:
                    entry[1] = _added(entry[1], log)
        ranked = sorted(grown.items(), key=lambda one: -(_added(one[1][0], one[1][1]) + one[1][2]))[:_BEAM]
        beam = {text: (b, n, known) for text, (b, n, known) in ranked}
    whole = {t: _added(b, n) + known + _WEIGHT * letters.after(t)[-1] for t, (b, n, known) in beam.items()}
    return sorted(whole, key=lambda text: -whole[text])[:_MOST_FOUND]


def _classes(matrix: LogProbs) -> list[list[int]]:
    """Of each frame the letters that it may hold."""
    most = np.argpartition(-matrix, _MOST_CLASSES, axis=1)[:, :_MOST_CLASSES]
    kept = np.take_along_axis(matrix, most, 1) > _FAINT
    both = zip(most.tolist(), kept.tolist(), strict=True)
    return [[c for c, keep in zip(some, those, strict=True) if keep and c] for some, those in both]


def _added(a: float, b: float) -> float:
    """Logarithm of the sum of two probabilities."""
    if a < b:
        a, b = b, a
    return a + log1p(exp(b - a)) if b > _NEVER / 2 else a
