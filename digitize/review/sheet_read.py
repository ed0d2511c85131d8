"""The review spreadsheet as it comes back: the rows that a person filled in, and those that cannot be taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitize.errors import InputError
from digitize.review.sheet import SHEET
from digitize.review.sheet_words import list_headings

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell

_NEEDED = ("item", "right value", "verdict")


@dataclass(frozen=True, slots=True)
class FilledRow:
    """One row a person filled in; line: its number in the sheet. record: as the sheet names it, "" where it does not.

    fault: why it cannot be taken as it stands.
    """

    line: int
    item: str
    value: str
    verdict: str
    operator: str
    record: str = ""
    fault: str = ""


def read_sheet(path: Path) -> Iterator[FilledRow]:
    """The rows that a person filled in. Raises InputError when the file is no review sheet, naming what it lacks."""
    rows = _read_rows(path)
    names = list_headings()
    head = [names.get(text, text) for text in (_format_cell(c.value) for c in next(rows, ()))]
    lacking = [n for n in _NEEDED if n not in head]
    if lacking:
        raise InputError(f"{path} is not a review sheet: the column {lacking[0]!r} is missing in line 1.")
    for line, row in enumerate(rows, start=2):
        cells = {n: row[i] for i, n in enumerate(head) if i < len(row)}
        given = {n: _format_cell(cells[n].value) if n in cells else "" for n in (*_NEEDED, "operator", "record")}
        # A line with an operator alone answers nothing.
        if given["item"] and (given["right value"] or given["verdict"]):
            yield _make_filled_row(line, cells, given)


def _make_filled_row(line: int, cells: Mapping[str, Cell], given: Mapping[str, str]) -> FilledRow:
    formulas = [n for n in ("right value", "verdict", "operator") if n in cells and cells[n].data_type == "f"]
    # What a formula came to is not what somebody saw on the paper, and may be another thing tomorrow.
    fault = f"{formulas[0]!r} holds a formula; type what stands on the paper" if formulas else ""
    fault = fault or _find_conversion(cells["right value"].value if "right value" in cells else None)
    verdict, operator = given["verdict"].lower(), given["operator"]
    return FilledRow(line, given["item"], given["right value"], verdict, operator, given["record"], fault)


def _find_conversion(value: Any) -> str:
    """What a spreadsheet made of what was typed, where it cannot be told any more what that was; "" where it can.

    The cells of our sheets are text. In one that somebody formatted anew, or filled in another program, 05/06/2019
    becomes the 6th of May or the 5th of June by the machine's region, 7/12 a day of this year, and 19.20 is 19.2.
    """
    is_day = hasattr(value, "strftime") or isinstance(value, timedelta)
    is_cut = isinstance(value, float) and not value.is_integer()
    if not is_day and not is_cut:
        return ""
    kind = "a date or time" if is_day else "a decimal number"
    return f"the spreadsheet made {kind} of what was typed; type it as it stands on the paper with a ' before it"


def _read_rows(path: Path) -> Iterator[Sequence[Cell]]:
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True)
        # The sheet may have been renamed; ours stands first, the guide behind it.
        sheet = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
        yield from sheet.iter_rows()
    except PermissionError as e:
        raise InputError(f"{path} cannot be opened; close it where it is open, and try again.") from e
    # A damaged file breaks the library in as many ways as it has parts: none of it is a fault of ours to show.
    except Exception as e:
        raise InputError(f"{path} cannot be read as a spreadsheet (.xlsx). Save it as .xlsx and try again.") from e


def _format_cell(value: Any) -> str:
    """A cell as typed: a number that a spreadsheet made of "0078" or "2009" comes back without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
