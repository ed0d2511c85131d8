"""Pieces of print on a form: words that stand together on one row, parted where something is to be written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ocr.drafting.structures import Structures
from ocr.page import Box, enclose_boxes

_JOIN = (13, 7)
_WORD_GAP = 34.0
_SAME_ROW = 0.45
_LEAST_HIGH = 9.0
_LEAST_WIDE, _MOST_HIGH = 20.0, 90.0


class Segment(NamedTuple):
    """A piece of print. row: number of its row from the top; pieces of one row stand beside each other."""

    box: Box
    row: int


def find_segments(found: Structures) -> tuple[Segment, ...]:
    """The pieces of print from the top, those of a row from the left."""
    segments: list[Segment] = []
    for number, row in enumerate(_rows(_pieces(found), found.unit)):
        segments += [Segment(box, number) for box in _join_pieces(row, found)]
    return tuple(segments)


def _pieces(found: Structures) -> list[Box]:
    """Boxes of print with near neighbours joined."""
    import cv2

    wide, high = (max(1, round(v * found.unit)) for v in _JOIN)
    joined = cv2.morphologyEx(found.text, cv2.MORPH_CLOSE, np.ones((high, wide), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    pieces = [Box(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, _ in stats[1:]]
    pieces = [b for b in pieces if not _is_stray(b, pieces, found.unit)]
    return [kept for b in pieces if (kept := _beside_lines(b, found)) is not None]


def _beside_lines(piece: Box, found: Structures) -> Box | None:
    """A piece without what stands on a line to write on: that is what people wrote and is left of it, no print."""
    reach, least = 30 * found.unit, _LEAST_HIGH * found.unit
    for v in found.levels:
        is_over = v.dotted and piece.y0 < v.y - 0.5 * least and v.y - reach < piece.y1 < v.y + reach
        if not is_over or v.x1 <= piece.x0 or v.x0 + 4 * found.unit >= piece.x1:
            continue
        if v.x0 - 3 > piece.x0:
            piece = piece._replace(x1=v.x0 - 1)
        elif v.x1 + least < piece.x1:
            piece = piece._replace(x0=v.x1 + 1)
        else:
            return None
    return piece


def _is_stray(piece: Box, pieces: Sequence[Box], unit: float) -> bool:
    """Whether a piece is a speck or the edge of a shadow: narrow, with no print beside it."""
    if piece.x1 - piece.x0 >= _LEAST_WIDE * unit and piece.y1 - piece.y0 <= _MOST_HIGH * unit:
        return False
    reach = _WORD_GAP * unit
    return not any(
        other is not piece
        and other.x1 - other.x0 >= _LEAST_WIDE * unit
        and _LEAST_HIGH * unit <= other.y1 - other.y0 <= _MOST_HIGH * unit
        and other.x0 - reach <= piece.x1
        and piece.x0 <= other.x1 + reach
        and _distance_to_row(other, piece) <= _LEAST_HIGH * unit
        for other in pieces
    )


def _rows(pieces: Sequence[Box], unit: float) -> list[list[Box]]:
    """Pieces in rows: tall ones make the rows, signs and dots go to the row that they lie in or nearest to."""
    tall = [b for b in pieces if b.y1 - b.y0 >= _LEAST_HIGH * unit]
    rows: list[list[Box]] = []
    for box in sorted(tall, key=lambda b: (b.y0 + b.y1, b.x0)):
        # Boxes come from the top, so only the last rows can take one.
        row = next((r for r in reversed(rows[-4:]) if _share_of_height(enclose_boxes(r), box) >= _SAME_ROW), None)
        if row is None:
            rows.append([box])
        else:
            row.append(box)
    rows.sort(key=lambda r: enclose_boxes(r).y0)
    for box in (b for b in pieces if b.y1 - b.y0 < _LEAST_HIGH * unit):
        near = min(rows, key=lambda r: _distance_to_row(enclose_boxes(r), box), default=None)
        if near is not None and _distance_to_row(enclose_boxes(near), box) <= _LEAST_HIGH * unit:
            near.append(box)
    return rows


def _join_pieces(row: Sequence[Box], found: Structures) -> list[Box]:
    """Pieces of a row put together, unless they stand far apart or a line to write on, a ruling or a box parts them."""
    made: list[Box] = []
    # Boxes sort by their left edges.
    for box in sorted(row):
        if made and box.x0 - made[-1].x1 < _WORD_GAP * found.unit and not _is_parted(made[-1], box, found):
            made[-1] = enclose_boxes((made[-1], box))
        else:
            made.append(box)
    return [b for b in made if b.y1 - b.y0 >= _LEAST_HIGH * found.unit]


def _is_parted(left: Box, right: Box, found: Structures) -> bool:
    top, bottom = min(left.y0, right.y0), max(left.y1, right.y1)
    x0, x1 = left.x1 - 1, right.x0 + 1
    if any(x0 <= u.x <= x1 and u.y0 < bottom and u.y1 > top for u in found.uprights):
        return True
    if any(t.x0 < x1 and t.x1 > x0 and t.y0 < bottom and t.y1 > top for t in found.ticks):
        return True
    reach = 12 * found.unit
    return any(v.x0 >= x0 and v.x1 <= x1 and top < v.y < bottom + reach for v in found.levels)


def _share_of_height(a: Box, b: Box) -> float:
    """Share of the lower of two boxes' heights that both have."""
    both = min(a.y1, b.y1) - max(a.y0, b.y0)
    return both / max(1, min(a.y1 - a.y0, b.y1 - b.y0))


def _distance_to_row(row: Box, box: Box) -> float:
    middle = (box.y0 + box.y1) / 2
    return max(row.y0 - middle, middle - row.y1, 0)
