"""Make a scan of a whole page ready to be read, and remember where each pixel came from.

Everything is found on a small picture of the page; the page itself is sampled once, at the end.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocr.engine import Engine, Image
from ocr.geometry.gutter import page_gutter
from ocr.geometry.mapping import View, cropping, levelling, picture, quarter_turn
from ocr.geometry.paper import divide_by_ground, ground_of, ink_of, small
from ocr.geometry.skew import find_skew
from ocr.geometry.strands import text_ink
from ocr.geometry.text_bend import scale_bend, text_bend
from ocr.languages.language import language
from ocr.pages.edges import Edges, find_edges, is_negative, paint_edges
from ocr.pages.orientation import find_turn, reads
from ocr.pages.prepared import UNWRITTEN, Prepared
from ocr.pages.writing import darken_faint, writing

# The order matters: black beside the paper passes for ink and goes first; the gutter is an upright gap on a level page;
# and each page of a spread bends by itself.
STEPS = ("edges", "orientation", "level", "spread", "dewarp", "flatten", UNWRITTEN)
"""What is done, in this order; each can be left out."""
_LEAST_PX = 32


@dataclass(frozen=True, slots=True)
class _Scan:
    """A scan on its way: as it will be sampled, and seen small as scanned and with a white ground."""

    page: Image
    looked: Image
    flat: Image
    scale: float
    languages: tuple[str, ...]
    engine: Engine | None
    skip: Collection[str]

    def does(self, step: str) -> bool:
        return step not in self.skip

    def ink(self, view: View) -> Image:
        return ink_of(view.draw(self.flat, self.scale))


def prepare_page(
    grey: Image, languages: Sequence[str] = (), *, engine: Engine | None = None, skip: Collection[str] = ()
) -> tuple[Prepared, ...]:
    """Prepare one scan: one page, or the two of a spread in reading order (left, right; the other way in Urdu).

    grey: (height, width) uint8 as decoded, 0 black. languages: two-letter codes, best first. engine: reads a few lines
    to tell which way is up, and whether faint marks are writing; without it pages are taken as upright, and those with
    faint marks alone as written. skip: names out of STEPS. Never raises for what is on the page; what the engine raises
    is passed on.
    """
    height, width = grey.shape
    whole = View(np.eye(3), (height, width))
    if min(height, width) < _LEAST_PX:
        return (Prepared(grey, (), whole.map(), width, height),)
    scan, view, steps = _without_edges(grey, whole, tuple(languages), engine, skip)
    if scan.engine is not None and scan.languages and scan.does("orientation"):
        turn = find_turn(scan.page, scan.flat, scan.scale, view, scan.languages, scan.engine)
        if turn:
            view = view.compose(*quarter_turn(view.shape, turn))
            steps += (f"turned+{turn}",)
    return tuple(_make_prepared(scan, page, steps + more, (width, height)) for page, more in _pages(scan, view))


def _without_edges(
    grey: Image, view: View, languages: tuple[str, ...], engine: Engine | None, skip: Collection[str]
) -> tuple[_Scan, View, tuple[str, ...]]:
    looked, scale = small(grey)
    steps: tuple[str, ...] = ()
    if "edges" not in skip:
        # First: the dark paper of a negative would pass for black edges.
        if is_negative(looked):
            grey, looked, steps = 255 - grey, 255 - looked, ("inverted",)
        edges = find_edges(looked)
        if edges is not None:
            grey, looked = paint_edges(grey, edges), paint_edges(looked, edges)
            view = _crop_view(view, edges, scale)
            steps += ("edges-cropped",)
    ground = ground_of(looked)
    page = grey if "flatten" in skip else divide_by_ground(grey, ground)
    return _Scan(page, looked, divide_by_ground(looked, ground), scale, languages, engine, skip), view, steps


def _crop_view(view: View, edges: Edges, scale: float) -> View:
    height, width = view.shape
    x0, y0 = int(edges.paper.x0 / scale), int(edges.paper.y0 / scale)
    x1, y1 = min(width, int(np.ceil(edges.paper.x1 / scale))), min(height, int(np.ceil(edges.paper.y1 / scale)))
    return view.compose(cropping(x0, y0), (y1 - y0, x1 - x0))


def _pages(scan: _Scan, view: View) -> list[tuple[View, tuple[str, ...]]]:
    """The pages of a scan in reading order, level, with the words for what was done."""
    level, angle = _level_view(scan, view)
    if scan.does("spread"):
        gutter = page_gutter(scan.ink(level), level.draw(scan.looked, scan.scale))
        if gutter is not None:
            return _halves(scan, level, angle, round((gutter + 0.5) / scan.scale))
    return [(level, _name_level_step(angle))]


def _halves(scan: _Scan, level: View, angle: float, cut: int) -> list[tuple[View, tuple[str, ...]]]:
    height, width = level.shape
    found = []
    for word, x0, x1 in (("spread-left", 0, cut), ("spread-right", cut, width)):
        # The two pages of an open book lie at angles of their own.
        half, more = _level_view(scan, level.compose(cropping(x0, 0), (height, x1 - x0)))
        found.append((half, (word, *_name_level_step(angle + more))))
    return found[::-1] if scan.languages and language(scan.languages[0]).is_right_to_left else found


def _level_view(scan: _Scan, view: View) -> tuple[View, float]:
    angle = find_skew(text_ink(scan.ink(view))) if scan.does("level") else 0.0
    return view.compose(*levelling(view.shape, angle)), angle


def _name_level_step(angle: float) -> tuple[str, ...]:
    return (f"levelled{angle:+.2f}",) if angle else ()


def _make_prepared(scan: _Scan, view: View, steps: tuple[str, ...], size: tuple[int, int]) -> Prepared:
    page_map = view.map()
    bend = text_bend(scan.ink(view)) if scan.does("dewarp") else None
    if bend is not None:
        page_map = replace(page_map, bend=scale_bend(bend, scan.scale, page_map.width))
        steps += ("dewarped",)
    steps += ("flattened",) if scan.does("flatten") else ()
    if scan.does(UNWRITTEN) and _is_unwritten(scan, view):
        steps += (UNWRITTEN,)
    return Prepared(picture(scan.page, page_map), steps, page_map, *size)


def _is_unwritten(scan: _Scan, view: View) -> bool:
    """Whether a page surely holds no writing; faint marks are read before they are taken for the other side's."""
    held = writing(view.draw(scan.flat, scan.scale))
    if held != "faint":
        return held == "none"
    if scan.engine is None or not scan.languages:
        return False
    return not reads(darken_faint(scan.page), darken_faint(scan.flat), scan.scale, view, scan.languages, scan.engine)
