"""The columns of a half brought to the number that its register has: margins and weak lines out, missed ones in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ocr.geometry.ruled_paths import find_paths, strengths
from ocr.registers.grid import Grid, HalfGrid
from ocr.registers.ink import Marks, columns_of
from ocr.registers.line import RuledLine, confirm_lines
from ocr.registers.sheet import LevelSheet

Floats = NDArray[np.float64]

_MOST_OFF = 3
_FEW_MARKS = 0.12
_WEAK = 0.6
_FAINTEST = 0.14
_LEAST_CONFIRMED = 0.12
_NARROWEST_PX = 30
_MOST_WIDER = 7.0
_LEAST_BEYOND = 3


def fit_columns(sheet: LevelSheet, grid: Grid, half: HalfGrid, marks: Marks, wanted: int) -> HalfGrid:
    """A half with so many columns where that is within reach; else the half as it is."""
    if abs(len(half.uprights) - 1 - wanted) > _MOST_OFF:
        return half
    while len(half.uprights) - 1 > wanted:
        half = _with_one_less(half, marks)
    if len(half.uprights) - 1 < wanted:
        half = _with_faint(sheet, grid, half, wanted)
    return half


def widen_edges(half: HalfGrid, marks: Marks, top: int, bottom: int) -> HalfGrid:
    """A half whose outermost edges were put, not seen, moved outwards over writing that reaches across them.

    top, bottom: where the table's uprights begin and end.
    """
    lines = list(half.uprights)
    own = (marks.x >= half.left) & (marks.x < half.right) & (marks.y > top) & (marks.y < bottom)
    own &= marks.y1 - marks.y0 >= 0.5 * marks.letter_px
    for at, sign in ((0, -1), (-1, 1)):
        if lines[at].support > 0:
            continue
        edge = lines[at].middle
        reach = sign * (np.where(sign > 0, marks.x1, marks.x0) - edge)
        beyond = own & (reach > 0) & (reach < _MOST_WIDER * marks.letter_px)
        # On several heights: one word that runs over its edge tells nothing.
        if len(np.unique((marks.y[beyond] / (2 * marks.letter_px)).round())) >= _LEAST_BEYOND:
            lines[at] = lines[at].shift(sign * (float(np.percentile(reach[beyond], 95)) + 0.4 * marks.letter_px))
    return replace(half, uprights=tuple(lines))


def split_columns(
    half: HalfGrid, columns: Sequence[str], widths: Mapping[str, float]
) -> tuple[HalfGrid, tuple[str, ...]]:
    """A half with lines put where its named columns say that some beside them were not seen.

    columns: names of the half's columns, "_..." where unknown. widths: of all of the register's columns from the left.
    The widest column between two named ones, and the first before all named ones, are parted by these widths.
    """
    ids = list(widths)
    lines, names = list(half.uprights), list(columns)
    known = [i for i, name in enumerate(names) if name in widths]
    # From the right, so that what is put shifts nothing that is still to be looked at.
    for i, k in reversed(list(zip(known, known[1:], strict=False))):
        own = ids[ids.index(names[i]) : ids.index(names[k]) + 1]
        if len(own) > k - i + 1:
            widest = max(range(i, k + 1), key=lambda c: lines[c + 1].middle - lines[c].middle)
            parts = own[widest - i : widest - i + len(own) - (k - i)]
            lines[widest : widest + 2] = _part_evenly(lines[widest], lines[widest + 1], [widths[c] for c in parts])
            names[i : k + 1] = own
    if known and known[0] == 1 and ids.index(names[1]) > 1:
        parts = ids[: ids.index(names[1])]
        lines[:2] = _part_evenly(lines[0], lines[1], [widths[c] for c in parts])
        names[:1] = parts
    return replace(half, uprights=tuple(lines)), tuple(names)


def _part_evenly(left: RuledLine, right: RuledLine, widths: Sequence[float]) -> list[RuledLine]:
    """Two lines and those put between them, so that columns are so wide in proportion."""
    shares = np.cumsum(widths)[:-1] / np.sum(widths)
    return [left, *(RuledLine(left.at + share * (right.at - left.at), 0.0) for share in shares), right]


def carry_columns(half: HalfGrid, shares: Floats) -> HalfGrid:
    """A half whose columns lie where they lay on another page of the volume.

    shares: edges of columns there, 0 at the outermost on the left, 1 on the right. Lines that were seen near by stay.
    """
    first, last = half.uprights[0], half.uprights[-1]
    kept: list[RuledLine] = []
    for share in shares:
        at = first.at + share * (last.at - first.at)
        middle = float(np.median(at))
        near = min(half.uprights, key=lambda u: abs(u.middle - middle))
        kept.append(near if abs(near.middle - middle) < 0.015 * len(half.bend) else RuledLine(at, 0.0))
    return replace(half, uprights=tuple(kept))


def shares_of(half: HalfGrid) -> Floats:
    """Where the edges of a half's columns lie, 0 for the first to 1 for the last."""
    at = np.array([u.middle for u in half.uprights])
    return np.asarray((at - at[0]) / max(1.0, at[-1] - at[0]), np.float64)


