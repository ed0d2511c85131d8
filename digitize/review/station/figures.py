"""Accuracy of answers: of those checked by others, or with a known answer, how many were right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from digitize.review.answer_history import OPENED, RAISED, TEST, THIRD, PastAnswer
from digitize.review.station.ledger_thread import Room
from digitize.review.station.stages import find_newest_keys, find_settling_answer
from digitize.workspace.calibration.error_bounds import right_between

_LEAST = 20
"""Answers looked at before a share is told at all."""


@dataclass(frozen=True, slots=True)
class AnswerFigure:
    """answers: given; looked_at: compared with settled values; right: of those. low, high: exact interval of the
    correct share. keys, active_s: keystrokes and seconds of all answers.
    """

    answers: int
    looked_at: int
    right: int
    low: float
    high: float
    keys: int = 0
    active_s: float = 0.0

    @property
    def share(self) -> float | None:
        """Correct share, None if too few were checked."""
        return self.right / self.looked_at if self.looked_at >= _LEAST else None

    @property
    def an_hour(self) -> int | None:
        """Answers per hour of work, None if not measured."""
        return round(self.answers * 3600 / self.active_s) if self.active_s > 60 else None

    def is_below(self, least: float) -> bool:
        """Whether the checked share is below the guarantee."""
        share = self.share
        return share is not None and share < least


def compute_own_figures(room: Room, name: str) -> AnswerFigure:
    """Figures of one person."""
    return dict(compute_person_figures(room)).get(name) or _Tally().compute_figure(room.options.certainty)


def compute_person_figures(room: Room) -> list[tuple[str, AnswerFigure]]:
    """Person and how their answers were, by name."""
    found = _tally_answers(room, lambda past: (past.operator,))
    return [(name, tally.compute_figure(room.options.certainty)) for (name,), tally in sorted(found.items())]


def compute_batch_figures(room: Room) -> list[tuple[str, AnswerFigure, list[tuple[str, str, AnswerFigure]]]]:
    """Batch, how its answers were, and the same by form and field; by batch."""
    certainty = room.options.certainty
    batches = _tally_answers(room, lambda past: (past.batch,))
    fields: dict[str, list[tuple[str, str, AnswerFigure]]] = defaultdict(list)
    by_field = _tally_answers(room, lambda past: (past.batch, past.form, past.field))
    for (batch, form, field), tally in sorted(by_field.items()):
        fields[batch].append((form, field, tally.compute_figure(certainty)))
    return [(b, tally.compute_figure(certainty), fields[b]) for (b,), tally in sorted(batches.items()) if b]


@dataclass
class _Tally:
    answers: int = 0
    looked_at: int = 0
    right: int = 0
    keys: int = 0
    active_ms: int = 0

    def add(self, past: PastAnswer, is_right: bool | None) -> None:
        self.answers += 1
        self.looked_at += is_right is not None
        self.right += is_right is True
        self.keys += past.keys
        self.active_ms += past.active_ms

    def compute_figure(self, certainty: float) -> AnswerFigure:
        low, high = right_between(self.right, self.looked_at, certainty)
        return AnswerFigure(self.answers, self.looked_at, self.right, low, high, self.keys, self.active_ms / 1000)


def _tally_answers(room: Room, group: Callable[[PastAnswer], tuple[str, ...]]) -> dict[tuple[str, ...], _Tally]:
    found: dict[tuple[str, ...], _Tally] = defaultdict(_Tally)
    for own in room.worklist.past.values():
        for past, is_right in judge_answers(own):
            found[group(past)].add(past, is_right)
    return found


def judge_answers(own: Sequence[PastAnswer]) -> Iterator[tuple[PastAnswer, bool | None]]:
    """Answers on one place, each with whether it was right; None if nobody else checked."""
    for item in dict.fromkeys(p.item for p in own):
        past = [p for p in own if p.item == item and p.state not in (RAISED, OPENED)]
        truth = find_settling_answer(past)
        last = find_newest_keys(past)
        for one in past:
            # Whoever thought again in time is judged by what they said last; who decided is judged by nobody.
            if one.purpose != TEST and last.get(one.operator) is not one:
                continue
            is_judge = truth is not None and one.client == truth.client and truth.purpose == THIRD
            yield one, None if truth is None or is_judge else one.compared_text == truth.compared_text
