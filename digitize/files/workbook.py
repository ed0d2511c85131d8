"""Spreadsheets that people fill in: written with cells that are no formulas, and read back line by line."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitize.errors import InputError
from digitize.machine.exit_texts import in_sheet

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

# A workbook is an archive: a small one may be made to fill the disk and the memory when it is unpacked.
MAX_UNPACKED = 4 << 30
_MOST_TEXTS = 64 << 20
# No table packs as well as that: a workbook that claims more is a trap or damaged.
_HIGHEST_RATIO = 200
# What openpyxl raises for a damaged workbook. Broken XML is a SyntaxError; parts may be packed in an unknown way.
DAMAGE = (
    KeyError,
    ValueError,
    SyntaxError,
    EOFError,
    NotImplementedError,
    RecursionError,
    TypeError,
    AttributeError,
    IndexError,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """Layout of a sheet to fill in. what: its name in messages. columns: name -> width in letters.

    keys: columns that identify a line. to_fill: editable columns. answers: at least one of these must be filled for the
    line to be read. still: first cell that scrolls.
    """

    title: str
    what: str
    columns: Mapping[str, int]
    keys: tuple[str, ...]
    to_fill: tuple[str, ...]
    answers: tuple[str, ...]
    still: str

    def find_letter(self, name: str) -> str:
        """The letter of a column."""
        from openpyxl.utils import get_column_letter

        return str(get_column_letter([*self.columns].index(name) + 1))


@dataclass(frozen=True, slots=True)
class FilledLine:
    """A filled line. line: its number in the sheet. cells: column -> stripped text, for all columns of the layout.
    fault: why it cannot be accepted; "" if it can.
    """

    line: int
    cells: Mapping[str, str]
    fault: str = ""


def start_sheet(layout: SheetLayout, headings: Mapping[str, str] | None = None) -> tuple[Workbook, Worksheet]:
    """Create a workbook with the sheet and its header. headings: name -> heading; names by default."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.active
    sheet.title = layout.title
    write_cells(sheet, 1, {name: (headings or {}).get(name, name) for name in layout.columns}, ())
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for name, width in layout.columns.items():
        sheet.column_dimensions[layout.find_letter(name)].width = width
    sheet.freeze_panes = layout.still
    return book, sheet


def write_cells(sheet: Worksheet, line: int, values: Mapping[str, object], to_fill: Collection[str]) -> None:
    """Write a row: text wraps, and is never evaluated as a formula. to_fill: columns that stay text."""
    from openpyxl.styles import Alignment, Protection

    for number, (name, value) in enumerate(values.items(), start=1):
        cell = sheet.cell(line, number, in_sheet(value) if isinstance(value, str) else value)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if isinstance(value, str):
            # openpyxl takes every text that begins with = for a formula.
            cell.data_type = "s"
        if name in to_fill:
            # As text: a spreadsheet would make 7 of 007, and a day of 3-12.
            cell.number_format = "@"
            cell.protection = Protection(locked=False)


def protect_sheet(sheet: Worksheet) -> None:
    """Protect all cells except those to fill in, without a password.

    Rows cannot be sorted or cells shifted, so that no answer ends up next to another picture. Filters and widths stay
    adjustable.
    """
    rules = sheet.protection
    rules.sheet = True
    # Each of these says what is not allowed.
    rules.autoFilter = rules.formatColumns = rules.formatRows = rules.objects = False


def offer_words(sheet: Worksheet, column: str, last: int, words: Collection[str]) -> None:
    """Offer a drop-down of words in a column (by letter), from line 2 to the last."""
    from openpyxl.worksheet.datavalidation import DataValidation

    choice = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True)
    choice.add(f"{column}2:{column}{max(2, last)}")
    sheet.add_data_validation(choice)


def offer_choices(sheet: Worksheet, column: str, last: int, choices: str) -> None:
    """Offer a drop-down per line from `choices`, from line 2 to the last; other values are allowed.

    choices: cells for line 2, without a dollar sign before the line, e.g. "other!$A2:$E2".
    """
    from openpyxl.worksheet.datavalidation import DataValidation

    choice = DataValidation(type="list", formula1=choices, allow_blank=True, showErrorMessage=False)
    choice.add(f"{column}2:{column}{max(2, last)}")
    sheet.add_data_validation(choice)


def save_book(book: Workbook, path: Path, guide: Sequence[str]) -> None:
    """Add the sheet "how to" and write the file atomically. Raises OSError."""
    sheet = book.create_sheet("how to")
    for text in guide:
        sheet.append((text,))
    sheet.column_dimensions["A"].width = 120
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".tmp")
    book.save(part)
    part.replace(path)


