"""Whether a scan shows several pages, and where one ends and the next begins.

A page must never be cut: a register whose rows run over two pages is one, and so is a form on wide paper. So a scan is
cut only where each part is known by itself: a form whose whole paper lies in it, or a register of one page, by its
heads or since both parts are ruled alike; or, beside a form and behind a gutter, a page of writing. All else stays
whole.

Forms tell by their frames where a page ends, so a gutter need not be seen between them. Between registers it must be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ocr.cleaning.contrast import with_plain_ink
from ocr.engine import Image
from ocr.forms.zones import FormModels, Match, angle_deg, find_form, look_afar
from ocr.geometry.gutter import Gutter, slanted_gutter
from ocr.geometry.paper import divide_by_ground, ground_of, ink_of
from ocr.geometry.strands import text_ink
from ocr.languages.language import language
from ocr.quality.lettering import shows_writing
from ocr.registers.columns import shares_of
from ocr.registers.direction import open_upright
from ocr.registers.labels import fit_form
from ocr.registers.look import Ask, look_at, settle_register
from ocr.registers.sheet import LevelSheet, open_sheet

Floats = NDArray[np.float64]
Shares = tuple[tuple[float, float], ...]
"""Pages of a scan in reading order: from which share of its longer side to which."""

LEAST_RATIO = 1.12
"""Pages beside each other are so much longer than high, or more."""
_LOOK_PX = 800
_RATIOS = {2: (LEAST_RATIO, 3.2), 3: (1.75, 2.7)}
_WINDOW = 0.16
"""A window reaches so much of a page's width beyond where its page should end."""
_CHANCE = 20
"""Of key points so many agree from afar on a form that is not there; 12 at most on 60 pages."""
# In widths of a form's paper: how far it may lie over that of its neighbour or beyond its window, how far away it may
# lie, and what must be beside it for another page.
_OVER, _BEYOND, _APART, _ROOM = 0.06, 0.15, 0.35, 0.6
_LEAST_NAMED, _COLUMNS_OFF = 0.6, 0.25
"""Of a register's columns: no two halves of one table can both hold so many heads, and so few columns off."""
_LEAST_EDGES, _LEAST_VARIED, _ALIKE = 5, 0.2, 0.013
_UPSIDE_DOWN = 180
_UPRIGHT_TEXT = 0.95
"""How much text varies across lines against along them: under .82 of 20 turned scans, over 1.02 of 38 upright pages."""


class _Look(NamedTuple):
    """A scan lying level, longer side across, and what was seen of it small."""

    level: Image
    gutter: Gutter | None


def find_pages(grey: Image, models: FormModels, registers: Ask | None = None) -> Shares:
    """The pages of a scan that surely shows several, in reading order; nothing for any other.

    grey: (height, width) uint8, 0 black, however it lies. registers: how headers are read; None: registers are not
    looked for. Raises what engines raise.
    """
    look = _look(grey)
    if look is None:
        return ()
    has_form = False
    for count in _counts(grey):
        found, is_form = _forms_beside(look, models, count)
        if found:
            return found
        has_form = has_form or is_form
    if has_form or registers is None or look.gutter is None:
        return ()
    return _register_pages(look, look.gutter, registers)


def cut_at_gutter(grey: Image) -> Shares:
    """The two pages of a scan of which somebody says that it shows two; nothing where no gutter is seen."""
    look = _look(grey)
    return () if look is None or look.gutter is None else _cut_at(look.gutter)


def _counts(grey: Image) -> list[int]:
    ratio = max(grey.shape) / min(grey.shape)
    return [n for n, (least, most) in _RATIOS.items() if least <= ratio <= most]


