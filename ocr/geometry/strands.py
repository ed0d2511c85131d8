"""Where lines of text run on a page seen small: letters that lie side by side, smeared into one strand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image
from ocr.page import Box

_LETTER_PX = (4, 90)
# No stroke of a letter is so long: what is straight for this share of the picture is a rule.
_RULE_SHARE = 0.12
# Frames and edges of the paper reach farther than any word.
_FAR_SHARE = 0.35


@dataclass(frozen=True, slots=True)
class Strands:
    """Strands of a page: labels (height, width) int32, 0 none, i + 1 for boxes[i]; letter_px: how high letters are."""

    labels: NDArray[np.int32]
    boxes: tuple[Box, ...]
    letter_px: float


def without_rules(ink: Image) -> Image:
    """Ink without long straight lines, upright or level."""
    import cv2

    height, width = ink.shape
    out = ink
    for size, shape in ((width, (1, int(width * _RULE_SHARE))), (height, (int(height * _RULE_SHARE), 1))):
        if size < 50:
            continue
        lines = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(shape, np.uint8))
        out = np.where(cv2.dilate(lines, np.ones((3, 3), np.uint8)) > 0, 0, out).astype(np.uint8)
    return out


def text_ink(ink: Image) -> Image:
    """Ink without rules, frames and edges of the paper: without anything that reaches over a third of the picture."""
    import cv2

    text = without_rules(ink)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(text, connectivity=8)
    height, width = ink.shape
    far = (stats[:, 2] > _FAR_SHARE * width) | (stats[:, 3] > _FAR_SHARE * height)
    far[0] = True
    return np.where(far[labels], 0, text).astype(np.uint8)


def letter_height(ink: Image) -> float:
    """How high letters are, 0.0 without any: the median over ink that is neither speck nor picture."""
    import cv2

    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    wide, high, area = stats[1:, 2], stats[1:, 3], stats[1:, 4]
    letters = (high >= _LETTER_PX[0]) & (high <= _LETTER_PX[1]) & (wide <= 12 * high) & (high <= 6 * wide)
    if letters.sum() < 3:
        return 0.0
    order = np.argsort(high[letters])
    weight = np.cumsum(area[letters][order])
    return float(high[letters][order][np.searchsorted(weight, 0.5 * weight[-1])])


def find_strands(ink: Image, least: float = 3.0) -> Strands:
    """The strands of a level page; ink: (height, width) uint8, 255 ink. least: how many letters high they are wide."""
    import cv2

    letter = letter_height(ink)
    none = Strands(np.zeros(ink.shape, np.int32), (), 0.0)
    if letter == 0.0:
        return none
    reach = max(3, round(1.6 * letter))
    joined = cv2.morphologyEx(without_rules(ink), cv2.MORPH_CLOSE, np.ones((1, reach), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    wide, high = stats[1:, 2], stats[1:, 3]
    kept = (wide >= least * letter) & (high >= 0.5 * letter) & (high <= 3.5 * letter)
    number = np.zeros(len(stats), np.int32)
    number[1:][kept] = np.arange(1, kept.sum() + 1)
    boxes = tuple(Box(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, _ in stats[1:][kept])
    return Strands(number[labels], boxes, letter)
