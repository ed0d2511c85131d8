"""Strokes drawn through writing, seen by a small network: which part of a line of writing is struck out.

Its weights lie in ocr/models (training/strokes made them, on drawn lines with drawn strokes).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image
from ocr.models.running import load_network
from ocr.registers.cells import Cell, cut_level, in_line, lines_of
from ocr.registers.ink import Marks
from ocr.registers.sheet import LevelSheet

Floats = NDArray[np.float64]

WEIGHTS = "strokes.onnx"
HEIGHT, LETTER = 32, 12.0
"""Pixels: the height of a line as the network sees it, and of a letter in it."""
BODY = (8, 24)
_MARGIN = 0.6
# So many pixels the network has an answer for.
_STEP = 4
_MOST_WIDE = 1024
_BATCH = 32
_STRUCK = 0.75
_LEAST_PART = 1.8
_LEAST_STRUCK, _ROW_STRUCK = 3, 0.6


def line_pictures(sheet: LevelSheet, cell: Cell, marks: Marks) -> list[Image]:
    """The lines of a cell as the network sees them: (HEIGHT, width) uint8, the writing's middle at half the height."""
    import cv2

    letter, found = marks.letter_px, []
    for line in lines_of(marks, cell.marks):
        own = cell.marks[in_line(marks, cell.marks, line)]
        if not len(own):
            continue
        x0, x1 = float(marks.x0[own].min()) - _MARGIN * letter, float(marks.x1[own].max()) + _MARGIN * letter
        high = HEIGHT / LETTER * letter
        middle = float(np.median((marks.y0[own] + marks.y1[own]) / 2))
        picture = cut_level(sheet, x0, middle - high / 2, x1, middle + high / 2)
        wide = int(np.clip(round((x1 - x0) * LETTER / letter), 8, _MOST_WIDE))
        how = cv2.INTER_AREA if len(picture) > HEIGHT else cv2.INTER_CUBIC
        found.append(np.asarray(cv2.resize(picture, (wide, HEIGHT), interpolation=how), np.uint8))
    return found


def struck_shares(lines: Sequence[Image]) -> list[float]:
    """Which share of the writing of each line a stroke runs through, 0..1. Raises EngineMissing without weights."""
    shares = [0.0] * len(lines)
    # Lines of like width go together, so that the least white is looked at.
    order = sorted(range(len(lines)), key=lambda i: lines[i].shape[1])
    for start in range(0, len(order), _BATCH):
        some = order[start : start + _BATCH]
        # Rounded up to whole answers of the network.
        wide = -(-max(lines[i].shape[1] for i in some) // _STEP) * _STEP
        asked = np.full((len(some), 1, HEIGHT, wide), 255, np.uint8)
        for k, i in enumerate(some):
            asked[k, 0, :, : lines[i].shape[1]] = lines[i]
        said = load_network(WEIGHTS).session.run(
            None, {"line": asked.astype(np.float32) / np.float32(127.5) - np.float32(1)}
        )[0]
        for k, i in enumerate(some):
            shares[i] = _share(lines[i], 1 / (1 + np.exp(-said[k].astype(np.float64))))
    return shares


def with_strikes(
    sheet: LevelSheet, marks: Marks, rows: Sequence[Sequence[Cell]], usual: Sequence[bool]
) -> list[list[Cell]]:
    """The cells of rows with what is struck out in them; a row most of whose cells are struck is struck as a whole.

    usual: which rows are written in the usual size; the others are not looked at.
    """
    looked = [(r, row) for r, row in enumerate(rows) if usual[r]]
    asked = [(r, c) for r, row in looked for c, cell in enumerate(row) if not (cell.blank or cell.ditto)]
    lines = [line_pictures(sheet, rows[r][c], marks) for r, c in asked]
    shares = struck_shares([line for some in lines for line in some])
    found = [list(row) for row in rows]
    at = 0
    for (r, c), some in zip(asked, lines, strict=True):
        own = list(zip((line.shape[1] for line in some), shares[at : at + len(some)], strict=True))
        at += len(some)
        share = sum(w * s for w, s in own) / max(1, sum(w for w, _ in own))
        in_part = any(s * w >= _LEAST_PART * LETTER for w, s in own)
        struck = found[r][c].struck or share >= _STRUCK
        found[r][c] = replace(found[r][c], struck=struck, struck_in_part=in_part and not struck)
    return [_as_whole(row) for row in found]


def _as_whole(row: Sequence[Cell]) -> list[Cell]:
    """A row's cells, all struck where most are."""
    written = [cell for cell in row if not cell.blank]
    struck = sum(cell.struck for cell in written)
    if struck < max(_LEAST_STRUCK, _ROW_STRUCK * len(written)):
        return list(row)
    return [replace(cell, struck=not cell.blank, struck_in_part=False) for cell in row]


def _share(line: Image, likely: Floats) -> float:
    """The mean of what the network says of columns in which something is written."""
    dark = 255 - line[BODY[0] : BODY[1]]
    held = dark.max(axis=0) > max(30.0, 0.45 * float(np.percentile(dark, 97)))
    columns = np.flatnonzero(held)
    if not len(columns):
        return 0.0
    inside = likely[columns[0] // _STEP : columns[-1] // _STEP + 1]
    return float((inside > 0.5).mean()) if len(inside) else 0.0
