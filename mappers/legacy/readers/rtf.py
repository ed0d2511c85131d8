"""Tables of RTF documents, as Word and the typing programs of the nineties wrote them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, groupby, islice
from operator import attrgetter
from pathlib import Path

from mappers.encodings.tables import to_bytes
from mappers.errors import TableError
from mappers.legacy.grid import GridCell, GridRow, TableGrid
from mappers.legacy.rtf_scan import RtfEvent, RtfScan
from mappers.legacy.table import LegacyTable, ReadAs
from mappers.legacy.xml_kinds import number_name

RANK = 40

_MOST_CELLS = 4096
_LONGEST_CELL = 1 << 20
_TOP_ROWS = 60
# Edges of cells that are meant to be one differ by so many twips at most.
_NEAR = 40


def looks_like(path: Path, head: bytes) -> bool:
    """Whether a file begins as RTF does."""
    return head.lstrip(b"\xef\xbb\xbf \r\n\t\0").startswith(b"{\\rt")


def read_tables(path: Path, how: ReadAs) -> Iterator[LegacyTable]:
    """The tables of a document in order, called as the file is with their number.

    A table ends where a paragraph stands outside of rows. A cell that is merged with those above comes with each of
    the rows; tables within cells become lines of the cell. Cells are text where the document names its code page or
    the font its character set, else bytes. Raises TableError "not-a-table" when no row is in it.
    """
    return _tables(path)


def _tables(path: Path) -> Iterator[LegacyTable]:
    scan = RtfScan(path)
    drawn = _Drawn(scan)
    found = 0
    for _, rows in groupby(drawn.rows(), attrgetter("table")):
        grid = TableGrid(number_name(path.stem, found + 1), _align_rows(rows, drawn), [])
        grid.closing = drawn.notes
        table = grid.table()
        if table is not None:
            found += 1
            yield replace(table, encoding=scan.code_page)
    if not found:
        raise TableError(f"{path.name}: no table: the document has no rows", kind="not-a-table")


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as it was drawn. edges: right edges of its cells in twips; merged: those that go on from above."""

    table: int
    number: int
    offset: int
    cells: tuple[GridCell, ...]
    left: int
    edges: tuple[int, ...]
    merged: frozenset[int]
    problem: str = ""


