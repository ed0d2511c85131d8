"""What spreadsheets that people fill in have in common: cells that are no formulas, a sheet that says how."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from digitize.machine.exit_texts import in_sheet

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet


def write_cells(sheet: Worksheet, line: int, values: Mapping[str, object], to_fill: Collection[str]) -> None:
    """Write a row: text wraps, and is never run as a formula. to_fill: columns in which people's words stay text."""
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
    """Let a spreadsheet change nothing but the cells that are to be filled in, without a password: no row is sorted and
    no cell shifted, so that nothing that was typed comes to stand beside another picture. Filters and widths stay free.
    """
    rules = sheet.protection
    rules.sheet = True
    # Each of these says what is not allowed.
    rules.autoFilter = rules.formatColumns = rules.formatRows = rules.objects = False


def offer_words(sheet: Worksheet, column: str, last: int, words: Collection[str]) -> None:
    """Offer a choice of words in a column, by its letter, from line 2 to the last."""
    from openpyxl.worksheet.datavalidation import DataValidation

    choice = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True)
    choice.add(f"{column}2:{column}{max(2, last)}")
    sheet.add_data_validation(choice)


def offer_choices(sheet: Worksheet, column: str, last: int, choices: str) -> None:
    """Offer in each cell of a column, from line 2 to the last, what stands in its line of `choices`; all may be typed.

    choices: cells of line 2, the line without a dollar sign, as "other!$A2:$E2".
    """
    from openpyxl.worksheet.datavalidation import DataValidation

    choice = DataValidation(type="list", formula1=choices, allow_blank=True, showErrorMessage=False)
    choice.add(f"{column}2:{column}{max(2, last)}")
    sheet.add_data_validation(choice)


def save_book(book: Workbook, path: Path, guide: Sequence[str]) -> None:
    """Add the sheet "how to" and write the file, all of it or nothing. Raises OSError."""
    sheet = book.create_sheet("how to")
    for text in guide:
        sheet.append((text,))
    sheet.column_dimensions["A"].width = 120
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".tmp")
    book.save(part)
    part.replace(path)
