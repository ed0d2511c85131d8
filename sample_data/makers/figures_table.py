"""A printed table of figures, as books have them: dense columns beside their rulings, no lines between rows."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

HOURS, ROWS = 10, 20
HEADS = ("day", *(str(i) for i in range(1, HOURS + 1)))
EDGES = (60, *(150 + 132 * i for i in range(HOURS + 1)))
"""Where the upright rulings run, in pixels of the page."""
SIZE = (1560, 1240)
_TOP, _HEAD, _HIGH = 160, 60, 46
_PAPER, _RULE, _INK = 240, 120, 40


@dataclass(frozen=True, slots=True)
class FiguresTable:
    """One page: grey (height, width) uint8, 0 black, and what stands in its rows, day first."""

    grey: NDArray[np.uint8]
    rows: tuple[tuple[str, ...], ...]


def draw_figures(*, seed: int = 5, days: bool = True, gaps: float = 0.0) -> FiguresTable:
    """A page whose figures begin with a 9 close behind their column's ruling in every row.

    days: whether the number column is filled. gaps: which share of each ruling is missing.
    """
    image, rng = Image.new("L", SIZE, _PAPER), random.Random(seed)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(26)
    foot = _TOP + _HEAD + 10 + ROWS * _HIGH
    for y in (_TOP, _TOP + _HEAD, foot):
        pen.line((EDGES[0], y, EDGES[-1], y), fill=_RULE, width=2)
    for x in EDGES:
        for y in range(_TOP, foot, 20):
            if rng.random() >= gaps:
                pen.line((x, y, x, min(y + 20, foot)), fill=_RULE, width=2)
    for x, head in zip(EDGES[1:], HEADS[1:], strict=False):
        pen.text((x + 50, _TOP + 15), head, font=font, fill=_INK)
    rows = []
    for number in range(1, ROWS + 1):
        y = _TOP + _HEAD + 12 + (number - 1) * _HIGH
        values = [f"9.{rng.randrange(100, 999)}" for _ in range(HOURS)]
        if days:
            pen.text((EDGES[0] + 30, y), str(number), font=font, fill=_INK)
        for x, value in zip(EDGES[1:], values, strict=False):
            pen.text((x + 9, y), value, font=font, fill=_INK)
        rows.append((str(number), *values))
    return FiguresTable(np.asarray(image, np.uint8).copy(), tuple(rows))
