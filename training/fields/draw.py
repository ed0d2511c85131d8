"""Draws a written field as an old scan of a form shows it: by hand over dotted lines, between printed words.

Sizes are those of a page of 90 dpi at twice its pixels, as zones are cut. Everything comes from a seeded generator.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ocr.cleaning.clean import clean_line

Picture = NDArray[np.uint8]
Pictures = Picture | Sequence[Picture]
Floats = NDArray[np.float32]
Rng = np.random.Generator
_SIGNS = {"/": ((0.35, -0.15), (-0.05, 1.15)), "-": ((0.0, 0.5), (0.35, 0.45)), ".": ((0.05, 0.95), (0.09, 1.0))}
_FULL = 0.6
"""A digit that takes this share of its picture's height is as tall as others; a zero that is a dot is not."""
_REAL_DIGITS = 0.6
"""Of texts with digits so many show pictures of real ones, letters beside them in a font."""
_NUMBERS_IN_FORMS = 0.5
_JOINED = 0.6
"""So many texts are written a word at a time, letters joined as the font joins them, the others letter by letter."""
_MILD = 0.6
"""Of numbers alone so many stand between printed words, the others in the cells of registers."""
_LABELS = (
    "Act",
    "Sections",
    "(i) Act",
    "(ii) Act",
    "(iii) Act",
    "Year",
    "P.S.",
    "FIR. No",
    "Date",
    "Time",
    "Dist",
    "Sub-Divn",
    "Name",
    "(a) Name",
    "Other Acts & Sections",
    "Day",
    "Entry No",
    "Occupation",
    "Address",
    "Police Station",
    "Place",
)


@dataclass(frozen=True)
class Pens:
    """What is drawn with: fonts like handwriting and of print, by path; real digits (10, n, 28, 28), black on white.

    near: signs of which writing in the lines above and below is made.
    """

    handwriting: Sequence[str]
    prints: Sequence[str]
    digits: Picture
    labels: Sequence[str]
    near: str = "abcdghjklpqtyfB1234567/"


@cache
def font(path: str, size: int) -> ImageFont.FreeTypeFont:
    """A font of a file, its letters so many pixels high."""
    return ImageFont.truetype(path, size)


def field(text: str, kind: str, pens: Pens, rng: Rng) -> Picture:
    """A zone with that text written in it, grey, 0 black, as cut from a scan."""
    tall = int(rng.uniform(18, 34) if kind != "name" else rng.uniform(18, 30))
    return around(by_hand(_written(text, tall, pens, rng), rng) if text else _nothing(tall, rng), tall, kind, pens, rng)


def around(ink: Floats, tall: int, kind: str, pens: Pens, rng: Rng) -> Picture:
    """A zone, as cut from a scan, in which ink is written that is so tall."""
    height = int(rng.integers(56, 78))
    ends = (int(rng.integers(4, 60)), int(rng.integers(4, 60)))
    if kind == "sections":
        ends = (int(rng.integers(5, 420)), int(rng.integers(5, 420)))
    elif kind == "name" and rng.random() < 0.5:
        ends = (ends[0], int(rng.integers(60, 400)))
    width = ink.shape[1] + sum(ends)
    base = int(height * rng.uniform(0.55, 0.8))
    page = np.zeros((height, width), np.float32)
    _put(page, ink, ends[0], base - int(tall * rng.uniform(0.8, 1.15)) - (ink.shape[0] - tall) // 2)
    printed = np.zeros_like(page)
    if rng.random() < 0.85:
        _dots(printed, base, rng)
    if kind != "number" or rng.random() < _NUMBERS_IN_FORMS:
        _print_labels(printed, kind, base, ends, pens, rng)
        _neighbours(printed, page, base, tall, pens, rng)
    if rng.random() < 0.06:
        _stamp(printed, rng)
    return _scanned(page, printed, rng, is_mild=kind == "number" and rng.random() < _MILD)


def _written(text: str, tall: int, pens: Pens, rng: Rng) -> Floats:
    """Ink 0..1 of a text whose capitals are about so many pixels tall."""
    if rng.random() > _REAL_DIGITS or not any(c.isdigit() for c in text) or not len(pens.digits):
        return typed(text, tall, pens.handwriting, rng)
    real = {str(d): some for d, some in enumerate(pens.digits)}
    face = [str(rng.choice(np.array(pens.handwriting)))]
    runs = re.findall(r"[0-9/.-]*[0-9][0-9/.-]*|(?:(?![0-9/.-]*[0-9]).)+", text)
    pieces = [composed(r, tall, real, rng) if any(c.isdigit() for c in r) else typed(r, tall, face, rng) for r in runs]
    return _in_a_row(pieces, runs, tall, rng)


def _in_a_row(pieces: Sequence[Floats], runs: Sequence[str], tall: int, rng: Rng) -> Floats:
    """Pieces of writing one behind the other on one line, with a gap where a run begins or ends with a space."""
    high = max(p.shape[0] for p in pieces)
    room = np.zeros((high + tall, sum(p.shape[1] + 2 * tall for p in pieces)), np.float32)
    x = 0
    for piece, run in zip(pieces, runs, strict=True):
        x += int(rng.uniform(0.2, 0.6) * tall) * run.startswith(" ")
        _put(room, piece, x, (high + tall - piece.shape[0]) // 2)
        x += (
            piece.shape[1] + int(rng.uniform(0.05, 0.25) * tall) + int(rng.uniform(0.2, 0.6) * tall) * run.endswith(" ")
        )
    return _tight(room)


def _nothing(tall: int, rng: Rng) -> Floats:
    return np.zeros((tall, int(rng.integers(20, 120))), np.float32)


def by_hand(ink: Floats, rng: Rng) -> Floats:
    """Ink leaning, bent and thickened by chance."""
    shear = rng.uniform(-0.15, 0.35) if rng.random() < 0.6 else 0.0
    ink = _sheared(ink, shear)
    ink = _wavy(ink, rng)
    kind = rng.random()
    if kind < 0.35:
        ink = cv2.dilate(ink, np.ones((2, 2), np.uint8))
    elif kind < 0.5:
        ink = cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3)))
    return np.asarray(ink, np.float32)


