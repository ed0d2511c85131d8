"""From answers to thresholds: proved from nothing by form and field, watched for ever, closed when they no longer hold.

All of it is one fold over the answers in their order, so the same answers always give the same thresholds, and looking
at them after every answer costs no certainty (`digitize.workspace.calibration.proof`).

A threshold is looked for along fixed sequences: one begins at .97 and goes down as long as each next threshold is
proved too, two others begin elsewhere with a smaller part of what we may be wrong (fixed sequence testing, Angelopoulos
and others, "Learn then test", 2021). No threshold is ever tried because it looks good in the answers at hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from math import ceil, log, log1p
from typing import Any

from digitize.workspace.calibration.proof import evidence_above, evidence_below

TOGETHER = "*"
"""Stands for all fields of a form taken together."""
LADDER = (0.999, 0.995, 0.99, 0.985, 0.98, 0.97, 0.96, 0.95, 0.93, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5)
_STARTS = ((0.97, 0.6), (0.9, 0.2), (0.995, 0.2))
"""Where the sequences begin, and each one's part of the risk."""
_BOOK_PART = 0.2
"""A book is closed at a fifth of the risk of a field: there are many books."""
_FEWEST = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person said of a value without seeing what the machine had made of it.

    form: the print or register. field: the zone or column. book: the volume. confidence: of the value that would have
    passed, 0 where none could. right: whether the person said the same.
    """

    form: str
    field: str
    book: str
    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """What is promised. right: share of what passes that is right, at least; certainty: with which that is so.

    together: whether fields without a threshold of their own may pass by one proved for all fields of the form.
    """

    right: float = 0.99
    certainty: float = 0.95
    together: bool = True

    @property
    def limit(self) -> float:
        """The share of what passes that may be wrong."""
        return 1 - self.right

    @property
    def risk(self) -> float:
        """The probability with which the promise may be broken."""
        return 1 - self.certainty

    @property
    def least_own(self) -> int:
        """Answers of its own without which a field passes with no others: a tenth of what a proof of its own takes."""
        return ceil(log(self.risk) / log1p(-self.limit) / 10)


@dataclass(frozen=True, slots=True)
class Measured:
    """Where one field of a form stands.

    threshold: from which a value passes, None while none does; by: "own", "together" (proved for the form's fields
    together) or "given" (calibration.toml). answers: given since it was last closed; passing: of these at or above the
    threshold, wrong: of these. audited, audited_wrong: answers since it was opened, on values that had passed.
    opened_after: answers until it opened first. closed: how often it was closed; books: closed by themselves.
    """

    form: str
    field: str
    threshold: float | None = None
    by: str = ""
    answers: int = 0
    passing: int = 0
    wrong: int = 0
    audited: int = 0
    audited_wrong: int = 0
    opened_after: int = 0
    closed: int = 0
    books: tuple[str, ...] = ()

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        return asdict(self)


def measured_from_plain(plain: Mapping[str, Any]) -> Measured:
    """What `Measured.as_plain` wrote."""
    return Measured(**{**plain, "books": tuple(plain["books"])})


def measure(answers: Iterable[Answer], terms: Terms, given: Mapping[str, float] | None = None) -> list[Measured]:
    """Every field of which something was answered, and each form's fields together, by form and field.

    answers: in the order in which they came. given: form -> a threshold that somebody measured otherwise; it holds
    until one is proved, or it is shown to be wrong.
    """
    measuring = Measuring(terms, given)
    for answer in answers:
        measuring.see(answer)
    return measuring.measured()


class Measuring:
    """The fold itself, answer by answer, for who asks in between what passes by now."""

    def __init__(self, terms: Terms, given: Mapping[str, float] | None = None) -> None:
        """Nothing was answered yet. terms, given: as `measure` takes them."""
        self._terms, self._given = terms, given or {}
        self._forms: dict[str, _Form] = {}

    def see(self, answer: Answer) -> None:
        """Take the next answer."""
        form = self._forms.get(answer.form)
        if form is None:
            form = self._forms[answer.form] = _Form(answer.form, self._terms, self._given.get(answer.form))
        form.see(answer)

    def measured(self) -> list[Measured]:
        """Where all fields stand now, by form and field."""
        return [m for name in sorted(self._forms) for m in self._forms[name].measured()]


@dataclass(slots=True)
class _Proof:
    """Answers counted at every step of the ladder, and how far down each sequence is proved."""

    terms: Terms
    answers: list[int] = field(default_factory=lambda: [0] * len(LADDER))
    wrong: list[int] = field(default_factory=lambda: [0] * len(LADDER))
    heads: list[int] = field(default_factory=lambda: [LADDER.index(start) for start, _ in _STARTS])
    lowest: int | None = None
    total: int = 0

    def count(self, answer: Answer) -> None:
        """Count an answer and prove nothing."""
        self.total += 1
        for at, step in enumerate(LADDER):
            if answer.confidence >= step:
                self.answers[at] += 1
                self.wrong[at] += not answer.right

    def without(self, other: _Proof) -> None:
        """Take out what another counted."""
        self.total -= other.total
        for at in range(len(LADDER)):
            self.answers[at] -= other.answers[at]
            self.wrong[at] -= other.wrong[at]

    def see(self, answer: Answer) -> None:
        """Count an answer, and go on down as far as that proves."""
        self.count(answer)
        for number, (_, part) in enumerate(_STARTS):
            while self.heads[number] < len(LADDER) and self._holds(self.heads[number], part):
                lowest = self.heads[number]
                self.lowest = lowest if self.lowest is None else max(lowest, self.lowest)
                self.heads[number] += 1

    @property
    def threshold(self) -> float | None:
        """The lowest one proved; of those that let the same answers pass the highest, for between nothing is known."""
        if self.lowest is None:
            return None
        return next(step for at, step in enumerate(LADDER) if self.answers[at] == self.answers[self.lowest])

    def _holds(self, at: int, part: float) -> bool:
        n, wrong = self.answers[at], self.wrong[at]
        if n < _FEWEST:
            return False
        return evidence_below(wrong, n, self.terms.limit) >= 1 / (self.terms.risk * part)

    def is_refuted(self, threshold: float) -> bool:
        """Whether all that was answered says that this threshold does not hold."""
        at = next((n for n, step in enumerate(LADDER) if step <= threshold), len(LADDER) - 1)
        return evidence_above(self.wrong[at], self.answers[at], self.terms.limit) >= 1 / self.terms.risk

    def counted(self, threshold: float) -> tuple[int, int]:
        """(answers, wrong ones) at or above a threshold, to the nearest step above."""
        at = max((n for n, step in enumerate(LADDER) if step >= threshold), default=0)
        return self.answers[at], self.wrong[at]


@dataclass(slots=True)
class _Watch:
    """Values that passed and were asked all the same, by book; says when they contradict the promise."""

    terms: Terms
    books: dict[str, list[int]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)

    def see(self, answer: Answer) -> bool:
        """Count an answer; close its book where that alone fails. Whether all books together fail."""
        counts = self.books.setdefault(answer.book, [0, 0])
        counts[0] += 1
        counts[1] += not answer.right
        if self._fails(counts[0], counts[1], _BOOK_PART) and len(self.books) > 1:
            self.closed.add(answer.book)
            # What is known of a book that does not pass any more says nothing of the others.
            del self.books[answer.book]
        return self._fails(*self.total(), 1.0)

    def total(self) -> tuple[int, int]:
        """(answers, wrong ones) of the books that still pass."""
        return sum(c[0] for c in self.books.values()), sum(c[1] for c in self.books.values())

    def _fails(self, answers: int, wrong: int, part: float) -> bool:
        return evidence_above(wrong, answers, self.terms.limit) >= 1 / (self.terms.risk * part)


class _Field:
    """One field of a form, or all of them together: proof, watch, and what came of them."""

    def __init__(self, form: str, name: str, terms: Terms) -> None:
        self.form, self.name, self.terms = form, name, terms
        self.proof, self.watch = _Proof(terms), _Watch(terms)
        self.count = self.opened_after = self.closed = 0
        # What it brought to the proof of all fields together; None from when its own answers spoke against it.
        self.brought: _Proof | None = _Proof(terms)

    def see(self, answer: Answer, passes_from: float | None) -> bool:
        """Take an answer. passes_from: the threshold that holds for it now, its own or another.

        Returns whether it counts for the proof: not if its book is closed, or if it was the one that closed all.
        """
        self.count += 1
        if answer.book in self.watch.closed:
            return False
        if passes_from is not None and answer.confidence >= passes_from and self.watch.see(answer):
            # All anew: what was proved is refuted, and only what comes from now on counts.
            closed = self.watch.closed
            self.proof, self.watch = _Proof(self.terms), _Watch(self.terms, closed=closed)
            self.closed += 1
            return False
        self.proof.see(answer)
        if self.proof.threshold is not None and not self.opened_after:
            self.opened_after = self.count
        return True


class _Form:
    """The fields of one form."""

    def __init__(self, name: str, terms: Terms, given: float | None) -> None:
        self.name, self.terms, self.given = name, terms, given
        self.all = _Field(name, TOGETHER, terms)
        self.fields: dict[str, _Field] = {}

    def see(self, answer: Answer) -> None:
        own = self.fields.get(answer.field)
        if own is None:
            own = self.fields[answer.field] = _Field(self.name, answer.field, self.terms)
        threshold, by = self._threshold(own, answer.book)
        # A field that passes nothing in a book says nothing of what passes there.
        if self.terms.together and own.brought is not None and answer.book not in own.watch.closed:
            was_closed = self.all.closed
            if self.all.see(answer, threshold if by == TOGETHER else None):
                own.brought.count(answer)
            elif self.all.closed > was_closed:
                self._begin_together_anew()
        own.see(answer, threshold)
        if own.brought is not None and self._is_refuted(own):
            # It must not pass with the others, so its answers say nothing of them either.
            self.all.proof.without(own.brought)
            own.brought = None

    def _begin_together_anew(self) -> None:
        for own in self.fields.values():
            own.brought = None if own.brought is None else _Proof(self.terms)

    def measured(self) -> list[Measured]:
        found = [self._measured(self.fields[name]) for name in sorted(self.fields)]
        return [self._of_all(), *found] if self.terms.together else found

    def _threshold(self, own: _Field, book: str = "") -> tuple[float | None, str]:
        """From which a value of a field passes, and by what; a field's own proof goes before all others."""
        if own.proof.threshold is not None:
            return own.proof.threshold, "own"
        if own.closed:
            return None, ""
        together = self.all.proof.threshold
        is_open = together is not None and book not in self.all.watch.closed and own.brought is not None
        if is_open and own.proof.counted(together or 1.0)[0] >= self.terms.least_own:
            return together, TOGETHER
        return self.given, "given" if self.given is not None else ""

    def _is_refuted(self, own: _Field) -> bool:
        """Whether a field's own answers say that it must not pass with the others."""
        together = self.all.proof.threshold
        return bool(own.closed) or own.proof.is_refuted(_STARTS[0][0] if together is None else together)

    def _measured(self, own: _Field) -> Measured:
        threshold, by = self._threshold(own)
        shared = self.all.watch.closed if by == TOGETHER else set()
        return _as_measured(own, threshold, "together" if by == TOGETHER else by, own.watch.closed | shared)

    def _of_all(self) -> Measured:
        return _as_measured(self.all, self.all.proof.threshold, "together", self.all.watch.closed)


def _as_measured(own: _Field, threshold: float | None, by: str, books: set[str]) -> Measured:
    passing, wrong = own.proof.counted(threshold) if threshold is not None else (0, 0)
    audited, audited_wrong = own.watch.total()
    return Measured(
        own.form, own.name, threshold, by if threshold is not None else "", own.proof.total, passing, wrong, audited,
        audited_wrong, own.opened_after, own.closed, tuple(sorted(books)),
    )  # fmt: skip