def _with_one_less(half: HalfGrid, marks: Marks) -> HalfGrid:
    """Without a margin that was taken for a column, else without the line that was seen least."""
    lines = list(half.uprights)
    column = columns_of(half, marks.x, marks.y)
    own = (marks.x >= half.left) & (marks.x < half.right)
    count = np.array([(own & (column == i)).sum() for i in range(len(lines) - 1)])
    usual = float(np.median(count))
    # The emptier end is likelier a margin.
    emptier_first = sorted(((0, 0), (-1, len(lines) - 1)), key=lambda end: int(count[end[0]]))
    for at, edge in emptier_first:
        narrow = abs(lines[edge].middle - lines[1 if at == 0 else -2].middle) < _NARROWEST_PX
        if count[at] <= _FEW_MARKS * usual or narrow:
            del lines[edge]
            return replace(half, uprights=tuple(lines))
    inner = range(1, len(lines) - 1)
    weakest = min(inner, key=lambda i: lines[i].support)
    strong = float(np.median([u.support for u in lines[1:-1]]))
    if lines[weakest].support < _WEAK * strong:
        del lines[weakest]
    else:
        unseen = [at for at in (0, -1) if lines[at].support == 0]
        del lines[unseen[0] if len(unseen) == 1 else 0 if count[0] < count[-1] else -1]
    return replace(half, uprights=tuple(lines))


def _with_faint(sheet: LevelSheet, grid: Grid, half: HalfGrid, wanted: int) -> HalfGrid:
    """With the best of the lines too faint to be taken for lines before."""
    image = np.ascontiguousarray(sheet.image.T)
    strength = strengths(image, grid.top, grid.bottom)
    at = grid.top + (np.arange(len(strength)) + 0.5) * (grid.bottom - grid.top) / len(strength)
    rows = np.arange(sheet.height)
    lines = [RuledLine(np.interp(rows, at, p.at), p.support) for p in find_paths(strength, _FAINTEST)]
    low, high = half.uprights[0].middle + _NARROWEST_PX, half.uprights[-1].middle - _NARROWEST_PX
    fresh = [x for x in lines if low < x.middle < high]
    fresh = [x for x in fresh if min(abs(x.middle - u.middle) for u in half.uprights) >= _NARROWEST_PX]
    found = confirm_lines(image, fresh, grid.top, grid.bottom, _LEAST_CONFIRMED)
    found.sort(key=lambda x: -x.support)
    chosen: list[RuledLine] = list(half.uprights)
    for line in found:
        if len(chosen) - 1 < wanted and min(abs(line.middle - u.middle) for u in chosen) >= _NARROWEST_PX:
            chosen.append(RuledLine(line.at, min(line.support, 0.5)))
    return replace(half, uprights=tuple(sorted(chosen, key=lambda u: u.middle)))


def lacks_columns(grid: Grid, wanted: Sequence[int]) -> bool:
    """Whether a half shows another number of columns than it should have, so that some are put where none were seen.

    A right-hand page may have one more, which repeats the number of a row. On 13 such pages of 144 worn ones 28 cells
    of a hundred lay in the wrong column or row, on the others 2.
    """
    pairs = zip(grid.halves, wanted, strict=True)
    return any(
        len(half.uprights) - 1 not in (count, count + 1 if number else count)
        for number, (half, count) in enumerate(pairs)
    )
