"""A sheet of a workbook as a table: its header found, what is no record told apart, the rows streaming."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from mappers.errors import TableError
from mappers.legacy.sheet import TEXT, SheetCell, SheetRow, WorkSheet
from mappers.legacy.sheet_head import SheetHead, find_head
from mappers.legacy.sheet_rows import SheetBody
from mappers.legacy.sheet_words import is_number, is_of_numbers, total_label
from mappers.legacy.table import LegacyTable, unique_names

_SAMPLE_ROWS = 500
_SAMPLE_CELLS = 200_000
_NEARLY_ALL = 0.8


def read_sheets(sheets: Iterable[WorkSheet], file: str, damage: Sequence[str] = ()) -> Iterator[LegacyTable]:
    """The sheets that have anything in them, in order. file: its name; damage: notes of the whole file, growing.

    A damaged sheet of which nothing is left is a table without columns whose notes say so. Raises TableError "empty"
    when no sheet has anything in it, "unreadable" when that is because of damage.
    """
    lost: list[LegacyTable] = []
    found = False
    for sheet in sheets:
        table = read_sheet(sheet)
        if table is not None:
            yield from lost
            lost.clear()
            found = True
            yield table
        elif sheet.notes:
            lost.append(LegacyTable(sheet.name, (), iter(()), sheet.notes))
    if found:
        yield from lost
    elif said := [*(n for t in lost for n in t.notes), *damage]:
        raise TableError(f"{file}: no row can be read from the workbook: {said[0]}", kind="unreadable")
    else:
        raise TableError(f"{file}: the workbook is empty: no sheet has anything in it", kind="empty")


def read_sheet(sheet: WorkSheet) -> LegacyTable | None:
    """One sheet; None when nothing is in it.

    Rows above the header are titles and are told in the notes. A row that is no record is delivered with its problem:
    "cut" (the file breaks off in it), "text-lost" and "format-lost" (with a part of the file), "cell-too-long",
    "total" (a sum of others), "header-again", "other-header" and "other-table" (names and rows of another table
    below), "column-numbers" (1, 2, 3 below the names), "lone-cell" (a note or a label between records),
    "date-for-number" (a case number or section such as 3/4 that the program took for a date: what was typed cannot be
    known), "too-many-cells" (a cell outside of the table). The value of cells merged
    downwards is repeated in the rows it holds for.
    """
    sample = list(_sample(sheet.rows))
    filled = [r for r in sample if r.cells]
    head = find_head(filled, sheet.merges)
    if head is None:
        return None
    names, changed = unique_names(head.names)
    if sheet.is_hidden:
        sheet.notes.append("the sheet is hidden in the workbook")
    sheet.notes.extend([*head.notes, *(changed if head.rows else ())])
    body = _body(sheet, head, names, filled[head.data :])
    first = filled[head.data].number if head.data < len(filled) else 0
    rest = chain((r for r in sample if first and r.number >= first), sheet.rows)
    return LegacyTable(sheet.name, names, body.rows(rest, sheet.notes), sheet.notes, fonts=body.fonts)


def _sample(rows: Iterable[SheetRow]) -> Iterator[SheetRow]:
    cells = 0
    for number, row in enumerate(rows, 1):
        yield row
        cells += len(row.cells)
        if number >= _SAMPLE_ROWS or cells >= _SAMPLE_CELLS:
            return


def _body(sheet: WorkSheet, head: SheetHead, names: Sequence[str], data: Sequence[SheetRow]) -> SheetBody:
    by_place = {c: [r.cells[c] for r in data if c in r.cells] for c in head.columns}
    pairs = tuple(zip(head.columns, names, strict=True))
    of_numbers = frozenset(c for c, n in pairs if is_of_numbers(n, by_place[c]))
    fonts = {n: font for c, n in pairs if (font := _font(by_place[c]))}
    counts = sorted(len(r.cells) for r in data) or [1]
    # Three rows in four have no more cells: titles and remarks between the records do not lower it.
    usual = counts[len(counts) * 3 // 4]
    records = [r.cells for r in data if len(r.cells) > 1 and not total_label(r.cells.values())]
    numbers = sum(head.columns[0] in r and is_number(r[head.columns[0]]) for r in records)
    is_numbered = bool(records) and numbers >= _NEARLY_ALL * len(records)
    return SheetBody(head.columns, names, head.rows, sheet.merges, of_numbers, usual, fonts, is_numbered)


def _font(cells: Sequence[SheetCell]) -> str:
    """The font of most texts in a column."""
    fonts = Counter(c.font for c in cells if c.kind == TEXT and c.font)
    return fonts.most_common(1)[0][0] if fonts else ""
