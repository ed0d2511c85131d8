"""Delimited text: CSV, TSV and their cousins, with separator, quotes, header and encoding found from the content."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from mappers.errors import TableError
from mappers.legacy.dialect import TextDialect, find_dialect, fit_lines, unescape_copy
from mappers.legacy.header import find_header
from mappers.legacy.lines import LONGEST_LINE, TextForm, find_form, is_text, read_lines
from mappers.legacy.package import OLE, ZIP
from mappers.legacy.quoted import CutRow, Damage, cut_rows
from mappers.legacy.sheet_words import is_total_row
from mappers.legacy.table import LegacyRow, LegacyTable, ReadAs, unique_names

RANK = 90

_SAMPLE_LINES = 200
_TOP_ROWS = 40
_FEW_COLUMNS = 3
# A table that shows its columns has as many rows, and as large a share of them is of one width; without names above
# them it has as many columns, for lines of a log have three alike.
_FEWEST_ROWS, _OF_ONE_WIDTH, _FEWEST_UNNAMED = 3, 0.9, 5
# With which DOS ends a text.
_END_OF_FILE = "\x1a"


def looks_like(path: Path, head: bytes) -> bool:
    """Whether a file is text with separators that cut it into columns."""
    if head.startswith((ZIP, OLE)) or not is_text(head):
        return False
    return find_dialect(_sample(path, find_form(path))) is not None


def shows_columns(path: Path) -> bool:
    """Whether the columns are beyond doubt: notes, logs and lists have commas, too."""
    lines = [x for x in _sample(path, find_form(path)) if x.strip()]
    dialect = find_dialect(lines)
    if dialect is None or dialect.width < _FEW_COLUMNS or len(lines) < _FEWEST_ROWS:
        return False
    header = find_header([dialect.split(x) for x in lines[:_TOP_ROWS]], dialect.width)
    is_wide = dialect.width >= _FEWEST_UNNAMED or (header is not None and header.is_there)
    return is_wide and fit_lines(lines, dialect)[1] >= _OF_ONE_WIDTH


def read_tables(path: Path, how: ReadAs) -> Iterator[LegacyTable]:
    """The one table of a delimited text file; its name is the file's.

    Cells of a file that is not UTF-8 or UTF-16 are bytes. A row of sums has the problem "total". A row with more or
    fewer cells than columns is delivered with that problem; so is the row in which a quote is opened and not closed.
    Title lines and empty rows are counted in the notes. Raises TableError "not-a-table" when the file is no text or
    has one column.
    """
    with path.open("rb") as f:
        if not is_text(f.read(4096)):
            raise TableError(f"{path.name}: no table: the content is not text", kind="not-a-table")
    # The csv module refuses cells of more than 128 kB by itself.
    csv.field_size_limit(max(csv.field_size_limit(), 8 * LONGEST_LINE))
    form = find_form(path)
    dialect = find_dialect(_sample(path, form))
    if dialect is None:
        raise TableError(f"{path.name}: no table: neither a known format nor text with separators", kind="not-a-table")
    return iter((_Delimited(path, form, dialect).table(),))


def _sample(path: Path, form: TextForm) -> list[str]:
    return [x.decode("latin-1") for _, x in islice(read_lines(path, form), _SAMPLE_LINES)]


@dataclass
class _Delimited:
    """One file on its way. damage: what the cutting of rows had to mend."""

    path: Path
    form: TextForm
    dialect: TextDialect
    damage: Damage = field(default_factory=Damage)
    empty: int = 0
    nulls: int = 0

    def table(self) -> LegacyTable:
        rows = cut_rows(read_lines(self.path, self.form), self.dialect, self.damage)
        top = list(islice(rows, _TOP_ROWS))
        header = find_header([r.cells for r in top], self.dialect.width)
        if header is None:
            raise TableError(f"{self.path.name}: no table: no row has anything in it", kind="not-a-table")
        stored = [self.form.latin_cell(c) for c in top[header.at].cells] if header.is_there else []
        names = [c if isinstance(c, str) else c.decode("latin-1") for c in stored]
        columns, notes = unique_names(header.fill(names))
        notes = [*self.form.opening_notes(), *header.notes(), *(notes if header.is_there else [])]
        rest = chain(top[header.at + header.is_there :], rows)
        return LegacyTable(
            self.path.stem, columns, self._rows(rest, len(columns), notes), notes, encoding=self.form.encoding
        )

    def _rows(self, rows: Iterator[CutRow], width: int, notes: list[str]) -> Iterator[LegacyRow]:
        as_cell = self._read_copied if self.dialect.is_copy else self.form.latin_cell
        for number, (offset, stored, problem) in enumerate(rows, 1):
            if stored[-1].endswith(_END_OF_FILE):
                stored[-1] = stored[-1].rstrip(_END_OF_FILE)
                if stored == [""]:
                    continue
            if not any(map(str.strip, stored)):
                self.empty += 1
                continue
            # Separators behind the last column are layout.
            while len(stored) > width and not stored[-1].strip():
                stored.pop()
            cells = tuple(map(as_cell, stored))
            if len(stored) != width:
                cells += ("",) * (width - len(stored))
                problem = problem or ("too-many-cells" if len(stored) > width else "too-few-cells")
            # A total has few cells, so that nearly all rows are told by that.
            elif width > _FEW_COLUMNS and 2 * sum(map(bool, cells)) <= width and is_total_row(cells):
                problem = problem or "total"
            yield LegacyRow(number, offset, cells, False, problem)
        notes += [*self.damage.notes(), *self.form.closing_notes(), *self._counts()]

    def _counts(self) -> Iterator[str]:
        if self.empty:
            yield f"{self.empty} rows have nothing in any cell and are not delivered"
        if self.nulls:
            yield f"{self.nulls} cells are NULL and are delivered as empty"

    def _read_copied(self, stored: str) -> bytes | str:
        if "\\" not in stored:
            return self.form.latin_cell(stored)
        cell = unescape_copy(stored.encode("latin-1"))
        if cell is None:
            self.nulls += 1
            return ""
        return self.form.cell(cell)