def typed(text: str, tall: int, fonts: Sequence[str], rng: Rng) -> Floats:
    """In one hand-like font, letter groups a little up and down, spaced by chance."""
    path = str(rng.choice(np.array(fonts)))
    face = font(path, 64)
    box = face.getbbox("0EH1")
    size = max(12, round(64 * tall / max(8, box[3] - box[1])))
    face = font(path, size)
    extra = rng.uniform(-0.06, 0.12) * size if rng.random() < 0.7 else 0.0
    room = Image.new("L", (int(len(text) * (size + max(0, extra)) + 4 * size), 5 * size), 0)
    pen = ImageDraw.Draw(room)
    x, y = float(size), 1.5 * size
    loose, is_joined = rng.random() < 0.5, rng.random() < _JOINED
    at = 0
    for piece in re.findall(r" |[^ ]+" if is_joined else ".", text):
        lift = rng.normal(0, 0.03 * size) if loose else 0.0
        pen.text((x, y + lift), piece, 255, face)
        at += len(piece)
        behind = text[at : at + 1]
        x += face.getlength(piece + behind) - face.getlength(behind) + (0.0 if is_joined else extra)
        if piece == " ":
            x += rng.uniform(-0.1, 0.5) * size
    box = room.getbbox() or (0, 0, 8, 8)
    return np.asarray(room.crop(box), np.float32) / 255


