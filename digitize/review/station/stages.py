"""What is wanted of one place next: a first key, a second by somebody else, a third to decide, a look at quality."""

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
    """An answer that is wanted. not_by: who may not give it. of_supervisor: whether it is the supervisor's."""

    purpose: str
    not_by: frozenset[str] = frozenset()
    of_supervisor: bool = False


def find_wanted_key(
    mode: KeyMode, past: Sequence[PastAnswer], *, is_sampled: bool = False, sent_back_at: int = 0
) -> WantedKey | None:
    """What is wanted of a place of which that was said, oldest first; None where it is settled.

    is_sampled: whether a second person looks at a single key, to see how good answers are. sent_back_at: the event by
    which its batch went back, 0 for none: single keys from before it are looked at by a second person.
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
    """Person -> the newest that they said; whoever thinks again takes back what they said before."""
    return {p.operator: p for p in drop_before_reopening(past) if p.state != RAISED and p.purpose != TEST}


def drop_before_reopening(past: Sequence[PastAnswer]) -> Sequence[PastAnswer]:
    """What was said since a place was opened again the last time."""
    opened = [i for i, p in enumerate(past) if p.state == OPENED]
    return past[opened[-1] + 1 :] if opened else past


def _is_decided(said: Sequence[PastAnswer]) -> bool:
    """Whether a third person decided, and nobody contradicted since."""
    return said[-1].purpose == THIRD and said[-1].state == SETTLED


def find_settling_answer(past: Sequence[PastAnswer]) -> PastAnswer | None:
    """The answer that was found right by more than the person who gave it; None where nobody else looked."""
    said = [p for p in drop_before_reopening(past) if p.purpose != TEST and p.state != RAISED]
    if not said:
        return None
    if _is_decided(said):
        return said[-1]
    keys = find_newest_keys(said)
    is_agreed = len(keys) > 1 and len({p.compared_text for p in keys.values()}) == 1
    return said[-1] if is_agreed else None
