"""What a sheet shows when it is taken for one page or for two, and which register it is of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Engine
from ocr.registers.aligned import align_columns
from ocr.registers.columns import widen_edges
from ocr.registers.form import RegisterForm, Registers, package_registers
from ocr.registers.grid import Grid, find_grid
from ocr.registers.header import Reader, find_heading
from ocr.registers.ink import Marks, find_marks
from ocr.registers.labels import Heading, fit_form, fit_forms
from ocr.registers.sheet import LevelSheet

Floats = NDArray[np.float64]

_LEAST_SCORE = 0.3
_CLEAR = 0.04
_OF_VOLUME = 0.4
_MOST_OFF = 3


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a volume, carried from its first page to the others: ids, and edges of each half from 0 to 1."""

    form: RegisterForm | None
    columns: tuple[str, ...]
    shares: tuple[Floats, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """How to read a register. form: None to find out. languages: best first. read: reads print; None: no header.

    engine: reads a few lines to tell which way up a page without a header lies; None: pages are taken as upright.
    """

    form: RegisterForm | None = None
    languages: tuple[str, ...] = ()
    read: Reader | None = None
    registers: Registers = field(default_factory=package_registers)
    engine: Engine | None = None


@dataclass(frozen=True, slots=True)
class SheetSeen:
    """What was seen of a sheet taken for one page or for two."""

    grid: Grid
    marks: Marks
    heading: Heading | None


def look_at(sheet: LevelSheet, ask: Ask, *, first: bool, spread: bool | None) -> SheetSeen | None:
    """Look at a sheet; first: whether it is a volume's first, spread: whether it shows two pages, if that is known.

    None where no ruled columns were found.
    """
    forms = [ask.form] if ask.form is not None else list(ask.registers.forms.values())
    fewest = {"columns": min(len(f.columns) for f in forms)} if forms else {}
    grid = find_grid(sheet, spread=spread, **fewest)
    if grid is None:
        return None
    marks = find_marks(sheet, grid)
    grid = _widen_grid(grid, marks)
    heading = None
    if ask.read is not None:
        heading = find_heading(sheet, grid, marks, ask.registers, ask.languages, ask.read, form=ask.form, first=first)
    return SheetSeen(grid, marks, heading)


def settle_register(
    sheet: LevelSheet, ask: Ask, layout: Layout | None, look: SheetSeen
) -> tuple[SheetSeen, RegisterForm | None, str]:
    """The register of a sheet, and the look that goes with it: at one page, or at two where the register needs them."""
    form, reason = _form(ask, layout, look)
    halves = len(look.grid.halves)
    if not _is_doubtful(look.grid, form, ask, has_heading=look.heading is not None):
        return look, form, reason
    again = look_at(sheet, ask, first=layout is None, spread=halves == 1)
    if again is None or len(again.grid.halves) == halves or (form is None and again.heading is None):
        return look, form, reason
    return again, *_form(ask, layout, again)


def _is_doubtful(grid: Grid, form: RegisterForm | None, ask: Ask, *, has_heading: bool) -> bool:
    """Whether a sheet should be looked at as two pages instead of one, or as one instead of two."""
    if len(grid.halves) == 1:
        return ask.form is None and (not has_heading if form is None else bool(form.split))
    count = sum(len(h.uprights) - 1 for h in grid.halves)
    return form is not None and not form.split and count != len(form.columns)


def may_go_on(grid: Grid, layout: Layout | None) -> bool:
    """Whether a sheet without header may belong to the volume of the pages before: about as many columns."""
    if layout is None or len(layout.shares) != len(grid.halves):
        return layout is None
    pairs = list(zip(grid.halves, layout.shares, strict=True))
    if sum(abs(len(h.uprights) - len(shares)) for h, shares in pairs) <= _MOST_OFF:
        return True
    return all(align_columns(half, shares) is not None for half, shares in pairs)


def _widen_grid(grid: Grid, marks: Marks) -> Grid:
    return replace(grid, halves=tuple(widen_edges(h, marks, grid.top, grid.bottom) for h in grid.halves))


def _form(ask: Ask, layout: Layout | None, look: SheetSeen) -> tuple[RegisterForm | None, str]:
    """The register of a page: as asked for, as its header says, or that of its volume; None with the reason."""
    if ask.form is not None:
        return ask.form, ""
    before = layout.form if layout is not None else None
    if look.heading is None:
        if before is not None and not may_go_on(look.grid, layout):
            return None, "no header was found, and its columns are not those of the pages before"
        return before, "" if before is not None else "no header was found, and no page of the volume before has one"
    best, *others = fit_forms(look.heading, ask.registers)
    second = others[0].score if others else 0.0
    if best.score >= _LEAST_SCORE and best.score - second >= _CLEAR:
        return best.form, ""
    count = len(look.heading.texts)
    # A header too worn to tell registers apart may still fit that of its volume.
    if before is not None and fit_form(look.heading, before, ask.registers).matched >= _OF_VOLUME * count:
        return before, ""
    known = "its header fits no known register" if best.score < _LEAST_SCORE else "its header fits several registers"
    return None, f"{known} ({best.form.id} best, {best.matched} of {count} columns)"
