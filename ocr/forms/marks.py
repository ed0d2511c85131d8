"""Printed answers of which one is marked: "Written / Oral" struck out, ringed or ticked, or boxes to be ticked.

Only what a pen adds counts: the form file keeps what is printed about each answer (`ink`), and what lies on it is left
out. What is neither clearly marked nor clearly left alone is unclear.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ocr.cleaning.clean import Matrix, flatten
from ocr.cleaning.ruled_lines import ink_mask
from ocr.engine import Image
from ocr.forms.form import Alternative, Zone
from ocr.forms.tick_over import ticked_over
from ocr.forms.zones import cut_box

How = Literal["struck", "ticked", "ringed", "none", "unclear"]
Mask = NDArray[np.bool_]

_KEPT_PX = 32
"""How high an answer's box is in the mask that a form file keeps; pages are looked at twice as fine."""
_WORD_PX = 2 * _KEPT_PX
_EDGE_PX = 28
_SLOPES = np.linspace(-0.26, 0.26, 15)
_SHIFT_PX = 8
_CLEAR_PX = 2
_LEAST_FREE = 0.2
_INSET = 0.22
_HALF = 0.5
_STRUCK = (0.3, 1.0)
_RING = (0.45, 0.75)
_TICK = (0.02, 0.06)
_FRAME = 0.22
_SURELY_LEFT = 0.15
_MARKED = 0.5
_CREASED = 0.3
"""How far the answer that is left may seem struck out: a crease runs through all of them."""


@dataclass(frozen=True, slots=True)
class Marked:
    """Which of a zone's printed answers holds.

    how: by what it was told; "none": nothing is marked, "unclear": something is, and not what. value: of the answer, ""
    if it is none or unclear. confidence: 0..1 that this is so; measured on drawn marks, not on people's.
    """

    value: str
    how: How
    confidence: float


class AnswerMarks(NamedTuple):
    """How far one answer is struck out, ringed, ticked in its box, ticked over its words: each 0 (surely not) to 1."""

    struck: float
    ringed: float
    ticked: float
    over: float = 0.0


def read_marks(grey: Image, matrix: Matrix, zone: Zone) -> Marked:
    """Which of the printed answers of a zone is marked on a page.

    grey: (height, width) uint8 as scanned. matrix: (2, 3), reference frame to page pixels. Raises ValueError for a zone
    with fewer than two alternatives.
    """
    if len(zone.alternatives) < 2:
        raise ValueError(f"zone {zone.id} has no printed answers to choose from")
    return judge([a.value for a in zone.alternatives], [look(grey, matrix, a) for a in zone.alternatives])


def judge(values: Sequence[str], seen: Sequence[AnswerMarks]) -> Marked:
    """The answer that holds, from how far each is marked: a tick or a ring picks one, strokes leave one.

    Marks that contradict each other, such as two ticks or every answer struck out, are unclear.
    """
    marks = np.asarray(seen, np.float64).reshape(len(seen), 4)
    if marks[:, 1].max() > _MARKED:
        marks[:, 3] = 0.0  # the arc of a ring rises over the words beside it as a tick would
    struck = marks[:, 0]
    for how, column in (("ticked", marks[:, 2:].max(axis=1)), ("ringed", marks[:, 1])):
        if column.max() > _MARKED:
            picked = max(range(len(seen)), key=lambda i: (column[i], -struck[i]))
            return _make_marked(
                values[picked], how, min(column[picked], 1 - _find_highest_other(column, picked), 1 - struck[picked])
            )
    if struck.max() > _MARKED:
        left = int(struck.argmin())
        if struck[left] > _CREASED:
            return _unclear(struck[left])
        return _make_marked(values[left], "struck", min(1 - struck[left], float(np.delete(struck, left).min())))
    return Marked("", "none", round(float(1 - marks.max()), 3)) if marks.max() < _SURELY_LEFT else _unclear(marks.max())


