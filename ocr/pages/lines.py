"""The lines of a prepared page in reading order, and each cut out for an engine that reads line by line.

Tesseract's own search for lines runs tall scripts together: cut out one by one, Tamil and Malayalam lines are read with
a twentieth of the errors, in the same time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ocr.engine import Image
from ocr.geometry.gutter import QuietGap, gaps, widest
from ocr.geometry.mapping import Points
from ocr.geometry.paper import ink_of, small
from ocr.geometry.strands import find_strands, text_ink
from ocr.page import Box, enclose_boxes
from ocr.pages.prepared import Prepared

_LEAST_WIDE = 0.6
_SHORT = 3.0
_SIGN = 0.6
_SAME_ROW = 0.5
_COLUMN_GAP = 1.6
_COLUMN_ROWS = 4
_COLUMN_SHARE = 0.2
_WORD_GAP = 5.0
_COVERED = 0.5
_MARGIN = 0.25
# Enlarging costs time and brings nothing for lines that are read as they are; rules are found at 64 pixels.
_MOST_UPSCALING = 3.0


class PageLine(NamedTuple):
    """One line on a prepared page, in its pixels; block: number of the column or paragraph, from 0."""

    box: Box
    block: int


@dataclass(frozen=True, slots=True)
class LineCrop:
    """A line cut out: image (height, width) uint8; box: on the prepared page, margin and all; scale: crop over page."""

    image: Image
    box: Box
    scale: float
    page: Prepared

    def to_page(self, points: Points) -> Points:
        """Pixels of the prepared page for pixels of the crop; points: (n, 2) rows x, y."""
        # Pixels' middles have whole coordinates, so the corner of either picture lies half a pixel before 0.
        at = (np.asarray(points, np.float64).reshape(-1, 2) + 0.5) / self.scale - 0.5
        return np.asarray(at + np.array([self.box.x0, self.box.y0]), np.float64)

    def to_source(self, points: Points) -> Points:
        """Pixels of the scan for pixels of the crop."""
        return self.page.to_source(self.to_page(points))

    def box_to_source(self, box: Box) -> Box:
        """The rectangle of the scan around a box of the crop."""
        x0, y0, x1, y1 = (v / self.scale for v in box)
        left, top = self.box.x0, self.box.y0
        return self.page.box_to_source(
            Box(round(left + x0), round(top + y0), max(round(left + x0) + 1, round(left + x1)), round(top + y1))
        )


def find_lines(image: Image, *, right_to_left: bool = False) -> tuple[PageLine, ...]:
    """The lines of a prepared page in reading order: columns one after the other, rows from the top.

    image: (height, width) uint8 grey, flat and level. right_to_left: the rightmost column comes first.
    """
    looked, scale = small(image)
    strands = find_strands(text_ink(ink_of(looked)), _LEAST_WIDE)
    letter = strands.letter_px
    boxes = _without_signs(strands.boxes, letter)
    if not boxes:
        return ()
    rows: list[PageLine] = []
    for block, members in enumerate(_columns(boxes, letter, looked.shape[1], right_to_left=right_to_left)):
        rows += [PageLine(box, block) for box in _rows(members, letter, right_to_left=right_to_left)]
    return tuple(PageLine(_scale_box(line.box, scale, image.shape), line.block) for line in rows)


def drop_covered(found: Sequence[PageLine], read: Sequence[Box]) -> tuple[PageLine, ...]:
    """Those of the lines found that boxes already read do not cover by half."""
    return tuple(line for line in found if _share_covered(line.box, read) < _COVERED)


def cut_line(page: Prepared, box: Box, height_px: int | None = None) -> LineCrop:
    """One line of a prepared page with a little margin, enlarged threefold at most where it is to be height_px high.

    Left as large as it is, a line is read as well and twice as fast; clean_line finds rules in lines 64 pixels high.
    What reaches in from the lines above and below is taken out.
    """
    import cv2

    height, width = page.image.shape
    pad = max(2, round(_MARGIN * (box.y1 - box.y0)))
    x0, y0 = max(0, min(box.x0 - pad, width - 1)), max(0, min(box.y0 - pad, height - 1))
    cut = Box(x0, y0, max(x0 + 1, min(width, box.x1 + pad)), max(y0 + 1, min(height, box.y1 + pad)))
    crop = _isolate_line(page.image[cut.y0 : cut.y1, cut.x0 : cut.x1], box.y0 - cut.y0, box.y1 - cut.y0)
    scale = min(_MOST_UPSCALING, height_px / crop.shape[0]) if height_px else 1.0
    size = tuple(max(1, round(n * scale)) for n in crop.shape[::-1])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    image = crop if scale == 1.0 else np.asarray(cv2.resize(crop, size, interpolation=how), np.uint8)
    return LineCrop(image, cut, scale, page)


def _isolate_line(crop: Image, top: int, bottom: int) -> Image:
    """A crop without what reaches in from the lines above and below; top, bottom: the line's own rows."""
    import cv2

    _, labels, stats, centres = cv2.connectedComponentsWithStats(ink_of(crop), connectivity=8)
    # Only what the cut runs through can be of another line.
    above = (stats[:, 1] == 0) & (centres[:, 1] < top)
    below = (stats[:, 1] + stats[:, 3] == crop.shape[0]) & (centres[:, 1] >= bottom)
    strange = above | below
    strange[0] = False
    if not strange.any():
        return crop
    gone = cv2.dilate(strange[labels].astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return np.where(gone, 255, crop).astype(np.uint8)


def _without_signs(boxes: Sequence[Box], letter: float) -> list[Box]:
    """Boxes without specks and without signs that hang below a line or stand above it."""
    long = [b for b in boxes if b.x1 - b.x0 >= _SHORT * letter]
    return long + [
        b
        for b in boxes
        if b.x1 - b.x0 < _SHORT * letter
        and b.y1 - b.y0 >= _SIGN * letter
        and not any(_hangs(b, other, letter) for other in long)
    ]


def _hangs(sign: Box, line: Box, letter: float) -> bool:
    """Whether a short box lies over or under a line, nearer than half a letter, without sharing its row."""
    beside = sign.x1 <= line.x0 or sign.x0 >= line.x1
    apart = max(line.y0 - sign.y1, sign.y0 - line.y1)
    return not beside and apart <= 0.5 * letter


def _columns(boxes: list[Box], letter: float, width: int, *, right_to_left: bool) -> list[list[Box]]:
    """Boxes parted into columns where a gap runs through, else into what lies above a wide box, beside and below."""
    cut = _column_gap(boxes, letter, width)
    if cut is not None:
        sides = [[b for b in boxes if b.x1 <= cut], [b for b in boxes if b.x0 >= cut]]
        sides = sides[::-1] if right_to_left else sides
        return [part for side in sides for part in _columns(side, letter, width, right_to_left=right_to_left)]
    parts = _bands(boxes, letter, width)
    if len(parts) == 1:
        return parts
    return [part for band in parts for part in _columns(band, letter, width, right_to_left=right_to_left)]


def _column_gap(boxes: Sequence[Box], letter: float, width: int) -> int | None:
    """The middle of the widest upright gap that has a column of several rows on both sides."""
    quiet = np.ones(max(b.x1 for b in boxes), bool)
    quiet[: min(b.x0 for b in boxes)] = False
    for b in boxes:
        quiet[b.x0 : b.x1] = False
    gap = widest([g for g in gaps(quiet) if g.width > _COLUMN_GAP * letter and _parts(g, boxes, letter, width)])
    return None if gap is None else int(gap.middle)


def _parts(gap: QuietGap, boxes: Sequence[Box], letter: float, width: int) -> bool:
    """Whether a column stands on both sides of a gap."""
    sides = [b for b in boxes if b.x1 <= gap.first], [b for b in boxes if b.x0 >= gap.behind]
    return all(_is_column(side, letter, width) for side in sides)


def _is_column(side: Sequence[Box], letter: float, width: int) -> bool:
    wide = max(b.x1 for b in side) - min(b.x0 for b in side)
    typical = float(np.median([b.x1 - b.x0 for b in side]))
    return len(side) >= _COLUMN_ROWS and wide >= _COLUMN_SHARE * width and typical >= max(6 * letter, 0.5 * wide)


def _bands(boxes: list[Box], letter: float, width: int) -> list[list[Box]]:
    """Boxes parted at those as wide as several columns, when what lies between has columns; else all of them."""
    ordered = sorted(boxes, key=lambda b: b.y0)
    # The widest few alone can stand across columns.
    for wide in sorted(boxes, key=lambda b: b.x0 - b.x1)[:3]:
        above = [b for b in ordered if b.y0 < wide.y0 and b is not wide]
        below = [b for b in ordered if b.y0 >= wide.y0 and b is not wide]
        if any(len(part) > _COLUMN_ROWS and _column_gap(part, letter, width) is not None for part in (above, below)):
            return [part for part in (above, [wide], below) if part]
    return [boxes]


def _rows(boxes: Sequence[Box], letter: float, *, right_to_left: bool) -> list[Box]:
    """Boxes of one column put together to lines, from the top; far apart on one row they stay apart."""
    rows: list[list[Box]] = []
    for box in sorted(boxes, key=lambda b: (b.y0 + b.y1) / 2):
        # Boxes come from the top, so only the last rows can take one.
        row = next((r for r in reversed(rows[-3:]) if _overlap(enclose_boxes(r), box) >= _SAME_ROW), None)
        if row is None:
            rows.append([box])
        else:
            row.append(box)
    lines: list[Box] = []
    for row in rows:
        row.sort(key=lambda b: b.x0)
        parts = [[row[0]]]
        for box in row[1:]:
            if box.x0 - max(b.x1 for b in parts[-1]) > _WORD_GAP * letter:
                parts.append([])
            parts[-1].append(box)
        lines += [enclose_boxes(p) for p in (parts[::-1] if right_to_left else parts)]
    return lines


def _overlap(a: Box, b: Box) -> float:
    """Share of the lower box's height that both have in common."""
    return (min(a.y1, b.y1) - max(a.y0, b.y0)) / max(1, min(a.y1 - a.y0, b.y1 - b.y0))


def _share_covered(box: Box, others: Sequence[Box]) -> float:
    """Share of a box's width that others on its row cover."""
    columns = np.zeros(max(1, box.x1 - box.x0), bool)
    for other in others:
        if _overlap(box, other) >= _SAME_ROW:
            columns[max(0, other.x0 - box.x0) : max(0, other.x1 - box.x0)] = True
    return float(columns.mean())


def _scale_box(box: Box, scale: float, shape: tuple[int, ...]) -> Box:
    """A box of the small picture on the page itself."""
    height, width = shape[:2]
    x0, y0 = int(box.x0 / scale), int(box.y0 / scale)
    return Box(x0, y0, min(width, int(np.ceil(box.x1 / scale))), min(height, int(np.ceil(box.y1 / scale))))
