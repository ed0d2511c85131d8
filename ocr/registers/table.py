"""From the scan of a register's page or spread to a table: named columns, rows, and cells with their places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocr.engine import Image
from ocr.registers.agree import disagreeing
from ocr.registers.aligned import align_columns, other_gutter
from ocr.registers.aside import Aside, find_asides
from ocr.registers.columns import carry_columns, fit_columns, lacks_columns, shares_of, split_columns
from ocr.registers.direction import open_upright
from ocr.registers.doubts import with_doubts
from ocr.registers.form import RegisterForm
from ocr.registers.grid import Grid, HalfGrid, find_grid
from ocr.registers.ink import Marks, find_marks, no_marks
from ocr.registers.labels import Heading, columns_by_labels, columns_by_widths, columns_in_order, fit_form
from ocr.registers.look import Ask, Layout, may_go_on, settle_register
from ocr.registers.sheet import LevelSheet
from ocr.registers.strokes import without_strokes
from ocr.registers.table_rows import AGAIN, TableRow, half_rows, rows_of, spans_of, without_levels

__all__ = ["AGAIN", "Ask", "Layout", "RegisterTable", "TableRow", "read_table"]


_NO_COLUMNS = "no ruled columns were found"
_AS_ADVISED = "scan the page whole, flat and sharp, at 300 dpi"
# Letters are three to four pixels high then: rows may still be found, and no cell can be read.
_LEAST_PX = 640
_TWO_TABLES = "it shows two tables beside each other: cut the scan between its pages"


@dataclass(frozen=True, slots=True)
class RegisterTable:
    """One page or spread. form: None with a reason when it is no register that is known; rows are found all the same.

    columns: ids from the left; "_column_4" is one that the register does not have. heading: None without a header.
    asides: what stands around it. grid: the lines that part columns and rows; None where no columns were found.
    """

    sheet: LevelSheet
    marks: Marks
    form: RegisterForm | None
    columns: tuple[str, ...] = ()
    rows: tuple[TableRow, ...] = ()
    heading: Heading | None = None
    reason: str = ""
    notes: tuple[str, ...] = ()
    layout: Layout | None = None
    asides: tuple[Aside, ...] = ()
    grid: Grid | None = None


def read_table(grey: Image, ask: Ask, layout: Layout | None = None) -> RegisterTable:
    """Find the table of one scan. All its rows are doubtful where columns had to be put that were not seen.

    grey: (height, width) uint8, 0 black. layout: of the volume, from an earlier page. Never raises for what is
    on the page.
    """
    sheet, look = open_upright(grey, ask, layout)
    if look is None:
        form = ask.form or (layout.form if layout else None)
        # Where no register was named the page may well be a letter.
        return RegisterTable(
            sheet, no_marks(), form, reason=f"{_NO_COLUMNS}: {_AS_ADVISED}" if ask.form is not None else _NO_COLUMNS
        )
    if max(sheet.flat.shape) < _LEAST_PX:
        reason = f"it is too small to be read, {max(sheet.flat.shape)} pixels long: {_AS_ADVISED}"
        return RegisterTable(sheet, look.marks, None, reason=reason, layout=layout)
    look, form, reason = settle_register(sheet, ask, layout, look)
    grid, marks, heading = look.grid, look.marks, look.heading
    if heading is not None or not may_go_on(grid, layout):
        layout = None  # another volume may begin here
    grid, fits = _align_to_volume(sheet, grid, layout)
    labelled = None if layout is not None else _name_columns(form, grid, heading, ask)
    is_labelled = labelled is not None
    if labelled is not None:
        grid, named = labelled
    wanted = None if fits or is_labelled else _count_wanted(form, grid, layout)
    # Other lines count as ruled now, and what lies on them is no writing.
    if fits:
        marks = find_marks(sheet, grid)
    # Asked before columns are put: behind that none is lacking.
    is_put = wanted is not None and lacks_columns(grid, wanted)
    if is_labelled:
        is_put = any(u.support == 0 for h in grid.halves for u in h.uprights[1:-1])
        marks = find_marks(sheet, grid)
    if wanted is not None:
        grid = _fit_halves(sheet, grid, marks, wanted, form)
        marks = find_marks(sheet, grid)
    if layout is not None:
        grid = _carry_halves(grid, layout)
    columns = named if labelled is not None else _columns(form, grid, heading, layout, ask)
    # Strokes through entries before rows: a level line that runs through letters parts none.
    ruled = without_strokes(sheet, grid, marks)
    if ruled is not grid:
        grid, marks = ruled, find_marks(sheet, ruled)
    if half_rows(sheet, grid, marks, heading, columns, form).is_unruled:
        grid = without_levels(grid, heading)
        marks = find_marks(sheet, grid)
    rows, asides = _rows(sheet, grid, marks, heading, columns, form, is_put=is_put)
    notes = ("spread",) if len(grid.halves) == 2 else ()
    found: Layout | None = Layout(form, columns, tuple(shares_of(h) for h in grid.halves))
    # What the page before handed on is handed on as it was.
    if _shows_two(form, grid):
        form, reason, found = None, _TWO_TABLES, layout
    return RegisterTable(sheet, marks, form, columns, rows, heading, reason, notes, found, asides, grid)


def _rows(
    sheet: LevelSheet,
    grid: Grid,
    marks: Marks,
    heading: Heading | None,
    columns: tuple[str, ...],
    form: RegisterForm | None,
    *,
    is_put: bool,
) -> tuple[tuple[TableRow, ...], tuple[Aside, ...]]:
    """The rows of a table with their doubts, and what stands around them; is_put: columns were put, not seen."""
    spans = spans_of(sheet, grid, marks, heading, columns, form)
    rows = rows_of(sheet, grid, marks, spans, columns)
    is_put = is_put or _repeats_unseen(grid, columns)
    misplaced = [True] * len(rows) if is_put else disagreeing(grid, marks, spans, heading)
    return with_doubts(sheet, grid, marks, spans, rows, misplaced), find_asides(sheet, grid, marks, spans)


def _shows_two(form: RegisterForm | None, grid: Grid) -> bool:
    """Whether a sheet has all columns of a register of one page twice: two tables beside each other."""
    count = sum(len(h.uprights) - 1 for h in grid.halves)
    return form is not None and not form.split and count >= 2 * len(form.columns)


def _count_wanted(form: RegisterForm | None, grid: Grid, layout: Layout | None) -> tuple[int, ...] | None:
    """How many columns each half should have."""
    if layout is not None and len(layout.shares) == len(grid.halves):
        return tuple(len(s) - 1 for s in layout.shares)
    if form is None:
        return None
    total = len(form.columns)
    if len(grid.halves) == 1:
        return (total,)
    return (form.split, total - form.split) if form.split else None


def _fit_halves(sheet: LevelSheet, grid: Grid, marks: Marks, wanted: Sequence[int], form: RegisterForm | None) -> Grid:
    halves = []
    for number, (half, count) in enumerate(zip(grid.halves, wanted, strict=True)):
        has = len(half.uprights) - 1
        repeats = number == 1 and has == count + 1 and form is not None
        if has == count or repeats:
            halves.append(half)
            continue
        # A stroke among the rules is told by the widths of the file, where all of these are seen.
        chosen = _choose_by_widths(half, form, number) if has > count and form is not None else None
        halves.append(chosen or fit_columns(sheet, grid, half, marks, count))
    return replace(grid, halves=tuple(halves))


def _choose_by_widths(half: HalfGrid, form: RegisterForm, number: int) -> HalfGrid | None:
    """A half with only those of its lines that part columns as wide as a register's; None where it does not show all.

    number: 0 for the left-hand page, 1 for the right-hand one.
    """
    own = form.columns[form.split :] if number else form.columns[: form.split or None]
    edges = np.cumsum([0.0, *(column.width for column in own)])
    laid = align_columns(half, edges / edges[-1])
    return laid if laid is not None and all(line.support > 0 for line in laid.uprights) else None


def _align_to_volume(sheet: LevelSheet, grid: Grid, layout: Layout | None) -> tuple[Grid, bool]:
    """Columns as on the volume's first page, laid over the lines that are seen, and whether they fit all halves.

    Where they do not fit, the two pages may meet elsewhere than was thought.
    """
    if layout is None or len(grid.halves) != len(layout.shares):
        return grid, False
    found = _laid_over(grid, layout)
    if found is None and len(grid.halves) == 2:
        cut = other_gutter(grid.halves, layout.shares)
        again = find_grid(sheet, cut=cut) if cut is not None else None
        found = _laid_over(again, layout) if again is not None and len(again.halves) == 2 else None
    return (grid, False) if found is None else (found, True)


def _laid_over(grid: Grid, layout: Layout) -> Grid | None:
    halves = [align_columns(half, shares) for half, shares in zip(grid.halves, layout.shares, strict=True)]
    found = tuple(h for h in halves if h is not None)
    return replace(grid, halves=found) if len(found) == len(halves) else None


def _carry_halves(grid: Grid, layout: Layout) -> Grid:
    """Columns as on the volume's first page where this page shows another number of them."""
    if len(grid.halves) != len(layout.shares):
        return grid
    halves = [
        half if len(half.uprights) == len(shares) else carry_columns(half, shares)
        for half, shares in zip(grid.halves, layout.shares, strict=True)
    ]
    return replace(grid, halves=tuple(halves))


