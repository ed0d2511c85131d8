"""Which corrected pages teach and which judge: the newest judge what was learned, the others judge each other in turns.

Of a dozen pages held back alone hardly any gain can be shown. So pages that teach are dealt into parts, and each part
is read by weights that were taught without it; what all these weights say in the mean is what is judged at last, on the
newest pages, which none of them saw (ocr.learning.teach.mean_of).
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
    """What is taught, and the pages that are read by what was learned from it."""

    taught: tuple[Page, ...]
    judging: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class TaughtAndHeld(Generic[Page]):
    """taught: all pages that teach in some turn. held: the newest, which teach in none."""

    taught: tuple[Page, ...]
    held: tuple[Page, ...]
    turns: tuple[JudgingTurn[Page], ...]


def split(pages: Sequence[Page]) -> TaughtAndHeld[Page]:
    """Pages, the oldest first, as they teach and judge; at least two for each turn and one more are needed."""
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
