"""Where answers go on a blank form: on lines beside their label, in blocks under it, in the cells of tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from ocr.drafting.cells import find_cells
from ocr.drafting.segments import Segment
from ocr.drafting.structures import Level, Structures
from ocr.page import Box, enclose_boxes

How = Literal["line", "block", "cell", "space"]
# In pixels of an A4 page at 200 dpi, where too few dotted lines show the form's own.
_USUAL_PITCH = 54.0
_ABOVE, _BELOW = 0.85, 0.15
_ALIGNED = 0.5
_NEXT_LINE = 1.5
_LEAST_SPACE = 2.2
_EDGE = 0.25
_NEAR_PX = 10


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for one answer. label: number of the piece of print that asks for it, None when there is none near.

    box: in pixels of the page. lines: on which one writes. printed: boxes of print inside it. sure: False where the
    place was found by empty space alone.
    """

    box: Box
    label: int | None
    how: How
    lines: tuple[Level, ...] = ()
    printed: tuple[Box, ...] = ()
    sure: bool = True


def find_slots(found: Structures, segments: Sequence[Segment], *, right_to_left: bool = False) -> tuple[Slot, ...]:
    """The places for answers from the top, those of a row in order of reading.

    Labels stand before them on the row (to the left; to the right where one reads from there) or above.
    """
    if right_to_left:
        # One set of rules for both directions: search the mirrored page, then mirror what was found.
        width = found.text.shape[1]
        turned = find_slots(_mirror(found), [Segment(_mirror_box(s.box, width), s.row) for s in segments])
        return tuple(_turned_slot(s, width) for s in turned)
    pitch = line_pitch(found)
    writing = [v for v in found.levels if v.dotted or _is_free(v, found)]
    slots = _on_lines(writing, segments, pitch, found)
    slots += _in_cells(found, segments, slots, pitch)
    # Answers of one row lie a few pixels higher or lower.
    return tuple(sorted(slots, key=lambda s: (round(s.box.y0 / pitch), s.box.x0)))


def line_pitch(found: Structures) -> float:
    """Usual distance of two lines to write on, in pixels."""
    rows = sorted({v.y for v in found.levels if v.dotted})
    apart = [b - a for a, b in zip(rows, rows[1:], strict=False) if 30 * found.unit <= b - a <= 110 * found.unit]
    return float(np.median(apart)) if len(apart) >= 3 else _USUAL_PITCH * found.unit


def space_beside(number: int, segments: Sequence[Segment], found: Structures) -> Slot | None:
    """Empty room to the right of a piece of print up to the next one, a ruling or the margin; None where small."""
    pitch, label = line_pitch(found), segments[number].box
    right = max((s.box.x1 for s in segments), default=label.x1)
    right = max([right, *(v.x1 for v in found.levels)])
    for other in segments:
        if other.box.x0 >= label.x1 and _overlap(other.box.y0, other.box.y1, label.y0, label.y1) > 0:
            right = min(right, other.box.x0 - 4)
    for line in found.uprights:
        if line.x > label.x1 and line.y0 < label.y1 and line.y1 > label.y0:
            right = min(right, line.x - 3)
    left = label.x1 + round(_EDGE * pitch)
    if right - left < _LEAST_SPACE * pitch:
        return None
    middle = (label.y0 + label.y1) / 2
    box = Box(left, max(0, round(middle - 0.5 * pitch)), right, round(middle + 0.5 * pitch))
    return Slot(box, number, "space", sure=False)


def _mirror(found: Structures) -> Structures:
    width = found.text.shape[1]
    levels = tuple(v._replace(x0=width - v.x1, x1=width - v.x0) for v in found.levels)
    uprights = tuple(u._replace(x=width - u.x) for u in found.uprights)
    ticks = tuple(_mirror_box(t, width) for t in found.ticks)
    return replace(found, levels=levels, uprights=uprights, ticks=ticks, text=found.text[:, ::-1])


def _mirror_box(box: Box, width: int) -> Box:
    return Box(width - box.x1, box.y0, width - box.x0, box.y1)


def _turned_slot(slot: Slot, width: int) -> Slot:
    lines = tuple(v._replace(x0=width - v.x1, x1=width - v.x0) for v in slot.lines)
    printed = tuple(_mirror_box(b, width) for b in slot.printed)
    return replace(slot, box=_mirror_box(slot.box, width), lines=lines, printed=printed)


def _is_free(line: Level, found: Structures) -> bool:
    """Whether a ruling is one to write on: short of the page's width, and no part of a table or frame."""
    near = 8 * found.unit
    touches = any(
        line.x0 - near <= u.x <= line.x1 + near and u.y0 - near <= line.y <= u.y1 + near for u in found.uprights
    )
    return not touches and line.x1 - line.x0 < 0.8 * found.text.shape[1]


def _on_lines(writing: Sequence[Level], segments: Sequence[Segment], pitch: float, found: Structures) -> list[Slot]:
    slots: list[Slot] = []
    for line in sorted(writing, key=lambda v: (round(v.y / (0.3 * pitch)), v.x0)):
        label = _find_label_left(line, segments, pitch)
        before = _find_answer_before(slots, line, pitch)
        if label is None and before is not None:
            slots[before] = _longer(slots[before], line, segments, pitch, found)
            continue
        if label is None:
            label = _find_heading_above(line, segments, {s.label for s in slots}, pitch)
        slots.append(Slot(_line_box(line, segments, pitch, found), label, "line", (line,)))
    return slots


