"""Counts of answers: how low a threshold is proved, and whether audited values contradict the guarantee.

Thresholds are tested along fixed sequences: one starts at .97 (lower for
a smaller promise) and goes down as long as each next threshold is proved
too, two others start elsewhere with a smaller part of the error budget (fixed sequence testing, Angelopoulos and
others, "Learn then test", 2021). No threshold is ever tried because it looks good in the answers at hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from digitize.workspace.calibration.error_bounds import evidence_above, evidence_below
from digitize.workspace.calibration.values import BlindAnswer, Terms

LADDER = (0.999, 0.995, 0.99, 0.985, 0.98, 0.97, 0.96, 0.95, 0.93, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5)

_BOOK_PART = 0.5
"""A book is closed at half the risk of a field: there are many books."""
_FEWEST = 10
_SUSPECT = 2.0


def starts_of(terms: Terms) -> tuple[tuple[float, float], ...]:
    """Where the sequences begin, and each one's part of the risk."""
    return (terms.start, 0.6), (0.9 if terms.start > 0.9 else 0.97, 0.2), (0.995, 0.2)


@dataclass(slots=True)
class Proof:
    """Answers counted at every step of the ladder, and how far down each sequence is proved."""

    terms: Terms
    answers: list[int] = field(default_factory=lambda: [0] * len(LADDER))
    wrong: list[int] = field(default_factory=lambda: [0] * len(LADDER))
    heads: list[int] = field(init=False)
    lowest: int | None = None
    total: int = 0

    def __post_init__(self) -> None:
        self.heads = [LADDER.index(start) for start, _ in starts_of(self.terms)]

    def count(self, answer: BlindAnswer) -> None:
        """Count an answer without testing."""
        self.total += 1
        for at, step in enumerate(LADDER):
            # Of what was asked from a floor on only, sure values are more than their share at the steps below it.
            if answer.confidence >= step >= answer.floor:
                self.answers[at] += 1
                self.wrong[at] += not answer.right

    def subtract(self, other: Proof) -> None:
        """Subtract another's counts."""
        self.total -= other.total
        for at in range(len(LADDER)):
            self.answers[at] -= other.answers[at]
            self.wrong[at] -= other.wrong[at]

    def see(self, answer: BlindAnswer) -> None:
        """Count an answer, and go on down as far as that proves."""
        self.count(answer)
        for number, (_, part) in enumerate(starts_of(self.terms)):
            while self.heads[number] < len(LADDER) and self._holds(self.heads[number], part):
                lowest = self.heads[number]
                self.lowest = lowest if self.lowest is None else max(lowest, self.lowest)
                self.heads[number] += 1

    @property
    def threshold(self) -> float | None:
        """The lowest proved threshold; of thresholds that pass the same answers the highest, since nothing is known in
        between.
        """
        if self.lowest is None:
            return None
        return next(step for at, step in enumerate(LADDER) if self.answers[at] == self.answers[self.lowest])

    def _holds(self, at: int, part: float) -> bool:
        n, wrong = self.answers[at], self.wrong[at]
        if n < _FEWEST:
            return False
        return evidence_below(wrong, n, self.terms.limit) >= 1 / (self.terms.risk * part)

    def is_refuted(self, threshold: float) -> bool:
        """Whether the answers show that this threshold does not hold."""
        at = next((n for n, step in enumerate(LADDER) if step <= threshold), len(LADDER) - 1)
        return evidence_above(self.wrong[at], self.answers[at], self.terms.limit) >= 1 / self.terms.risk

    def count_from(self, threshold: float) -> tuple[int, int]:
        """(answers, wrong ones) at or above a threshold, to the nearest step above."""
        at = max((n for n, step in enumerate(LADDER) if step >= threshold), default=0)
        return self.answers[at], self.wrong[at]


def answers_to_open(answers: int, wrong: int, terms: Terms) -> int:
    """How many more right answers where the proof begins open a threshold there, after so many of which some wrong."""
    _, part = starts_of(terms)[0]
    more = 0
    while evidence_below(wrong, answers + more, terms.limit) < 1 / (terms.risk * part):
        more += 1
    return more


@dataclass(slots=True)
class Watch:
    """Audited values by book; reports when they contradict the guarantee."""

    terms: Terms
    books: dict[str, list[int]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)

    def see(self, answer: BlindAnswer) -> bool:
        """Count an answer, and close its book if that alone fails. Returns whether all books together fail."""
        counts = self.books.setdefault(answer.book, [0, 0])
        counts[0] += 1
        counts[1] += not answer.right
        if self._fails(counts[0], counts[1], _BOOK_PART):
            self.closed.add(answer.book)
            # What is known of a book that does not pass any more says nothing of the others.
            del self.books[answer.book]
        return self._fails(*self.total(), 1.0)

    def suspects(self) -> tuple[str, ...]:
        """Books to sample more, since their audit is below the guarantee so far."""
        limit = self.terms.limit
        return tuple(sorted(b for b, (n, wrong) in self.books.items() if evidence_above(wrong, n, limit) >= _SUSPECT))

    def total(self) -> tuple[int, int]:
        """(answers, wrong ones) of the books that still pass."""
        return sum(c[0] for c in self.books.values()), sum(c[1] for c in self.books.values())

    def _fails(self, answers: int, wrong: int, part: float) -> bool:
        return evidence_above(wrong, answers, self.terms.limit) >= 1 / (self.terms.risk * part)
