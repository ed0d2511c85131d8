"""From the scan of a register's page or spread to a table: named columns, rows, and cells with their places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ocr.engine import Image
from ocr.page import Box
from ocr.registers.aside import Aside, find_asides
from ocr.registers.cells import Cell, cells_of, corners_of, owners
from ocr.registers.columns import carried, fitted, shares_of, widened
from ocr.registers.facing import across, is_level
from ocr.registers.form import RegisterForm, Registers, package_registers
from ocr.registers.grid import Grid, HalfGrid, closing_line, find_grid
from ocr.registers.header import Reader, find_heading
from ocr.registers.ink import Marks, find_marks, no_marks
from ocr.registers.labels import Heading, columns_in_order, fit_form, fit_forms
from ocr.registers.line import Line
from ocr.registers.rows import HalfRows
from ocr.registers.sheet import Sheet, open_sheet
from ocr.registers.span import Span

Floats = NDArray[np.float64]

AGAIN = "_number"
"""The column in which a right-hand page repeats the number of a row."""
_LEAST_SCORE = 0.3
_CLEAR = 0.04
_OF_VOLUME = 0.4
_MOST_OFF = 3


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: on each half its box on the scan, and its cells by column id.

    numbered: its number column has an entry. continues: it goes on from the page before. doubtful: a border of it was
    not surely seen. kind: "inserted" when it was squeezed in between two rows later, "heading" when it is no entry.
    """

    boxes: tuple[Box, ...]
    cells: Mapping[str, Cell]
    numbered: bool
    continues: bool
    doubtful: bool
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One page or spread. form: None with a reason when it is no register that is known; rows are found all the same.

    columns: ids from the left; "_column_4" is one that the register does not have. heading: None without a header.
    asides: what stands around it.
    """

    sheet: Sheet
    marks: Marks
    form: RegisterForm | None
    columns: tuple[str, ...] = ()
    rows: tuple[TableRow, ...] = ()
    heading: Heading | None = None
    reason: str = ""
    notes: tuple[str, ...] = ()
    layout: Layout | None = None
    asides: tuple[Aside, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a volume, carried from its first page to the others: ids, and edges of each half from 0 to 1."""

    form: RegisterForm | None
    columns: tuple[str, ...]
    shares: tuple[Floats, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """How to read a register. form: None to find out. languages: best first. read: reads print; None: no header."""

    form: RegisterForm | None = None
    languages: tuple[str, ...] = ()
    read: Reader | None = None
    registers: Registers = field(default_factory=package_registers)


def read_table(grey: Image, ask: Ask, layout: Layout | None = None) -> Table:
    """Find the table of one scan.

    grey: (height, width) uint8, upright, 0 black. layout: of the volume, from an earlier page. Never raises for what is
    on the page.
    """
    sheet = open_sheet(grey)
    form = ask.form or (layout.form if layout else None)
    look = _look(sheet, ask, first=layout is None, spread=True if form is not None and form.split else None)
    if look is None:
        return Table(sheet, no_marks(), form, reason="no ruled columns were found")
    look, form, reason = _settled(sheet, ask, layout, look)
    grid, marks, heading = look.grid, look.marks, look.heading
    if heading is not None or not _may_go_on(grid, layout):
        layout = None  # another volume may begin here
    wanted = _wanted(form, grid, layout)
    if wanted is not None:
        grid = _fitted(sheet, grid, marks, wanted, form)
        marks = find_marks(sheet, grid)
    if layout is not None:
        grid = _carried(grid, layout)
    columns = _columns(form, grid, heading, layout, ask)
    spans = _spans(sheet, grid, marks, heading, columns, form)
    rows = _rows(sheet, grid, marks, spans, columns)
    notes = ("spread",) if len(grid.halves) == 2 else ()
    found = Layout(form, columns, tuple(shares_of(h) for h in grid.halves))
    asides = find_asides(sheet, grid, marks, spans)
    return Table(sheet, marks, form, columns, rows, heading, reason, notes, found, asides)


@dataclass(frozen=True, slots=True)
class _Look:
    """What was seen of a sheet taken for one page or for two."""

    grid: Grid
    marks: Marks
    heading: Heading | None


def _look(sheet: Sheet, ask: Ask, *, first: bool, spread: bool | None) -> _Look | None:
    grid = find_grid(sheet, spread=spread)
    if grid is None:
        return None
    marks = find_marks(sheet, grid)
    grid = _widened(grid, marks)
    heading = None
    if ask.read is not None:
        heading = find_heading(sheet, grid, marks, ask.registers, ask.languages, ask.read, form=ask.form, first=first)
    return _Look(grid, marks, heading)


def _settled(sheet: Sheet, ask: Ask, layout: Layout | None, look: _Look) -> tuple[_Look, RegisterForm | None, str]:
    """The register of a sheet, and the look that goes with it: at one page, or at two where the register needs them."""
    form, reason = _form(ask, layout, look)
    halves = len(look.grid.halves)
    if not _is_doubtful(look.grid, form, ask, has_heading=look.heading is not None):
        return look, form, reason
    again = _look(sheet, ask, first=layout is None, spread=halves == 1)
    if again is None or len(again.grid.halves) == halves or (form is None and again.heading is None):
        return look, form, reason
    return again, *_form(ask, layout, again)


def _is_doubtful(grid: Grid, form: RegisterForm | None, ask: Ask, *, has_heading: bool) -> bool:
    """Whether a sheet should be looked at as two pages instead of one, or as one instead of two."""
    if len(grid.halves) == 1:
        return ask.form is None and (not has_heading if form is None else bool(form.split))
    count = sum(len(h.uprights) - 1 for h in grid.halves)
    return form is not None and not form.split and count != len(form.columns)


def _may_go_on(grid: Grid, layout: Layout | None) -> bool:
    """Whether a sheet without header may belong to the volume of the pages before: about as many columns."""
    if layout is None or len(layout.shares) != len(grid.halves):
        return layout is None
    pairs = zip(grid.halves, layout.shares, strict=True)
    return sum(abs(len(h.uprights) - len(shares)) for h, shares in pairs) <= _MOST_OFF


def _widened(grid: Grid, marks: Marks) -> Grid:
    return replace(grid, halves=tuple(widened(h, marks, grid.top, grid.bottom) for h in grid.halves))


def _form(ask: Ask, layout: Layout | None, look: _Look) -> tuple[RegisterForm | None, str]:
    """The register of a page: as asked for, as its header says, or that of its volume; None with the reason."""
    if ask.form is not None:
        return ask.form, ""
    before = layout.form if layout is not None else None
    if look.heading is None:
        if before is not None and not _may_go_on(look.grid, layout):
            return None, "no header was found, and its columns are not those of the pages before"
        return before, "" if before is not None else "no header was found, and no page of the volume before has one"
    best, *others = fit_forms(look.heading, ask.registers)
    second = others[0].score if others else 0.0
    if best.score >= _LEAST_SCORE and best.score - second >= _CLEAR:
        return best.form, ""
    count = len(look.heading.texts)
    if before is not None and fit_form(look.heading, before, ask.registers).matched >= _OF_VOLUME * count:
        return before, ""
    known = "its header fits no known register" if best.score < _LEAST_SCORE else "its header fits several registers"
    return None, f"{known} ({best.form.id} best, {best.matched} of {count} columns)"


def _wanted(form: RegisterForm | None, grid: Grid, layout: Layout | None) -> tuple[int, ...] | None:
    """How many columns each half should have."""
    if layout is not None and len(layout.shares) == len(grid.halves):
        return tuple(len(s) - 1 for s in layout.shares)
    if form is None:
        return None
    total = len(form.columns)
    if len(grid.halves) == 1:
        return (total,)
    return (form.split, total - form.split) if form.split else None


def _fitted(sheet: Sheet, grid: Grid, marks: Marks, wanted: Sequence[int], form: RegisterForm | None) -> Grid:
    halves = []
    for number, (half, count) in enumerate(zip(grid.halves, wanted, strict=True)):
        has = len(half.uprights) - 1
        repeats = number == 1 and has == count + 1 and form is not None
        halves.append(half if has == count or repeats else fitted(sheet, grid, half, marks, count))
    return replace(grid, halves=tuple(halves))


def _carried(grid: Grid, layout: Layout) -> Grid:
    """Columns as on the volume's first page where this page shows another number of them."""
    if len(grid.halves) != len(layout.shares):
        return grid
    halves = [
        half if len(half.uprights) == len(shares) else carried(half, shares)
        for half, shares in zip(grid.halves, layout.shares, strict=True)
    ]
    return replace(grid, halves=tuple(halves))


def _columns(
    form: RegisterForm | None, grid: Grid, heading: Heading | None, layout: Layout | None, ask: Ask
) -> tuple[str, ...]:
    counts = [len(h.uprights) - 1 for h in grid.halves]
    if layout is not None and len(layout.columns) == sum(counts):
        return layout.columns
    if form is not None:
        matched: tuple[str, ...] = ()
        if heading is not None and len(heading.texts) == sum(counts):
            matched = fit_form(heading, form, ask.registers).columns
        ids = columns_in_order(form, counts, matched)
        if ids is not None:
            return ids
    return tuple(f"_column_{i + 1}" for i in range(sum(counts)))


def _spans(
    sheet: Sheet, grid: Grid, marks: Marks, heading: Heading | None, columns: Sequence[str], form: RegisterForm | None
) -> list[list[Span]]:
    """The rows on each half."""
    main = grid.halves[0]
    feet: list[Line | None] = list(heading.feet) if heading is not None else [None] * len(grid.halves)
    number = 0
    count = len(main.uprights) - 1
    if form is not None and form.row_start in columns[:count]:
        number = columns.index(form.row_start)
    end = closing_line(sheet, main)
    if len(grid.halves) == 1:
        return [HalfRows(main, marks, feet[0], number, end=end).spans()]
    other = grid.halves[1]
    level = is_level(main, other)
    spans = HalfRows(
        main, marks, feet[0], number, beside=(other, feet[1]) if level else None, end=closing_line(sheet, main)
    ).spans()
    has_own = len(columns) > count and columns[count] == AGAIN
    own = HalfRows(other, marks, feet[1]).spans() if has_own and not level else None
    return [spans, across(spans, main, other, own, feet[1])]


def _rows(
    sheet: Sheet, grid: Grid, marks: Marks, spans: Sequence[Sequence[Span]], columns: Sequence[str]
) -> tuple[TableRow, ...]:
    owned = [owners(half, marks) for half in grid.halves]
    rows = []
    for parts in zip(*spans, strict=True):
        cells: dict[str, Cell] = {}
        names = iter(columns)
        boxes = []
        for number, (half, span) in enumerate(zip(grid.halves, parts, strict=True)):
            boxes.append(_box(sheet, half, span))
            for cell in cells_of(sheet, number, half, span, marks, owned[number]):
                cells[next(names)] = cell
        first = parts[0]
        doubtful = any(p.doubtful for p in parts) or not first.numbered
        rows.append(TableRow(tuple(boxes), cells, first.numbered, first.continues, doubtful, first.kind))
    return tuple(rows)


def _box(sheet: Sheet, half: HalfGrid, span: Span) -> Box:
    return sheet.box_on_scan(corners_of(half.uprights[0], half.uprights[-1], span.top, span.bottom))
