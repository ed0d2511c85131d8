"""Writes words of Devanagari and Bengali as hands may write them, drawn: from fonts like handwriting and of print.

No font is a hand. What a hand does is added: letters redrawn with a pen along their middle lines, bent syllable by
syllable, syllables apart and up and down, the headline left out, broken or drawn anew in one stroke, ink that fails.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from training.digits.drawn import thinned
from training.fields.draw import by_hand, font

Floats = NDArray[np.float32]
Picture = NDArray[np.uint8]
Rng = np.random.Generator
_TALL = 40
"""Pixels of a letter without signs, when it is written; brought to its size on the page last."""
_NATIVE = re.compile("[\u0900-\u097f\u0980-\u09ff]+|[^\u0900-\u097f\u0980-\u09ff]+")
_CLUSTER = re.compile(
    "(?:[\u0915-\u0939\u0995-\u09b9\u09ce\u09f0\u09f1][\u093c\u09bc]?[\u094d\u09cd]?)+[\u093e-\u094c\u09be-\u09cc\u0901-\u0903\u0981-\u0983]*|."
)
_BY_PEN, _APART, _HEADLINE = 0.6, 0.3, 0.45
_BASE = 2 * _TALL + _TALL // 2
"""Where the line runs on which letters stand."""
_GRID_PX = 22
_RUN_PX = 11


@dataclass(frozen=True)
class Hand:
    """A font: its path, a letter without signs by which it is sized, and whether it is like handwriting."""

    path: str
    sample: str
    is_hand: bool


def written(text: str, hand: Hand, signs: Sequence[str], tall: int, rng: Rng) -> Floats:
    """Ink 0..1 of a text, not empty, whose letters without signs are so many pixels tall, in one manner of one hand."""
    by_pen = rng.random() < (_BY_PEN if hand.is_hand else 1.25 * _BY_PEN)
    apart = rng.random() < _APART
    latin = str(rng.choice(np.array(signs)))
    pen = max(1, round(_TALL * rng.uniform(0.045, 0.15)))
    headline = rng.random() if rng.random() < _HEADLINE else None
    lift, gap = rng.uniform(0, 0.06) * apart, rng.uniform(-0.02, 0.12)
    high = 4 * _TALL
    pieces = []
    for number, word in enumerate(text.split(" ")):
        if number:
            pieces.append(np.zeros((high, round(_TALL * rng.uniform(0.3, 0.9))), np.uint8))
        for run in _NATIVE.findall(word):
            is_native = "\u0900" <= run[0] <= "\u09ff"
            parts = _CLUSTER.findall(run) if apart and is_native else [run]
            face = (hand.path, hand.sample) if is_native else (latin, "0")
            some = [_piece(p, *face, by_pen) for p in parts]
            pieces += [_moved(s, lift, gap if len(parts) > 1 else 0.0, rng) for s in some]
    line = np.concatenate(pieces, 1)
    if by_pen and headline is not None:
        line = _headline_anew(line, headline, rng)
    if by_pen:
        line = cv2.dilate(line, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (pen, pen)))
    ink = _bent(line.astype(np.float32), rng)
    ink = _failing(ink, rng)
    scale = tall / _TALL
    wide = max(8, round(ink.shape[1] * scale * rng.uniform(0.75, 1.2)))
    ink = cv2.resize(ink, (wide, round(high * scale)), interpolation=cv2.INTER_AREA)
    return by_hand(tight(ink), rng)


@lru_cache(30000)
def _piece(text: str, path: str, sample: str, by_pen: bool) -> Picture:
    """A word or syllable 0 or 1 in a room of 4 times the letters' height, its headline where all others have it."""
    face = _sized(path, sample)
    wide = int(face.getlength(text)) + _TALL
    room = Image.new("L", (max(8, wide), 4 * _TALL), 0)
    ImageDraw.Draw(room).text((_TALL // 2, _BASE), text, 255, face, anchor="ls")
    plain = np.asarray(np.asarray(room) > 110, np.uint8)
    columns = np.flatnonzero(plain.max(0))
    plain = plain[:, columns[0] : columns[-1] + 1] if len(columns) else plain[:, :4]
    return thinned(plain) if by_pen else plain


@lru_cache(500)
def _sized(path: str, sample: str) -> ImageFont.FreeTypeFont:
    """The font in the size in which that letter is so tall."""
    box = font(path, 64).getbbox(sample, anchor="ls")
    return font(path, max(12, round(64 * _TALL / max(8, box[3] - box[1]))))


def _moved(piece: Picture, lift: float, gap: float, rng: Rng) -> Picture:
    shift = round(rng.normal(0, lift) * _TALL) if lift else 0
    moved = np.roll(piece, shift, 0) if shift else piece
    space = round(_TALL * max(0.02, gap + rng.normal(0, 0.03))) if gap else 1
    return np.pad(moved, ((0, 0), (0, space)))


def _headline_anew(line: Picture, kind: float, rng: Rng) -> Picture:
    """Middle lines whose headline is taken away, and for most drawn anew: in one stroke, in pieces, or not at all."""
    flat = cv2.morphologyEx(line, cv2.MORPH_OPEN, np.ones((1, _RUN_PX), np.uint8))
    rows = flat.sum(1)
    row = int(np.argmax(rows))
    if rows[row] < _TALL:
        return line
    near = slice(max(0, row - 3), row + 4)
    out, old = line.copy(), flat[near]
    out[near] -= np.minimum(out[near], old)
    if kind < 0.3:
        return out
    columns = np.flatnonzero(old.max(0))
    breaks = np.flatnonzero(np.diff(columns) > 2 * _TALL // 5)
    for some in np.split(columns, breaks + 1):
        first, last = int(some[0]) - int(rng.integers(-4, 12)), int(some[-1]) + int(rng.integers(-4, 12))
        cuts = sorted(rng.integers(first, max(first + 1, last), int(rng.integers(0, 3)))) if kind > 0.7 else []
        for a, b in zip([first, *cuts], [*cuts, last], strict=True):
            y = row + rng.normal(0, 2.0, 2)
            cv2.line(out, (int(a) + int(rng.integers(0, 5)), round(y[0])), (int(b), round(y[1])), 1, 1)
    return out


def _bent(ink: Floats, rng: Rng) -> Floats:
    """Each stretch of a letter's width bent by chance: smooth noise over a net of about half a letter."""
    room = np.pad(ink, ((0, 0), (8, 8)))
    height, width = room.shape
    cells = (max(3, round(height / _GRID_PX)), max(3, round(width / _GRID_PX)))
    strong = _TALL * rng.uniform(0.01, 0.065)
    grid = rng.normal(0, strong, (2, *cells)).astype(np.float32)
    shift = [cv2.resize(part, (width, height), interpolation=cv2.INTER_CUBIC) for part in grid]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return np.asarray(cv2.remap(room, x + shift[0], y + shift[1], cv2.INTER_LINEAR), np.float32)


def _failing(ink: Floats, rng: Rng) -> Floats:
    """Ink paler here and there, as of a ball pen or a nib that runs dry."""
    if rng.random() > 0.4:
        return ink
    small = rng.random((3, max(3, ink.shape[1] // 25))).astype(np.float32)
    cloud = np.clip(cv2.resize(small, ink.shape[::-1], interpolation=cv2.INTER_CUBIC), 0, 1)
    return np.asarray(ink * (1 - rng.uniform(0.2, 0.8) * np.clip((cloud - 0.5) * 3, 0, 1)), np.float32)


def tight(room: Floats) -> Floats:
    """Ink without the paper around it."""
    rows, columns = np.flatnonzero(room.max(1) > 0.05), np.flatnonzero(room.max(0) > 0.05)
    return room[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] if len(rows) else room[:8, :8]
