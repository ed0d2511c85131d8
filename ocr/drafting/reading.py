"""The words of the pieces of print on a blank form, read with rulings and dotted lines taken away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocr.drafting.segments import Segment
from ocr.drafting.structures import Structures
from ocr.engine import Engine, Image
from ocr.page import Box, Word
from ocr.print.lines import read_mixed

_PAD = 10.0
_LINE_PX = 56
_MOST_UPSCALING = 3.0
_DEPTH = 2


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of print as read.

    words: in order of reading, boxes in pixels of the page. confidence: 0..1 of all of it. others: readings
    that did not win.
    """

    segment: Segment
    text: str
    words: tuple[Word, ...]
    confidence: float
    language: str = ""
    others: tuple[str, ...] = ()


def read_pieces(
    page: Image,
    found: Structures,
    segments: Sequence[Segment],
    languages: Sequence[str],
    engine: Engine,
    *,
    depth: int = _DEPTH,
) -> tuple[Piece, ...]:
    """Read pieces of print in the likeliest of some languages each.

    page: (height, width) uint8 grey, level. depth: how many stages of passes a doubtful piece is given. Raises what the
    engine raises.
    """
    clean = _print_alone(page, found)
    cuts = [_cut(clean, s.box, found.unit) for s in segments]
    read = read_mixed(engine, [image for image, _, _ in cuts], tuple(languages), depth)
    pieces = []
    for segment, (_, corner, scale), line in zip(segments, cuts, read, strict=True):
        words = tuple(replace(w, box=_on_page(w.box, corner, scale)) for w in line.words)
        others = tuple(dict.fromkeys(c.text for c in line.candidates if c.text != line.text))
        pieces.append(Piece(segment, line.text, words, line.confidence, line.language, others))
    return tuple(pieces)


def _print_alone(page: Image, found: Structures) -> Image:
    """The page with everything but print made white."""
    import cv2

    # The mask ends where strokes turn grey; their soft edges belong to them.
    near = cv2.dilate(found.text, np.ones((5, 5), np.uint8))
    return np.where(near > 0, page, 255).astype(np.uint8)


def _cut(page: Image, box: Box, unit: float) -> tuple[Image, tuple[int, int], float]:
    """A piece with a white margin, its left top corner on the page and how much it was enlarged."""
    import cv2

    pad = round(_PAD * unit)
    crop = page[box.y0 : box.y1, box.x0 : box.x1]
    framed = np.pad(crop, pad, constant_values=255)
    scale = float(np.clip(_LINE_PX / framed.shape[0], 1.0, _MOST_UPSCALING))
    if scale > 1:
        framed = cv2.resize(framed, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    return np.asarray(framed, np.uint8), (box.x0 - pad, box.y0 - pad), scale


def _on_page(box: Box, corner: tuple[int, int], scale: float) -> Box:
    x0, y0, x1, y1 = (v / scale for v in box)
    left, top = corner
    return Box(round(left + x0), round(top + y0), max(round(left + x0) + 1, round(left + x1)), round(top + y1) + 1)