def answer_ink(print_: Image, box: tuple[int, int, int, int]) -> str:
    """What is printed about an answer, as a form file keeps it: a small mask, packed and written in letters.

    print_: (height, width) uint8, the clean blank print in the reference frame. box: of the answer's words.
    """
    import cv2

    fine = _ink_about(print_, np.eye(2, 3), box).astype(np.float32)
    ink = cv2.resize(fine, (fine.shape[1] // 2, fine.shape[0] // 2), interpolation=cv2.INTER_AREA) >= _HALF
    return base64.b64encode(zlib.compress(np.packbits(ink).tobytes(), 9)).decode("ascii")


def look(grey: Image, matrix: Matrix, answer: Alternative) -> AnswerMarks:
    """How one printed answer is marked on a page. Without the form's `ink` only ticks are seen."""
    ticked = _measure_tick(grey, matrix, answer)
    ink = _ink_about(grey, matrix, answer.box)
    printed = _unpack_mask(answer.ink, ink.shape)
    if printed is None:
        return AnswerMarks(0.0, 0.0, ticked)
    laid = _laid_on(printed, ink)
    free = ~_grow_mask(laid, _CLEAR_PX)
    inner = (slice(_EDGE_PX, -_EDGE_PX), slice(_EDGE_PX, -_EDGE_PX))
    ringed = _grade(_ring(ink & free), _RING)
    over = ticked_over(ink & free, laid) * (1 - ringed)
    struck = _grade(_stroke((ink & free)[inner], free[inner]), _STRUCK)
    # Rings and ticks cross the word as well: what they account for is no stroke.
    return AnswerMarks(struck * (1 - ringed) * (1 - over), ringed, ticked, over)


def _find_highest_other(column: NDArray[np.float64], picked: int) -> float:
    return float(np.delete(column, picked).max())


def _make_marked(value: str, how: str, sure: float) -> Marked:
    kinds: dict[str, How] = {"struck": "struck", "ticked": "ticked", "ringed": "ringed"}
    return Marked(value, kinds[how], round(float(sure), 3)) if sure > _MARKED else _unclear(1 - sure)


def _unclear(sure: float) -> Marked:
    return Marked("", "unclear", round(float(np.clip(sure, 0, 1)), 3))


def _ink_about(grey: Image, matrix: Matrix, box: tuple[int, int, int, int]) -> Mask:
    """Ink of an answer's box and a margin about it, the box 64 pixels high."""
    x0, y0, x1, y1 = box
    pad = _EDGE_PX * (y1 - y0) / _WORD_PX
    around = cut_box(grey, matrix, (x0 - pad, y0 - pad, x1 + pad, y1 + pad), _WORD_PX / (y1 - y0))
    # The form file holds the mask at half the size: both sides must halve.
    even = around[: around.shape[0] // 2 * 2, : around.shape[1] // 2 * 2]
    return np.asarray(ink_mask(flatten(even)) > 0)


def _unpack_mask(text: str, shape: tuple[int, ...]) -> Mask | None:
    """The mask that answer_ink wrote; None without one, or if it is of another size."""
    try:
        bits = np.unpackbits(np.frombuffer(zlib.decompress(base64.b64decode(text, validate=True)), np.uint8))
    # A damaged mask is as good as none: ticks in boxes are seen without.
    except (zlib.error, binascii.Error):
        return None
    height, width = shape[0] // 2, shape[1] // 2
    # packbits fills its last byte up: there may be seven bits more.
    if not height * width <= len(bits) < height * width + 8:
        return None
    return np.asarray(np.kron(bits[: height * width].reshape(height, width), np.ones((2, 2))) > 0)


def _laid_on(printed: Mask, ink: Mask) -> Mask:
    """The print moved by a few pixels to where it lies on the page."""
    moves = [(y, x) for y in range(-_SHIFT_PX, _SHIFT_PX + 1, 1) for x in range(-_SHIFT_PX, _SHIFT_PX + 1, 1)]
    # roll comes in again at the other side, but no farther than the empty margin is wide.
    moved = [np.roll(printed, move, (0, 1)) for move in moves]
    return moved[int(np.argmax([np.count_nonzero(m & ink) for m in moved]))]


def _grow_mask(mask: Mask, px: int) -> Mask:
    import cv2

    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((2 * px + 1, 2 * px + 1), np.uint8)) > 0)


def _grade(value: float, limits: tuple[float, float]) -> float:
    """0 below the first limit, 1 above the second, evenly between."""
    low, high = limits
    return float(np.clip((value - low) / (high - low), 0, 1))


def _stroke(added: Mask, free: Mask) -> float:
    """How far the best straight stroke runs through a word: share 0..1 of the columns where print would not hide it.

    Both masks: (height, width) of the word's box. Strokes slope by a quarter at most, may wander by two pixels, and lie
    between the word's upper and lower quarter.
    """
    rows = np.flatnonzero((~free).any(axis=1))
    if not len(rows):
        return 0.0
    inset = round(_INSET * (rows[-1] - rows[0]))
    middle = slice(rows[0] + inset, rows[-1] - inset + 1)
    best = 0.0
    for slope in _SLOPES:
        hit = _grown_upright(_shear_mask(added, float(slope)))[middle]
        open_ = _grown_upright(_shear_mask(free, float(slope)))[middle] | hit
        share = hit.sum(axis=1) / np.maximum(open_.sum(axis=1), 1)
        share[open_.mean(axis=1) < _LEAST_FREE] = 0.0
        best = max(best, float(share.max(initial=0.0)))
    return best


def _shear_mask(mask: Mask, slope: float) -> Mask:
    """The mask with each column moved so that a line of that slope becomes level about the middle."""
    import cv2

    width = mask.shape[1]
    matrix = np.array([[1, 0, 0], [slope, 1, -slope * (width - 1) / 2]], np.float64)
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(mask.astype(np.uint8), matrix, (width, mask.shape[0]), flags=flags) > 0)


def _grown_upright(mask: Mask) -> Mask:
    import cv2

    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((5, 1), np.uint8)) > 0)


def _ring(added: Mask) -> float:
    """How much of a word's width has a stroke both above and below its middle, and on both sides: share 0..1."""
    height, width = added.shape
    inner = slice(_EDGE_PX, width - _EDGE_PX)
    above = added[: height // 3, inner].any(axis=0)
    below = added[-(height // 3) :, inner].any(axis=0)
    sides = added[:, :_EDGE_PX].any() and added[:, -_EDGE_PX:].any()
    return float(min(above.mean(), below.mean())) if sides else 0.0


def _measure_tick(grey: Image, matrix: Matrix, answer: Alternative) -> float:
    """How surely a pen was in the empty box beside an answer."""
    if answer.tick is None:
        return 0.0
    x0, y0, x1, y1 = answer.tick
    pad, scale = 0.5 * (y1 - y0), _WORD_PX / (y1 - y0)
    around = cut_box(grey, matrix, (x0 - pad, y0 - pad, x1 + pad, y1 + pad), scale)
    ink = ink_mask(flatten(around)) > 0
    edge = round((pad + _FRAME * (y1 - y0)) * scale)
    return _grade(float(ink[edge:-edge, edge:-edge].mean()), _TICK)
