"""Writing that runs over the right edge of its zone: how far to follow it, and whether it is cut all the same.

A date that begins late in its line ends beyond the box that most dates fill, and the part that is seen reads like
another date. Figures run from left to right in all scripts, and begin at their printed word: the other edge was looked
at on 153 real pages, and cut none. Only figures are followed: a name that loses a letter still says whose it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.cleaning.blots import Blots, find_blots
from ocr.cleaning.clean import bare_line
from ocr.engine import Image
from ocr.forms.form import Form, Zone
from ocr.forms.zones import cut_box

FrameBox = tuple[int, int, int, int]
_KINDS = ("date", "time", "digits", "decimal", "year")
_LEAST_HIGH, _MOST_HIGH, _MIDDLE = 0.4, 0.95, 0.15
"""Of the zone's height: figures are no lower; what is as high as the zone is a frame; and no piece of another line lies
in its middle."""
_LEAST_INSIDE = 0.3
"""Beside a printed word, so much of the zone's height must a stroke reach into the zone to be no letter of that."""
_LABEL_NEAR, _LABEL_GAP = 20, 3
"""In frame pixels: a label that begins so far within a zone may be in the way; print lies off by as much as the gap."""
_STEP, _MOST, _BEHIND, _SCAN_END = 0.5, 5.0, 0.35, 0.1
"""Of the zone's height: how far it is widened at once, and at most; how much free paper shows that nothing follows; how
near to the end of a scan a figure is the last one that it shows."""


@dataclass(frozen=True, slots=True)
class RunOn:
    """How far a zone's writing runs. zone: to be read, as wide as free paper allows; shown: its box for people, as far
    as the next zone; is_cut: the writing goes on where it could not be followed.
    """

    zone: Zone
    shown: FrameBox
    is_cut: bool = False


def follow_writing(
    grey: Image, matrix: NDArray[np.float64], form: Form, zone: Zone, blots: Blots, scale: float
) -> RunOn:
    """Widen a zone of figures as far as its writing runs on: up to the next printed word, zone, or end of the scan.

    grey: the page, (height, width) uint8; matrix: (2, 3), reference frame to page pixels; blots: of the zone's bare
    crop; scale: of that. A form whose file names no printed words is left as it is: ink at an edge may be print there.
    """
    if zone.kind not in _KINDS or not zone.handwriting or not form.labels:
        return RunOn(zone, zone.box)
    look = _Look(grey, matrix, form, scale)
    free, room = look.find_room(zone)
    box = zone.box
    if not look.runs_over(box, free, blots):
        return RunOn(zone, box)
    for right in _steps(zone, free):
        box = (*box[:2], right, box[3])
        if not look.runs_over(box, free):
            return RunOn(_widen(zone, box), box)
    return RunOn(_widen(zone, box), (*box[:2], max(box[2], int(room)), box[3]), is_cut=True)


@dataclass(frozen=True, slots=True)
class _Look:
    grey: Image
    matrix: NDArray[np.float64]
    form: Form
    scale: float

    def runs_over(self, box: FrameBox, free: float, blots: Blots | None = None) -> bool:
        """Whether a figure, or a stroke of one, runs over the right edge of a box, or may go on behind it.

        free: right edge of the free paper; up to there some of it must be seen behind the last figure, since an edge
        may lie between two. blots: of the box's crop, where known.
        """
        if blots is None:
            blots = find_blots(bare_line(cut_box(self.grey, self.matrix, box, self.scale)))
        # What cuts it before: a printed word, or the end of the scan.
        word = min(self._find_labels(box), default=math.inf) - _LABEL_GAP
        edge = box[2] + min(0.0, word, self._find_scan_room(box) - _SCAN_END * (box[3] - box[1]))
        left, top, wide, high, _ = blots.boxes.T
        height, width = blots.shape
        at = min(width - 1.0, (edge - box[0]) * self.scale)
        near = at - (_BEHIND * height if free - box[2] >= 1 else 0.0)
        is_figure = (high >= _LEAST_HIGH * height) & (high < _MOST_HIGH * height)
        in_line = (top + high > _MIDDLE * height) & (top < (1 - _MIDDLE) * height)
        least = _LEAST_INSIDE * height if word <= 0 else 1.0
        return bool((is_figure & in_line & (left + wide >= near) & (at - left >= least)).any())

    def find_room(self, zone: Zone) -> tuple[float, float]:
        """The right edge of free paper beside a zone, and of what is no other zone's, in the frame."""
        box = zone.box
        others = [z.box[0] - box[2] for z in self.form.zones if z.id != zone.id and _is_beside(box, z.box)]
        room = max(0.0, min([*others, _MOST * (box[3] - box[1]), self._find_scan_room(box)]))
        words = [beyond - _LABEL_GAP for beyond in self._find_labels(box)]
        return box[2] + max(0.0, min([room, *words])), box[2] + room

    def _find_labels(self, box: FrameBox) -> list[int]:
        """How far beyond its right edge the printed words beside a box begin; below 0 for what reaches into it."""
        return [label.box[0] - box[2] for label in self.form.labels if _is_beside(box, label.box)]

    def _find_scan_room(self, box: FrameBox) -> float:
        """How far the scan reaches beyond the right edge of a box; below 0 where it ends within."""
        starts = self.matrix @ np.array([box[2], (box[1] + box[3]) / 2, 1.0])
        ends = zip(starts, self.matrix[:, 0], self.grey.shape[::-1], strict=True)
        return float(min(((most if step > 0 else 0) - start) / step for start, step, most in ends if abs(step) > 1e-6))


def _is_beside(box: FrameBox, other: FrameBox) -> bool:
    """Whether another box lies on the same line, beyond the right edge or not far within."""
    overlap = min(box[3], other[3]) - max(box[1], other[1])
    is_on_line = overlap > 0.5 * min(box[3] - box[1], other[3] - other[1])
    return is_on_line and other[0] - box[2] >= -min(_LABEL_NEAR, (box[2] - box[0]) // 3)


def _steps(zone: Zone, free: float) -> Iterator[int]:
    """Edges to try: that to which writing often runs on, then step by step as far as paper is free."""
    right, step = zone.box[2], max(1, round(_STEP * (zone.box[3] - zone.box[1])))
    if zone.reach is not None and zone.reach[2] > right:
        right = zone.reach[2]
        yield right
    while free - right >= 1:
        right = min(right + step, int(free))
        yield right


def _widen(zone: Zone, box: FrameBox) -> Zone:
    reach = (*zone.reach[:2], max(zone.reach[2], box[2]), zone.reach[3]) if zone.reach else None
    return zone.model_copy(update={"box": box, "reach": reach})
