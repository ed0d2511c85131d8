"""Rulings, dotted lines and small empty boxes of a level, clean print, and what print is left without them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ocr.cleaning.clean import flatten
from ocr.cleaning.ruled_lines import ink_mask
from ocr.engine import Image
from ocr.page import Box

_A4_PX = 2339.0
"""Pixels of an A4 page's height at 200 dpi; measures below are in such pixels."""
_DOT = 7.0
_DASH = 26.0
_DOT_GAP = 17.0
_LEAST_LEADER = 55.0
_LEAST_DOTS = 5
_LEAST_RULE = 70.0
_THICKEST = 7.0
_LEAST_UPRIGHT = 48.0
_HANGING = 0.3
_REACH = 9.0
_BOX_SIDES = (14.0, 60.0)
_SPECK = 3.0
_BREAK = 40.0
_UNEVEN, _EVEN = 0.35, 0.6


class Level(NamedTuple):
    """A level line: from x0 to x1 at height y, in pixels. dotted: a leader of dots or dashes, else a ruling."""

    x0: int
    x1: int
    y: int
    dotted: bool = False


class Upright(NamedTuple):
    """An upright ruling: at x, from y0 to y1."""

    x: int
    y0: int
    y1: int


@dataclass(frozen=True, slots=True)
class Structures:
    """What a print holds beside words.

    ticks: small empty boxes, in which a mark goes. text: (height, width) uint8, 255 where print is left. unit: pixels
    per 1/200 inch.
    """

    levels: tuple[Level, ...]
    uprights: tuple[Upright, ...]
    ticks: tuple[Box, ...]
    text: Image
    unit: float


def find_structures(page: Image) -> Structures:
    """Find the lines of a blank print. page: (height, width) uint8 grey, 0 black, upright and level."""
    unit = max(page.shape) / _A4_PX
    ink = ink_mask(flatten(page))
    # In this order: sides of boxes would pass for rulings, pieces of rulings for dots, and each is taken out.
    ticks, framed = _ticks(ink, unit)
    rest = np.where(framed > 0, 0, ink).astype(np.uint8)
    uprights, standing = _uprights(rest, unit)
    rules, ruled = _rules(rest, unit)
    rest = np.where((standing > 0) | (ruled > 0), 0, rest).astype(np.uint8)
    leaders, dotted = _leaders(rest, unit)
    text = _without_specks(np.where(dotted > 0, 0, rest).astype(np.uint8), unit)
    return Structures(tuple(sorted((*rules, *leaders), key=lambda v: (v.y, v.x0))), uprights, ticks, text, unit)


def _ticks(ink: Image, unit: float) -> tuple[tuple[Box, ...], Image]:
    """Empty square frames of a tick box's size, and a mask of their ink."""
    import cv2

    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    low, high = (v * unit for v in _BOX_SIDES)
    found, keep = [], np.zeros(count, bool)
    for i in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[i])
        if not (low <= w <= high and low <= h <= high and 0.6 <= w / h <= 1.7):
            continue
        edge = max(2, round(0.12 * min(w, h)))
        whole = labels[y : y + h, x : x + w] == i
        inner = ink[y + edge : y + h - edge, x + edge : x + w - edge]
        sides = (whole[:edge].any(0), whole[-edge:].any(0), whole[:, :edge].any(1), whole[:, -edge:].any(1))
        if inner.size and inner.mean() / 255 < 0.02 and min(s.mean() for s in sides) > 0.9 and area < 0.6 * w * h:
            found.append(Box(x, y, x + w, y + h))
            keep[i] = True
    return tuple(found), np.where(keep[labels], 255, 0).astype(np.uint8)