def _look(grey: Image) -> _Look | None:
    """A scan that may show several pages; None for any other."""
    import cv2

    height, width = grey.shape
    if max(grey.shape) < LEAST_RATIO * min(grey.shape):
        return None
    is_turned = height > width
    level = np.ascontiguousarray(np.rot90(grey)) if is_turned else grey
    scale = min(1.0, _LOOK_PX / level.shape[1])
    seen = level if scale == 1.0 else cv2.resize(level, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    seen = with_plain_ink(np.asarray(seen, np.uint8))
    ink = ink_of(divide_by_ground(seen, ground_of(seen)))
    gutter = slanted_gutter(seen)
    # Most scans are higher than wide, and are one page: their text runs across the shorter side.
    if is_turned and (gutter is None or not _runs_level(ink)):
        return None
    return _Look(with_plain_ink(level), gutter)


def _runs_level(ink: Image) -> bool:
    """Whether lines of text run along the rows of a picture, not along its columns."""
    text = text_ink(ink) > 0
    change = []
    for axis in (1, 0):
        many = text.sum(axis=axis).astype(np.float64)
        change.append(float(np.abs(np.diff(many)).mean() / max(1.0, many.mean())))
    return change[1] < _UPRIGHT_TEXT * change[0]


def _cut_at(gutter: Gutter) -> Shares:
    """Two parts that both hold all of a gutter that lies aslant."""
    return (0.0, max(gutter.low, gutter.high)), (min(gutter.low, gutter.high), 1.0)


def _part(level: Image, share: tuple[float, float]) -> Image:
    low, high = (round(s * level.shape[1]) for s in share)
    return np.ascontiguousarray(level[:, low:high])


def _forms_beside(look: _Look, models: FormModels, count: int) -> tuple[Shares, bool]:
    """The pages of a scan of so many of which each is a form, or of a form and another page; nothing for any other.

    And whether there is a form at all.
    """
    reach = _WINDOW / count
    windows = [(max(0.0, i / count - reach), min(1.0, (i + 1) / count + reach)) for i in range(count)]
    pictures = [_part(look.level, w) for w in windows]
    # A third of the time, and enough for what is no form at all.
    if all(look_afar(p, models).inliers < _CHANCE for p in pictures):
        return (), False
    matches = [find_form(p, models) for p in pictures]
    frames = [_frame(m, w, look.level) for m, w in zip(matches, windows, strict=True)]
    known = [f for f in frames if f is not None]
    parts: Shares = ()
    if len(known) == count:
        parts = _cut_between(known, look) if _lie_beside(known) else ()
    elif count == 2 and known and look.gutter is not None and _is_page_beside(known[0], look):  # noqa: PLR2004
        parts = _in_order(_cut_at(look.gutter), known)
    return parts, any(m.form is not None for m in matches)


class _Frame(NamedTuple):
    """Where the paper of a form lies on a scan, in shares of its longer side. form: its language; angle_deg: how far it
    lies turned.
    """

    low: float
    high: float
    language: str
    angle_deg: float

    @property
    def width(self) -> float:
        """Of the paper."""
        return self.high - self.low


def _frame(match: Match, window: tuple[float, float], level: Image) -> _Frame | None:
    """Where a form lies that was found in a window; None where it is none, or reaches out of its window."""
    if match.form is None:
        return None
    width = level.shape[1]
    left, _, right, _ = match.frame
    low, high = window[0] + left / width, window[0] + right / width
    beyond = _BEYOND * (high - low)
    if low < window[0] - beyond or high > window[1] + beyond:
        return None
    return _Frame(low, high, match.form.languages[0], angle_deg(match.matrix))


def _lie_beside(frames: Sequence[_Frame]) -> bool:
    """Whether papers lie beside each other, with no room for another between them or at the ends."""
    gaps = [b.low - a.high for a, b in zip(frames, frames[1:], strict=False)]
    width = min(f.width for f in frames)
    ends = max(frames[0].low, 1.0 - frames[-1].high)
    return ends < _ROOM * width and all(-_OVER * width <= gap <= _APART * width for gap in gaps)


def _cut_between(frames: Sequence[_Frame], look: _Look) -> Shares:
    """Pages cut between their papers, at the gutter where it lies there."""
    cuts = []
    for a, b in zip(frames, frames[1:], strict=False):
        low, high = sorted((a.high, b.low))
        near = 2 * _OVER * a.width
        gutter = look.gutter
        if gutter is not None and low - near <= (gutter.low + gutter.high) / 2 <= high + near:
            cuts.append((min(gutter.low, gutter.high), max(gutter.low, gutter.high)))
        else:
            # What lies between two papers may be of either.
            cuts.append(((low + high) / 2,) * 2)
    begins, ends = [0.0, *(low for low, _ in cuts)], [*(high for _, high in cuts), 1.0]
    return _in_order(tuple(zip(begins, ends, strict=True)), frames)


def _in_order(parts: Shares, frames: Sequence[_Frame]) -> Shares:
    """Pages in reading order: a scan may stand on its head, and a book may be read from the right."""
    is_reversed = all(abs(f.angle_deg) > 90 for f in frames)  # noqa: PLR2004
    from_right = all(language(f.language).is_right_to_left for f in frames)
    return parts[::-1] if is_reversed != from_right else parts


def _is_page_beside(frame: _Frame, look: _Look) -> bool:
    """Whether behind a gutter beside a form there is another page with writing on it."""
    assert look.gutter is not None
    left, right = _cut_at(look.gutter)
    over = _OVER * frame.width
    other = right if frame.high <= left[1] + over else left if frame.low >= right[0] - over else None
    if other is None or other[1] - other[0] < _ROOM * frame.width:
        return False
    return shows_writing(_part(look.level, other))


class _Table(NamedTuple):
    """One half seen as a register's page.

    edges: of its columns, from 0 to 1. turn_deg: how far it had to be turned to stand upright. is_whole: it is of a
    register of one page, most of whose columns bear their heads on it. is_facing: it is of one whose rows run over two.
    """

    edges: Floats
    turn_deg: int = 0
    is_whole: bool = False
    is_facing: bool = False


def _register_pages(look: _Look, gutter: Gutter, ask: Ask) -> Shares:
    """The pages of a scan of which each is a register's by itself: by its heads, or since both are ruled alike.

    Two facing pages of one register have columns of their own each, so none is ruled as the other.
    """
    if ask.form is not None and ask.form.split:
        return ()
    parts = _cut_at(gutter)
    halves = [_part(look.level, share) for share in parts]
    # Reading heads is the dearest: columns are compared first.
    unread = replace(ask, read=None, engine=None)
    ruled = [_see_table(open_sheet(half), unread) for half in halves]
    if ruled[0] is None or ruled[1] is None:
        return ()
    one = _see_table(open_upright(halves[0], ask, None)[0], ask)
    if one is None or one.is_facing:
        return ()
    is_known = _are_alike(ruled[0].edges, ruled[1].edges)
    if not is_known and one.is_whole:
        other = _see_table(open_sheet(halves[1], one.turn_deg), ask)
        is_known = other is not None and other.is_whole
    if not is_known:
        return ()
    return parts[::-1] if one.turn_deg == _UPSIDE_DOWN else parts


def _see_table(sheet: LevelSheet, ask: Ask) -> _Table | None:
    look = look_at(sheet, ask, first=True, spread=False)
    if look is None:
        return None
    look, form, _ = settle_register(sheet, ask, None, look)
    if len(look.grid.halves) != 1:
        return None
    table = _Table(shares_of(look.grid.halves[0]), sheet.turn_deg)
    if form is None or form.split:
        return table._replace(is_facing=form is not None)
    off = abs(len(table.edges) - 1 - len(form.columns))
    named = fit_form(look.heading, form, ask.registers).matched if look.heading is not None else 0
    # Of a register that somebody named, the number of columns is enough.
    is_named = ask.form is not None or named >= _LEAST_NAMED * len(form.columns)
    return table._replace(is_whole=is_named and off <= max(1, _COLUMNS_OFF * len(form.columns)))


def _are_alike(one: Floats, other: Floats) -> bool:
    """Whether two tables have the same columns; one may lack an outermost edge. Columns all as wide say nothing."""
    short, long = sorted((one, other), key=len)
    if len(short) < _LEAST_EDGES or len(long) - len(short) > 1:
        return False
    widths = np.diff(short)
    if float(widths.std()) < _LEAST_VARIED * float(widths.mean()):
        return False
    own = [long] if len(long) == len(short) else [long[1:], long[:-1]]
    return any(float(np.abs(short - (x - x[0]) / (x[-1] - x[0])).max()) <= _ALIKE for x in own)
