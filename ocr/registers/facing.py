"""Rows across the gutter: those of the left-hand page found again on the right-hand page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ocr.registers.grid import HalfGrid
from ocr.registers.line import RuledLine
from ocr.registers.span import Span

_REACH_PX = 7.0
_INSIDE_PX = 8
_SAME_LEVELS = 0.6
_LEAST_LEVELS = 5


def is_level(left: HalfGrid, right: HalfGrid) -> bool:
    """Whether the level lines of two facing pages go on from one to the other; without lines they are taken to."""
    if min(len(left.levels), len(right.levels)) < _LEAST_LEVELS:
        return True
    return float(np.mean([going_on(x, left, right).support > 0 for x in left.levels[1:-1]])) >= _SAME_LEVELS


def match_right_rows(
    spans: Sequence[Span],
    left: HalfGrid,
    right: HalfGrid,
    numbered: Sequence[Span] | None,
    first: RuledLine | None = None,
) -> list[Span]:
    """The rows of the right-hand page that belong to those of the left, in their order.

    numbered: rows found on the right by themselves, where it has a number column of its own. first: foot of its header.
    """
    # What was written between rows has borders of its own, which take no line that is near by chance. By id, since
    # lines hold arrays, which have no hash.
    put = {id(line): 0.0 for s in spans if s.kind for line in (s.top, s.bottom)}
    # Not the first row's: above it lies the header's foot, which may be the only line that is seen.
    unruled = all(s.top.support == 0 for s in spans[1:])
    if unruled or is_level(left, right):
        reach = [(put.get(id(s.top), _REACH_PX), put.get(id(s.bottom), _REACH_PX)) for s in spans]
        pairs = [
            (going_on(s.top, left, right, a), going_on(s.bottom, left, right, b))
            for s, (a, b) in zip(spans, reach, strict=True)
        ]
        return [replace(s, top=a, bottom=b) for s, (a, b) in zip(spans, pairs, strict=True)]
    if numbered is not None and len(numbered) == len(spans):
        return list(numbered)
    return _with_thin(spans, _in_order([s for s in spans if not s.kind], left, right, first))


def going_on(line: RuledLine, left: HalfGrid, right: HalfGrid, reach_px: float = _REACH_PX) -> RuledLine:
    """The level line of the right-hand page that goes on from one of the left, or one put there where none was seen."""
    y = line.at[max(0, left.right - _INSIDE_PX)]
    x = min(right.left + _INSIDE_PX, len(line.at) - 1)
    near = min(right.levels, key=lambda r: abs(r.at[x] - y), default=None)
    if near is not None and abs(near.at[x] - y) <= reach_px:
        return near
    return RuledLine(right.bend - right.bend[x] + y, 0.0)


def _in_order(spans: Sequence[Span], left: HalfGrid, right: HalfGrid, first: RuledLine | None) -> list[Span]:
    """Rows of a right-hand page with heights of its own: its spaces from the first border on, one a row."""
    if not spans:
        return []
    begin = first or going_on(spans[0].top, left, right)
    x = (right.left + right.right) // 2
    lines = [begin, *(r for r in right.levels if r.at[x] > begin.at[x] + _INSIDE_PX)]
    found = []
    for i, span in enumerate(spans):
        if i + 1 < len(lines):
            found.append(replace(span, top=lines[i], bottom=lines[i + 1]))
        else:
            top, bottom = (RuledLine(going_on(b, left, right).at, 0.0) for b in (span.top, span.bottom))
            found.append(replace(span, top=top, bottom=bottom))
    return found


def _with_thin(spans: Sequence[Span], found: list[Span]) -> list[Span]:
    """Rows of a right-hand page with what stands between those of the left; on the right its place is not known."""
    rest = iter(found)
    whole: list[Span] = []
    for span in spans:
        if not span.kind:
            whole.append(next(rest))
        elif whole:
            whole.append(replace(span, top=whole[-1].bottom, bottom=whole[-1].bottom))
        else:
            whole.append(replace(span, top=found[0].top, bottom=found[0].top))
    return whole
