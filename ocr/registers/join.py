"""Rows of a register over its pages: what goes on is joined, ditto marks take the value of the cell above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ocr.page import Box, Decided, RowPlace
from ocr.registers.cell_reader import DITTO

CONTINUED, CONTINUATION, NOTHING_ABOVE = "continued", "continuation", "nothing-above"


@dataclass(frozen=True, slots=True)
class Part:
    """What of a row stands on a page after its first: boxes on that scan, cells by column id as read there."""

    page: int
    boxes: tuple[Box, ...]
    cells: Mapping[str, Decided]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a register.

    number: from 1 over all pages. page: on which it begins, from 0. boxes: on the scan, one for each half of it. cells:
    by column id; their notes say "ditto" (the value is that of the cell above), "struck", "continued". doubtful: a
    border was not surely seen, or its number is missing. notes: "continued" when it goes on on the next page,
    "continuation" when its beginning was not among the pages. more: its parts on later pages, which cells hold too.
    """

    number: int
    page: int
    boxes: tuple[Box, ...]
    cells: Mapping[str, Decided]
    doubtful: bool
    notes: tuple[str, ...] = ()
    more: tuple[Part, ...] = ()

    @property
    def last_page(self) -> int:
        """The page on which it ends."""
        return self.more[-1].page if self.more else self.page


def join_rows(rows: Sequence[tuple[int, RowPlace, Mapping[str, Decided]]]) -> list[Row]:
    """Rows in order, each with its page and cells; what continues the last row of the page before is joined to it."""
    found: list[Row] = []
    for page, row, cells in rows:
        if row.continues and found and found[-1].last_page == page - 1:
            found[-1] = _with_more(found[-1], Part(page, row.boxes, cells))
            continue
        notes = ((CONTINUATION,) if row.continues else ()) + row.notes
        found.append(Row(len(found) + 1, page, row.boxes, cells, row.doubtful, notes))
    return found


def _with_more(row: Row, part: Part) -> Row:
    """A row with what the next page says; a cell that goes on has both texts, one below the other."""
    joined = dict(row.cells)
    for name, more in part.cells.items():
        before = joined.get(name)
        if more.blank or before is None:
            continue
        if before.blank:
            joined[name] = replace(more, notes=(*more.notes, CONTINUED))
            continue
        value = "\n".join(x for x in (before.value, more.value) if x)
        joined[name] = replace(
            before,
            raw=f"{before.raw}\n{more.raw}",
            value=value,
            confidence=round(before.confidence * more.confidence, 4),
            candidates=(),
            notes=(*before.notes, CONTINUED),
        )
    return replace(row, cells=joined, notes=(*row.notes, CONTINUED), more=(*row.more, part))


def resolve_ditto(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Ditto marks with the value of the cell above; one without a cell above keeps no value, and a person is asked."""
    found: list[Row] = []
    for row in rows:
        cells = dict(row.cells)
        for name, cell in cells.items():
            if DITTO not in cell.notes:
                continue
            above = found[-1].cells.get(name) if found else None
            if above is None or above.blank or not above.value:
                cells[name] = replace(cell, value="", confidence=0.0, notes=(*cell.notes, NOTHING_ABOVE))
            else:
                cells[name] = replace(cell, value=above.value, confidence=min(cell.confidence, above.confidence))
        found.append(replace(row, cells=cells))
    return tuple(found)
