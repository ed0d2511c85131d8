"""What was written between rows: entries squeezed in later, and years and the like that stand there for themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ocr.registers.line import RuledLine
from ocr.registers.span import HEADING, INSERTED, Span
from ocr.registers.writing import Entry, Writing

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_SMALL = 0.78
# Of fewer no height is the usual one.
_LEAST_ENTRIES = 3
_LEAST_MARK, _TALLEST = 0.42, 2.0
_LEAST_NUMBER = 0.35
_REACH = 0.35
_LEAST_COLUMNS = 2
_LEAST_SHARE = 0.5
_MOST_SQUEEZED, _SQUEEZED_SHARE = 2, 0.12
_MOST_APART = 1.7
_PAD = 0.15
_LARGE = 1.13
_YEAR_MARKS = (2, 5)
_YEAR_WIDE = (1.2, 4.2)
_FIGURES_WIDE = 1.6
_PART = 3.0
_ONE_LINE = 0.5
# Two marks alone may be a short word: to pass for a year they need as much room above as a line takes.
_MARGIN, _FREE, _FREE_OF_TWO = 0.1, 0.45, 1.2
_UNDERLINE = 0.5
_LEAST_SOLID = 0.5
_SNAP = 1.6


@dataclass(frozen=True, slots=True)
class Late:
    """One thing written between rows: its kind (INSERTED or HEADING), its top and foot, and which marks are its own."""

    kind: str
    top: float
    foot: float
    own: Bools

    @property
    def y(self) -> float:
        """Its middle."""
        return (self.top + self.foot) / 2


def find_late(writing: Writing, entries: Sequence[Entry], number: int) -> list[Late]:
    """What was written between rows, from the top. entries: those of the number column, which has that number."""
    if len(entries) < _LEAST_ENTRIES:
        return []
    squeezed = _between_rows(_find_squeezed(writing, entries, number), entries)
    return sorted(squeezed + _headings(writing, entries, number), key=lambda x: x.y)


def _find_squeezed(writing: Writing, entries: Sequence[Entry], number: int) -> list[Late]:
    """Low writing in the number column, beside other low writing on the same height."""
    usual = float(np.median([e.bottom - e.top for e in entries]))
    high = writing.bottom - writing.top
    counts = (high >= _LEAST_MARK * writing.letter_px) & (high <= _TALLEST * writing.letter_px)
    typical = {
        int(c): float(np.median(high[counts & (writing.column == c)])) for c in np.unique(writing.column[counts])
    }
    low = np.flatnonzero(counts & (writing.column == number) & (high <= _SMALL * usual))
    found = []
    for group in _groups(writing.y[low], _ONE_LINE * writing.letter_px):
        top, foot = float(writing.top[low[group]].min()), float(writing.bottom[low[group]].max())
        own = foot - top
        if not _LEAST_NUMBER * usual <= own <= _SMALL * usual:
            continue
        near = (writing.y > top - _REACH * own) & (writing.y < foot + _REACH * own)
        if (high[near & (writing.column == number)] > _SMALL * usual).any():
            continue
        columns = [int(c) for c in np.unique(writing.column[near & counts]) if c != number]
        lows = [c for c in columns if np.median(high[near & counts & (writing.column == c)]) <= _SMALL * typical[c]]
        if len(lows) >= _LEAST_COLUMNS and len(lows) >= _LEAST_SHARE * len(columns):
            found.append(_make_late(INSERTED, writing, near & np.isin(writing.column, [*lows, number])))
    return found


def _between_rows(squeezed: Sequence[Late], entries: Sequence[Entry]) -> list[Late]:
    """Those that stand between two entries no further apart than entries are; none where there are too many of them.

    Where an entry is worn, its remains are low as well, but then the next ones are far.
    """
    usual = [e.y for e in entries if not any(x.top - 2 <= e.y <= x.foot + 2 for x in squeezed)]
    if len(usual) < _LEAST_ENTRIES or len(squeezed) > max(_MOST_SQUEEZED, _SQUEEZED_SHARE * len(usual)):
        return []
    apart = float(np.median(np.diff(usual)))
    return [x for x in squeezed if 0 < _gap(x.y, usual, apart) <= _MOST_APART * apart]


def _gap(y: float, usual: Sequence[float], apart: float) -> float:
    """How far the entries above and below a height lie apart, 0.0 where none lies above it."""
    above = [u for u in usual if u < y]
    below = [u for u in usual if u > y]
    if not above:
        return 0.0
    return min(below) - max(above) if below else y - max(above) + 0.7 * apart


def _headings(writing: Writing, entries: Sequence[Entry], number: int) -> list[Late]:
    """A few large figures that stand for themselves: nothing else on their height, nothing close above them."""
    high = writing.bottom - writing.top
    large = high >= _LEAST_SOLID * writing.letter_px
    figures = large & (writing.column == number)
    if not figures.any():
        return []
    usual = float(np.median(high[figures]))
    tall = np.flatnonzero(large & (high >= _LARGE * usual) & (high <= 2.5 * usual) & (writing.column != number))
    found = []
    for group in _groups(writing.y[tall], _ONE_LINE * writing.letter_px):
        own = tall[group]
        top, foot = float(writing.top[own].min()), float(writing.bottom[own].max())
        near = large & (writing.y > top - _MARGIN * usual) & (writing.y < foot + _MARGIN * usual)
        above = large & np.isin(writing.column, writing.column[own]) & (writing.y < top)
        free = _FREE if len(own) > _YEAR_MARKS[0] else _FREE_OF_TWO  # two marks may be a short word of the row above
        is_free = not (above & (writing.bottom > top - free * usual)).any()
        if (
            is_free
            and near.sum() == len(own)
            and all(_is_year(writing, x) for x in _split_apart(writing, own, foot - top))
        ):
            beneath = (writing.y > top) & (writing.y < foot + _UNDERLINE * (foot - top))
            found.append(_make_late(HEADING, writing, near | beneath))
    return found


def _is_year(writing: Writing, own: Ints) -> bool:
    """Whether some marks are about as wide as four figures, and none of them is a long word."""
    high = float(writing.bottom[own].max() - writing.top[own].min())
    wide = float(writing.right[own].max() - writing.left[own].min())
    longest = float((writing.right[own] - writing.left[own]).max())
    fits = _YEAR_WIDE[0] * high <= wide <= _YEAR_WIDE[1] * high and longest <= _FIGURES_WIDE * high
    return fits and _YEAR_MARKS[0] <= len(own) <= _YEAR_MARKS[1]


def _split_apart(writing: Writing, own: Ints, high: float) -> list[Ints]:
    """Marks on one height in parts that lie further from each other than figures of a number do."""
    order = own[np.argsort(writing.left[own])]
    return np.split(order, np.flatnonzero(np.diff(writing.left[order]) > _PART * high) + 1)


def _groups(y: Floats, apart: float) -> list[Ints]:
    """Numbers of heights that lie close together."""
    order = np.argsort(y)
    return [g for g in np.split(order, np.flatnonzero(np.diff(y[order]) > apart) + 1) if len(g)]


def _make_late(kind: str, writing: Writing, own: Bools) -> Late:
    return Late(kind, float(writing.top[own].min()), float(writing.bottom[own].max()), own)


def with_late(
    spans: Sequence[Span],
    late: Sequence[Late],
    entries: Sequence[Entry],
    height: Callable[[RuledLine], float],
    border: Callable[[float, float, bool], RuledLine],
) -> list[Span]:
    """Rows with what was written between them; the rows beside it end or begin where it begins or ends.

    A row without a number of its own is not written beside: what is low there is what is left of its own.

    entries: the other entries of the number column. height: of a line. border: a line at a height, put there or the
    ruled one that lies no further than so much above it (below it, where the third is true).
    """
    found = list(spans)
    for x in late:
        host = next((i for i, s in enumerate(found) if height(s.top) <= x.y < height(s.bottom)), None)
        if x.kind == INSERTED and host is not None and not _holds(found[host], entries, height):
            found[host] = replace(found[host], numbered=True)
            continue
        pad = _PAD * (x.foot - x.top)
        reach = 0.0 if x.kind == INSERTED else _SNAP * (x.foot - x.top)
        top, foot = border(x.top - pad, reach, False), border(x.foot + pad, reach, True)
        before = sum(height(s.top) <= x.y for s in found) - 1
        if before >= 0 and height(found[before].bottom) > x.y:
            inside = [e.y for e in entries if height(found[before].top) <= e.y < height(found[before].bottom)]
            # It stands above that row's own entry, so it comes before the row.
            before -= bool(inside) and min(inside) > x.y
        if before >= 0 and height(found[before].bottom) > height(top):
            found[before] = replace(found[before], bottom=top)
        if before + 1 < len(found) and height(found[before + 1].top) < height(foot):
            found[before + 1] = replace(found[before + 1], top=foot)
        found.insert(before + 1, Span(top, foot, numbered=x.kind == INSERTED, kind=x.kind))
    return found


def _holds(span: Span, entries: Sequence[Entry], height: Callable[[RuledLine], float]) -> bool:
    """Whether an entry of the number column stands in a row."""
    return any(height(span.top) <= e.y < height(span.bottom) for e in entries)
