"""A line of free text in the matrices of a field: the reading on which its views agree most.

Words that are almost a usual name are taken for it where the matrix bears it nearly as well: "Mondal" for "Mondai".
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from ocr.ctc import LogProbs, greedy
from ocr.written.belief import Facts, spread
from ocr.written.chance import chances, code, folded_case

FILE = "names.toml"
_LEAST_LETTERS = 3
_MOST_WRONG = 3
_SHARE_WRONG = 0.4
_PASSING = 3.0
_LEAST = -6.0
_USUAL = 5.0
"""How much more likely a word is when it is a usual name, natural logarithm."""


@dataclass(frozen=True)
class Line:
    """A reading. sure: mean probability 0..1 of its symbols. agreed: likeness 0..1 to other views, 1 without any."""

    text: str
    sure: float
    agreed: float

    @property
    def facts(self) -> Facts:
        """What its probability is weighed by."""
        return (spread(self.sure), self.agreed, min(1.0, len(self.text) / 30))


def read_line(views: Sequence[LogProbs], characters: tuple[str, ...]) -> list[Line]:
    """Different readings of the views, the one most like the others first; empty ones are left out."""
    from rapidfuzz.distance import Levenshtein

    said = [(_with_usual_names(view, characters), greedy(view, characters)[1]) for view in views]
    texts = [text for text, _ in said]
    lines: dict[str, Line] = {}
    for at, (text, sure) in enumerate(said):
        others = [t for i, t in enumerate(texts) if i != at]
        alike = [Levenshtein.normalized_similarity(text.casefold(), t.casefold()) for t in others]
        line = Line(text, sure, sum(alike) / len(alike) if alike else 1.0)
        if text and (text not in lines or _worth(line) > _worth(lines[text])):
            lines[text] = line
    return sorted(lines.values(), key=lambda x: (-_worth(x), x.text))


def _worth(line: Line) -> float:
    return line.agreed * line.sure


def _with_usual_names(view: LogProbs, characters: tuple[str, ...]) -> str:
    """The plain reading of a view, its words as usual names where these are borne nearly as well."""
    words = _words(view, characters)
    return " ".join(_usual(view[start:end], word, characters) for word, start, end in words)


def _words(view: LogProbs, characters: tuple[str, ...]) -> list[tuple[str, int, int]]:
    """The words of the plain reading, each with its first frame and the one behind its last."""
    classes = view.argmax(1)
    starts = np.flatnonzero((classes != 0) & (np.diff(classes, prepend=0) != 0))
    found: list[tuple[str, int, int]] = []
    begun, word = 0, ""
    for frame in [*starts.tolist(), len(view)]:
        sign = characters[classes[frame] - 1] if frame < len(view) else " "
        if sign != " ":
            word += sign
            continue
        if word:
            found.append((word, begun, frame))
        begun, word = frame + 1, ""
    return found


def _usual(part: LogProbs, word: str, characters: tuple[str, ...]) -> str:
    letters = word.strip(".,:;-")
    near = _near(letters.casefold()) if len(letters) >= _LEAST_LETTERS and letters.isalpha() else ()
    if not near:
        return word
    coded = code([letters, *(_styled(name, letters) for name in near)], characters)
    favour = np.where(np.arange(len(coded.texts)) > 0, _USUAL, 0.0)
    logs = chances(folded_case(part, characters), coded, _PASSING, _LEAST) + favour
    return word.replace(letters, coded.texts[int(logs.argmax())], 1)


def _styled(name: str, like: str) -> str:
    return name.upper() if like.isupper() else name


def _near(word: str) -> tuple[str, ...]:
    """Usual names that differ in few letters; () when the word is one itself."""
    from rapidfuzz import process
    from rapidfuzz.distance import Levenshtein

    folded, names = _known()
    if word in folded:
        return ()
    most = min(_MOST_WRONG, round(_SHARE_WRONG * len(word)))
    found = process.extract(word, folded, scorer=Levenshtein.distance, score_cutoff=most, limit=12)
    return tuple(names[place] for _, _, place in found)


@cache
def _known() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Usual names, folded and as spelled."""
    listed = tomllib.loads((resources.files("ocr.written") / FILE).read_text(encoding="utf-8"))
    words = (word.strip(".") for text in listed.values() for word in text.split())
    names = tuple(dict.fromkeys(word for word in words if word.isalpha()))
    return tuple(name.casefold() for name in names), names
