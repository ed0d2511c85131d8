"""Pictures of digits as hands may write them, drawn: the middle lines of fonts and strokes of a pen, inked anew.

    python -m training.digits.drawn digits_drawn.npz --fonts FONTS

Nobody's handwriting is in it. FONTS is searched for fonts that have a script's digits (training/digits/setup.sh
fetches them); a way to write a digit that fonts do not show stands in strokes.toml. Seeded: a digit's pictures are the
same each time.
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from training.digits.bend import bent
from training.digits.scripts import LATIN, scripts

Picture = NDArray[np.uint8]
Rng = np.random.Generator
Ways = Sequence[Sequence[Sequence[Sequence[float]]]]
SIZE = 40
_EACH = 300
_ROOM_PX, _GLYPH_PX = 160, 96
_BY_PEN, _AS_PRINTED = 0.4, 0.12
"""Shares of strokes.toml where it knows the digit, and of fonts as they are; the others are middle lines of fonts."""
_SHAKY = 0.045
_FEET = (0.0, 0.12)
_STRONG = (0.3, 1.4)
_DOT_PX = 30
_SAME = 0.02
"""A font whose digits differ from its Latin ones by less ink than this shows Latin ones for them."""


def main() -> None:
    """Read the command line and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--fonts", type=Path, nargs="+", required=True)
    parser.add_argument("--each", type=int, default=_EACH, help="pictures of each digit")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    images, labels = [], []
    for script in scripts().values():
        paths = fonts_of(script.digits, asked.fonts)
        print(script.name, len(paths), "fonts", flush=True)
        for digit in script.digits:
            rng = np.random.default_rng([2031, ord(digit)])
            images += [drawn(digit, paths, rng) for _ in range(asked.each)]
            labels += [digit] * asked.each
    np.savez_compressed(asked.out, images=np.stack(images), labels=np.array(labels))


def drawn(digit: str, paths: Sequence[str], rng: Rng) -> Picture:
    """One picture (SIZE, SIZE) of a digit, black on white, that fills it."""
    ways, kind = strokes().get(digit), rng.random()
    if ways and kind < _BY_PEN:
        return _inked(by_pen(ways, rng), rng, is_thin=True)
    printed = glyph(str(rng.choice(np.array(paths))), digit)
    if np.ptp(np.flatnonzero(printed.any(1))) < _DOT_PX:
        return _dot(rng)
    is_thin = kind < 1 - _AS_PRINTED
    return _inked(thinned(printed) if is_thin else printed, rng, is_thin=is_thin)


