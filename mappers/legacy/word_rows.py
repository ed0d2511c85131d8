"""The rows of the tables of a Word document, taken from its XML as it is parsed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import attrgetter

from mappers.encodings.tables import WEST
from mappers.errors import TableError
from mappers.legacy.grid import GridCell, GridRow, TableGrid
from mappers.legacy.table import LegacyTable
from mappers.legacy.word_styles import DEFAULT, Styles, font_of, value_of
from mappers.legacy.xml_kinds import number_name
from mappers.legacy.xml_parts import Handler, XmlPart

ROW = re.compile(rb"<w:tr[\s>]")
_MOST_COLUMNS = 4096
_LONGEST_CELL = 1 << 20
_MOST_WAITING = 50_000
_DEEPEST = 50
_SYMBOLS = re.compile("[\uf020-\uf0ff]")
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# The same content again for older programs, text that was deleted, and codes of fields.
_LEFT_OUT = frozenset(("Fallback", "delText", "instrText"))


@dataclass
class _Cell:
    """A cell that is open. span: columns it takes up; goes_on: it is merged with the one above."""

    span: int = 1
    goes_on: bool = False
    texts: list[str] = field(default_factory=list)
    fonts: Counter[str] = field(default_factory=Counter)
    size: int = 0


@dataclass
class _Table:
    """A table that is open. above: the cells of the row before, by column."""

    number: int
    rows: int = 0
    style: str = ""
    above: list[GridCell] = field(default_factory=list)
    cells: list[GridCell] | None = None
    cell: _Cell | None = None
    waiting: list[WordRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class WordRow:
    """A row. table: the number of its table, in the order in which tables begin."""

    table: int
    row: GridRow


class WordTables(Handler[WordRow]):
    """Listens to a document. Rows of tables within cells follow those of the table around them.

    merged, spread: cells that go on from above, and over several columns; nested: tables within cells; lost: their
    rows that were too many to be kept.
    """

    def __init__(self, styles: Styles) -> None:
        super().__init__()
        self.styles = styles
        self.merged = self.nested = self.lost = self.long = 0
        self._count = 0
        self._open: list[_Table] = []
        self._skipped = 0
        self._paragraph = self._run = self._font = ""
        self._is_text = False

    def notes(self) -> Iterator[str]:
        """What has to be said of a table once it is read."""
        if self.merged:
            yield f"{self.merged} cells are merged with those above; their text comes with each row"
        if self.nested:
            yield f"{self.nested} tables are inside cells; they are read as separate tables"
        if self.long:
            yield f"{self.long} cells are longer than {_LONGEST_CELL} characters; what follows is left out"
        if self.lost:
            yield f"{self.lost} rows of tables within cells are too many and are left out"
        self.merged = self.nested = self.lost = self.long = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if self._skipped or name in _LEFT_OUT or (name == "tbl" and len(self._open) >= _DEEPEST):
            self._skipped += 1
        elif name == "tbl":
            self._count += 1
            self.nested += bool(self._open)
            self._open.append(_Table(self._count))
        elif self._open:
            self._start_inside(self._open[-1], name, attributes)

    def _start_inside(self, table: _Table, name: str, attributes: dict[str, str]) -> None:
        if name == "tr":
            table.cells = []
        elif name == "tc":
            table.cell = _Cell()
        elif name == "p":
            self._paragraph = ""
        elif name == "r":
            self._run = self._font = ""
        elif name == "t":
            self._is_text = True
        elif name == "tblStyle":
            table.style = value_of(attributes)
        elif table.cells is not None and name == "gridBefore":
            table.cells += [GridCell("")] * min(_number(value_of(attributes)), _MOST_COLUMNS)
        elif table.cell is not None:
            self._describe(table.cell, name, attributes)

    def _describe(self, cell: _Cell, name: str, attributes: dict[str, str]) -> None:
        if name == "gridSpan":
            cell.span = min(max(_number(value_of(attributes)), 1), _MOST_COLUMNS)
        elif name in ("vMerge", "vmerge"):
            cell.goes_on = value_of(attributes) != "restart"
        elif name == "pStyle":
            self._paragraph = value_of(attributes)
        elif name == "rStyle":
            self._run = value_of(attributes)
        elif name == "rFonts":
            self._font = font_of(attributes)
        elif name == "sym":
            code = value_of(attributes, "char")
            number = int(code, 16) if re.fullmatch("[0-9A-Fa-f]{1,5}", code) else 0
            self._add_text(
                chr(number) if number and not 0xD800 <= number < 0xE000 else "", value_of(attributes, "font")
            )
        elif name in _SIGNS:
            self._add_text(_SIGNS[name], "")

    def text(self, data: str) -> None:
        """Characters of a run."""
        if self._is_text and not self._skipped:
            table = self._open[-1] if self._open else None
            known = self._font or self.styles.font(self._run, self._paragraph, table.style if table else DEFAULT)
            self._add_text(data, known)

    def _add_text(self, text: str, font: str) -> None:
        cell = self._open[-1].cell if self._open else None
        if cell is None or cell.size > _LONGEST_CELL:
            return
        if cell.size + len(text) > _LONGEST_CELL:
            self.long += 1
        if _SYMBOLS.search(text):
            # A font of symbols has its characters at F000 and up.
            text = _SYMBOLS.sub(lambda m: WEST[ord(m[0]) - 0xF000], text)
        cell.size += len(text)
        cell.texts.append(text)
        if font and not text.isspace():
            cell.fonts[font] += len(text.strip())

    def end(self, name: str) -> None:
        """An element ends."""
        if self._skipped:
            self._skipped -= 1
        elif name == "t":
            self._is_text = False
        elif not self._open:
            return
        elif name == "p":
            self._add_text("\n", "")
        elif name == "tc":
            self._end_cell(self._open[-1])
        elif name == "tr":
            self._end_row(self._open[-1], "")
        elif name == "tbl":
            self._end_table()

    def forget(self) -> None:
        """Damage was met: the rows that are open end here, broken; the outermost table stays open."""
        self.stop("broken")
        del self._open[1:]
        self._skipped, self._is_text = 0, False

    def stop(self, problem: str) -> None:
        """Rows that are open end here."""
        for table in reversed(self._open):
            self._end_cell(table)
            self._end_row(table, problem)
        for table in self._open:
            self.done += table.waiting
            table.waiting = []

    def _end_cell(self, table: _Table) -> None:
        cell, table.cell = table.cell, None
        if cell is None or table.cells is None:
            return
        text = "".join(cell.texts).strip(" \t\r\n")
        made = GridCell(text, tuple(cell.fonts.items()))
        at = len(table.cells)
        if cell.goes_on and not text and at < len(table.above):
            made = table.above[at]
            self.merged += bool(made.text)
        if at < _MOST_COLUMNS:
            table.cells += [made, *[GridCell("")] * (cell.span - 1)][: _MOST_COLUMNS - at]

    def _end_row(self, table: _Table, problem: str) -> None:
        if table.cells is None:
            return
        table.rows += 1
        row = WordRow(table.number, GridRow(table.rows, -1, tuple(table.cells), problem))
        table.above, table.cells = table.cells, None
        outer = self._open[0]
        if table is outer:
            self.done.append(row)
        # Rows of one table must come together, so inner ones wait for the end of the outermost.
        elif len(outer.waiting) < _MOST_WAITING:
            outer.waiting.append(row)
        else:
            self.lost += 1

    def _end_table(self) -> None:
        table = self._open.pop()
        if not self._open:
            self.done += sorted(table.waiting, key=attrgetter("table"))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def word_tables(stem: str, part: XmlPart[WordRow], listener: WordTables, notes: list[str]) -> Iterator[LegacyTable]:
    """The tables of a document in order; those without text are skipped. notes: where the part says its damage.

    Raises TableError "not-a-table" when there is none.
    """
    found = 0
    for _, rows in groupby(_rows(part, listener), attrgetter("table")):
        grid = TableGrid(number_name(stem, found + 1), (r.row for r in rows))
        grid.closing = lambda: [*notes, *listener.notes()]
        table = grid.table()
        if table is not None:
            found += 1
            yield replace(table, encoding="unicode")
    if not found:
        raise TableError(
            f"{stem}: no table: the document has none{''.join(f'; {n}' for n in notes)}", kind="not-a-table"
        )


def _rows(part: XmlPart[WordRow], listener: WordTables) -> Iterator[WordRow]:
    yield from part.items(ROW)
    listener.stop("cut")
    yield from listener.done
