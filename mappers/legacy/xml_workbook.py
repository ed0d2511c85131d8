"""Workbooks that Excel 2002 and 2003 saved as XML ("XML spreadsheet"): one table a sheet."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from mappers.errors import TableError
from mappers.legacy.declared import Declared
from mappers.legacy.grid import GridCell, GridRow, TableGrid
from mappers.legacy.table import LegacyTable
from mappers.legacy.xml_feed import Mends
from mappers.legacy.xml_parse import Parsing, XmlBreak, XmlSegment

_MOST_SHEETS = 1000
_MOST_CELLS = 16_384
_LONGEST_CELL = 1 << 20


def read_workbook(path: Path, written: Declared) -> Iterator[LegacyTable]:
    """The sheets of a workbook in order; those without anything in a cell are skipped.

    The file is gone through once for each sheet up to its end. A merged cell's text stands in its first column.
    """
    found = 0
    for index in range(_MOST_SHEETS):
        sheet = _Sheet(index)
        own = replace(written, form=replace(written.form))
        reading = _Reading(path, own, sheet)
        rows = reading.rows()
        first = next(rows, None)
        if not sheet.is_found:
            break
        if first is None:
            continue
        grid = TableGrid(sheet.name, _put_back(first, rows), list(written.notes), written.encoding, own.form)
        reading.notes = grid.notes
        table = grid.table()
        if table is not None:
            found += 1
            yield table
    if not found:
        raise TableError(f"{path.name}: no table: no sheet has anything in a cell", kind="not-a-table")


def _put_back(first: GridRow, rest: Iterator[GridRow]) -> Iterator[GridRow]:
    yield first
    yield from rest


@dataclass
class _Reading:
    """One sheet on its way out of the file."""

    path: Path
    written: Declared
    sheet: _Sheet
    notes: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[GridRow]:
        """The rows of the sheet, as many as the file has before it breaks."""
        broken = yield from self._rows(is_mended=False)
        if broken is not None and broken.is_mendable:
            # The file is read again from its beginning; rows that are delivered already are passed over.
            self.sheet.restart(self.sheet.last)
            broken = yield from self._rows(is_mended=True)
        if broken is not None:
            what = "is cut" if broken.is_end else "is not well-formed"
            self.notes.append(f"the file {what} at byte {broken.offset}; what follows is not delivered")
            if (row := self.sheet.finish_row("cut" if broken.is_end else "broken")) is not None:
                yield row

    def _rows(self, *, is_mended: bool) -> Generator[GridRow, None, XmlBreak | None]:
        mends = Mends()
        parsing = Parsing(
            self.path, self.written.form, XmlSegment(self.written.form.start), self.sheet, is_mended, mends
        )
        self.sheet.offset = parsing.offset
        self.sheet.cell = self.written.cell
        for _ in parsing:
            while self.sheet.found:
                yield self.sheet.found.popleft()
            parsing.is_stopped = self.sheet.is_over
        self.notes += mends.notes()
        return parsing.broken


class _Sheet:
    """Listens to a workbook and keeps the rows of one sheet."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.is_found = False
        self.fonts: dict[str, str] = {}
        self.found: deque[GridRow] = deque()
        self.offset: Callable[[], int] = lambda: 0
        self.cell: Callable[[str], bytes | str] = str
        self.name = ""
        self.restart(0)

    def restart(self, done: int) -> None:
        """Begin the file again. done: rows that were delivered already."""
        self._done = self.last = done
        self.number = 0
        self._seen, self.is_over = -1, False
        self._tags: list[str] = []
        self._cells: list[GridCell] | None = None
        self._style = self._shown = ""
        self._texts: list[str] = []
        self._at = self._across = 0
        self._font = ""
        self._begun = -1

    def start(self, tag: str, attributes: list[str]) -> None:
        """A tag opens."""
        name = tag.rpartition(":")[2]
        given = {n.rpartition(":")[2]: v for n, v in zip(attributes[::2], attributes[1::2], strict=True)}
        self._tags.append(name)
        if name == "Worksheet":
            self._seen += 1
            if self._is_here:
                self.is_found, self.name = True, given.get("Name", f"Sheet{self.index + 1}")
        elif name == "Style":
            self._style = given.get("ID", "")
        elif name == "Font" and self._style and "Style" in self._tags:
            self.fonts[self._style] = given.get("FontName", "")
        elif self._is_here:
            self._start_cell(name, given)

    @property
    def _is_here(self) -> bool:
        return self._seen == self.index

    def _start_cell(self, name: str, given: dict[str, str]) -> None:
        if name == "Row":
            self.number = _number(given.get("Index"), self.number + 1)
            self._begun = self.offset()
            self._cells, self._at = [], 0
        elif name == "Cell" and self._cells is not None:
            self._at = _number(given.get("Index"), self._at + 1)
            self._across = _number(given.get("MergeAcross"), 0)
            self._font = self.fonts.get(given.get("StyleID", ""), "")
            self._texts, self._shown = [], ""
        elif name == "Data":
            self._shown = given.get("Type", "")

    def text(self, data: str) -> None:
        """Some text: of a cell's data, its parts in other fonts too."""
        # Parts of a text in other fonts stand some tags below its Data.
        if self._cells is not None and "Data" in self._tags[-8:]:
            self._texts.append(data)

    def end(self) -> None:
        """The tag opened last closes."""
        name = self._tags.pop()
        if name == "Worksheet":
            self.is_over |= self._is_here
        elif not self._is_here or self._cells is None:
            return
        elif name == "Cell":
            self._keep()
        elif name == "Row":
            self._finish()

    def _keep(self) -> None:
        cells = self._cells
        if cells is None or self._at > _MOST_CELLS:
            return
        text = _show_cell("".join(self._texts)[:_LONGEST_CELL], self._shown)
        cells += [GridCell("")] * (self._at - 1 - len(cells))
        if len(cells) < self._at:
            cells.append(GridCell(self.cell(text), ((self._font, len(text)),) if self._font else ()))
        self._at += min(self._across, _MOST_CELLS)

    def _finish(self, problem: str = "") -> None:
        if self._cells is not None and self.number > self._done:
            self.found.append(GridRow(self.number, self._begun, tuple(self._cells), problem))
            self.last = self.number
        self._cells = None

    def finish_row(self, problem: str) -> GridRow | None:
        """The row that was open when the file broke."""
        if self._cells is None or not self._is_here:
            return None
        if self._texts and "Cell" in self._tags:
            self._keep()
        self._finish(problem)
        return self.found.popleft() if self.found else None


def _number(given: str | None, otherwise: int) -> int:
    """An index that is given, where it can be one and does not go back."""
    if given is None or not given.isascii() or not given.isdigit() or len(given) > 7:
        return otherwise
    return max(int(given), otherwise)


def _show_cell(text: str, kind: str) -> str:
    """A cell's text. Dates come in ISO form, without the time where it is midnight."""
    if kind == "DateTime":
        return text.removesuffix(".000").removesuffix("T00:00:00").replace("T", " ")
    if kind == "Boolean":
        return {"1": "yes", "0": "no"}.get(text, text)
    if kind == "Number" and text.endswith(".0"):
        return text[:-2]
    return text.strip(" \t\r\n")
