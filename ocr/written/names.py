"""A line of free text in the matrices of a field: the reading on which its views agree most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ocr.ctc import LogProbs, greedy
from ocr.written.belief import Facts, spread


@dataclass(frozen=True)
class Line:
    """A reading. sure: mean probability 0..1 of its symbols. agreed: likeness 0..1 to what the other views say."""

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

    said = [(" ".join(text.split()), sure) for text, sure in (greedy(view, characters) for view in views)]
    texts = [text for text, _ in said]
    lines: dict[str, Line] = {}
    for at, (text, sure) in enumerate(said):
        others = [t for i, t in enumerate(texts) if i != at]
        alike = [Levenshtein.normalized_similarity(text.casefold(), t.casefold()) for t in others]
        line = Line(text, sure, sum(alike) / len(alike) if alike else 0.0)
        if (
            text
            and line.agreed * line.sure
            > lines.get(text, Line("", 0.0, 0.0)).agreed * lines.get(text, Line("", 0.0, 0.0)).sure
        ):
            lines[text] = line
        elif text:
            lines.setdefault(text, line)
    return sorted(lines.values(), key=lambda x: (-x.agreed * x.sure, x.text))
