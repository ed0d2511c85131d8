"""Columns of a volume found again on a later page, though some of their lines are not seen there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ocr.geometry.gutter import MIDDLE
from ocr.registers.grid import HalfGrid
from ocr.registers.line import RuledLine

Floats = NDArray[np.float64]

_NEAR = 0.013
_WIDTH = (0.5, 1.04)
_LEAST_MATCHED = 3
_LEAST_SHARE = 0.6
_UNMATCHED_COST = 0.7
_OFF_PAGE_COST = 1.0
_RIM_PX = 6


def align_columns(half: HalfGrid, shares: Floats) -> HalfGrid | None:
    """A half with the columns of its volume laid over the upright lines that are seen; None where they do not fit.

    shares: edges of columns on another page, 0 at the outermost on the left, 1 on the right.
    """
    seen = [u for u in half.uprights if u.support > 0]
    at = np.array([u.middle for u in seen])
    fit = _best_fit(at, shares, half.left, half.right)
    # A page on which all of its columns are seen keeps them, even where they do not fit the volume's.
    if fit is None or (len(seen) == len(half.uprights) == len(shares) and fit.lost):
        return None
    return _lay_columns(half, seen, at, fit.start + fit.scale * shares, _NEAR * fit.scale)


def other_gutter(halves: Sequence[HalfGrid], shares: Sequence[Floats]) -> int | None:
    """Where two pages must meet for the columns of their volume to fit the lines that are seen; None if nowhere."""
    at = np.array([u.middle for half in halves for u in half.uprights if u.support > 0])
    wide = halves[-1].right
    best, found = -np.inf, None
    for before, behind in zip(at, at[1:], strict=False):
        cut = round((before + behind) / 2)
        if not MIDDLE[0] * wide <= cut <= MIDDLE[1] * wide:
            continue
        fits = [_best_fit(at[at < cut], shares[0], 0, cut), _best_fit(at[at >= cut], shares[1], cut, wide)]
        score = sum(-np.inf if fit is None else fit.score for fit in fits)
        if score > best:
            best, found = score, cut
    return found


@dataclass(frozen=True, slots=True)
class _Fit:
    """A table's width, where it begins, how well the lines seen fit, and how many of them do not."""

    scale: float
    start: float
    score: float
    lost: int


def _best_fit(at: Floats, shares: Floats, left: int, right: int) -> _Fit | None:
    if len(at) < _LEAST_MATCHED:
        return None
    best: _Fit | None = None
    for scale, start in _fits(at, shares, right - left):
        edges = start + scale * shares
        off = np.abs(edges[:, None] - at[None, :])
        matched = int((off.min(axis=1) <= _NEAR * scale).sum())
        lost = int((off.min(axis=0) > _NEAR * scale).sum())
        outside = int(((edges < left - _RIM_PX) | (edges > right + _RIM_PX)).sum())
        score = matched - _UNMATCHED_COST * lost - _OFF_PAGE_COST * outside
        # Half at most, less than any line weighs: it settles which of two equal fits lies closer.
        score -= float(np.minimum(off.min(axis=1) / (_NEAR * scale), 1.0).mean()) / 2
        enough = matched >= max(_LEAST_MATCHED, _LEAST_SHARE * (len(shares) - 2))
        if enough and (best is None or score > best.score):
            best = _Fit(scale, start, score, lost)
    return best


def _fits(at: Floats, shares: Floats, wide: int) -> list[tuple[float, float]]:
    """Widths of a table and where it begins, by pairs of lines taken for pairs of edges."""
    low, high = (share * wide for share in _WIDTH)
    found = []
    for i, k in combinations(range(len(at)), 2):
        for j, m in combinations(range(len(shares)), 2):
            scale = (at[k] - at[i]) / max(1e-6, shares[m] - shares[j])
            if low <= scale <= high:
                found.append((float(scale), float(at[i] - scale * shares[j])))
    return found


def _lay_columns(half: HalfGrid, seen: list[RuledLine], at: Floats, edges: Floats, near_px: float) -> HalfGrid:
    """A half with edges at some places: lines seen near by stay, others run beside the nearest that is seen."""
    lines = []
    for edge in edges:
        nearest = seen[int(np.abs(at - edge).argmin())]
        off = float(edge) - nearest.middle
        lines.append(nearest if abs(off) <= near_px else nearest.shift(off))
    return replace(half, uprights=tuple(lines))
