"""Thresholds from answers: proved by form and field, audited continuously, closed when they no longer hold.

A single fold over the answers in order, so the same answers always give the same thresholds, and checking after every
answer costs no certainty (`digitize.workspace.calibration.error_bounds`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from digitize.workspace.calibration.error_bounds import chance_of_as_many, evidence_above
from digitize.workspace.calibration.threshold_proof import Proof, Watch
from digitize.workspace.calibration.values import TOGETHER, BlindAnswer, Measured, Terms


def measure(answers: Iterable[BlindAnswer], terms: Terms, given: Mapping[str, float] | None = None) -> list[Measured]:
    """State of every answered field, and of each form's fields together, by form and field.

    answers: in order of arrival. given: form -> a threshold measured elsewhere; it applies until one is proved, or it
    is refuted.
    """
    measuring = Measuring(terms, given)
    for answer in answers:
        measuring.see(answer)
    return measuring.list_fields()


class Measuring:
    """The fold, answer by answer, for callers that query in between."""

    def __init__(self, terms: Terms, given: Mapping[str, float] | None = None) -> None:
        """No answers yet. terms, given: as for `measure`."""
        self._terms, self._given = terms, given or {}
        self._families: dict[str, _Family] = {}

    def see(self, answer: BlindAnswer) -> None:
        """Take the next answer."""
        # An answer on a form that was given a threshold of its own counts for that form alone.
        name = answer.form if answer.form in self._given else answer.family or answer.form
        if name not in self._families:
            self._families[name] = _Family(name, self._terms, self._given)
        self._families[name].see(answer)

    def list_fields(self) -> list[Measured]:
        """State of all fields, by form and field."""
        found = (m for name in sorted(self._families) for m in self._families[name].list_fields())
        return sorted(found, key=lambda m: (m.form, m.field))


_LOOKS_EVERY = 20
"""Answers after which groups are compared, besides after every wrong one."""


class _Group:
    """Answers that are measured together unless they differ, where the proof begins: of one print, or of one office."""

    def __init__(self) -> None:
        self.answers = self.wrong = 0

    def count(self, answer: BlindAnswer) -> None:
        self.answers += 1
        self.wrong += not answer.right

    def differs(self, whole: _Group, terms: Terms) -> bool:
        """Whether more of it is wrong than is promised, and significantly more than of all others together.

        Fisher's exact test, at half the risk. It is made again and again, so a group that is like the others is parted
        from them a little more often than that; this costs answers and no rightness.
        """
        others = whole.answers - self.answers
        if not others or self.wrong <= terms.limit * self.answers:
            return False
        return chance_of_as_many(self.wrong, self.answers, whole.wrong - self.wrong, others) <= terms.risk / 2


class _Family:
    """The prints of one form, and the offices whose answers were taken in, measured together.

    A print that differs is measured by itself; of an office that differs nothing is taken; where this office differs
    from all others, nothing of them is.
    """

    def __init__(self, name: str, terms: Terms, given: Mapping[str, float]) -> None:
        self.name, self.terms, self.given = name, terms, given
        self.answers: list[BlindAnswer] = []
        self.others: list[BlindAnswer] = []
        self.own_sure = 0
        self.parted: set[str] = set()
        self.left_out: set[str] = set()
        self._begin()

    def _begin(self) -> None:
        self.forms: dict[str, _Form] = {}
        self.prints: dict[str, _Group] = defaultdict(_Group)
        self.offices: dict[str, _Group] = defaultdict(_Group)
        self.whole = _Group()

    def see(self, answer: BlindAnswer) -> None:
        """Take the next answer."""
        # Answers of other offices wait for enough of this one that say whether it is like them.
        if answer.office and self.own_sure < self.terms.least_own:
            self.others.append(answer)
            return
        self.answers.append(answer)
        self.own_sure += not answer.office and answer.confidence >= self.terms.start
        if self.others and self.own_sure >= self.terms.least_own:
            self.answers, self.others = [*self.others, *self.answers], []
            self._fold_all()
        elif self._take(answer):
            self._fold_all()

    def _fold_all(self) -> None:
        self._begin()
        # Each parting folds all answers anew; there are no more of them than prints and offices.
        while any(self._take(answer) for answer in self.answers):
            self._begin()

    def _take(self, answer: BlindAnswer) -> bool:
        """Process an answer. Returns whether it parted a group from the others, so that all must be folded anew."""
        if answer.office in self.left_out:
            return False
        alone = answer.form in self.parted
        key = answer.form if alone else ""
        if key not in self.forms:
            self.forms[key] = _Form(answer.form, self.terms, self.given.get(answer.form))
        self.forms[key].see(answer)
        if alone or answer.confidence < self.terms.start:
            return False
        for group in (self.prints[answer.form], self.offices[answer.office], self.whole):
            group.count(answer)
        return (not answer.right or self.whole.answers % _LOOKS_EVERY == 0) and self._part()

    def _part(self) -> bool:
        """Part a print or an office that differs from all others. Returns whether there was one."""
        prints = {name for name, group in self.prints.items() if group.differs(self.whole, self.terms)}
        offices = {name for name, group in self.offices.items() if group.differs(self.whole, self.terms)}
        self.parted |= prints
        self.left_out |= {*self.offices} - {""} if "" in offices else offices
        return bool(prints or offices)

    def list_fields(self) -> Iterator[Measured]:
        for key, form in self.forms.items():
            prints = () if key else tuple(sorted(self.prints))
            for m in form.list_fields():
                if len(prints) < 2:
                    yield replace(m, form=key or (prints or (form.name,))[0])
                else:
                    enough = (p for p in prints if self.prints[p].answers >= self.terms.least_of_print)
                    yield replace(m, form=self.name, prints=tuple(enough))


class _Field:
    """One field of a form, or all together: proof, audit, and results."""

    def __init__(self, form: str, name: str, terms: Terms) -> None:
        self.form, self.name, self.terms = form, name, terms
        self.proof, self.watch = Proof(terms), Watch(terms)
        self.count = self.opened_after = self.closed = 0
        # What it brought to the proof of all fields together; None from when its own answers spoke against it.
        self.brought: Proof | None = Proof(terms)

    def see(self, answer: BlindAnswer, passes_from: float | None) -> bool:
        """Process an answer. passes_from: current threshold, its own or another.

        Returns whether it counts for the proof: not if its book is closed, or if it closed everything.
        """
        self.count += 1
        if answer.book in self.watch.closed:
            return False
        if passes_from is not None and answer.confidence >= passes_from and self.watch.see(answer):
            # All anew: what was proved is refuted, and only what comes from now on counts.
            closed = self.watch.closed
            self.proof, self.watch = Proof(self.terms), Watch(self.terms, closed=closed)
            self.closed += 1
            return False
        self.proof.see(answer)
        if self.proof.threshold is not None and not self.opened_after:
            self.opened_after = self.count
        return True

    def trial_threshold(self) -> float | None:
        """Threshold at which its answers count for their volume before anything passes; None if it may be bad
        itself.
        """
        start = self.terms.start
        answers, wrong = self.proof.count_from(start)
        has_proved = answers >= self.terms.least_own and evidence_above(wrong, answers, self.terms.limit) < 1
        return start if has_proved else None


class _Form:
    """Fields of one form."""

    def __init__(self, name: str, terms: Terms, given: float | None) -> None:
        self.name, self.terms, self.given = name, terms, given
        self.answers: list[BlindAnswer] = []
        self.closed: set[str] = set()
        self._begin()

    def _begin(self) -> None:
        self.all = _Field(self.name, TOGETHER, self.terms)
        self.fields: dict[str, _Field] = {}
        # A hand or a bad scan shows in all fields of a volume, long before one of them has enough answers.
        self.watch = Watch(self.terms)

    def see(self, answer: BlindAnswer) -> None:
        """Process the next answer. Once a volume is closed, all its answers are discarded."""
        if answer.book in self.closed:
            return
        self.answers.append(answer)
        waiting = [answer]
        while waiting:
            self._take(waiting.pop(0))
            if self.watch.closed:
                self.closed |= self.watch.closed
                self.answers = [a for a in self.answers if a.book not in self.closed]
                waiting = list(self.answers)
                self._begin()

    def _take(self, answer: BlindAnswer) -> None:
        own = self.fields.get(answer.field)
        if own is None:
            own = self.fields[answer.field] = _Field(self.name, answer.field, self.terms)
        threshold, by = self._threshold(own, answer.book)
        watched = threshold if threshold is not None else own.trial_threshold()
        if watched is not None and answer.confidence >= watched:
            self.watch.see(answer)
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
            self.all.proof.subtract(own.brought)
            own.brought = None

    def _begin_together_anew(self) -> None:
        for own in self.fields.values():
            own.brought = None if own.brought is None else Proof(self.terms)

    def list_fields(self) -> list[Measured]:
        found = [self._measure_field(self.fields[name]) for name in sorted(self.fields)]
        return [self._measure_together(), *found] if self.terms.together else found

    def _threshold(self, own: _Field, book: str = "") -> tuple[float | None, str]:
        """Threshold of a field and its origin; a field's own proof takes precedence."""
        if own.proof.threshold is not None:
            return own.proof.threshold, "own"
        if own.closed:
            return None, ""
        together = self.all.proof.threshold
        is_open = together is not None and book not in self.all.watch.closed and own.brought is not None
        if is_open and own.proof.count_from(together or 1.0)[0] >= self.terms.least_own:
            return together, TOGETHER
        return self.given, "given" if self.given is not None else ""

    def _is_refuted(self, own: _Field) -> bool:
        """Whether a field's own answers show that it must not pass with the others."""
        together = self.all.proof.threshold
        return bool(own.closed) or own.proof.is_refuted(self.terms.start if together is None else together)

    def _measure_field(self, own: _Field) -> Measured:
        threshold, by = self._threshold(own)
        shared = self.all.watch.closed if by == TOGETHER else set()
        books = own.watch.closed | shared | self.closed
        return _as_measured(own, threshold, "together" if by == TOGETHER else by, books, self.watch.suspects())

    def _measure_together(self) -> Measured:
        return _as_measured(self.all, self.all.proof.threshold, "together", self.all.watch.closed | self.closed, ())


def _as_measured(own: _Field, threshold: float | None, by: str, books: set[str], suspects: tuple[str, ...]) -> Measured:
    passing, wrong = own.proof.count_from(threshold) if threshold is not None else (0, 0)
    audited, audited_wrong = own.watch.total()
    return Measured(
        own.form, own.name, threshold, by if threshold is not None else "", own.proof.total, passing, wrong, audited,
        audited_wrong, own.opened_after, own.closed, tuple(sorted(books)), suspects,
        (), *own.proof.count_from(own.terms.start),
    )  # fmt: skip
