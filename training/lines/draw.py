"""Draws lines of print as an old scan shows them; everything from a seeded generator.

Text is shaped by Raqm (HarfBuzz and FriBidi) inside Pillow. Wear: uneven grey paper, ruled lines, stains, bleed of the
other side, lost ink, blur, low resolution, noise, JPEG, skew, and pieces of the lines above and below.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ocr.cleaning.clean import clean_line, flatten
from ocr.cleaning.ruled_lines import remove_leaders, remove_rules

Picture = NDArray[np.uint8]
Floats = NDArray[np.float32]
Rng = np.random.Generator
_HYPHENED = re.compile(r"[0-9۰-۹]+(?:[-/.,:،][0-9۰-۹]+)*")


@cache
def font(path: str, size: int) -> ImageFont.FreeTypeFont:
    """A font, shaped by Raqm."""
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.RAQM)


def shaped(text: str) -> str:
    """Text with numbers marked to run from left to right whatever signs are in them."""
    return _HYPHENED.sub(lambda m: f"\u202a{m[0]}\u202c", text)


def draw(text: str, path: Path, size: int, rng: Rng) -> Picture:
    """Black on white, the line with paper around it as a crop has it."""
    face = font(str(path), size)
    features = ["-liga"] if rng.random() < 0.03 else None
    marked = shaped(text)
    room = Image.new("L", (len(text) * size + 4 * size, 6 * size), 0)
    at = (2 * size, 2 * size)
    ImageDraw.Draw(room).text(at, marked, 255, face, direction="rtl", language="ur", features=features)
    ink = np.asarray(room.crop(room.getbbox()), np.uint8)
    pads = [int(size * rng.uniform(0.05, 0.9)) for _ in range(4)]
    return np.asarray(255 - np.pad(ink, (tuple(pads[:2]), tuple(pads[2:]))), np.uint8)


def _cloud(shape: tuple[int, int], cells: float, rng: Rng) -> Floats:
    """Smooth noise 0..1, with so many cells over its height."""
    rows = max(2, round(cells))
    columns = max(2, round(cells * shape[1] / shape[0]))
    small = rng.random((rows, columns)).astype(np.float32)
    return np.clip(cv2.resize(small, shape[::-1], interpolation=cv2.INTER_CUBIC), 0, 1)


def wear(black: Picture, other: Picture, hard: float, rng: Rng) -> Picture:
    """A line as scanned. black: as draw gives it; other: another, for bleed and neighbours; hard: 0 new to 1 worn."""
    ink = 1 - black.astype(np.float32) / 255
    height, width = ink.shape
    ink = _weight(ink, rng)
    if rng.random() < 0.25 + 0.2 * hard:
        ink = np.maximum(ink, _neighbour(other, ink.shape, rng))
    if rng.random() < 0.15 + 0.6 * hard:
        lost = _cloud(ink.shape, rng.uniform(2, 14), rng)
        ink = ink * (1 - rng.uniform(0.2, 0.95) * hard * np.clip((lost - rng.uniform(0.35, 0.7)) * 5, 0, 1))
    paper = np.full((height, width), rng.uniform(0.93 - 0.45 * hard, 1.0), np.float32)
    paper -= rng.uniform(0, 0.3) * hard * _cloud(ink.shape, rng.uniform(1, 4), rng)
    if rng.random() < 0.5 * hard:
        paper -= rng.uniform(0.05, 0.25) * _placed(other[:, ::-1], ink.shape, rng)
    depth = rng.uniform(0.45, 0.95) if hard > 0.2 else rng.uniform(0.7, 1.0)
    picture = paper * (1 - depth * ink)
    if rng.random() < 0.1 + 0.4 * hard:
        _rule(picture, rng)
    if rng.random() < 0.1 + 0.5 * hard:
        _specks(picture, rng, hard)
    picture = _turned(picture, rng.normal(0, 0.25 + 0.9 * hard), rng)
    if rng.random() < 0.4:
        scale = rng.uniform(0.45, 0.9)
        low = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        picture = cv2.resize(low, (width, height), interpolation=cv2.INTER_LINEAR)
    blur = rng.uniform(0.0, 0.7 + 0.9 * hard)
    picture = cv2.GaussianBlur(picture, (0, 0), blur) if blur > 0.25 else picture
    picture = picture + rng.normal(0, rng.uniform(0.002, 0.01 + 0.05 * hard), picture.shape).astype(np.float32)
    worn = (np.clip(picture, 0, 1) * 255).astype(np.uint8)
    if rng.random() < 0.6:
        quality = int(rng.uniform(85 - 55 * hard, 95))
        _, coded = cv2.imencode(".jpg", worn, [cv2.IMWRITE_JPEG_QUALITY, quality])
        worn = cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE)
    return np.asarray(worn, np.uint8)


def scanned(picture: Picture, rng: Rng) -> Picture:
    """What the reader gets of it: cleaned wholly, in parts, or only its ground made even."""
    kind = rng.random()
    if kind < 0.35:
        return clean_line(picture).image
    flat = flatten(picture)
    return remove_leaders(remove_rules(flat)) if kind < 0.75 else flat


def _weight(ink: Floats, rng: Rng) -> Floats:
    """Thinner or fatter strokes, in the press or the copier."""
    kind = rng.random()
    if kind < 0.2:
        return np.asarray(cv2.dilate(ink, np.ones((2, 2), np.uint8)), np.float32)
    if kind < 0.3:
        soft = cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.6, 1.2))
        return np.clip((soft - rng.uniform(0.3, 0.6)) * 3, 0, 1).astype(np.float32)
    return ink


def _placed(other: Picture, shape: tuple[int, int], rng: Rng) -> Floats:
    """The ink of another line somewhere in a picture of that shape, blurred."""
    out = np.zeros(shape, np.float32)
    ink = 1 - other[: shape[0], : shape[1]].astype(np.float32) / 255
    y = int(rng.integers(0, shape[0] - len(ink) + 1))
    x = int(rng.integers(0, shape[1] - ink.shape[1] + 1))
    out[y : y + len(ink), x : x + ink.shape[1]] = ink
    return cv2.GaussianBlur(out, (0, 0), rng.uniform(1, 2.5))


def _neighbour(other: Picture, shape: tuple[int, int], rng: Rng) -> Floats:
    """The foot of the line above, or the head of the line below, at the crop's edge."""
    out = np.zeros(shape, np.float32)
    rows = np.flatnonzero((other < 128).any(1))
    if not len(rows):
        return out
    ink = 1 - other[rows[0] : rows[-1] + 1, : shape[1]].astype(np.float32) / 255
    high = max(1, min(int(rng.uniform(0.03, 0.16) * shape[0]), len(ink)))
    if rng.random() < 0.5:
        out[:high, : ink.shape[1]] = ink[-high:]
    else:
        out[-high:, : ink.shape[1]] = ink[:high]
    return out


