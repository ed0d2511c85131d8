"""Tables drawn in a document: rows of cells, among the first of them a header, each column written in some font."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from mappers.legacy.header import find_header
from mappers.legacy.lines import TextForm
from mappers.legacy.table import LegacyRow, LegacyTable, unique_names

_TOP_ROWS = 60


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell. fonts: characters in each font, the name as the document has it."""

    text: bytes | str
    fonts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row as it was drawn. number: 1-based in its table; offset: its byte in the file, or -1."""

    number: int
    offset: int
    cells: tuple[GridCell, ...]
    problem: str = ""


@dataclass
class TableGrid:
    """A table of a document on its way to be a legacy table.

    notes: complete once the rows are read. closing: what is to be said then of how they were drawn.
    """

    name: str
    rows: Iterator[GridRow]
    notes: list[str] = field(default_factory=list)
    encoding: str = ""
    form: TextForm | None = None
    closing: Callable[[], Iterable[str]] = tuple

    def table(self) -> LegacyTable | None:
        """The table with its header found; None when no cell has anything in it."""
        top = list(islice(self.rows, _TOP_ROWS))
        width = _usual_width(top)
        header = find_header([[_text(c.text) for c in r.cells] for r in top], width) if width else None
        if header is None:
            return None
        if header.is_there and header.at == len(top) - 1:
            # A row alone says more than names of columns without rows do.
            header = replace(header, is_there=False)
        names = [_text(c.text) for c in top[header.at].cells] if header.is_there else []
        columns, notes = unique_names([" ".join(n.split()) for n in header.fill(names)])
        self.notes += [*header.notes(), *(notes if header.is_there else [])]
        below = top[header.at + header.is_there :]
        rows = self._rows(chain(below, self.rows), len(columns))
        return LegacyTable(self.name, columns, rows, self.notes, fonts=usual_fonts(columns, below or top),
                           encoding=self.encoding)  # fmt: skip

    def read_rows(self, width: int) -> Iterator[LegacyRow]:
        """All rows, when the names of the columns are known from elsewhere."""
        return self._rows(self.rows, width)

    def _rows(self, rows: Iterator[GridRow], width: int) -> Iterator[LegacyRow]:
        empty = 0
        for row in rows:
            cells = [c.text for c in row.cells]
            # Empty cells behind the last column are layout.
            while len(cells) > width and not cells[-1]:
                cells.pop()
            if not any(cells) and not row.problem:
                empty += 1
                continue
            surplus = "too-many-cells" if len(cells) > width else ""
            cells += [""] * (width - len(cells))
            yield LegacyRow(row.number, row.offset, tuple(cells), False, row.problem or surplus)
        if empty:
            self.notes.append(f"{empty} rows have nothing in any cell and are not delivered")
        self.notes += self.closing()
        if self.form is not None:
            self.notes += self.form.closing_notes()


def _text(cell: bytes | str) -> str:
    return cell if isinstance(cell, str) else cell.decode("latin-1")


def _usual_width(rows: Sequence[GridRow]) -> int:
    """Cells in most of the first rows, empty ones at their ends not counted; of widths as frequent, the widest."""
    widths = Counter(max((i for i, c in enumerate(r.cells, 1) if c.text), default=0) for r in rows)
    del widths[0]
    return max(widths, key=lambda w: (widths[w], w), default=0)


def usual_fonts(columns: Sequence[str], rows: Sequence[GridRow]) -> Mapping[str, str]:
    """The font that most characters of each column are in; columns of which no font is known are left out."""
    counts: dict[int, Counter[str]] = {}
    for row in rows:
        for i, cell in enumerate(row.cells[: len(columns)]):
            for font, size in cell.fonts:
                counts.setdefault(i, Counter())[font] += size
    best = {columns[i]: max(c, key=lambda f: (c[f], f)) for i, c in sorted(counts.items())}
    return {column: font for column, font in best.items() if font}
