"""Where two pages of a register meet on one scan: no level line runs there, or the form says that there are two."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ocr.geometry.gutter import MIDDLE, gaps, mask_between, widest
from ocr.geometry.ruled_paths import Path, find_paths, strengths
from ocr.registers.line import RuledLine, confirm_lines
from ocr.registers.sheet import LevelSheet

Floats = NDArray[np.float64]

_LEAST_LEVEL = 0.3
_LEAST_SEEN = 1.5
# At a gutter far fewer level lines cross than anywhere inside the table.
_GAP = 0.35
_RIM = 0.06
# Two pages meet near the middle: of two quiet stretches the one nearer to it may be a little shorter.
_OFF_COST = 0.25
_SEEN_THROUGH = 0.25
_STRONG = 0.45
_LEAST_LINES = 4
_SPREAD_ASPECT = (1.08, 1.75)
_MOST_SURE_ASPECT = 1.46


def ruled_gutter(sheet: LevelSheet, uprights: list[RuledLine], spread: bool | None) -> int | None:
    """The column at which two pages meet, None for a single page."""
    low, high = _SPREAD_ASPECT
    if spread is False or not low <= sheet.width / sheet.height <= high:
        return None
    strength = strengths(sheet.image)
    count = crossings(strength)
    usual = usual_of(count)
    if usual >= _LEAST_LINES:
        at = _gap(sheet, count < _GAP * usual)
        if at is not None:
            return at
    if not spread or sheet.width >= _MOST_SURE_ASPECT * sheet.height:
        return None
    lines = _lines_through(sheet, strength)
    if len(lines) >= _LEAST_LINES:
        seen = np.mean([p.strength for p in lines], axis=0)
        at = _gap(sheet, seen < _GAP * float(np.median(seen)))
        if at is not None or _go_through(lines):
            return at
    return _widest_gap(sheet, uprights)


def crossings(strength: Floats) -> Floats:
    """How many lines or strokes cross each strip."""
    # Halved: a ruled line is seen on about two heights of a strip.
    return np.asarray((strength > _STRONG).sum(axis=1) / 2.0, np.float64)


def usual_of(count: Floats) -> float:
    """What a strip inside the table has at least: few strips have less."""
    inside = count[count >= _LEAST_SEEN]
    return float(np.percentile(inside, 12)) if len(inside) else 0.0


def _go_through(lines: list[Path]) -> bool:
    """Whether half of the level lines are seen all across the middle."""
    count = len(lines[0].strength)
    middle = slice(round(MIDDLE[0] * count), round(MIDDLE[1] * count))
    whole = [float(np.percentile(p.strength[middle], 10)) > _SEEN_THROUGH for p in lines]
    return sum(whole) >= max(_LEAST_LINES, 0.5 * len(lines))


def _gap(sheet: LevelSheet, quiet: NDArray[np.bool_]) -> int | None:
    """The middle of a long stretch of quiet strips near the middle of a sheet."""
    gap = widest(gaps(mask_between(quiet)), _OFF_COST, len(quiet) / 2)
    return None if gap is None else round(gap.middle * sheet.width / len(quiet))


def _lines_through(sheet: LevelSheet, strength: Floats) -> list[Path]:
    """Level lines over the whole sheet, whether or not they go on across its middle."""
    at = (np.arange(len(strength)) + 0.5) * sheet.width / len(strength)
    columns = np.arange(sheet.width)
    paths = find_paths(strength, _LEAST_LEVEL)
    lines = [RuledLine(np.interp(columns, at, p.at), p.support) for p in paths]
    rim = round(_RIM * sheet.width)
    # confirmed makes new lines; they are known again by where they lie.
    kept = {round(x.middle) for x in confirm_lines(sheet.image, lines, rim, sheet.width - rim)}
    return [p for p, line in zip(paths, lines, strict=True) if round(line.middle) in kept]


def _widest_gap(sheet: LevelSheet, uprights: list[RuledLine]) -> int:
    """The middle of the sheet, moved between the two upright lines about it."""
    middle = sheet.width / 2
    before = max((u.middle for u in uprights if u.middle < middle), default=middle)
    behind = min((u.middle for u in uprights if u.middle >= middle), default=middle)
    near = [x for x in (before, behind) if abs(x - middle) < 0.02 * sheet.width]
    return round(near[0]) + 2 if len(near) == 1 else round((before + behind) / 2)
