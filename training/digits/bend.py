"""Another hand's writing of a digit: its picture turned, leaned, narrowed and bent.

A script has some four hundred pictures of each digit to learn from; so none is seen twice the same.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Rng = np.random.Generator
_MARGIN = 0.35
_TURN_DEG, _LEAN, _BEND = 6.0, 0.12, 0.045
_NARROW = (0.75, 1.12)
_GRID = 4
_INK = 178
"""What is darker is ink."""


def bent(picture: Picture, rng: Rng, strong: float = 1.0) -> Picture:
    """The picture (height, width) of one digit, black on white, as another hand may have written it.

    strong: times as much as a picture of real handwriting is bent.

    Its ink takes as much of the new picture's height as it did before, so that a zero that is a dot stays one.
    """
    size = max(picture.shape)
    room = np.pad(picture, round(_MARGIN * size), constant_values=255)
    height, width = room.shape
    turn, lean = np.radians(rng.normal(0, strong * _TURN_DEG)), rng.normal(0, strong * _LEAN)
    narrow = rng.uniform(*_NARROW)
    grid = rng.normal(0, strong * _BEND * size, (2, _GRID, _GRID)).astype(np.float32)
    shift = [cv2.resize(part, (width, height), interpolation=cv2.INTER_CUBIC) for part in grid]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32) - width / 2, np.arange(height, dtype=np.float32) - height / 2)
    across = (np.cos(turn) * x / narrow - np.sin(turn) * y + lean * y + width / 2 + shift[0]).astype(np.float32)
    down = (np.sin(turn) * x / narrow + np.cos(turn) * y + height / 2 + shift[1]).astype(np.float32)
    out = cv2.remap(room, across, down, cv2.INTER_LINEAR, None, cv2.BORDER_CONSTANT, 255)
    return _as_tall(np.asarray(out, np.uint8), len(_inked(picture.min(1))) / len(picture))


def _as_tall(picture: Picture, share: float) -> Picture:
    """The ink of a picture with so much paper above and below that it takes that share 0..1 of the height."""
    rows, columns = _inked(picture.min(1)), _inked(picture.min(0))
    if not share or not len(rows):
        return picture
    ink = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    paper = round(len(ink) / share) - len(ink)
    return np.pad(ink, ((paper // 2, paper - paper // 2), (1, 1)), constant_values=255)


def _inked(darkest: NDArray[np.uint8]) -> NDArray[np.intp]:
    return np.flatnonzero(darkest < _INK)
