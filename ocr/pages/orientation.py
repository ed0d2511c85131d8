"""Which way up a page lies: on its side by its own rows of ink, upside down by reading a few lines both ways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ocr.cleaning.ruled_lines import remove_leaders, remove_rules
from ocr.engine import Engine, EngineText, Image, LineImage
from ocr.geometry.mapping import View, cropping, levelling, picture, quarter_turn
from ocr.geometry.paper import ink_of
from ocr.geometry.skew import find_skew, ink_points, sideways_gain
from ocr.geometry.strands import Strands, find_strands, text_ink
from ocr.page import Box

_SIDEWAYS = 1.35
_LEAST_POINTS, _MOST_POINTS = 300, 16_000
_SAMPLES = 3
_ATTEMPTS = 3
_LEAST_LETTERS = 5
_SAMPLE_PX = 700
_LETTER_PX = 26
_GAP_PX = 24
_CLEARLY = 0.08
# Samples of 52 drawn pages were read with 0.5 to 0.95 the right way up, with 0.07 to 0.43 upside down.
_LEAST = 0.4
_SURE = 0.6


def find_turn(
    page: Image,
    flat: Image,
    scale: float,
    view: View,
    languages: Sequence[str],
    engine: Engine,
    *,
    clearly: float = _CLEARLY,
) -> int | None:
    """How far to turn a view of the scan anticlockwise so it stands upright: 0, 90, 180 or 270; None when not sure.

    page: the scan with white ground; flat: the same seen small, scale: its pixels per pixel. The engine reads a few
    lines, and those once more upside down where they were not read surely. clearly: how much more surely one way must
    be read than the other.
    """
    side = _sideways(ink_of(view.draw(flat, scale)))
    if side is None:
        return None
    standing = view.compose(*quarter_turn(view.shape, side))
    angle = find_skew(text_ink(ink_of(standing.draw(flat, scale))))
    level = standing.compose(*levelling(standing.shape, angle))
    ups, downs = [], []
    for samples in sample_lines(page, flat, scale, level):
        ups.append(_read(samples, languages, engine))
        if ups[-1] >= _SURE:
            return side
        downs.append(_read(np.ascontiguousarray(np.rot90(samples, 2)), languages, engine))
        up, down = max(ups), max(downs)
        if max(up, down) >= _LEAST and abs(up - down) >= clearly:
            return side if up > down else (side + 180) % 360
    return None


def reads(page: Image, flat: Image, scale: float, level: View, languages: Sequence[str], engine: Engine) -> bool:
    """Whether the engine can read a few lines of a level view; arguments as find_turn's."""
    return any(_read(samples, languages, engine) >= _LEAST for samples in sample_lines(page, flat, scale, level))


def confidence(text: EngineText) -> float:
    """How surely a sample was read: confidence of its words by their length; 0.0 when nothing was."""
    length = sum(len(w.text) for w in text.words)
    return sum(w.confidence * len(w.text) for w in text.words) / length if length else 0.0


def sample_lines(page: Image, flat: Image, scale: float, level: View) -> Iterator[Image]:
    """A few lines of a level view one below the other, white about them, letters of usual size; then a few others."""
    import cv2

    ink = ink_of(level.draw(flat, scale))
    strands = find_strands(ink)
    if not strands.boxes:
        return
    size = min(2.0, _LETTER_PX * scale / strands.letter_px)
    pad = max(2, round(0.4 * strands.letter_px))
    for boxes in _choose_parts(ink, strands, round(_SAMPLE_PX / size * scale)):
        crops = []
        for box in boxes:
            y0, y1 = int((box.y0 - pad) / scale), int((box.y1 + pad) / scale)
            x0, x1 = int((box.x0 - pad) / scale), int((box.x1 + pad) / scale)
            crop = picture(page, level.compose(cropping(x0, y0), (y1 - y0, x1 - x0)).map())
            crop = np.asarray(cv2.resize(crop, None, fx=size, fy=size, interpolation=cv2.INTER_AREA), np.uint8)
            crops.append(remove_leaders(remove_rules(crop)))
        yield _stack_crops(crops)


def _sideways(ink: Image) -> int | None:
    """90 when lines run upright on the picture, 0 when they run level; None when there are none."""
    text = text_ink(ink)
    level, upright = (ink_points(x, _MOST_POINTS) for x in (text, np.ascontiguousarray(np.rot90(text))))
    if min(len(level), len(upright)) < _LEAST_POINTS:
        return None
    return 90 if sideways_gain(level, upright) > _SIDEWAYS else 0


def _read(samples: Image, languages: Sequence[str], engine: Engine) -> float:
    return confidence(engine.read([LineImage(samples, tuple(languages[:1]), block=True)])[0])


def _choose_parts(ink: Image, strands: Strands, width: int) -> list[list[Box]]:
    """The parts of strands with most letters, a few at a time, each few from top to bottom; width: of a part."""
    import cv2

    # By letters, not by length: the longest lines of a form are dotted leaders, by which 25 of 43 real forms were told
    # instead of 38.
    letter = strands.letter_px
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    tall = (stats[:, 3] >= 0.6 * letter) & (stats[:, 3] <= 2.5 * letter)
    tall[0] = False
    letters = tall[labels]
    scored: list[tuple[int, Box]] = []
    for box in strands.boxes:
        covered = np.concatenate([[0], np.cumsum(letters[box.y0 : box.y1, box.x0 : box.x1].any(axis=0))])
        within = min(width, box.x1 - box.x0)
        sums = covered[within:] - covered[: len(covered) - within]
        at = int(np.argmax(sums))
        scored.append((int(sums[at]), Box(box.x0 + at, box.y0, box.x0 + at + within, box.y1)))
    scored.sort(key=lambda s: -s[0])
    # Dealt out in turns below, so that each sample has some of the best.
    best = [box for letters_px, box in scored[: _SAMPLES * _ATTEMPTS] if letters_px >= _LEAST_LETTERS * letter]
    return [sorted(best[i :: -(-len(best) // _SAMPLES)], key=lambda b: b.y0) for i in range(-(-len(best) // _SAMPLES))]


def _stack_crops(crops: Sequence[Image]) -> Image:
    width = max(c.shape[1] for c in crops) + 2 * _GAP_PX
    rows = [np.full((_GAP_PX, width), 255, np.uint8)]
    for crop in crops:
        row = np.full((crop.shape[0] + _GAP_PX, width), 255, np.uint8)
        row[: crop.shape[0], _GAP_PX : _GAP_PX + crop.shape[1]] = crop
        rows.append(row)
    return np.vstack(rows)