def _dot(rng: Rng) -> Picture:
    """A zero that is a dot, as low beside other digits as it is."""
    room, size = np.full((SIZE, SIZE), 255, np.uint8), SIZE * rng.uniform(0.05, 0.12)
    axes = (round(size * rng.uniform(0.8, 1.4)) + 1, round(size) + 1)
    cv2.ellipse(room, (SIZE // 2, SIZE // 2), axes, 0, 0, 360, 0, -1)
    return room


def _inked(lines: Picture, rng: Rng, *, is_thin: bool) -> Picture:
    """Lines 0 or 1 of a room bent, drawn with some pen, and brought to the picture's size."""
    rows, columns = np.flatnonzero(lines.max(1)), np.flatnonzero(lines.max(0))
    cut = np.pad(lines[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], 6)
    tall = len(cut)
    if is_thin:
        wide = max(1, round(tall * rng.uniform(0.035, 0.15)))
        cut = cv2.dilate(cut, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (wide, wide)))
    picture = bent(np.asarray(255 * (1 - cut), np.uint8), rng, strong=rng.uniform(*_STRONG))
    ink = picture < 140
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    picture = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    high, wide = picture.shape
    scale = (SIZE - 2) / max(high, wide)
    small = cv2.resize(
        picture, (max(3, round(wide * scale)), max(3, round(high * scale))), interpolation=cv2.INTER_AREA
    )
    room = np.full((SIZE, SIZE), 255, np.uint8)
    top, left = (SIZE - small.shape[0]) // 2, (SIZE - small.shape[1]) // 2
    room[top : top + small.shape[0], left : left + small.shape[1]] = small
    return room


def by_pen(ways: Ways, rng: Rng) -> Picture:
    """Thin lines 0 or 1 of one of the ways to write a digit, its points moved and its ends cut by chance."""
    room = np.zeros((_ROOM_PX, _ROOM_PX), np.uint8)
    for stroke in ways[int(rng.integers(len(ways)))]:
        points = np.array(stroke) + rng.normal(0, _SHAKY, (len(stroke), 2))
        path = smooth(points)
        first, last = (round(len(path) * rng.uniform(*_FEET)) for _ in range(2))
        path = path[first : len(path) - last] * 100 + 30
        cv2.polylines(room, [np.round(path).astype(np.int32)], False, 1, 1)
    return room


def smooth(points: NDArray[np.float64], each: int = 12) -> NDArray[np.float64]:
    """A curve (n, 2) through points (m, 2): Catmull and Rom's."""
    ends = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    t = np.linspace(0, 1, each, endpoint=False)[:, None]
    parts = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        parts.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return np.vstack([*parts, points[-1:]])


@cache
def strokes() -> Mapping[str, Ways]:
    """Ways to write digits, by sign: strokes.toml."""
    listed = tomllib.loads((Path(__file__).parent / "strokes.toml").read_text(encoding="utf-8"))
    return {sign: one["ways"] for sign, one in listed.items()}


def fonts_of(digits: str, folders: Sequence[Path]) -> Sequence[str]:
    """Fonts below folders that have ten digits, and not Latin ones in their place."""
    paths = (str(p) for folder in folders for p in sorted(folder.rglob("*")) if p.suffix in (".ttf", ".otf", ".woff2"))
    return [path for path in paths if _has(path, digits)]


def _has(path: str, digits: str) -> bool:
    try:
        face = ImageFont.truetype(path, _GLYPH_PX)
        none = face.getmask("\U0010fffd").getbbox(), bytes(face.getmask("\U0010fffd"))
        shapes = [bytes(face.getmask(d)) for d in digits]
        latin = {bytes(face.getmask(d)) for d in LATIN}
    except (OSError, ValueError):
        return False
    return len(set(shapes)) == len(digits) and none[1] not in shapes and len(latin & set(shapes)) < 2  # noqa: PLR2004


@cache
def glyph(path: str, digit: str) -> Picture:
    """A digit in a font, 0 or 1."""
    room = Image.new("L", (2 * _ROOM_PX, 2 * _ROOM_PX), 0)
    ImageDraw.Draw(room).text((_ROOM_PX, _ROOM_PX), digit, 255, ImageFont.truetype(path, _GLYPH_PX), anchor="mm")
    return np.asarray(np.asarray(room) > 127, np.uint8)  # noqa: PLR2004


_thin: dict[bytes, Picture] = {}


def thinned(picture: Picture) -> Picture:
    """The middle lines of a shape 0 or 1: Zhang and Suen's thinning."""
    key = picture.tobytes()
    if key not in _thin:
        now = picture.copy()
        while True:
            before = int(now.sum())
            for turn in (0, 1):
                now = _peeled(now, turn)
            if int(now.sum()) == before:
                break
        _thin[key] = now
    return _thin[key]


def _peeled(picture: Picture, turn: int) -> Picture:
    around = [np.roll(picture, s, (0, 1)) for s in _NEIGHBOURS]
    count = sum(a.astype(np.int8) for a in around)
    changes = sum(((a == 0) & (b == 1)).astype(np.int8) for a, b in _pairs(around))
    up, right, down, left = around[0], around[2], around[4], around[6]
    first, second = (up * right * down, right * down * left) if turn == 0 else (up * right * left, up * down * left)
    gone = (picture == 1) & (count >= 2) & (count <= 6) & (changes == 1) & (first == 0) & (second == 0)  # noqa: PLR2004
    return np.asarray(np.where(gone, 0, picture), np.uint8)


_NEIGHBOURS = ((1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1))


def _pairs(around: Sequence[Picture]) -> Iterator[tuple[Picture, Picture]]:
    return zip(around, [*around[1:], around[0]], strict=True)


if __name__ == "__main__":
    main()
