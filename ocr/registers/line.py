"""Ruled lines of a sheet: which paths are lines, and which two are one that was drawn double."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image

Floats = NDArray[np.float64]

_SURE = 0.55
_SEEN_DEPTH = 9
# A line counts where nothing is written beside it: along a row of letters, or the headline of Devanagari, a path is
# seen on ink alone.
_BESIDE_DEPTH = 45
_BESIDE_PX = 13
_SMOOTH_PX = 9
_DENSE = 0.7
_CROSS_PX = 4.0
_LEAST_FREE = 0.08
# Rows above and below at which paper must be free; beside a twin it lies between the two, or beyond the other one.
_NEAR_SINGLE = ((5, 5),)
_NEAR_DOUBLE = ((5, 5), (5, 10), (10, 5))
_NEAREST_TWIN_PX, _FARTHEST_TWIN_PX = 3, 12
_LEAST_CONFIRMED = 0.3
# What is dark for longer than any letter is high was drawn along the line; a column of figures is dark row by row.
_LONG_RUN = 40
_RUN_GAP = 2
_RUN_DEPTH, _OF_DARKEST = 12, 0.35
_FAR_LESS_DRAWN = 0.5
_BARE_RUN, _BARE_SMOOTH_PX = 32, 3
_BARE_DEPTH = 10
# A column's last figures stand within half a letter of its ruling.
_SNAP_PX, _SNAP_STRIP, _SNAP_SEEN = 14, 24, 0.5
_SNAP_LEAST, _SNAP_SHARE, _SNAP_EVEN = 6, 0.3, 0.6
_SNAP_ROUNDS, _SNAP_OFF_PX = 4, 3.0
_UNDRAWN, _MOSTLY_DRAWN = 0.1, 0.3
# Two pixels above and below its middle a ruling of the page is .0 to .8 as dark together, one of the other side 1.0 to
# 1.7, and .1 to .4 as dark in the middle as the page's own; real pages have single ones that are worn so.
_ACROSS_PX, _OFF_MIDDLE_PX = 9, 3
_SHARP, _BLURRED, _SHONE_PALE, _SHONE_DEPTH = 0.8, 0.9, 0.45, 10.0
_LEAST_OWN, _LEAST_THROUGH, _SHARE_THROUGH = 3, 2, 0.08
_OF_MIDDLING, _OF_STRONG = 0.6, 0.45


@dataclass(frozen=True, slots=True)
class RuledLine:
    """One ruled line of a sheet.

    at: where it runs: y for every x of the sheet (level), or x for every y (upright). support: 0..1, how much of it was
    seen; 0.0 for a line that was put where none was seen. reach_px: half of what lies between the two strokes of a line
    that is drawn double. drawn: 0..1, how much of it is dark for longer than a letter is high, as a ruling is.
    """

    at: Floats
    support: float
    reach_px: float = 0.0
    drawn: float = 0.0

    @property
    def sure(self) -> bool:
        """Whether the line was surely seen."""
        return self.support >= _SURE

    @property
    def middle(self) -> float:
        """Where it typically lies."""
        return float(np.median(self.at))

    def shift(self, by: float) -> RuledLine:
        """A line beside it, not seen."""
        return RuledLine(self.at + by, 0.0)


def confirm_lines(
    image: Image, lines: list[RuledLine], first: int, last: int, least: float = _LEAST_CONFIRMED
) -> list[RuledLine]:
    """Lines that are also seen where nothing is written beside them; their support becomes what is seen there.

    image: level lines run from left to right in it; first, last: columns looked at. A path along a row of letters is
    seen on letters alone. Between columns that fall together, as on a tiny page, no line is seen.
    """
    import cv2

    if last <= first:
        return []
    # Signed: a difference of uint8 wraps around below 0.
    smooth = cv2.blur(image, (_SMOOTH_PX, 1)).astype(np.int16)
    darkest = cv2.erode(cv2.blur(image, (3, 3)), np.ones((1, _BESIDE_PX), np.uint8)).astype(np.int16)
    x = np.arange(first, last)
    found = []
    for line in lines:
        y = np.clip(np.round(line.at[first:last]).astype(int), 14, image.shape[0] - 15)
        here = np.min([smooth[y + d, x] for d in (-3, -2, -1, 0, 1, 2, 3)], axis=0)
        seen: list[float] = []
        for up, down in _NEAR_SINGLE if not _has_twin(line, lines) else _NEAR_DOUBLE:
            above = np.min([darkest[y - up - d, x] for d in (0, 2, 4)], axis=0)
            below = np.min([darkest[y + down + d, x] for d in (0, 2, 4)], axis=0)
            free = np.minimum(above, below) >= 255 - _BESIDE_DEPTH
            if free.sum() >= _LEAST_FREE * len(x):
                ground = np.minimum(smooth[y - up - 1, x], smooth[y + down + 1, x])
                seen.append(float((ground - here > _SEEN_DEPTH)[free].mean()))
        # Between dense columns, or beside its twin, a line leaves no place free; no row of letters is so well seen.
        support = max([*seen, line.support if line.support >= _DENSE else 0.0])
        found.append(RuledLine(line.at, support, drawn=_drawn_share(image, line, first, last)))
    supports = [x.support for x in found if x.support >= least] or [0.0]
    usual = max(_OF_MIDDLING * float(np.percentile(supports, 60)), _OF_STRONG * float(np.percentile(supports, 90)))
    return [x for x in found if x.support >= max(least, usual)]


def without_doubles(lines: list[RuledLine], apart_px: float, narrowest_px: float = 0.0) -> list[RuledLine]:
    """Lines drawn double as one, in their middle; of two still too near for a column the one better seen.

    A column of equal figures beside a ruling is no second stroke of it: of two near lines of which one is far less
    drawn, the other stays as it is.
    """
    kept: list[RuledLine] = []
    for line in sorted(lines, key=lambda x: x.middle):
        near = float(np.median(np.abs(line.at - kept[-1].at))) if kept else np.inf
        if near < apart_px:
            before = kept.pop()
            line = _merge_strokes(before, line, near)
        elif near < narrowest_px or (kept and _cross(line, kept[-1])):
            line = _better_seen(line, kept.pop())
        kept.append(line)
    return kept


def without_letters(image: Image) -> Image:
    """A sheet without what is dark for no longer than a letter is; the lines looked for run from left to right."""
    import cv2

    dark = cv2.blur(255 - image, (_BARE_SMOOTH_PX, 1))
    return np.asarray(255 - cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, _BARE_RUN), np.uint8)), np.uint8)


def snap_to_rulings(image: Image, lines: list[RuledLine], first: int, last: int) -> list[RuledLine]:
    """Lines laid on the ruling beside them where they run, in whole or in part, through figures close to it.

    image: level lines run from left to right in it, (height, width) uint8; first, last: columns looked at. A line of
    which too little is seen without letters, or that is not straight or evenly bent, stays as it is.
    """
    bare = 255 - without_letters(image)
    return [_snap(bare, line, first, last) for line in lines]


def _snap(bare: Image, line: RuledLine, first: int, last: int) -> RuledLine:
    offsets = np.arange(-_SNAP_PX, _SNAP_PX + 1)
    edges = range(first, last, _SNAP_STRIP)
    x, y = [], []
    for start in edges:
        columns = np.arange(start, min(start + _SNAP_STRIP, last))
        rows = np.clip(np.round(line.at[columns]).astype(int) + offsets[:, None], 0, bare.shape[0] - 1)
        share = (bare[rows, columns] >= _BARE_DEPTH).mean(axis=1)
        if share.max() >= _SNAP_SEEN:
            # The middle of a ruling that is several pixels thick.
            best = offsets[share >= share.max() - 1e-9]
            x.append(float(columns.mean()))
            y.append(float(line.at[columns].mean() + best[len(best) // 2]))
    if len(x) < max(_SNAP_LEAST, _SNAP_SHARE * len(edges)):
        return line
    at, to = np.array(x), np.array(y)
    scaled = (at - first) / max(1, last - first)
    own = np.ones(len(at), np.bool_)
    for _ in range(_SNAP_ROUNDS):
        curve = np.polyfit(scaled[own], to[own], 2)
        own = np.abs(np.polyval(curve, scaled) - to) <= _SNAP_OFF_PX
        if own.sum() < max(_SNAP_LEAST, _SNAP_EVEN * len(at)):
            return line
    everywhere = np.clip((np.arange(len(line.at)) - first) / max(1, last - first), scaled[own].min(), scaled[own].max())
    return replace(line, at=np.asarray(np.polyval(curve, everywhere), np.float64))


def measure_drawn(image: Image, lines: list[RuledLine], first: int, last: int) -> list[RuledLine]:
    """Lines with how much of them is drawn."""
    return [replace(x, drawn=_drawn_share(image, x, first, last)) for x in lines]


def drop_undrawn(lines: list[RuledLine]) -> list[RuledLine]:
    """Lines without those that are columns of figures: where most lines are drawn, these are not."""
    if not lines:
        return []
    usual = float(np.percentile([x.drawn for x in lines], 90))
    return [x for x in lines if x.drawn >= _UNDRAWN * usual] if usual >= _MOSTLY_DRAWN else lines


def drop_shone_through(image: Image, lines: list[RuledLine], first: int, last: int) -> list[RuledLine]:
    """Lines without those of the other side that shine through: blurred, and far paler than the page's own.

    image: level lines run from left to right in it; first, last: columns looked at. A page has several such lines, or
    none: one alone may be a fold, or a ruling that is worn.
    """
    looks = [_look_across(image, line, first, last) for line in lines]
    sharp = [depth for depth, blur in looks if blur < _SHARP]
    if len(sharp) < _LEAST_OWN:
        return lines
    most = _SHONE_PALE * float(np.median(sharp))
    through = [blur >= _BLURRED and _SHONE_DEPTH <= depth <= most for depth, blur in looks]
    if sum(through) < max(_LEAST_THROUGH, _SHARE_THROUGH * len(lines)):
        return lines
    return [line for line, is_through in zip(lines, through, strict=True) if not is_through]


def _look_across(image: Image, line: RuledLine, first: int, last: int) -> tuple[float, float]:
    """How dark a line is in its middle, and how dark beside that, above and below together, as a share of it."""
    x = np.arange(first, min(last, len(line.at)))
    if not len(x):
        return 0.0, 0.0
    reach = np.arange(-_ACROSS_PX - _OFF_MIDDLE_PX, _ACROSS_PX + _OFF_MIDDLE_PX + 1)
    y = np.clip(np.round(line.at[x]).astype(int) + reach[:, None], 0, image.shape[0] - 1)
    strips = np.array_split(255.0 - image[y, x], max(1, len(x) // _SNAP_STRIP), axis=1)
    across = []
    for strip in strips:
        # Of each strip by itself: letters cross some, and a path leaves its line by a pixel or two.
        middle = np.median(strip, axis=1)
        start = int(middle[_ACROSS_PX:-_ACROSS_PX].argmax())
        across.append(middle[start : start + 2 * _ACROSS_PX + 1])
    usual = np.median(across, axis=0)
    usual -= np.percentile(usual, 20)
    depth = float(usual[_ACROSS_PX])
    return depth, float(usual[_ACROSS_PX - 2] + usual[_ACROSS_PX + 2]) / max(1.0, depth)


def _merge_strokes(one: RuledLine, two: RuledLine, near_px: float) -> RuledLine:
    """Two near lines as one: their middle where both are drawn, else the one that is."""
    less, more = sorted((one, two), key=lambda x: x.drawn)
    if less.drawn < _FAR_LESS_DRAWN * more.drawn:
        return more
    # Not the sum of all that was merged before: a line has two strokes.
    reach = max(near_px / 2, one.reach_px, two.reach_px)
    return RuledLine((one.at + two.at) / 2, max(one.support, two.support), reach, more.drawn)


def _better_seen(one: RuledLine, two: RuledLine) -> RuledLine:
    less, more = sorted((one, two), key=lambda x: x.drawn)
    return more if less.drawn < _FAR_LESS_DRAWN * more.drawn else max(one, two, key=lambda x: x.support)


def _drawn_share(image: Image, line: RuledLine, first: int, last: int) -> float:
    """How much of a line is dark without a break for longer than a letter is high, 0..1."""
    x = np.arange(first, min(last, len(line.at)))
    # On a tiny picture no line has a length.
    if not len(x):
        return 0.0
    y = np.clip(np.round(line.at[x]).astype(int), 2, image.shape[0] - 3)
    depth = 255 - np.min([image[y + d, x] for d in (-2, -1, 0, 1, 2)], axis=0).astype(np.int16)
    dark = depth >= max(_RUN_DEPTH, _OF_DARKEST * float(np.percentile(depth, 90)))
    # A scratch of one or two pixels does not end a run.
    closed = np.flatnonzero(dark)
    if not len(closed):
        return 0.0
    runs = np.split(closed, np.flatnonzero(np.diff(closed) > _RUN_GAP + 1) + 1)
    return float(sum(r[-1] - r[0] + 1 for r in runs if r[-1] - r[0] + 1 >= _LONG_RUN) / max(1, len(x)))


def _has_twin(line: RuledLine, lines: list[RuledLine]) -> bool:
    """Whether another line runs so near that the two may be one drawn double."""
    return any(x is not line and _NEAREST_TWIN_PX <= abs(x.middle - line.middle) <= _FARTHEST_TWIN_PX for x in lines)


def _cross(one: RuledLine, two: RuledLine) -> bool:
    """Whether two lines run into each other, as a path does that left its own line for the next."""
    return float(np.abs(one.at - two.at).min()) < _CROSS_PX
