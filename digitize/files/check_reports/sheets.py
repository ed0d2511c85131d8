"""Shared parts of report sheets: rows of findings, formula-safe cells, styles and widths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from digitize.files.check_reports.source_rows import SourceRows
from digitize.files.validating.findings import FileFinding
from digitize.machine.csv_cells import safe
from digitize.machine.exit_texts import in_sheet
from mappers.schema import form_tables
from validators.finding import Severity
from validators.messages.teller import Teller

_COLOURS: Mapping[Severity, str] = {"reject": "FFC7CE", "review": "FFEB9C", "note": "DDEBF7"}
_HEAD_COLOUR, _LINK_COLOUR = "D9D9D9", "0563C1"
_NOTE_WIDTH, _NOTE_HEIGHT = 320, 160  # pixels
_LAST = 16_384  # columns that a sheet has


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """The head of a column. width: in letters."""

    text: str
    width: int


@dataclass(frozen=True, slots=True)
class RowOfFindings:
    """All findings of one rule in one row of a file. cells: of the row by column, masked as needed."""

    findings: tuple[FileFinding, ...]
    cells: Mapping[str, str]

    @property
    def file(self) -> str:
        """The file's name."""
        return self.findings[0].file

    @property
    def line(self) -> int:
        """The row's line, 0 for the file itself."""
        return self.findings[0].line

    def join_distinct(self, name: str) -> str:
        """One part of the findings, without duplicates."""
        return "\n".join(dict.fromkeys(text for f in self.findings if (text := getattr(f, name))))


def rows_of(findings: Iterable[FileFinding], rows: SourceRows, form: str) -> list[RowOfFindings]:
    """Rows that have findings, in order; includes the wrong cell even if it is empty."""
    tables = form_tables(form)
    by_row: dict[tuple[str, str, int], list[FileFinding]] = {}
    for f in findings:
        by_row.setdefault((f.file, f.table, f.line), []).append(f)
    made = []
    for key, of_row in by_row.items():
        cells = dict(rows.cells(key)) if key[2] else {}
        for f in of_row:
            # A rule on child rows or on the row itself names no cell of it.
            is_cell = f.table in tables and tables[f.table].column(f.field) is not None
            if is_cell and (cells or f.value):
                cells.setdefault(f.field, f.value)
        made.append(RowOfFindings(tuple(of_row), cells))
    return made


class SheetStyles:
    """Cell styles, created once each: a workbook with thousands of rows would otherwise hold as many."""

    def __init__(self, teller: Teller) -> None:
        """teller: provides the texts of the notes."""
        from openpyxl.styles import Alignment, Font, PatternFill

        self._author = f"digitize ({teller.language})"
        self._wrapped, self._bold = Alignment(wrap_text=True, vertical="top"), Font(bold=True)
        self._top, self._link = Alignment(vertical="top"), Font(color=_LINK_COLOUR, underline="single")
        self._fills = {word: PatternFill("solid", fgColor=colour) for word, colour in _COLOURS.items()}
        self._head_fill = PatternFill("solid", fgColor=_HEAD_COLOUR)

    def begin(self, sheet: Any, heads: Sequence[SheetColumn], rows: int, *, still: int = 1) -> None:
        """Write the header. still: columns that stay when scrolling; the header stays as well and has filters."""
        from openpyxl.utils import get_column_letter

        heads = heads[:_LAST]
        for number, head in enumerate(heads, 1):
            sheet.column_dimensions[get_column_letter(number)].width = head.width
        sheet.freeze_panes = f"{get_column_letter(still + 1)}2"
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{rows + 1}"
        made = [self.cell(sheet, head.text) for head in heads]
        for cell in made:
            cell.font, cell.fill = self._bold, self._head_fill
        sheet.append(made)

    def cell(self, sheet: Any, value: object, *, wrap: bool = True) -> Any:
        """A formula-safe cell: text stays text, whatever it starts with."""
        from openpyxl.cell import WriteOnlyCell

        is_text = isinstance(value, str)
        cell = WriteOnlyCell(sheet, safe(in_sheet(value)) if isinstance(value, str) else value)
        if is_text and value:
            cell.data_type = "s"
            # As text: a spreadsheet would make 7 of 007, and a day of 3-12.
            cell.number_format = "@"
        cell.alignment = self._wrapped if wrap else self._top
        return cell

    def link(self, sheet: Any, title: str) -> Any:
        """A cell that leads to the sheet of that name."""
        from openpyxl.worksheet.hyperlink import Hyperlink

        cell = self.cell(sheet, title)
        cell.hyperlink = Hyperlink(ref="", location=f"'{title}'!A1")
        cell.font = self._link
        return cell

    def mark(self, cell: Any, severity: Severity, text: str) -> Any:
        """Mark a cell as wrong, with a note on what is expected."""
        from openpyxl.comments import Comment

        cell.fill = self._fills[severity]
        cell.comment = Comment(in_sheet(text), self._author, height=_NOTE_HEIGHT, width=_NOTE_WIDTH)
        return cell
