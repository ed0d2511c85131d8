"""Ruled lines as paths through strips of a page: where thin dark lines run on, straight, bent or wavy.

A page is cut into narrow strips across the lines looked for. In each strip every position has a strength: how much of
the strip's width a thin dark line crosses there. Lines are paths of strong positions that change little from strip to
strip, so that breaks, faint stretches and hand-drawn waves do not end them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image

Floats = NDArray[np.float64]

STRIP_PX = 24
# A ruled line is one to three pixels thick on a sheet; what is higher than this is writing or a blot.
_THIN_PX = 9
_FULL_DEPTH = 36.0
# A bent or wavy line is aslant within a strip: the mean over the strip is taken along the best of these slants.
_SHEARS = (-2, -1, 0, 1, 2)
# A path may leave its height from strip to strip, at a price for each pixel: hand-drawn lines wave, letters jump.
_MOST_STEP = 3
_STEP_COST = 0.12
# A strong line hides the weaker ones that run into it; they are found once it is taken out.
_ROUNDS = 3
_APART_PX = 5


@dataclass(frozen=True, slots=True)
class Path:
    """One line: its position in every strip, how strong it is there (0..1), and the mean of that."""

    at: Floats
    strength: Floats

    @property
    def support(self) -> float:
        """Mean strength 0..1."""
        return float(self.strength.mean())


def strengths(flat: Image, level_from: int = 0, level_to: int | None = None) -> Floats:
    """Strength of level lines, (strips, height) in 0..1; flat: grey with a white ground; from, to: columns."""
    import cv2

    dark = 255 - flat[:, level_from:level_to]
    thick = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((_THIN_PX, 1), np.uint8))
    thin = np.minimum((dark - thick).astype(np.float32) / _FULL_DEPTH, 1.0)
    count = max(1, thin.shape[1] // STRIP_PX)
    edges = np.linspace(0, thin.shape[1], count + 1).round().astype(int)
    out = np.zeros((count, thin.shape[0]), np.float64)
    for i in range(count):
        out[i] = _strip(thin[:, edges[i] : edges[i + 1]])
    return out


def _strip(thin: NDArray[np.float32]) -> Floats:
    """The best of a few slants: mean over the strip along each."""
    parts = np.array_split(thin, 4, axis=1)
    means = [p.mean(axis=1) for p in parts]
    best = np.zeros(thin.shape[0])
    for shear in _SHEARS:
        moved = [np.roll(m, -round(shear * (i - 1.5) / 3)) for i, m in enumerate(means)]
        best = np.maximum(best, np.mean(moved, axis=0))
    return best


def find_paths(strength: Floats, least: float) -> list[Path]:
    """Paths whose support is at least so much, from the lowest position up; strength: (strips, positions)."""
    left = strength.copy()
    found: list[Path] = []
    for _ in range(_ROUNDS):
        fresh = _round(left, strength, least, found)
        if not fresh:
            break
        found += fresh
        for path in fresh:
            for i, y in enumerate(path.at.astype(int)):
                left[i, max(0, y - _APART_PX) : y + _APART_PX + 1] = 0.0
    return sorted(found, key=lambda p: float(np.median(p.at)))


def _round(left: Floats, strength: Floats, least: float, taken: list[Path]) -> list[Path]:
    forward, back_from = _viterbi(left)
    backward, on_to = _viterbi(left[::-1])
    middle = len(left) // 2
    mirrored = len(left) - 1 - middle
    through = forward[middle] + backward[mirrored] - left[middle]
    found: list[Path] = []
    padded = np.pad(through, _APART_PX, constant_values=-np.inf)
    highest = np.lib.stride_tricks.sliding_window_view(padded, 2 * _APART_PX + 1).max(axis=1)
    # The sum has paid for its steps, the support has not: less is asked here, and the support decides below.
    peaks = np.flatnonzero((through >= highest) & (through >= 0.8 * least * len(left)))
    for y in peaks[np.argsort(-through[peaks])]:
        at = np.empty(len(left))
        at[middle] = y
        here = int(y)
        for i in range(middle, 0, -1):
            here += int(back_from[i, here])
            at[i - 1] = here
        here = int(y)
        for i in range(mirrored, 0, -1):
            here += int(on_to[i, here])
            at[len(left) - i] = here
        if any(_touch(at, p.at) for p in (*found, *taken)):
            continue
        path = Path(at, strength[np.arange(len(left)), at.astype(int)])
        if path.support >= least:
            found.append(path)
    return found


def _touch(one: Floats, two: Floats) -> bool:
    """Whether two paths are one line for a good part of their way."""
    return float((np.abs(one - two) <= _APART_PX).mean()) > 0.2


def _viterbi(strength: Floats) -> tuple[Floats, NDArray[np.int8]]:
    """Best sum that reaches each position of each strip, and the step back from it to the strip before."""
    total = strength.copy()
    steps = np.zeros(strength.shape, np.int8)
    cost = _STEP_COST * np.abs(np.arange(-_MOST_STEP, _MOST_STEP + 1))
    before = np.full(strength.shape[1] + 2 * _MOST_STEP, -np.inf)
    for i in range(1, len(strength)):
        before[_MOST_STEP:-_MOST_STEP] = total[i - 1]
        reach = np.lib.stride_tricks.sliding_window_view(before, 2 * _MOST_STEP + 1) - cost
        best = reach.argmax(axis=1)
        total[i] += reach[np.arange(len(best)), best]
        steps[i] = best - _MOST_STEP
    return total, steps