def _find_label_left(line: Level, segments: Sequence[Segment], pitch: float) -> int | None:
    """The nearest print to the left on the line's row with no other line between (such a one ends before it)."""
    on_row = [
        i for i, s in enumerate(segments) if -_ABOVE * pitch < (s.box.y0 + s.box.y1) / 2 - line.y < _BELOW * pitch
    ]
    left = [i for i in on_row if segments[i].box.x1 <= line.x0 + _ALIGNED * pitch]
    return max(left, key=lambda i: segments[i].box.x1, default=None)


def _find_answer_before(slots: Sequence[Slot], line: Level, pitch: float) -> int | None:
    """The answer that a line without a label goes on with: the last one of the row above, ending where it ends."""
    for i in range(len(slots) - 1, -1, -1):
        last = slots[i].lines[-1]
        if 0.4 * pitch < line.y - last.y <= _NEXT_LINE * pitch and abs(last.x1 - line.x1) <= pitch:
            return i
    return None


def _find_heading_above(line: Level, segments: Sequence[Segment], taken: set[int | None], pitch: float) -> int | None:
    """The heading over a line: the lowest print above that no other answer has, at most two lines higher."""
    over = [
        i
        for i, s in enumerate(segments)
        if i not in taken
        and 0 < line.y - s.box.y1 <= 2.2 * pitch
        and _overlap(s.box.x0, s.box.x1, line.x0 - 2 * pitch, line.x1) > 0
    ]
    return max(over, key=lambda i: (segments[i].box.y1, -segments[i].box.x0), default=None)


def _line_box(line: Level, segments: Sequence[Segment], pitch: float, found: Structures) -> Box:
    """Room over a line to write in, less what stands above."""
    top, bottom = line.y - _ABOVE * pitch, line.y + _BELOW * pitch
    for other in found.levels:
        if _overlap(other.x0, other.x1, line.x0, line.x1) > 0 and top - pitch < other.y < line.y - 0.4 * pitch:
            top = max(top, other.y + (_BELOW * pitch if other.dotted else 3))
        if other is not line and not other.dotted and 0 < other.y - line.y < pitch and other.x0 < line.x1 <= other.x1:
            bottom = min(bottom, other.y - 2)
    for s in segments:
        if _overlap(s.box.x0, s.box.x1, line.x0, line.x1) > pitch and s.box.y1 <= line.y - 0.4 * pitch:
            top = max(top, s.box.y1)
    return Box(line.x0, max(0, round(top)), line.x1, round(bottom))


def _longer(slot: Slot, line: Level, segments: Sequence[Segment], pitch: float, found: Structures) -> Slot:
    """An answer with one more line; print that then lies inside it is noted."""
    box = enclose_boxes((slot.box, _line_box(line, segments, pitch, found)))
    inside = tuple(s.box for s in segments if _is_inside(s.box, box))
    return replace(slot, box=box, how="block", lines=(*slot.lines, line), printed=inside)


def _in_cells(found: Structures, segments: Sequence[Segment], slots: Sequence[Slot], pitch: float) -> list[Slot]:
    """Answers in the cells of tables that have no lines to write on."""
    cells = [c for c in find_cells(found) if not any(_is_inside(s.box, c, 0.5) for s in slots)]
    print_in = {c: [i for i, s in enumerate(segments) if _is_inside(s.box, c, 0.6)] for c in cells}
    made: list[Slot] = []
    for cell in cells:
        own = print_in[cell]
        if not own:
            made.append(Slot(_inset(cell), _header(cell, cells, print_in), "cell"))
            continue
        if any(not print_in[c] and abs(c.y0 - cell.y1) <= _NEAR_PX and abs(c.x0 - cell.x0) <= _NEAR_PX for c in cells):
            continue  # the head of a column: answers stand in the empty cells below it
        last = segments[own[-1]].box
        if cell.x1 - last.x1 >= _LEAST_SPACE * pitch:
            made.append(Slot(_inset(Box(last.x1, cell.y0, cell.x1, cell.y1)), own[-1], "cell"))
        elif cell.y1 - last.y1 >= 0.9 * pitch:
            made.append(Slot(_inset(Box(cell.x0, last.y1, cell.x1, cell.y1)), own[-1], "cell"))
    return made


def _header(cell: Box, cells: Sequence[Box], print_in: dict[Box, list[int]]) -> int | None:
    """The print that an empty cell answers to: in the cell beside it, else at the head of its column."""
    near = _NEAR_PX
    left = [c for c in cells if print_in[c] and abs(c.x1 - cell.x0) <= near and abs(c.y0 - cell.y0) <= near]
    if left:
        return print_in[left[0]][-1]
    over = [c for c in cells if print_in[c] and c.y1 <= cell.y0 + near and abs(c.x0 - cell.x0) <= near]
    return print_in[max(over, key=lambda c: c.y1)][-1] if over else None


def _inset(box: Box, px: int = 3) -> Box:
    # The rulings themselves stay outside.
    return Box(box.x0 + px, box.y0 + px, max(box.x0 + px + 1, box.x1 - px), max(box.y0 + px + 1, box.y1 - px))


def _overlap(a0: float, a1: float, b0: float, b1: float) -> float:
    return min(a1, b1) - max(a0, b0)


def _is_inside(box: Box, other: Box, share: float = 0.7) -> bool:
    """Whether most of a box lies in another."""
    wide, high = _overlap(box.x0, box.x1, other.x0, other.x1), _overlap(box.y0, box.y1, other.y0, other.y1)
    area = (box.x1 - box.x0) * (box.y1 - box.y0)
    return wide > 0 and high > 0 and wide * high >= share * area
