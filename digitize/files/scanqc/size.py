"""Pages smaller than the others of their book, with writing up to the edge: part of them is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ocr.quality.defect import Defect
    from ocr.quality.page import PageQuality

_LEAST_PAGES = 8
# Scanners that trim freely have no size that half of the pages share.
_LEAST_SHARE = 0.5
_SAME = 0.01
# A cut through the foot of a form shows on the page itself in half of the cases at most; its size tells the rest.
_SHORT = 0.03
_LEAST_NEAR = 2


def usual_size(sizes: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """Width and height of half of the pages, within one percent; None if the scanner crops freely."""
    if len(sizes) < _LEAST_PAGES:
        return None
    ordered = sorted(sizes)
    middle = ordered[len(ordered) // 2]
    # Two to try: sizes may differ by a few pixels (the middle one), or most may be the same (the most frequent).
    tallies = {size: 0 for size in {middle, max(set(ordered), key=ordered.count)}}
    for size in tallies:
        tallies[size] = sum(_is_same_size(size[0], w) and _is_same_size(size[1], h) for w, h in sizes)
    best = max(sorted(tallies), key=lambda s: tallies[s])
    return best if tallies[best] >= _LEAST_SHARE * len(sizes) else None


def cut_against(usual: tuple[int, int], quality: PageQuality) -> Defect | None:
    """Mark a page as cut off: as wide as the others but shorter, or as high but narrower, with writing up to the edge.

    Pages already marked as cut off are left unchanged.
    """
    from ocr.quality.defect import CUT_OFF, Defect
    from ocr.quality.edges import SIDES

    if any(d.kind == CUT_OFF for d in quality.defects):
        return None
    for size, other, usual_length, usual_other, sides in (
        (quality.height, quality.width, usual[1], usual[0], (1, 3)),
        (quality.width, quality.height, usual[0], usual[1], (0, 2)),
    ):
        missing = 1 - size / usual_length
        side = max(sides, key=lambda i: quality.near[i])
        if missing >= _SHORT and _is_same_size(usual_other, other) and quality.near[side] >= _LEAST_NEAR:
            unit = "% smaller than the other pages, with writing at the edge"
            return Defect(CUT_OFF, round(100 * missing, 1), 100 * _SHORT, unit, SIDES[side])
    return None


def _is_same_size(one: int, other: int) -> bool:
    return abs(one - other) <= _SAME * one