def _uprights(ink: Image, unit: float) -> tuple[tuple[Upright, ...], Image]:
    """Upright rulings: thin, and taller than a letter."""
    import cv2

    tall = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((round(_LEAST_UPRIGHT * unit), 1), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(tall, connectivity=8)
    keep = np.concatenate([[False], stats[1:, 2] <= _THICKEST * unit])
    lines = [Upright(int(x + w // 2), int(y), int(y + h)) for x, y, w, h, _ in stats[1:][keep[1:]]]
    mask = cv2.dilate(np.where(keep[labels], 255, 0).astype(np.uint8), np.ones((1, 3), np.uint8))
    return tuple(sorted(lines)), np.asarray(mask, np.uint8)


def _rules(ink: Image, unit: float) -> tuple[list[Level], Image]:
    """Level rulings: thin, long, and with no letters hanging from them as from a headline."""
    import cv2

    long = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, round(_LEAST_RULE * unit)), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(long, connectivity=8)
    keep, lines = np.zeros(count, bool), []
    for i in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[i])
        # A slanting rule is high, yet thin by its area.
        if h > 2 * _THICKEST * unit or area / w > _THICKEST * unit or _hanging(ink, (x, y, w, h), unit) > _HANGING:
            continue
        keep[i] = True
        lines.append(Level(x, x + w, y + h // 2))
    mask = cv2.dilate(np.where(keep[labels], 255, 0).astype(np.uint8), np.ones((3, 1), np.uint8))
    return lines, np.asarray(mask, np.uint8)


def _hanging(ink: Image, box: tuple[int, int, int, int], unit: float) -> float:
    """Share of a line's length under which print hangs."""
    x, y, w, h = box
    # A little below: the ruling's own ragged edge is no print.
    below = ink[y + h + round(2 * unit) : y + h + round(_REACH * unit) + 1, x : x + w]
    return float((below > 0).any(axis=0).mean()) if below.size else 0.0


def _leaders(ink: Image, unit: float) -> tuple[list[Level], Image]:
    """Rows of dots or dashes on which one writes, and a mask of them."""
    import cv2

    count, labels, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=8)
    small = (stats[:, 3] <= _DOT * unit) & (stats[:, 2] <= _DASH * unit)
    small[0] = False
    lines, dots = [], np.zeros(count, bool)
    for ragged in _runs(np.flatnonzero(small), stats, centres, unit):
        run = _trim_ends(ragged, stats)
        x0, x1 = int(stats[run, 0].min()), int((stats[run, 0] + stats[run, 2]).max())
        if len(run) >= _LEAST_DOTS and x1 - x0 >= _LEAST_LEADER * unit and _is_even(stats[run, 0]):
            dots[run] = True
            lines.append(Level(x0, x1, round(float(np.median(centres[run, 1]))), dotted=True))
    return _bridge_gaps(lines, unit), np.where(dots[labels], 255, 0).astype(np.uint8)


def _bridge_gaps(lines: list[Level], unit: float) -> list[Level]:
    """Pieces of one leader put together, where writing that was taken out has broken it."""
    made: list[Level] = []
    for line in sorted(lines, key=lambda v: (round(v.y / (4 * unit)), v.x0)):
        last = made[-1] if made else None
        if last and abs(last.y - line.y) <= 4 * unit and 0 <= line.x0 - last.x1 <= _BREAK * unit:
            made[-1] = last._replace(x1=line.x1)
        else:
            made.append(line)
    return made


def _trim_ends(run: NDArray[np.intp], stats: NDArray[np.int32]) -> NDArray[np.intp]:
    """A run without what stands at its ends at another distance or is larger: signs of letters, no dots."""
    if len(run) < _LEAST_DOTS:
        return run
    apart, wide = np.diff(stats[run, 0]), stats[run, 2]
    usual, width = float(np.median(apart)), float(np.median(wide))
    # A pixel and a half at least, since dots lie at whole pixels.
    fits = np.abs(apart - usual) <= max(1.5, _UNEVEN * usual)
    first, last = 0, len(run) - 1
    while first < last and not (fits[first] and wide[first] <= width + 2):
        first += 1
    while last > first and not (fits[last - 1] and wide[last] <= width + 2):
        last -= 1
    return run[first : last + 1]


def _is_even(left: NDArray[np.int32]) -> bool:
    """Whether dots stand at even distances, as a printer sets them and a crease does not."""
    apart = np.diff(left)
    usual = float(np.median(apart))
    return float((np.abs(apart - usual) <= max(1.5, _UNEVEN * usual)).mean()) >= _EVEN


def _runs(
    which: NDArray[np.intp], stats: NDArray[np.int32], centres: NDArray[np.float64], unit: float
) -> list[NDArray[np.intp]]:
    """Small components in rows, parted where the next one lies too far off."""
    band = 2.5 * unit
    runs: list[NDArray[np.intp]] = []
    left = which[np.argsort(centres[which, 1], kind="stable")]
    while len(left):
        here = (
            np.abs(centres[left, 1] - np.median(centres[left[: max(1, _count_near(centres, left, band))], 1])) <= band
        )
        row = left[here] if here.any() else left[:1]
        left = left[~here] if here.any() else left[1:]
        row = row[np.argsort(stats[row, 0], kind="stable")]
        gaps = stats[row[1:], 0] - (stats[row[:-1], 0] + stats[row[:-1], 2])
        runs += np.split(row, np.flatnonzero(gaps > _DOT_GAP * unit) + 1)
    return runs


def _count_near(centres: NDArray[np.float64], left: NDArray[np.intp], band: float) -> int:
    """How many of some components in order of height lie within a band of the first."""
    return int(np.searchsorted(centres[left, 1], centres[left[0], 1] + band, side="right"))


def _without_specks(mask: Image, unit: float) -> Image:
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    keep = stats[:, 4] >= max(2.0, _SPECK * unit * unit)
    keep[0] = False
    return np.where(keep[labels], 255, 0).astype(np.uint8)
