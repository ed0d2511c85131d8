"""Split of corrected pages into training and test: the newest are the final test, the others cross-validate.

A dozen held-back pages alone can hardly show a gain. So training pages are split into folds, and each fold is read by
weights trained without it; the mean of all these weights is finally tested on the newest pages, which none of them saw
(ocr.learning.teach.mean_of).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

TURNS = 3
_HELD_SHARE, _MOST_HELD = 0.25, 60
_MOST_IN_TURNS = 60
"""Pages of the parts together that judge: more show no more, and each is read twice."""
Page = TypeVar("Page")


@dataclass(frozen=True, slots=True)
class JudgingTurn(Generic[Page]):
    """Training pages of a fold, and the pages read by the result."""

    taught: tuple[Page, ...]
    judging: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class TaughtAndHeld(Generic[Page]):
    """taught: pages used for training in some fold. held: the newest, used in none."""

    taught: tuple[Page, ...]
    held: tuple[Page, ...]
    turns: tuple[JudgingTurn[Page], ...]


def split(pages: Sequence[Page]) -> TaughtAndHeld[Page]:
    """Split pages, oldest first; needs at least two per fold and one more."""
    held = min(_MOST_HELD, max(1, round(_HELD_SHARE * len(pages))))
    # The newest: what will come is more like them than like the oldest.
    taught, newest = tuple(pages[:-held]), tuple(pages[-held:])
    parts = [set(range(part, len(taught), TURNS)) for part in range(TURNS)]
    first = max(0, len(taught) - _MOST_IN_TURNS)
    turns = [
        JudgingTurn(
            tuple(page for n, page in enumerate(taught) if n not in part),
            tuple(page for n, page in enumerate(taught) if n in part and n >= first),
        )
        for part in parts
    ]
    return TaughtAndHeld(taught, newest, tuple(turns))
