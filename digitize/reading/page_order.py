"""Page numbers along a sequence of pages: missing numbers, and misplaced pages.

Each page has several candidate numbers, one of which may be right. Only numbers that continue over several pages are
trusted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_LEAST_RUN = 3
_LEAST_SHARE = 0.5
_SWITCH = 2.5
"""What a new count must win over the old one: more pages than two misread ones bring by chance."""
_MOST_MISSING = 20
_REACH = 12


@dataclass(frozen=True, slots=True)
class PageRun:
    """Consecutively numbered pages. offset: number minus position. matched: positions that show their number."""

    offset: int
    matched: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """A gap of count numbers between the pages numbered after and before, at two positions."""

    after: int
    before: int
    count: int
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Order:
    """Result. moved: position in the sequence, and the number on that page."""

    runs: tuple[PageRun, ...] = ()
    missing: tuple[Missing, ...] = ()
    moved: tuple[tuple[int, int], ...] = ()


def find_order(numbers: Sequence[Sequence[int]]) -> Order:
    """Follow the numbers along a sequence. numbers: candidates per page."""
    offsets = _likely_offsets(numbers)
    if not offsets:
        return Order()
    path = _best_path(numbers, offsets)
    runs = _runs(numbers, path)
    moved = tuple(m for run in runs for m in _find_moved(numbers, path, run))
    return Order(runs, _missing(runs, {place for place, _ in moved}), moved)


def _likely_offsets(numbers: Sequence[Sequence[int]]) -> list[int]:
    # A page votes once for a number, however often it stands there.
    votes = Counter(n - i for i, page in enumerate(numbers) for n in set(page))
    # Pages bring many numbers that are none of theirs; the path below costs places times offsets.
    return [offset for offset, count in votes.most_common(400) if count >= _LEAST_RUN]


def _best_path(numbers: Sequence[Sequence[int]], offsets: Sequence[int]) -> list[int]:
    """Offset at each position: most matching pages, fewest changes (Viterbi)."""
    score = [0.0] * len(offsets)
    back: list[list[int]] = []
    for i, page in enumerate(numbers):
        own = set(page)
        best = max(range(len(offsets)), key=score.__getitem__)
        came = [k if score[k] >= score[best] - _SWITCH else best for k in range(len(offsets))]
        score = [
            (score[k] if came[k] == k else score[best] - _SWITCH) + (i + offset in own)
            for k, offset in enumerate(offsets)
        ]
        back.append(came)
    at = max(range(len(offsets)), key=score.__getitem__)
    path = [0] * len(numbers)
    for i in range(len(numbers) - 1, -1, -1):
        path[i] = offsets[at]
        at = back[i][at]
    return path


def _runs(numbers: Sequence[Sequence[int]], path: Sequence[int]) -> tuple[PageRun, ...]:
    runs, begin = [], 0
    for end in range(1, len(path) + 1):
        if end < len(path) and path[end] == path[begin]:
            continue
        matched = tuple(i for i in range(begin, end) if i + path[begin] in numbers[i])
        # Its misread pages may be many, but not the most of it.
        if len(matched) >= _LEAST_RUN and len(matched) >= _LEAST_SHARE * (matched[-1] - matched[0] + 1):
            runs.append(PageRun(path[begin], matched))
        begin = end
    return tuple(runs)


def _find_moved(numbers: Sequence[Sequence[int]], path: Sequence[int], run: PageRun) -> list[tuple[int, int]]:
    """Positions within a run that show each other's numbers: a swap, or one page moved and the others shifted."""
    matched = set(run.matched)
    inside = range(run.matched[0], run.matched[-1] + 1)
    strange = {i for i in inside if i not in matched and path[i] == run.offset}
    claims = {
        i: n for i in strange for n in numbers[i]
        if n - run.offset in strange and 0 < abs(n - run.offset - i) <= _REACH
    }  # fmt: skip
    # A page belongs to the exchange when another bears its number as well.
    taken = {n - run.offset for n in claims.values()}
    return sorted((i, n) for i, n in claims.items() if i in taken)


def _missing(runs: Sequence[PageRun], moved: set[int]) -> tuple[Missing, ...]:
    """Gaps between consecutive runs."""
    out = []
    for before, behind in zip(runs, runs[1:], strict=False):
        left, right = before.matched[-1], behind.matched[0]
        skipped = behind.offset - before.offset
        # A longer leap, or one back, is taken for another count, not for leaves that are missing.
        if 0 < skipped <= _MOST_MISSING and not moved & {left, right}:
            out.append(Missing(left + before.offset, right + behind.offset, skipped, left, right))
    return tuple(out)
