"""Make a scan of a whole page ready to be read, and remember where each pixel came from.

Everything is found on a small picture of the page; the page itself is sampled once, at the end.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocr.engine import Engine, Image
from ocr.page import Box
from ocr.pages.blank import is_blank
from ocr.pages.dewarp import enlarged, find_bend
from ocr.pages.edges import Edges, find_edges, painted
from ocr.pages.mapping import PageMap, Points, View, cropping, levelling, picture, quarter_turn
from ocr.pages.orientation import find_turn
from ocr.pages.paper import flattened, ground_of, ink_of, small
from ocr.pages.skew import page_skew_deg
from ocr.pages.spread import find_gutter
from ocr.pages.strands import text_ink

STEPS = ("edges", "orientation", "level", "spread", "dewarp", "flatten", "blank")
"""What is done, in this order; each can be left out."""
_LEAST_PX = 32
_RIGHT_TO_LEFT = ("ur",)


@dataclass(frozen=True, slots=True)
class Prepared:
    """One page ready to be read.

    image: (height, width) uint8 grey, 0 black, upright. steps: stable words on what was done, in order, such as
    "edges-cropped", "turned+90", "spread-left", "levelled+1.25", "dewarped", "flattened", "blank". page_map: to the
    scan of source_width x source_height pixels.
    """

    image: Image
    steps: tuple[str, ...]
    page_map: PageMap
    source_width: int
    source_height: int

    @property
    def blank(self) -> bool:
        """Whether nothing is written on the page."""
        return "blank" in self.steps

    def to_source(self, points: Points) -> Points:
        """Pixels of the scan for pixels of the image; points: (n, 2) rows x, y, whole numbers being middles."""
        return self.page_map.to_source(points)

    def from_source(self, points: Points) -> Points:
        """Pixels of the image for pixels of the scan, the other way around."""
        return self.page_map.from_source(points)

    def box_to_source(self, box: Box) -> Box:
        """The upright rectangle of the scan around a box of the image, on the scan and never empty."""
        return self.page_map.box_to_source(box, self.source_width, self.source_height)


def prepare_page(
    grey: Image, languages: Sequence[str] = (), *, engine: Engine | None = None, skip: Collection[str] = ()
) -> tuple[Prepared, ...]:
    """Prepare one scan: one page, or the two of a spread in reading order (left, right; the other way in Urdu).

    grey: (height, width) uint8 as decoded, 0 black. languages: two-letter codes, best first. engine: reads a few lines
    to tell which way is up; without it pages are taken as upright. skip: names out of STEPS. Never raises for what is
    on the page; what the engine raises is passed on.
    """
    height, width = grey.shape
    frame = View(np.eye(3), (height, width))
    if min(height, width) < _LEAST_PX:
        return (Prepared(grey, (), frame.map(), width, height),)
    looked, scale = small(grey)
    edges = None if "edges" in skip else find_edges(looked)
    steps: tuple[str, ...] = ()
    if edges is not None:
        grey, looked = painted(grey, edges), painted(looked, edges)
        frame, steps = _cropped(frame, edges, scale), ("edges-cropped",)
    ground = ground_of(looked)
    flat = flattened(looked, ground)
    page = grey if "flatten" in skip else flattened(grey, ground)
    if engine is not None and languages and "orientation" not in skip:
        turn = find_turn(page, flat, scale, frame, languages, engine)
        if turn:
            frame = frame.then(*quarter_turn(frame.shape, turn))
            steps += (f"turned+{turn}",)
    views = _pages(frame, looked, flat, scale, languages, skip)
    return tuple(_finished(view, steps + more, page, flat, scale, skip, (width, height)) for view, more in views)


def _cropped(frame: View, edges: Edges, scale: float) -> View:
    height, width = frame.shape
    x0, y0 = int(edges.paper.x0 / scale), int(edges.paper.y0 / scale)
    x1, y1 = min(width, int(np.ceil(edges.paper.x1 / scale))), min(height, int(np.ceil(edges.paper.y1 / scale)))
    return frame.then(cropping(x0, y0), (y1 - y0, x1 - x0))


def _pages(
    frame: View, looked: Image, flat: Image, scale: float, languages: Sequence[str], skip: Collection[str]
) -> list[tuple[View, tuple[str, ...]]]:
    """The pages of a scan in reading order, level, with the words for what was done."""
    level, angle = _levelled(frame, flat, scale, skip)
    if "spread" not in skip:
        gutter = find_gutter(ink_of(level.seen(flat, scale)), level.seen(looked, scale))
        if gutter is not None:
            return _halves(level, angle, (gutter + 0.5) / scale, flat, scale, languages, skip)
    return [(level, _said(angle))]


def _halves(
    level: View,
    angle: float,
    gutter: float,
    flat: Image,
    scale: float,
    languages: Sequence[str],
    skip: Collection[str],
) -> list[tuple[View, tuple[str, ...]]]:
    height, width = level.shape
    cut = round(gutter)
    found = []
    for word, x0, x1 in (("spread-left", 0, cut), ("spread-right", cut, width)):
        half = level.then(cropping(x0, 0), (height, x1 - x0))
        half, more = _levelled(half, flat, scale, skip)
        found.append((half, (word, *_said(angle + more))))
    return found[::-1] if languages and languages[0] in _RIGHT_TO_LEFT else found


def _levelled(frame: View, flat: Image, scale: float, skip: Collection[str]) -> tuple[View, float]:
    angle = 0.0 if "level" in skip else page_skew_deg(text_ink(ink_of(frame.seen(flat, scale))))
    return frame.then(*levelling(frame.shape, angle)), angle


def _said(angle: float) -> tuple[str, ...]:
    return (f"levelled{angle:+.2f}",) if angle else ()


def _straight(view: View, flat: Image, scale: float, skip: Collection[str]) -> tuple[PageMap, bool]:
    """The view's map, with the bend of its lines where there is one."""
    plain = view.map()
    bend = None if "dewarp" in skip else find_bend(ink_of(view.seen(flat, scale)))
    if bend is None:
        return plain, False
    return replace(plain, bend=enlarged(bend, scale, plain.width)), True


def _finished(
    view: View,
    steps: tuple[str, ...],
    page: Image,
    flat: Image,
    scale: float,
    skip: Collection[str],
    size: tuple[int, int],
) -> Prepared:
    page_map, bent = _straight(view, flat, scale, skip)
    steps += ("dewarped",) if bent else ()
    steps += () if "flatten" in skip else ("flattened",)
    if "blank" not in skip and is_blank(view.seen(flat, scale)):
        steps += ("blank",)
    return Prepared(picture(page, page_map), steps, page_map, *size)
