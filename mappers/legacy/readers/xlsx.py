"""Excel workbooks (.xlsx, .xlsm): every sheet a table, read as a stream from the parts of the archive."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mappers.legacy.package import ZIP
from mappers.legacy.parts import Package, open_package, part_names
from mappers.legacy.sheet import (
    ERROR,
    FORMULA,
    LOST,
    MOST_COLUMNS,
    MOST_MERGES,
    MOST_ROWS,
    TEXT_LOST,
    Format,
    Merge,
    SheetCell,
    SheetRow,
    WorkSheet,
    iso_cell,
    number_cell,
    text_cell,
    yes_no,
)  # fmt: skip
from mappers.legacy.sheet_table import read_sheets
from mappers.legacy.table import LegacyTable, ReadAs
from mappers.legacy.xlsx_book import SheetPart, TextRuns, Workbook, is_workbook_part, read_workbook, unescape_text
from mappers.legacy.xml_parts import Handler, XmlPart

RANK = 21

_ROW = re.compile(rb"<(?:\w+:)?row[\s>]")
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']")
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})\Z")
# So much is kept of each piece, since a tag may lie across two.
_OVERLAP = 256


def looks_like(path: Path, head: bytes) -> bool:
    """Whether a file is an archive with a workbook in it, or the beginning of one."""
    return head.startswith(ZIP) and any(map(is_workbook_part, part_names(path)))


def read_tables(path: Path, how: ReadAs) -> Iterator[LegacyTable]:
    """The sheets of a workbook in order, each as sheet_table.read_sheet has it; a sheet with nothing in it is skipped.

    Cells are text as people saw it: whole numbers without a point, days and times in ISO form. A cut or damaged file
    gives what is left of it: a text that is lost is the marker "[text lost]" in a row with problem "text-lost".
    Fonts are those of most texts in the first rows of a column. Texts that cells share are held in memory, rows are
    not. Raises TableError "encrypted", "unreadable", "empty".
    """
    package = open_package(path)
    return read_sheets(_sheets(package, read_workbook(package)), path.name, package.notes)


def _sheets(package: Package, book: Workbook) -> Iterator[WorkSheet]:
    for part in book.sheets:
        notes = [*package.notes]
        if not part.part:
            yield WorkSheet(part.name, iter(()), (), part.is_hidden, [*notes, "the sheet is missing in the file"])
            continue
        merges = _merges(package, part, notes)
        yield WorkSheet(part.name, _rows(package, part, book, notes), merges, part.is_hidden, notes)


def _merges(package: Package, part: SheetPart, notes: list[str]) -> list[Merge]:
    """The merged ranges of a sheet, which stand behind its rows: looked for without parsing."""
    found: list[Merge] = []
    kept = b""
    known = len(package.notes)
    for chunk in package.stream(part.part):
        data = kept + chunk
        end = 0
        for m in _MERGE.finditer(data):
            left, top, right, bottom = _column(m[1].decode()), int(m[2]), _column(m[3].decode()), int(m[4])
            found.append(Merge(top, left, bottom, right))
            end = m.end()
        kept = data[max(end, len(data) - _OVERLAP) :]
        if len(found) > MOST_MERGES:
            notes.append(f"more than {MOST_MERGES} merged ranges: the rest is ignored")
            break
    # The same damage is met, and said, when the rows are read.
    del package.notes[known:]
    return found


def _rows(package: Package, part: SheetPart, book: Workbook, notes: list[str]) -> Iterator[SheetRow]:
    known = len(package.notes)
    handler = _SheetHandler(book)
    yield from XmlPart(part.part, package.stream(part.part), handler, package.notes).items(_ROW)
    notes += [*package.notes[known:], *handler.notes()]
    # It is said with its sheet; the next one begins with a clean list.
    del package.notes[known:]


def _column(letters: str) -> int:
    """The place of a column by its letters, from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