@dataclass
class _Drawn:
    """Makes rows of events. nested: tables within cells; merged: cells that came down from above."""

    scan: RtfScan
    nested: int = 0
    merged: int = 0
    long: int = 0
    _table: int = 0
    _number: int = 0
    _begun: int = -1
    _cells: list[GridCell] = field(default_factory=list)
    _texts: list[RtfEvent] = field(default_factory=list)
    _edges: list[int] = field(default_factory=list)
    _flags: set[int] = field(default_factory=set)
    _left: int = 0
    _size: int = 0
    _is_inside: bool = False
    _is_defined: bool = False

    def notes(self) -> Iterator[str]:
        """What has to be said of a table once it is read."""
        if self.merged:
            yield f"{self.merged} cells are merged with those above; their text comes with each row"
        if self.nested:
            yield f"{self.nested} rows of tables within cells are lines of those cells"
        if self.long:
            yield f"{self.long} cells are longer than {_LONGEST_CELL} characters; what follows is left out"
        if self.scan.ends_early:
            yield "the file is truncated: a group does not end"
        self.nested = self.merged = self.long = 0

    def rows(self) -> Iterator[_Row]:
        """The rows of all tables, in order."""
        for event in self.scan.events():
            if (row := self._take(event)) is not None:
                yield row
        if self._cells or (self._is_inside and self._texts):
            self._end_cell()
            yield self._row("cut")

    def _take(self, event: RtfEvent) -> _Row | None:
        """Take in an event; the row that it ends."""
        kind = event.kind
        if kind == "text":
            self._text(event)
        elif kind == "cell":
            self._is_inside = True
            self._end_cell()
        elif kind == "row":
            self._is_inside = self._is_defined = False
            return self._row() if self._cells else None
        elif kind == "trowd":
            self._is_inside = self._is_defined = True
            self._begun = event.offset if self._begun < 0 else self._begun
            self._edges, self._flags, self._left = [], set(), 0
        elif kind in ("par", "pard", "intbl"):
            self._paragraph(event)
        else:
            self._define(event)
        return None

    def _define(self, event: RtfEvent) -> None:
        if event.kind == "cellx" and len(self._edges) < _MOST_CELLS:
            self._edges.append(event.number)
        elif event.kind == "merged":
            self._flags.add(len(self._edges))
        elif event.kind == "trleft":
            self._left = event.number
        elif event.kind in ("nestcell", "nestrow"):
            self.nested += event.kind == "nestrow"
            self._text(event._replace(text="\t" if event.kind == "nestcell" else "\n"))

    def _paragraph(self, event: RtfEvent) -> None:
        """Text outside of rows ends the table."""
        if event.kind == "intbl":
            self._is_inside = True
            self._begun = event.offset if self._begun < 0 else self._begun
        elif event.kind == "pard":
            if not self._is_inside:
                self._texts, self._size = [], 0
            self._is_inside = self._is_defined or bool(self._cells)
        elif self._is_inside or self._cells:
            self._text(event._replace(text="\n"))
        else:
            self._leave()

    def _leave(self) -> None:
        self._texts, self._size, self._begun = [], 0, -1
        if self._number:
            self._table += 1
            self._number = 0

    def _text(self, event: RtfEvent) -> None:
        before = self._size
        self._size += len(event.text)
        if self._size <= _LONGEST_CELL:
            self._texts.append(event)
        elif before <= _LONGEST_CELL and self._is_inside:
            self.long += 1

    def _end_cell(self) -> None:
        if len(self._cells) < _MOST_CELLS:
            self._cells.append(_cell(self._texts))
        self._texts, self._size = [], 0

    def _row(self, problem: str = "") -> _Row:
        self._number += 1
        row = _Row(self._table, self._number, self._begun, tuple(self._cells), self._left, tuple(self._edges),
                   frozenset(self._flags), problem)  # fmt: skip
        self._cells, self._texts, self._begun, self._size = [], [], -1, 0
        return row


def _cell(texts: Sequence[RtfEvent]) -> GridCell:
    fonts: Counter[str] = Counter()
    for event in texts:
        fonts[event.font] += len(event.text.strip()) if event.font else 0
    text = "".join(e.text for e in texts).strip(" \t\r\n")
    known = tuple((f, n) for f, n in fonts.items() if f and n)
    if any(e.raw is not None for e in texts):
        try:
            return GridCell(to_bytes(text), known)
        except ValueError:
            pass
    return GridCell(text, known)


def _align_rows(rows: Iterator[_Row], drawn: _Drawn) -> Iterator[GridRow]:
    """Rows with their cells in the columns of the table: by their edges, where a row has fewer than others."""
    top = list(islice(rows, _TOP_ROWS))
    usual = max((r.edges for r in top), key=len, default=())
    above: list[GridCell] = []
    for row in chain(top, rows):
        cells = list(row.cells)
        for i in row.merged:
            if i < len(cells) and i < len(above) and not cells[i].text:
                cells[i] = above[i]
                drawn.merged += 1
        above = cells
        if len(cells) < len(usual) and len(row.edges) >= len(cells):
            cells = _place_cells(cells, row, usual)
        yield GridRow(row.number, row.offset, tuple(cells), row.problem)


def _place_cells(cells: Sequence[GridCell], row: _Row, usual: Sequence[int]) -> list[GridCell]:
    out: list[GridCell] = []
    for cell, left in zip(cells, (row.left, *row.edges), strict=False):
        place = max(bisect_left(usual, left - _NEAR) + (left > row.left), len(out)) if out else 0
        place = min(place, len(usual) - 1)
        out += [GridCell("")] * (place - len(out))
        out.append(cell)
    return out
