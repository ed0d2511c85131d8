"""Draw strokes through lines of writing, and strokes that strike nothing out: below it, above it, beside it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image
from ocr.registers.strike import BODY, HEIGHT

Floats = NDArray[np.float32]
_SUPER = 4


def with_strokes(line: Image, rng: np.random.Generator) -> tuple[Image, Floats, Floats]:
    """A line, perhaps with strokes; for every column whether one strikes it out, and whether that counts.

    line: (HEIGHT, width) uint8; between the two heights BODY its writing lies.
    """
    dark = 255.0 - line.astype(np.float32)
    ink = dark > max(30.0, 0.45 * float(np.percentile(dark, 97)))
    held = np.flatnonzero(ink[BODY[0] : BODY[1]].sum(axis=0) > 0)
    width = line.shape[1]
    struck, counts = np.zeros(width, np.float32), np.zeros(width, np.float32)
    if len(held) < 4:
        return line, struck, counts
    x0, x1 = int(held[0]), int(held[-1])
    rows = np.flatnonzero(ink[:, x0 : x1 + 1].sum(axis=1) > 0)
    profile = ink[:, x0 : x1 + 1].sum(axis=1).cumsum() / max(1, ink[:, x0 : x1 + 1].sum())
    top, foot = float(np.searchsorted(profile, 0.06)), float(np.searchsorted(profile, 0.94)) + 1
    counts[x0 : x1 + 1] = 1
    if len(rows) < 4 or foot - top < 4:
        return line, struck, counts * 0
    mask = np.zeros((HEIGHT * _SUPER, width * _SUPER), np.uint8)
    lot = rng.random()
    if lot < 0.5:
        a, b = _part(x0, x1, rng)
        _strike(mask, a, b, top, foot, rng)
        struck[max(0, int(a)) : int(b) + 1] = 1
        counts[max(0, int(a) - 3) : int(a) + 3] = 0
        counts[max(0, int(b) - 3) : int(b) + 3] = 0
    elif lot < 0.78:
        _beside(mask, x0, x1, top, foot, rng)
    shade = float(np.percentile(dark[ink], rng.uniform(40, 95))) * float(rng.uniform(0.75, 1.15))
    cover = cv2.GaussianBlur(
        cv2.resize(mask, (width, HEIGHT), interpolation=cv2.INTER_AREA), (0, 0), float(rng.uniform(0.3, 0.8))
    )
    fade = cv2.resize(
        rng.random((3, max(3, width // 16))).astype(np.float32), (width, HEIGHT), interpolation=cv2.INTER_CUBIC
    )
    drawn = cover.astype(np.float32) / 255 * shade * (0.7 + 0.3 * np.clip(fade, 0, 1))
    out = 255.0 - np.maximum(dark, drawn) - 0.25 * np.minimum(dark, drawn)
    return np.clip(out, 0, 255).astype(np.uint8), struck, counts * (1 if lot < 1 else 0)


def _part(x0: int, x1: int, rng: np.random.Generator) -> tuple[float, float]:
    """From where to where something is struck out: all of it, or a word."""
    reach = float(rng.uniform(-0.5, 6)), float(rng.uniform(-0.5, 6))
    if rng.random() < 0.75 or x1 - x0 < 40:
        return x0 - reach[0], x1 + reach[1]
    wide = rng.uniform(20, 0.7 * (x1 - x0))
    start = rng.uniform(x0, x1 - wide)
    return start, start + wide


def _strike(mask: Image, a: float, b: float, top: float, foot: float, rng: np.random.Generator) -> None:
    high = foot - top
    thick = float(rng.uniform(0.9, 2.6))
    kind = rng.choice(["one", "one", "one", "two", "two", "wavy", "slant", "cross", "scribble"])
    middle = top + high * float(rng.uniform(0.3, 0.72))
    tilt = float(rng.uniform(-0.12, 0.12)) * high
    if kind == "one":
        _curve(mask, (a, middle - tilt), (b, middle + tilt), thick, rng)
    elif kind == "two":
        off = high * float(rng.uniform(0.1, 0.28))
        for sign in (-1, 1):
            y = top + 0.52 * high + sign * off
            _curve(mask, (a, y - tilt), (b, y + tilt + float(rng.uniform(-1, 1))), thick, rng)
    elif kind in ("wavy", "scribble"):
        tall = high * float(rng.uniform(0.08, 0.22) if kind == "wavy" else rng.uniform(0.25, 0.5))
        long = float(rng.uniform(6, 24) if kind == "wavy" else rng.uniform(4, 9))
        x = np.linspace(a, b, max(8, int((b - a) * 2)))
        _path(mask, np.column_stack([x, top + 0.52 * high + tall * np.sin(x * 2 * np.pi / long)]), thick)
    else:
        pad = high * float(rng.uniform(-0.05, 0.25))
        ends = [((a, foot + pad), (b, top - pad)), ((a, top - pad), (b, foot + pad))]
        order = ends if kind == "cross" else [ends[int(rng.integers(2))]]
        for start, end in order:
            _curve(mask, start, end, thick, rng)


def _beside(mask: Image, x0: int, x1: int, top: float, foot: float, rng: np.random.Generator) -> None:
    """A stroke that strikes nothing out: below, above, before or behind the writing, or upright."""
    high, thick = foot - top, float(rng.uniform(0.8, 2.4))
    kind = rng.choice(["under", "under", "over", "before", "behind", "upright"])
    wide = float(rng.uniform(0, 12))
    if kind in ("under", "over"):
        y = (
            foot + high * float(rng.uniform(0.0, 0.3))
            if kind == "under"
            else top - high * float(rng.uniform(0.02, 0.3))
        )
        _curve(mask, (x0 - wide, y), (x1 + wide, y + float(rng.uniform(-1.5, 1.5))), thick, rng)
    elif kind == "upright":
        x = float(rng.choice([x0 - rng.uniform(2, 8), x1 + rng.uniform(2, 8)]))
        _path(mask, np.array([[x, -4.0], [x, HEIGHT + 4.0]]), thick)
    else:
        y = top + high * float(rng.uniform(0.1, 0.9))
        a, b = (x0 - 12.0, x0 - 1.5) if kind == "before" else (x1 + 1.5, x1 + 12.0)
        _curve(mask, (a, y), (b, y), thick, rng)


def _curve(
    mask: Image, start: tuple[float, float], end: tuple[float, float], thick: float, rng: np.random.Generator
) -> None:
    t = np.linspace(0, 1, 16)
    sag = float(rng.normal(0, 0.6))
    x = start[0] + (end[0] - start[0]) * t
    y = start[1] + (end[1] - start[1]) * t + sag * np.sin(np.pi * t) + rng.normal(0, 0.15, 16)
    _path(mask, np.column_stack([x, y]), thick)


def _path(mask: Image, points: NDArray[np.float64], thick: float) -> None:
    at = (points * _SUPER).round().astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(mask, [at], False, (255,), max(1, round(thick * _SUPER)), cv2.LINE_AA)