def composed(text: str, tall: int, digits: Mapping[str, Pictures], rng: Rng) -> Floats:
    """Of pictures of real digits, with strokes drawn between; digits: for each some, black on white."""
    pieces = []
    for c in text:
        if c.isdigit():
            some = digits[c]
            cell = 1 - some[int(rng.integers(len(some)))].astype(np.float32) / 255
            rows, columns = np.flatnonzero(cell.max(1) > 0.3), np.flatnonzero(cell.max(0) > 0.3)
            share = min(1.0, len(rows) / (_FULL * len(cell)))
            cell = cell[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            high = max(3, round(tall * share * rng.uniform(0.85, 1.1)))
            wide = max(2, round(cell.shape[1] * high / cell.shape[0] * rng.uniform(0.8, 1.05)))
            cell = cv2.resize(cell, (wide, high), interpolation=cv2.INTER_AREA if high < 20 else cv2.INTER_LINEAR)
            if rng.random() < 0.6:
                cell = cv2.erode(cell, np.ones((2, 2), np.uint8))
        elif c == " ":
            cell = np.zeros((tall, int(rng.uniform(0.2, 0.6) * tall)), np.float32)
        else:
            cell = _sign(c, tall, rng)
        pieces.append(cell)
    width = sum(p.shape[1] for p in pieces) + len(pieces) * tall
    room = np.zeros((3 * tall, width), np.float32)
    x = tall // 3
    for piece in pieces:
        y = int(2 * tall - piece.shape[0] + (piece.shape[0] - tall) // 2 + rng.normal(0, 0.05 * tall))
        _put(room, piece, x, y)
        x += max(2, piece.shape[1] + int(rng.normal(0.1, 0.1) * tall))
    return _tight(room)


def _sign(c: str, tall: int, rng: Rng) -> Floats:
    (x0, y0), (x1, y1) = _SIGNS[c]
    long = rng.uniform(1.0, 1.5) if c == "/" else 1.0
    steep = rng.uniform(0.1, 1.3) if c == "/" else 1.0
    room = np.zeros((2 * tall, 2 * tall), np.float32)
    points = [
        (int((0.7 + x * steep) * tall), int((0.5 + 0.5 + (y - 0.5) * long) * tall)) for x, y in ((x0, y0), (x1, y1))
    ]
    cv2.line(room, points[0], points[1], 1.0, int(rng.integers(1, 4)), cv2.LINE_AA)
    cut = _tight(room)
    if c == "/":
        return cut
    keep = np.zeros((tall, cut.shape[1] + 4), np.float32)
    _put(keep, cut, 2, tall - cut.shape[0] if c == "." else tall // 2)
    return keep


def _print_labels(printed: Floats, kind: str, base: int, ends: tuple[int, int], pens: Pens, rng: Rng) -> None:
    """Printed words on the line: before and behind, and for sections also under the writing."""
    face = font(str(rng.choice(np.array(pens.prints))), int(rng.integers(17, 23)))
    width = printed.shape[1]
    before = [ends[0] - rng.integers(-6, 30)] if rng.random() < 0.6 else []
    behind = [width - ends[1] + rng.integers(-12, 30)] if rng.random() < 0.6 else []
    if kind in ("sections", "station") and rng.random() < 0.6:
        behind += list(rng.integers(0, width, int(rng.integers(1, 3 + width // 500))))
    for number, x in enumerate(before + behind):
        label = str(rng.choice(np.array(pens.labels or _LABELS)))
        left = int(x) - int(face.getlength(label)) if number < len(before) else int(x)
        _print(printed, label, left, base, face)


def _print(printed: Floats, label: str, x: int, base: int, face: ImageFont.FreeTypeFont) -> None:
    room = Image.new("L", (int(face.getlength(label)) + 8, 40), 0)
    ImageDraw.Draw(room).text((2, 30), label, 255, face, anchor="ls")
    _put(printed, np.asarray(room, np.float32) / 255, x, base - 30)


def _dots(printed: Floats, base: int, rng: Rng) -> None:
    step, size = int(rng.integers(4, 8)), int(rng.integers(1, 3))
    y, slope = base + int(rng.integers(-3, 6)), rng.normal(0, 0.006)
    for x in range(int(rng.integers(0, step)), printed.shape[1], step):
        cv2.circle(printed, (x, int(y + slope * x)), size, float(rng.uniform(0.4, 0.9)), -1, cv2.LINE_AA)


def _neighbours(printed: Floats, page: Floats, base: int, tall: int, pens: Pens, rng: Rng) -> None:
    """Print of the line above or below, and feet or heads of other writing, at the edges."""
    height, width = printed.shape
    for edge in (0, height):
        kind = rng.random()
        if kind < 0.3:
            face = font(str(rng.choice(np.array(pens.prints))), int(rng.integers(17, 23)))
            words = " ".join(rng.choice(np.array(pens.labels or _LABELS), 6))
            y = int(rng.integers(2, 16)) if edge == 0 else height + int(rng.integers(4, 15))
            _print(printed, words, -int(rng.integers(0, 80)), y, face)
            if rng.random() < 0.5:
                _dots(printed, y - 2, rng)
        elif kind < 0.55:
            signs = rng.choice(list(pens.near), int(rng.integers(2, 9)))
            other = typed("".join(signs), tall, pens.handwriting, rng)
            y = int(-other.shape[0] + rng.integers(2, 12)) if edge == 0 else height - int(rng.integers(2, 12))
            _put(page, other, int(rng.integers(-20, max(1, width - 20))), y)


def _stamp(printed: Floats, rng: Rng) -> None:
    height, width = printed.shape
    middle = (int(rng.integers(0, width)), int(rng.integers(-20, height + 60)))
    ring = np.zeros_like(printed)
    for radius in (60, 48):
        cv2.circle(ring, middle, radius, float(rng.uniform(0.3, 0.9)), 2, cv2.LINE_AA)
    np.maximum(printed, ring, out=printed)


def _scanned(page: Floats, printed: Floats, rng: Rng, *, is_mild: bool = False) -> Picture:
    """Ink and print on grey paper, at 90 dpi and back, noisy, sometimes cleaned as the reader does."""
    depth = rng.uniform(0.55, 1.0) if is_mild or rng.random() < 0.75 else rng.uniform(0.2, 0.6)
    ink = 1 - (1 - depth * np.clip(page, 0, 1)) * (1 - rng.uniform(0.6, 1.0) * np.clip(printed, 0, 1))
    angle = np.radians(rng.normal(0, 0.7))
    matrix = np.array([[1, np.tan(angle), 0], [np.tan(angle) * 0.9, 1, -np.tan(angle) * page.shape[1] / 2]], np.float32)
    ink = cv2.warpAffine(ink, matrix, page.shape[::-1])
    paper = rng.uniform(0.85, 1.0) if is_mild or rng.random() < 0.6 else rng.uniform(0.4, 0.9)
    shade = np.linspace(0, rng.uniform(-0.15, 0.15), page.shape[1], dtype=np.float32)
    picture = np.clip(paper + shade, 0, 1) * (1 - ink)
    small = cv2.resize(
        picture, None, fx=rng.uniform(0.42, 0.62), fy=rng.uniform(0.45, 0.6), interpolation=cv2.INTER_AREA
    )
    if is_mild:
        pass
    elif rng.random() < 0.35:
        gain, level = rng.uniform(1.2, 3.0), min(1.0, paper / 0.85)  # of dark paper: it stays lighter than ink
        small = np.clip((small / level - 0.75) * gain + 0.85, 0, 1) * level
    elif rng.random() < 0.4:
        small = cv2.GaussianBlur(small, (0, 0), rng.uniform(0.3, 0.8))
    small = small + rng.normal(0, rng.uniform(0.002, 0.01 if is_mild else 0.035), small.shape).astype(np.float32)
    worn = (np.clip(small, 0, 1) * 255).astype(np.uint8)
    if rng.random() < 0.8:
        worn = cv2.imdecode(cv2.imencode(".jpg", worn, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 95))])[1], 0)
    back = cv2.resize(worn, page.shape[::-1], interpolation=cv2.INTER_CUBIC)
    return clean_line(back).image if rng.random() < 0.3 else np.asarray(back, np.uint8)


def _put(room: Floats, piece: Floats, x: int, y: int) -> None:
    """Lay ink into a room, cut at its edges."""
    left, top = max(0, x), max(0, y)
    right, bottom = min(room.shape[1], x + piece.shape[1]), min(room.shape[0], y + piece.shape[0])
    if left < right and top < bottom:
        part = room[top:bottom, left:right]
        np.maximum(part, piece[top - y : bottom - y, left - x : right - x], out=part)


def _tight(room: Floats) -> Floats:
    rows, columns = np.flatnonzero(room.max(1) > 0.05), np.flatnonzero(room.max(0) > 0.05)
    return room[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] if len(rows) else room[:8, :8]


def _sheared(ink: Floats, shear: float) -> Floats:
    height, width = ink.shape
    extra = int(abs(shear) * height) + 2
    matrix = np.array([[1, -shear, extra if shear > 0 else 0], [0, 1, 0]], np.float32)
    return np.asarray(cv2.warpAffine(ink, matrix, (width + 2 * extra, height)), np.float32)


def _wavy(ink: Floats, rng: Rng) -> Floats:
    """Bent a little by smooth noise, and rising or falling along the line."""
    height, width = ink.shape
    room = np.pad(ink, 6)
    cells, strong = (max(2, width // 40), 2), rng.uniform(0.6, 1.5)
    shift = [
        cv2.resize(rng.normal(0, s * strong, cells[::-1]).astype(np.float32), room.shape[::-1]) for s in (1.3, 1.6)
    ]
    x, y = np.meshgrid(np.arange(room.shape[1], dtype=np.float32), np.arange(room.shape[0], dtype=np.float32))
    return np.asarray(cv2.remap(room, x + shift[0], y + shift[1], cv2.INTER_LINEAR), np.float32)
