"""Strokes drawn over whole rows, which cancel them: aslant from end to end, or level through the letters of a row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ocr.registers.grid import Grid, HalfGrid
from ocr.registers.ink import Marks
from ocr.registers.line import RuledLine
from ocr.registers.sheet import LevelSheet
from ocr.registers.span import Span

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_LEAST_LINES, _SAMPLES = 3, 40
_ASLANT_PX = 12.0
_MOST_SHARE = 0.25
_LEAST_COLUMNS, _LEAST_WRITTEN = 3, 0.08
_CROSSED_SHARE = 0.3
_MOST_BEYOND = 0.8
_INK_DEPTH = 40
_LEAST_DRAWN = 0.85
_ENDS = (0.1, 0.76)
_DEPTH = 0.45
_COARSE, _FINE = 24, 240
_LEAST_COARSE, _LEAST_FINE, _LONGEST_GAP = 0.85, 0.95, 6
_LEAST_FALL = 1.2
_STEP_PX = 2
_RULE_PX = 4


def without_strokes(sheet: LevelSheet, grid: Grid, marks: Marks) -> Grid:
    """A grid whose level lines are ruled ones alone; those that were drawn through a row are kept as its strokes."""
    halves = tuple(_part_strokes(sheet, half, marks) for half in grid.halves)
    return replace(grid, halves=halves) if any(a is not b for a, b in zip(halves, grid.halves, strict=True)) else grid


def _part_strokes(sheet: LevelSheet, half: HalfGrid, marks: Marks) -> HalfGrid:
    first, last = half.uprights[0].middle, half.uprights[-1].middle
    x0, x1 = (int(first + share * (last - first)) for share in (0.1, 0.9))
    if len(half.levels) < _LEAST_LINES:
        return half
    x = np.linspace(x0, x1, _SAMPLES).astype(int)
    # The ruled lines of a page all have one shape; a stroke has its own.
    shape = np.array([line.at[x] - half.bend[x] for line in half.levels])
    shape -= shape.mean(axis=1, keepdims=True)
    off = np.ptp(shape - np.median(shape, axis=0), axis=1)
    strokes = [
        o > _ASLANT_PX or _runs_through_letters(sheet, line, half, marks.letter_px)
        for o, line in zip(off, half.levels, strict=True)
    ]
    # Nobody strikes out so much: these are ruled lines.
    if not any(strokes) or sum(strokes) > _MOST_SHARE * len(strokes):
        return half
    kept = tuple(line for line, is_stroke in zip(half.levels, strokes, strict=True) if not is_stroke)
    drawn = tuple(line for line, is_stroke in zip(half.levels, strokes, strict=True) if is_stroke)
    return replace(half, levels=kept, strokes=(*half.strokes, *drawn))


def _runs_through_letters(sheet: LevelSheet, line: RuledLine, half: HalfGrid, letter: float) -> bool:
    """Whether a line runs through letters, in several columns: where there is ink, it is above and below the line."""
    first, last = (int(np.clip(u.middle, 8, sheet.width - 9)) for u in (half.uprights[0], half.uprights[-1]))
    x = np.arange(first, last)
    for upright in half.uprights:
        x = x[np.abs(x - upright.middle) > 2 * _RULE_PX]
    y = np.clip(line.at[x].round().astype(int), 2 * round(letter), sheet.height - 1 - 2 * round(letter))
    near, far = max(4, round(0.32 * letter)), round(1.25 * letter)
    pale = 255 - _INK_DEPTH
    ink = {d: np.min([sheet.image[y + d + k, x] for k in (-1, 0, 1)], axis=0) <= pale for d in (-far, -near, near, far)}
    both, either = ink[-near] & ink[near], ink[-near] | ink[near]
    beyond = np.zeros(len(x), np.bool_)
    for d in (-far, far):
        is_rule = np.any([np.abs(y + d - other.at[x]) <= _RULE_PX for other in half.levels], axis=0)
        beyond |= ink[d] & ~is_rule
    edges = np.array([u.middle for u in half.uprights])
    columns = np.unique(np.searchsorted(edges, x[both]))
    is_written = either.mean() >= _LEAST_WRITTEN and len(columns) >= _LEAST_COLUMNS
    is_middle = both.sum() >= _CROSSED_SHARE * either.sum() and beyond.sum() <= _MOST_BEYOND * either.sum()
    return bool(is_written and is_middle)


def is_cancelled(sheet: LevelSheet, half: HalfGrid, span: Span, marks: Marks) -> bool:
    """Whether a stroke runs over a whole row of one half."""
    wide = half.uprights[-1].middle - half.uprights[0].middle
    x0, x1 = (round(half.uprights[0].middle + share * wide) for share in _ENDS)
    reach = 0.3 * marks.letter_px
    for stroke in half.strokes:
        ends = [span.top.at[x] - reach <= stroke.at[x] <= span.bottom.at[x] + reach for x in (x0, x1)]
        if all(ends) and _is_drawn(sheet, half, stroke, np.arange(x0, x1)):
            return True
    return _aslant(sheet, half, span, marks, (x0, x1))


def _is_drawn(sheet: LevelSheet, half: HalfGrid, stroke: RuledLine, x: NDArray[np.int64]) -> bool:
    """Whether a stroke is seen nearly all along, between the columns too: a row of letters is not."""
    for upright in half.uprights:
        x = x[np.abs(x - upright.middle) > _RULE_PX]
    y = np.clip(stroke.at[x].round().astype(int), 3, sheet.height - 4)
    here = np.min([sheet.image[y + d, x] for d in (-2, -1, 0, 1, 2)], axis=0)
    return bool(len(x)) and float((255 - here >= _INK_DEPTH).mean()) >= _LEAST_DRAWN


def _aslant(sheet: LevelSheet, half: HalfGrid, span: Span, marks: Marks, ends: tuple[int, int]) -> bool:
    """Whether a straight stroke is seen that runs aslant over a row from end to end, dark all along."""
    letter = marks.letter_px
    if ends[1] - ends[0] < _FINE or not len(marks):
        return False
    thin = slice(None, None, 4)
    ink = marks.labels[thin, thin] > 0
    typical = float(np.median(255 - sheet.image[thin, thin][ink])) if ink.any() else 255.0
    # Few columns first: they rule out nearly all lines at a tenth of the cost.
    coarse = _window(sheet, half, span, letter, _DEPTH * typical, np.linspace(*ends, _COARSE).astype(int))
    high = len(coarse[0])
    begin, end = np.meshgrid(np.arange(0, high, _STEP_PX), np.arange(0, high, _STEP_PX), indexing="ij")
    steep = np.abs(begin - end) >= max(_LEAST_FALL * letter, _ASLANT_PX)
    begin, end = begin[steep].astype(float), end[steep].astype(float)
    if not len(begin):
        return False
    cover, _ = _cover(*coarse, begin, end)
    good = np.flatnonzero(cover >= _LEAST_COARSE)
    if not len(good):
        return False
    fine = _window(sheet, half, span, letter, _DEPTH * typical, np.linspace(*ends, _FINE).astype(int))
    cover, gap = _cover(*fine, begin[good], end[good])
    return bool(((cover >= _LEAST_FINE) & (gap <= _LONGEST_GAP)).any())


def _window(
    sheet: LevelSheet, half: HalfGrid, span: Span, letter: float, depth: float, x: NDArray[np.int64]
) -> tuple[Bools, Bools]:
    """Which pixels of a row are dark, at some columns, and which lie on no ruled line; both (height, columns)."""
    high = max(1, int(np.median(span.bottom.at[x] - span.top.at[x]) + 0.6 * letter))
    first = (span.top.at[x] - 0.3 * letter).round().astype(int)
    rows = np.clip(first[None] + np.arange(high)[:, None], 0, sheet.height - 1)
    dark = (255 - sheet.image[rows, x[None]]) >= depth
    dark[1:] |= dark[:-1].copy()
    dark[:-1] |= dark[1:].copy()
    return dark, _free(half, rows, x)


def _free(half: HalfGrid, rows: NDArray[np.int64], x: NDArray[np.int64]) -> Bools:
    """Which pixels lie on no ruled line."""
    free = np.ones(rows.shape, np.bool_)
    low, high = rows.min() - _RULE_PX, rows.max() + _RULE_PX
    for line in half.levels:
        if low <= line.middle + np.ptp(line.at) and line.middle - np.ptp(line.at) <= high:
            free &= np.abs(rows - line.at[x][None]) > _RULE_PX
    for line in half.uprights:
        free[:, np.abs(x - line.middle) <= _RULE_PX] = False
    return free


def _cover(dark: Bools, free: Bools, begin: Floats, end: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Share of the free pixels of straight lines that are dark, and their longest run of others, in columns.

    begin, end: of each line, its height in the first and in the last column.
    """
    count = dark.shape[1]
    at = np.arange(count)
    y = (begin[:, None] + (end - begin)[:, None] * np.linspace(0, 1, count)).round().astype(int)
    looked, held = free[y, at], dark[y, at]
    cover = (held & looked).sum(axis=1) / np.maximum(1, looked.sum(axis=1))
    run, longest = np.zeros(len(y), np.int64), np.zeros(len(y), np.int64)
    for i in range(count):
        run = np.where(held[:, i] | ~looked[:, i], 0, run + 1)
        longest = np.maximum(longest, run)
    return np.where(looked.mean(axis=1) >= 0.5, cover, 0.0), longest