def _repeats_unseen(grid: Grid, columns: Sequence[str]) -> bool:
    """Whether a right-hand page is taken to repeat the number, though an outer edge of it was put: a margin may have
    been taken for a column, and then all of its columns are others than they seem.
    """
    edges = (grid.halves[-1].uprights[0], grid.halves[-1].uprights[-1])
    return AGAIN in columns and any(edge.support == 0 for edge in edges)


def _name_columns(
    form: RegisterForm | None, grid: Grid, heading: Heading | None, ask: Ask
) -> tuple[Grid, tuple[str, ...]] | None:
    """Columns by their labels or widths, on a page that does not show all: cut off in the fold, or a line unseen.

    None where a page shows as many columns as its register has, in their order, or neither tells which these are.
    """
    if form is None or form.split or len(grid.halves) != 1:
        return None
    half = grid.halves[0]
    columns = None
    if heading is not None and len(heading.texts) == len(half.uprights) - 1:
        columns = columns_by_labels(form, fit_form(heading, form, ask.registers).columns)
    if columns is None:
        at = [u.middle for u in half.uprights]
        columns = columns_by_widths(form, [b - a for a, b in zip(at, at[1:], strict=False)])
    if columns is None or columns == form.ids:
        return None
    half, columns = split_columns(half, columns, {c.id: c.width for c in form.columns})
    return replace(grid, halves=(half,)), columns


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
