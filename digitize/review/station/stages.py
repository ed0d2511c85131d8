"""Next answer needed for a place: first keying, second keying by another person, a third to decide, a quality check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digitize.review.answer_history import (
    FIRST,
    OPENED,
    RAISED,
    SAMPLE,
    SECOND,
    SENT_BACK,
    SETTLED,
    TEST,
    THIRD,
    PastAnswer,
)
from digitize.workspace.options import KeyMode


@dataclass(frozen=True, slots=True)
class WantedKey:
    """A wanted answer. not_by: who may not give it. of_supervisor: reserved for a supervisor."""

    purpose: str
    not_by: frozenset[str] = frozenset()
    of_supervisor: bool = False


def find_wanted_key(
    mode: KeyMode, past: Sequence[PastAnswer], *, is_sampled: bool = False, sent_back_at: int = 0
) -> WantedKey | None:
    """Next answer wanted on a place, given its answers, oldest first; None if it is settled.

    is_sampled: a second person checks a single keying for quality. sent_back_at: event by which its batch was sent
    back, 0 for none: earlier single keyings are checked by a second person.
    """
    said = [p for p in drop_before_reopening(past) if p.purpose != TEST]
    if said and said[-1].state == RAISED:
        return WantedKey(FIRST, of_supervisor=True)
    keys = find_newest_keys(said)
    if not keys:
        return WantedKey(FIRST)
    if _is_decided(said):
        return None
    names = frozenset(keys)
    if len({p.compared_text for p in keys.values()}) > 1:
        return WantedKey(THIRD, not_by=names)
    if len(keys) > 1:
        return None
    (only,) = keys.values()
    if mode != "single":
        return WantedKey(SECOND, not_by=names)
    if only.seq < sent_back_at:
        return WantedKey(SENT_BACK, not_by=names)
    return WantedKey(SAMPLE, not_by=names) if is_sampled else None


def find_newest_keys(past: Sequence[PastAnswer]) -> dict[str, PastAnswer]:
    """Person -> newest answer; a later answer replaces a person's earlier one."""
    return {p.operator: p for p in drop_before_reopening(past) if p.state != RAISED and p.purpose != TEST}


def drop_before_reopening(past: Sequence[PastAnswer]) -> Sequence[PastAnswer]:
    """Answers since a place was last reopened."""
    opened = [i for i, p in enumerate(past) if p.state == OPENED]
    return past[opened[-1] + 1 :] if opened else past


def _is_decided(said: Sequence[PastAnswer]) -> bool:
    """Whether a third person decided, without contradiction since."""
    return said[-1].purpose == THIRD and said[-1].state == SETTLED


def find_settling_answer(past: Sequence[PastAnswer]) -> PastAnswer | None:
    """The answer confirmed by somebody else; None if nobody else checked."""
    said = [p for p in drop_before_reopening(past) if p.purpose != TEST and p.state != RAISED]
    if not said:
        return None
    if _is_decided(said):
        return said[-1]
    keys = find_newest_keys(said)
    is_agreed = len(keys) > 1 and len({p.compared_text for p in keys.values()}) == 1
    return said[-1] if is_agreed else None
