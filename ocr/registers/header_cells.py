"""The cells of a header: their pictures, and whether something stands in the middle of each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ocr.engine import Image
from ocr.registers.cells import cut_level
from ocr.registers.grid import Grid
from ocr.registers.header_spaces import Space
from ocr.registers.ink import Marks, columns_of
from ocr.registers.line import RuledLine
from ocr.registers.sheet import LevelSheet

_OFF_MIDDLE = 0.18
_EDGE_PX = 3


def cells_in(
    sheet: LevelSheet, grid: Grid, marks: Marks, tops: Sequence[RuledLine], feet: Sequence[RuledLine], least: int = 2
) -> list[Image | None]:
    """Pictures of the header's cells from the left; None where nothing is printed. least: so many marks are print."""
    found: list[Image | None] = []
    for half, top, foot in zip(grid.halves, tops, feet, strict=True):
        column = columns_of(half, marks.x, marks.y)
        x = np.clip(marks.x.astype(int), 0, sheet.width - 1)
        inside = (marks.y > top.at[x]) & (marks.y < foot.at[x]) & (marks.x >= half.left) & (marks.x < half.right)
        for i in range(len(half.uprights) - 1):
            own = np.flatnonzero(inside & (column == i))
            # One mark alone may be a word whose letters run together.
            if len(own) < least and not (marks.x1[own] - marks.x0[own] >= marks.letter_px).any():
                found.append(None)
                continue
            pad = 0.5 * marks.letter_px
            left, right = half.uprights[i].middle, half.uprights[i + 1].middle
            found.append(
                cut_level(
                    sheet,
                    max(left + 2, float(marks.x0[own].min()) - pad),
                    float(marks.y0[own].min()) - pad,
                    min(right - 2, float(marks.x1[own].max()) + pad),
                    float(marks.y1[own].max()) + pad,
                )
            )
    return found


def whole_cells_in(
    sheet: LevelSheet, grid: Grid, marks: Marks, tops: Sequence[RuledLine], feet: Sequence[RuledLine]
) -> list[Image | None]:
    """Pictures of all of the header's cells from the left, without the lines around them."""
    found: list[Image | None] = []
    for half, top, foot in zip(grid.halves, tops, feet, strict=True):
        for left, right in zip(half.uprights, half.uprights[1:], strict=False):
            x = round(min(max((left.middle + right.middle) / 2, 0), sheet.width - 1))
            y0, y1 = float(top.at[x]), float(foot.at[x])
            found.append(cut_level(sheet, left.middle + _EDGE_PX, y0, right.middle - _EDGE_PX, y1))
    return found


def share_centred(grid: Grid, marks: Marks, space: Space, widest_px: float, least: float = 0.5) -> float:
    """Share of columns in whose middle something no wider than that stands. least: how high in letters it must be."""
    right = []
    for half, top, foot in zip(grid.halves, *space, strict=True):
        column = columns_of(half, marks.x, marks.y)
        x = np.clip(marks.x.astype(int), 0, len(top.at) - 1)
        inside = (marks.y > top.at[x]) & (marks.y < foot.at[x]) & (marks.x >= half.left) & (marks.x < half.right)
        inside &= marks.y1 - marks.y0 >= least * marks.letter_px
        for i in range(len(half.uprights) - 1):
            own = np.flatnonzero(inside & (column == i))
            if not len(own):
                right.append(False)
                continue
            x0, x1 = float(marks.x0[own].min()), float(marks.x1[own].max())
            left, behind = half.uprights[i].middle, half.uprights[i + 1].middle
            off = abs((x0 + x1) / 2 - (left + behind) / 2) / max(1.0, behind - left)
            right.append(x1 - x0 <= widest_px and off <= _OFF_MIDDLE)
    return float(np.mean(right))
