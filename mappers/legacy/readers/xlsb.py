"""Excel workbooks whose parts are binary (.xlsb): read by calamine, every sheet a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from mappers.errors import TableError
from mappers.legacy.package import ZIP
from mappers.legacy.parts import open_package, part_names
from mappers.legacy.serials import clock_text, number_text
from mappers.legacy.sheet import CLOCK, NUMBER, Merge, SheetCell, SheetRow, WorkSheet, iso_cell, text_cell, yes_no
from mappers.legacy.sheet_table import read_sheets
from mappers.legacy.table import LegacyTable, ReadAs

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

RANK = 23
Made = TypeVar("Made")

_WORKBOOK = "xl/workbook.bin"


def looks_like(path: Path, head: bytes) -> bool:
    """Whether a file is an archive with a binary workbook in it."""
    return head.startswith(ZIP) and _WORKBOOK in part_names(path)


def read_tables(path: Path, how: ReadAs) -> Iterator[LegacyTable]:
    """The sheets of a workbook in order, each as sheet_table.read_sheet has it; one with nothing in it is skipped.

    One sheet at a time is held in memory. Fonts are not told, nor are formulas without a result. A damaged file is
    refused. Raises TableError "encrypted", "unreadable", "empty".
    """
    from python_calamine import CalamineError, load_workbook

    if not open_package(path).is_whole:
        raise TableError(f"{path.name}: a damaged archive", kind="unreadable")
    try:
        book = _call_calamine(lambda: load_workbook(str(path)))
    except CalamineError as e:
        raise TableError(f"{path.name}: the workbook is damaged: {type(e).__name__}", kind="unreadable") from e
    return read_sheets(_sheets(book), path.name)


def _call_calamine(make: Callable[[], Made]) -> Made:
    """What calamine makes. Raises CalamineError too where it gives up in another way."""
    from python_calamine import CalamineError

    try:
        return make()
    except OSError as e:
        raise CalamineError(str(e)) from e
    except BaseException as e:
        # Calamine is written in Rust, whose panics are no Exception and cannot be named: their module is none.
        if type(e).__module__ != "pyo3_runtime":
            raise
        raise CalamineError("panic") from None


def _sheets(book: CalamineWorkbook) -> Iterator[WorkSheet]:
    from python_calamine import CalamineError, SheetTypeEnum, SheetVisibleEnum

    for about in book.sheets_metadata:
        if about.typ != SheetTypeEnum.WorkSheet:
            continue
        is_hidden = about.visible != SheetVisibleEnum.Visible
        try:
            sheet = _call_calamine(partial(book.get_sheet_by_name, about.name))
        except CalamineError as e:
            yield WorkSheet(about.name, iter(()), (), is_hidden, [f"the sheet is damaged: {type(e).__name__}"])
            continue
        yield WorkSheet(about.name, _rows(sheet), _merges(sheet), is_hidden)


def _merges(sheet: CalamineSheet) -> list[Merge]:
    ranges = sheet.merged_cell_ranges or ()
    return [Merge(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in ranges]


def _rows(sheet: CalamineSheet) -> Iterator[SheetRow]:
    left = sheet.start[1] if sheet.start else 0
    for number, values in enumerate(sheet.iter_rows(), 1):
        cells = ((c, _cell(v)) for c, v in enumerate(values, left))
        yield SheetRow(number, {c: cell for c, cell in cells if cell.text.strip()})


def _cell(value: object) -> SheetCell:
    # First, since to Python a yes or no is a whole number.
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, int | float):
        return SheetCell(number_text(float(value)), NUMBER)
    if isinstance(value, date):
        return iso_cell(value.isoformat(" ") if isinstance(value, datetime) else value.isoformat())
    if isinstance(value, time):
        return SheetCell(clock_text(value.hour * 3600 + value.minute * 60 + value.second), CLOCK)
    if isinstance(value, timedelta):
        return SheetCell(clock_text(round(value.total_seconds())), CLOCK)
    return text_cell(str(value))
