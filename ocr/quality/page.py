"""One page judged: every measure taken once, and what a person would scan again because of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ocr.page import Box
from ocr.quality.defect import (
    BLURRED,
    CUT_OFF,
    FEW_LETTERS,
    FOREIGN_OBJECT,
    LOW_CONTRAST,
    LOW_RESOLUTION,
    TOO_DARK,
    TOO_LIGHT,
    TOUCHES_EDGE,
    Defect,
)
from ocr.quality.edges import SIDES, Edge, measure_edges
from ocr.quality.ghosts import measure_echo
from ocr.quality.lettering import Lettering, find_lettering
from ocr.quality.objects import find_things, is_foreign
from ocr.quality.picture import Picture
from ocr.quality.sharpness import Sharpness, measure_sharpness

# Limits, each between good pages and spoilt ones as measured by benchmarks/scanqc.py (docs/lab.md).
# Good forms of 740 x 1180 pixels have letters 7 high, spoilt ones 4 to 6.
LEAST_LETTER_PX = 6.5
LEAST_SIDE_PX = 560
# Edges are 2.0 to 2.7 wide on every kind of good scan, 4.6 and more where blurred, 2.8 where that was enlarged.
MOST_EDGE_PX, MOST_EDGE_PX_OF_SMALL = 2.9, 2.62
SMALL_LETTER_PX = 16.0
MOST_WORST_PX, MOST_UNEVEN = 3.7, 1.5
LEAST_GROUND = 80.0
LEAST_CONTRAST = 38.0
# On paper so white faint writing is too light; on darker paper it is the contrast that is low.
BRIGHT = 236.0
LEAST_LETTERS = 12
# About a whole line must run out: 60 of 256 real forms have some writing at an edge, and are good.
AT_SIDE, SIDE_SHARE, LEFT_OF_USUAL, RIGHT_OF_USUAL = 5, 0.09, 0.55, 0.35
AT_TOP, TOP_OF_USUAL = 11, 0.4
AT_BOTTOM, BOTTOM_OF_USUAL, BOTTOM_STRETCH = 14, 0.6, 0.3
TOUCHING = 4


@dataclass(frozen=True, slots=True)
class PageQuality:
    """What was measured of one page.

    width, height: pixels of the scan. defects: reasons to scan it again. notes: stable words that are none, such as
    FEW_LETTERS. letter_px: height of a middling letter in pixels of the scan. near: letters near the left, top, right
    and bottom edge.
    """

    width: int
    height: int
    defects: tuple[Defect, ...] = ()
    notes: tuple[str, ...] = ()
    letter_px: float = 0.0
    near: tuple[int, ...] = (0, 0, 0, 0)


def judge(picture: Picture) -> PageQuality:
    """Judge a page that is open."""
    lettering = find_lettering(picture)
    exposure = measure_exposure(picture, lettering)
    defects = list(_light(exposure, lettering))
    has_few = not defects and len(lettering.stats) < LEAST_LETTERS
    notes: tuple[str, ...] = (FEW_LETTERS,) if has_few else ()
    edges = measure_edges(lettering)
    if not has_few:
        defects += _pixels(picture, lettering)
        # Both are called blurred: for an echo is looked only where edges are sharp.
        defects += list(_blur(measure_sharpness(picture, lettering), lettering)) or list(_double(picture, lettering))
        cut = list(_cut(edges))
        defects += cut
        if not cut and any(e.touching >= TOUCHING for e in edges):
            notes = (TOUCHES_EDGE,)
    defects += _things(picture)
    letter_px = round(lettering.letter_px / picture.scale, 1)
    near = tuple(e.near for e in edges)
    return PageQuality(picture.width, picture.height, tuple(defects), notes, letter_px, near)


def _light(found: Exposure, lettering: Lettering) -> Iterator[Defect]:
    if found.ground < LEAST_GROUND:
        yield Defect(TOO_DARK, round(found.ground), LEAST_GROUND, "brightness of the paper, of 255")
    elif found.contrast < LEAST_CONTRAST and len(lettering.stats) >= LEAST_LETTERS:
        kind = TOO_LIGHT if found.ground >= BRIGHT else LOW_CONTRAST
        yield Defect(kind, round(found.contrast), LEAST_CONTRAST, "ink darker than paper, of 255")


def _pixels(picture: Picture, lettering: Lettering) -> Iterator[Defect]:
    letter = lettering.letter_px / picture.scale
    longer = max(picture.width, picture.height)
    if 0 < letter < LEAST_LETTER_PX:
        yield Defect(LOW_RESOLUTION, round(letter, 1), LEAST_LETTER_PX, "pixels, height of a letter")
    elif longer < LEAST_SIDE_PX:
        yield Defect(LOW_RESOLUTION, longer, LEAST_SIDE_PX, "pixels, longer side")


def _blur(found: Sharpness, lettering: Lettering) -> Iterator[Defect]:
    most = MOST_EDGE_PX if lettering.letter_px >= SMALL_LETTER_PX else MOST_EDGE_PX_OF_SMALL
    if found.edge_px > most:
        yield Defect(BLURRED, round(found.edge_px, 2), most, "pixels, width of an edge")
    elif found.worst_px > MOST_WORST_PX and found.worst_px > MOST_UNEVEN * found.edge_px:
        yield Defect(BLURRED, round(found.worst_px, 1), MOST_WORST_PX, "pixels, width of an edge in one direction")


def _double(picture: Picture, lettering: Lettering) -> Iterator[Defect]:
    echo = measure_echo(picture, lettering)
    if echo > 1:
        yield Defect(BLURRED, round(echo, 1), 1.0, "echo of the writing beside itself")


def _cut(edges: tuple[Edge, ...]) -> Iterator[Defect]:
    """A side is cut off where about a whole line runs out of the picture; a signature or a few words are not enough."""
    left, top, right, bottom = edges
    said = (
        _is_cut_aside(left, LEFT_OF_USUAL),
        top.touching >= AT_TOP and top.of_usual >= TOP_OF_USUAL,
        _is_cut_aside(right, RIGHT_OF_USUAL),
        bottom.in_stretch >= AT_BOTTOM and bottom.stretch >= BOTTOM_STRETCH and bottom.of_usual >= BOTTOM_OF_USUAL,
    )
    least = (AT_SIDE, AT_TOP, AT_SIDE, AT_BOTTOM)
    for side, edge, is_cut, count in zip(SIDES, edges, said, least, strict=True):
        if is_cut:
            yield Defect(CUT_OFF, edge.touching, count - 1, "letters or words at the edge", side)


def _is_cut_aside(edge: Edge, of_usual: float) -> bool:
    return edge.touching >= AT_SIDE and edge.share >= SIDE_SHARE and edge.of_usual >= of_usual


def _things(picture: Picture) -> Iterator[Defect]:
    """The largest foreign thing; others at other levels are mostly the same one."""
    found = [t for t in find_things(picture) if is_foreign(t)]
    if not found:
        return
    t = max(found, key=lambda t: t.share)
    back = picture.width / picture.small.shape[1]
    box = Box(*(round(v * back) for v in (t.x0, t.y0, t.x1, t.y1)))
    yield Defect(FOREIGN_OBJECT, round(100 * t.share, 1), 0.0, "% of the page covered", box=box)


@dataclass(frozen=True, slots=True)
class Exposure:
    """Brightness 0..255. ground: of the paper. ink: of middling strokes. contrast: between the two."""

    ground: float
    ink: float
    contrast: float


def measure_exposure(picture: Picture, lettering: Lettering) -> Exposure:
    """Paper is the upper quarter of the picture; strokes are so much darker than the paper about them."""
    ground = float(np.percentile(picture.small, 75))
    contrast = lettering.depth * ground
    return Exposure(ground, ground - contrast, contrast)