def _rule(picture: Floats, rng: Rng) -> None:
    height, width = picture.shape
    y = int(height * rng.uniform(0.55, 0.95)) if rng.random() < 0.85 else int(height * rng.uniform(0.05, 0.5))
    end = y + int(width * rng.normal(0, 0.004))
    dotted = rng.random() < 0.2
    mask = np.zeros_like(picture)
    cv2.line(mask, (0, y), (width, end), 1.0, int(rng.integers(1, 4)), cv2.LINE_AA)
    if dotted:
        mask[:, np.arange(width) % int(rng.integers(5, 9)) < 3] = 0
    picture *= 1 - rng.uniform(0.2, 0.8) * mask


def _specks(picture: Floats, rng: Rng, hard: float) -> None:
    height, width = picture.shape
    for _ in range(int(rng.integers(1, 4 + 14 * hard))):
        middle = (int(rng.integers(width)), int(rng.integers(height)))
        shade = rng.uniform(0.1, 0.7) if rng.random() < 0.8 else 1.0
        cv2.circle(picture, middle, int(rng.integers(1, 3)), float(shade), -1, cv2.LINE_AA)


def _turned(picture: Floats, angle_deg: float, rng: Rng) -> Floats:
    height, width = picture.shape
    limit = np.degrees(np.arctan2(height * 0.5, width))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), float(np.clip(angle_deg, -limit, limit)), 1.0)
    matrix[0, 1] += rng.normal(0, 0.05)
    return np.asarray(cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.float32)