def read_filled(path: Path, layout: SheetLayout, headings: Mapping[str, str] | None = None) -> Iterator[FilledLine]:
    """Read the filled lines. headings: heading -> column name, in every possible language.

    Raises InputError if the file is no such sheet, naming what is missing.
    """
    head: list[str] = []
    for line, row in _read_rows(path, layout.title):
        texts = [format_cell(cell.value) for cell in row]
        if not head:
            # Rows come as wide as the widest of the sheet.
            width = max((number for number, text in enumerate(texts, start=1) if text), default=0)
            head = [(headings or {}).get(text, text) for text in texts[:width]]
            if lacking := [name for name in (*layout.keys, *layout.answers) if name not in head]:
                raise InputError(
                    f"{path.name} is not a {layout.what}: the column {lacking[0]!r} is missing. Export it again."
                )
            continue
        given = dict.fromkeys(layout.columns, "") | dict(zip(head, texts, strict=False))
        if any(given[name] for name in layout.answers):
            read = {n: c for n, c in zip(head, row, strict=False) if n in (*layout.keys, *layout.to_fill)}
            yield FilledLine(line, given, _find_fault(read, texts[len(head) :]))
    if not head:
        raise InputError(f"{path.name} is not a {layout.what}: the sheet is empty.")


def _read_rows(path: Path, title: str) -> Iterator[tuple[int, Sequence[Cell]]]:
    try:
        book = open_book(path, formulas=True)
        try:
            # The sheet may have been renamed; ours stands first, the guide behind it.
            sheet = book[title] if title in book.sheetnames else book.worksheets[0]
            for line, row in enumerate(sheet.iter_rows(), start=1):
                if any(cell.value is not None for cell in row):
                    yield line, row
        finally:
            book.close()
    except PermissionError as e:
        raise InputError(f"{path.name} cannot be opened; if it is open in a program, close it and try again.") from e
    except InputError:
        raise
    # A damaged file breaks the library in as many ways as it has parts: none of it is a fault of ours to show.
    except Exception as e:
        raise InputError(f"{path.name} cannot be read as a spreadsheet. Save it as .xlsx and try again.") from e


def _find_fault(cells: Mapping[str, Cell], beside: Sequence[str]) -> str:
    """Why a line cannot be accepted. beside: texts to the right of the last header."""
    if formulas := [name for name, cell in cells.items() if cell.data_type == "f"]:
        # What a formula came to is not what somebody read, and may be another thing tomorrow.
        return f"{formulas[0]!r} contains a formula; type the text itself"
    if any(beside):
        return "there is text to the right of the last column; a cell may have been moved"
    return next((fault for cell in cells.values() if (fault := _find_conversion(cell.value))), "")


def _find_conversion(value: Any) -> str:
    """What a spreadsheet converted the input to, if the original can no longer be recovered; "" if it can.

    Cells of our sheets are text. In a cell that was reformatted, or filled in another program, 05/06/2019 becomes 6 May
    or 5 June depending on the locale, 7/12 a day of this year, and 19.20 is 19.2.
    """
    is_day = hasattr(value, "strftime") or isinstance(value, timedelta)
    is_cut = isinstance(value, float) and not value.is_integer()
    if not is_day and not is_cut:
        return ""
    kind = "a date or time" if is_day else "a decimal number"
    return f"the spreadsheet changed what was typed into {kind}; type it as in the source, with a ' before it"


def format_cell(value: Any) -> str:
    """A cell as typed: numbers made from "0078" or "2009" come back without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def open_book(path: Path, *, formulas: bool = False) -> Workbook:
    """Open a workbook to read it row by row. formulas: return formulas instead of their results.

    Raises OSError, and InputError if it is no workbook, or one that would fill the disk or the memory.
    """
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        if path.stat().st_size == 0:
            raise InputError(f"{path.name}: the file is empty")
        with zipfile.ZipFile(path) as z:
            parts = z.infolist()
            if sum(i.file_size for i in parts) > MAX_UNPACKED:
                raise InputError(f"{path.name}: unpacked, the workbook is larger than 4 GiB")
            # openpyxl holds the shared texts of a workbook at once, each as an object of its own.
            if any(i.file_size > max(_MOST_TEXTS, _HIGHEST_RATIO * i.compress_size) for i in parts if _is_texts(i)):
                raise InputError(f"{path.name}: its texts would fill the memory; it is damaged or malicious")
        return load_workbook(path, read_only=True, data_only=not formulas)
    except (*DAMAGE, InvalidFileException) as e:
        raise InputError(f"{path.name}: this is not an XLSX workbook, or it is damaged") from e


def _is_texts(part: zipfile.ZipInfo) -> bool:
    """Whether openpyxl reads a part completely before the first row: all but the sheets themselves."""
    return "worksheets/" not in part.filename and "media/" not in part.filename
