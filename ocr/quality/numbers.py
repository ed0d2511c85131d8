"""Numbers that stand alone at the head or the foot of a page, where page numbers and serial numbers are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ocr.engine import Engine, Image, LineImage
from ocr.quality.lettering import find_lettering
from ocr.quality.picture import Picture

_BAND = 0.13
_MOST_TOKENS = 10
_MOST_DIGITS = 6
_ALONE = 1.6
"""Widths of a letter between a number and what else stands in its line."""
_CROP_PX = 48


class FoundNumber(NamedTuple):
    """A number as it may stand on the page; confidence 0..1."""

    number: int
    confidence: float


def read_numbers(picture: Picture, engine: Engine, languages: tuple[str, ...]) -> tuple[FoundNumber, ...]:
    """Every number that may be the page's own, best first. Raises EngineMissing or EngineFailed."""
    crops = _tokens(picture)
    if not crops:
        return ()
    read = engine.read([LineImage(c, languages, digits=True, kind="number") for c in crops])
    found: dict[int, float] = {}
    for text in read:
        digits = text.text.strip(" .-:/")
        if digits.isdecimal() and 0 < len(digits) <= _MOST_DIGITS:
            number = int(digits)  # digits of every script, on purpose
            found[number] = max(found.get(number, 0.0), text.confidence)
    return tuple(FoundNumber(n, c) for n, c in sorted(found.items(), key=lambda item: -item[1]))


def _tokens(picture: Picture) -> list[Image]:
    """Crops of what stands alone in the uppermost and lowest band, the outermost first."""
    lettering = find_lettering(picture)
    letter = lettering.letter_px
    if letter < 4:
        return []
    height, width = picture.flat.shape
    band = int(_BAND * height)
    boxes = []
    for top in (0, height - band):
        boxes += [(x, y + top, w, h) for x, y, w, h in _words(lettering.ink[top : top + band], letter)]
    boxes.sort(key=lambda b: min(b[1], height - b[1] - b[3]) + 0.5 * min(b[0], width - b[0] - b[2]))
    return [_crop(picture.flat, box, letter) for box in boxes[:_MOST_TOKENS]]


def _words(ink: Image, letter: float) -> list[tuple[int, int, int, int]]:
    """Boxes of words that may be a number: as high as letters, short, nothing near them in their line."""
    import cv2

    joined = cv2.dilate(ink, np.ones((1, max(3, round(0.8 * letter))), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    real = [
        (int(x), int(y), int(w), int(h)) for x, y, w, h, _ in stats[1:] if 0.45 * letter <= h <= 2.6 * letter
    ]  # fmt: skip
    return [b for b in real if b[2] <= 7 * letter and b[2] >= 0.4 * letter and _is_alone(b, real, letter)]


def _is_alone(box: Sequence[int], others: Sequence[Sequence[int]], letter: float) -> bool:
    x, y, w, h = box
    for ox, oy, ow, oh in others:
        in_line = min(y + h, oy + oh) - max(y, oy) > 0.3 * min(h, oh)
        gap = max(ox - (x + w), x - (ox + ow))
        # Joining letters made every word 0.4 letters longer at each end.
        if in_line and (ox, oy, ow, oh) != (x, y, w, h) and -0.5 * letter < gap < (_ALONE - 0.8) * letter:
            return False
    return True


def _crop(flat: Image, box: Sequence[int], letter: float) -> Image:
    """One word with a margin, at a height that engines read well."""
    import cv2

    x, y, w, h = box
    rim = max(3, round(0.3 * letter))
    crop = flat[max(0, y - rim) : y + h + rim, max(0, x - rim) : x + w + rim]
    factor = min(4.0, _CROP_PX / max(h, 1))
    way = cv2.INTER_CUBIC if factor > 1 else cv2.INTER_AREA
    return np.asarray(cv2.resize(crop, None, fx=factor, fy=factor, interpolation=way), np.uint8)