class _SheetHandler(Handler[SheetRow]):
    """The rows of one sheet."""

    def __init__(self, book: Workbook) -> None:
        super().__init__()
        self._book = book
        self._row = self._misplaced = self._hidden = 0
        self._columns: dict[str, int] = {}
        self._formats: dict[str | None, Format | None] = {}
        self._clear()

    def forget(self) -> None:
        self._deliver_cut()
        self._clear()

    def _deliver_cut(self) -> None:
        """Deliver the row that has been begun and not ended."""
        if self._cells:
            self.done.append(SheetRow(self._row, self._cells, is_cut=True))

    def _clear(self) -> None:
        self._is_open = False
        self._cells: dict[int, SheetCell] = {}
        self._place = -1
        self._cell: dict[str, str] = {}
        self._value: list[str] | None = None
        self._formula: list[str] | None = None
        self._into: list[str] | None = None
        self._runs: TextRuns | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._begin_cell(attributes)
        elif name == "v":
            self._value = self._into = []
        elif self._runs:
            self._runs.start(name, attributes)
        elif name == "row":
            self._begin_row(attributes)
        elif name == "f":
            self._formula = self._into = []
        elif name == "is":
            self._runs = TextRuns()

    def end(self, name: str) -> None:
        self._into = None
        if name == "c":
            self._end_cell()
        elif self._runs:
            self._runs.end(name)
        elif name == "row":
            self.done.append(SheetRow(self._row, self._cells))
            self._cells, self._is_open = {}, False

    def text(self, data: str) -> None:
        if self._into is not None:
            self._into.append(data)
        elif self._runs:
            self._runs.text(data)

    def notes(self) -> Iterator[str]:
        """What is to be said of the sheet when it is read."""
        if self._misplaced:
            yield f"{self._misplaced} rows or cells have a wrong position; they are put after the one before"
        if self._hidden:
            yield f"{self._hidden} rows are hidden in the workbook; they are delivered"

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self._deliver_cut()
        given = attributes.get("r", "")
        number = int(given) if given.isascii() and given.isdigit() and len(given) < 8 else 0
        is_right = self._row < number <= MOST_ROWS
        self._misplaced += bool(given) and not is_right
        self._row = number if is_right else self._row + 1
        self._hidden += attributes.get("hidden") in ("1", "true")
        self._is_open, self._cells, self._place = True, {}, -1

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        if not self._is_open:  # the beginning of its row is damaged
            self._begin_row({})
        given = _PLACE.match(attributes.get("r", ""))
        place = -1
        if given:
            place = self._columns.get(given[1], -1)
            if place < 0:
                place = self._columns[given[1]] = _column(given[1])
        is_right = self._place < place < MOST_COLUMNS
        self._misplaced += "r" in attributes and not is_right
        self._place = place if is_right else self._place + 1
        self._cell = attributes
        self._value = self._formula = self._runs = None

    def _end_cell(self) -> None:
        cell = self._read_cell()
        self._runs = None
        if cell is not None and cell.text.strip() and self._place < MOST_COLUMNS:
            self._cells[self._place] = cell

    def _read_cell(self) -> SheetCell | None:
        kind = self._cell.get("t", "n")
        form = self._format()
        if self._runs is not None:
            text, font = self._runs.join_text()
            return text_cell(text, font or (form.font if form else ""))
        value = "".join(self._value or ())
        # A formula that came to an empty text has its result, which is nothing.
        if not value and self._formula is not None and kind != "str":
            return SheetCell("=" + "".join(self._formula), FORMULA)
        if not value:
            return None
        if kind == "s":
            return self._read_shared_text(value, form)
        if kind == "str":
            return text_cell(unescape_text(value), form.font if form else "")
        return _read_typed(value, kind) or number_cell(value, form, is_1904=self._book.is_1904)

    def _format(self) -> Format | None:
        """The format of the cell; None when it names one that is lost."""
        style = self._cell.get("s")
        if style in self._formats:
            return self._formats[style]
        form = self._formats[style] = self._find_format(style)
        return form

    def _find_format(self, style: str | None) -> Format | None:
        if style is None:
            return self._book.formats[0] if self._book.formats else Format()
        index = int(style) if style.isascii() and style.isdigit() and len(style) < 10 else -1
        return self._book.formats[index] if 0 <= index < len(self._book.formats) else None

    def _read_shared_text(self, value: str, form: Format | None) -> SheetCell:
        index = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -1
        if not 0 <= index < len(self._book.texts):
            return SheetCell(TEXT_LOST, LOST)
        text, font = self._book.texts[index]
        return text_cell(text, font or (form.font if form else ""))


def _read_typed(value: str, kind: str) -> SheetCell | None:
    """A cell that says what it holds; None for a number."""
    if kind == "b":
        return yes_no(value.strip() not in ("0", "false"))
    if kind == "e":
        return SheetCell(value, ERROR)
    if kind == "d":
        return iso_cell(value)
    return None
