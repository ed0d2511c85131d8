"""Which way up a register's page lies on its scan: its header, its volume's columns, or a few lines read tell."""

from __future__ import annotations

import numpy as np

from ocr.engine import Image
from ocr.geometry.mapping import View
from ocr.geometry.paper import small
from ocr.pages.orientation import find_turn
from ocr.registers.aligned import align_columns
from ocr.registers.labels import Heading, fit_form, fit_forms
from ocr.registers.look import Ask, Layout, SheetSeen, look_at
from ocr.registers.sheet import LevelSheet, open_sheet

_LEAST_LABELS, _LEAST_SHARE = 2, 0.3
# Handwriting is read badly either way. Of 47 drawn pages lines of 36 are told by so much, all of them rightly.
_CLEARLY = 0.2
_TURNS = (180, 90, 270)


def open_upright(grey: Image, ask: Ask, layout: Layout | None) -> tuple[LevelSheet, SheetSeen | None]:
    """The sheet of a scan the right way up, and what is seen of it; None without ruled columns.

    A page that shows labels of its header, or the columns of its volume, lies right and is looked at once. Else a few
    of its lines are read both ways; where these do not tell, it is turned to where a header or columns are seen. Raises
    what engines raise.
    """
    sheet, seen = _look(grey, 0, ask, layout)
    if ask.engine is None or _is_upright(seen, ask, layout):
        return sheet, seen
    told = _read_turn(sheet, ask)
    if told == 0 or (told is None and seen is None):
        return sheet, seen
    looks = {}
    # The told one first, and its opposite: a line tells sides better than up and down.
    for turn in _TURNS if told is None else (told, (told + 180) % 360, *_TURNS):
        if turn and turn not in looks:
            looks[turn] = turned, found = _look(grey, turn, ask, layout)
            if _is_upright(found, ask, layout):
                return turned, found
    return looks[told] if told is not None and looks[told][1] is not None else (sheet, seen)


def _look(grey: Image, turn_deg: int, ask: Ask, layout: Layout | None) -> tuple[LevelSheet, SheetSeen | None]:
    sheet = open_sheet(grey, turn_deg)
    form = ask.form or (layout.form if layout else None)
    # None, not False: a register of one page may be ruled across two.
    spread = True if form is not None and form.split else None
    return sheet, look_at(sheet, ask, first=layout is None, spread=spread)


def _is_upright(seen: SheetSeen | None, ask: Ask, layout: Layout | None) -> bool:
    if seen is None:
        return False
    if seen.heading is not None and _count_labels(seen.heading, ask) >= max(
        _LEAST_LABELS, _LEAST_SHARE * len(seen.heading.texts)
    ):
        return True
    halves = seen.grid.halves
    if layout is None or len(layout.shares) != len(halves):
        return False
    return all(align_columns(half, shares) is not None for half, shares in zip(halves, layout.shares, strict=True))


def _count_labels(heading: Heading, ask: Ask) -> int:
    """How many labels of the register, or of the one that fits best, a header shows."""
    if ask.form is not None:
        return fit_form(heading, ask.form, ask.registers).matched
    return max((fit.matched for fit in fit_forms(heading, ask.registers)), default=0)


def _read_turn(sheet: LevelSheet, ask: Ask) -> int | None:
    """How far the scan must be turned anticlockwise as a few lines say, None where they do not."""
    if ask.engine is None:
        return None
    known = ask.engine.languages()
    codes = [code for code in ask.languages if code in known]
    if not codes:
        return None
    looked, scale = small(sheet.flat)
    view = View(np.eye(3), sheet.flat.shape)
    return find_turn(sheet.flat, looked, scale, view, codes, ask.engine, clearly=_CLEARLY)
