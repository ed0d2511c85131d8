"""Rows of a register page with the context of neighbouring pages: joined rows, doubts, ditto marks, dates.

The only way from cells to values, used both by `run` for records and by `extract` for output.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from digitize.reading.calibration import NEVER
from digitize.reading.days import add_days
from digitize.reading.rows import (
    DITTO,
    ROW_DOUBTFUL,
    STRUCK,
    STRUCK_IN_PART,
    RegisterRow,
    RowCell,
    join_rows,
    mark_doubtful,
    rows_on,
    text_of,
)
from mappers.sources.values import ZoneValue
from ocr.page import Reading

NOTHING_ABOVE = "nothing-above"


@dataclass(frozen=True, slots=True)
class PageOfRows:
    """One page being converted to rows.

    zones: its cells with people's decisions applied. settled: names of settled cells. kinds: row -> row type set by a
    person. days: dates of its entries, as from `day_zones`; empty for a register without dates. leaves_first: its first
    row belongs to a page that is not available.
    """

    page: str
    reading: Reading
    zones: Mapping[str, ZoneValue]
    settled: frozenset[str] = frozenset()
    kinds: Mapping[str, str] = field(default_factory=dict)
    days: Mapping[str, ZoneValue] | None = None
    leaves_first: bool = False

    def rows(self) -> list[RegisterRow]:
        """Its rows as on the page."""
        rows = rows_on(self.page, self.reading, self.zones, self.settled, self.kinds)
        return rows[1:] if self.leaves_first else rows


def rows_of(pages: Sequence[PageOfRows], page: str, settled: frozenset[str] = frozenset()) -> list[RegisterRow]:
    """Rows that start on one of the pages. pages: in order, including those its rows depend on (see `neighbours`).

    settled: "PAGE/ZONE" of cells settled by a person.
    """
    # The order matters: a ditto mark says what the joined row above says, with that row's doubts.
    rows = resolve_dittos([mark_doubtful(row, settled) for row in join_rows(p.rows() for p in pages)])
    if any(p.days is not None for p in pages):
        days = {f"{p.page}/{name}": zone for p in pages if p.days is not None for name, zone in p.days.items()}
        rows = add_days(rows, days)
    return [row for row in rows if row.page == page]


def resolve_dittos(rows: Sequence[RegisterRow]) -> list[RegisterRow]:
    """Resolve the ditto marks of rows in order; a mark with nothing above has no value and is asked.

    Doubt above carries over. The text above is also a candidate, so that a person can accept it.
    """
    found: list[RegisterRow] = []
    above: Mapping[str, RowCell] = {}
    is_behind_struck = False
    for row in rows:
        cells = {c: _same_as(cell, above.get(c)) if cell.is_ditto else cell for c, cell in row.cells.items()}
        if is_behind_struck:
            cells = {c: _make_doubtful(cell) if cell.is_ditto else cell for c, cell in cells.items()}
        found.append(replace(row, cells=cells))
        # A mark below a heading or a sum means the entry above that.
        if not row.reported:
            above = cells
        is_behind_struck = row.reported == STRUCK
    return found


def _make_doubtful(cell: RowCell) -> RowCell:
    """A ditto mark below a struck-out entry: whether it repeats that one or the one above must be asked."""
    placed = cell.placed
    return replace(
        cell, placed=replace(placed, value=replace(placed.value, accept=NEVER), notes=(*placed.notes, ROW_DOUBTFUL))
    )


def _same_as(cell: RowCell, above: RowCell | None) -> RowCell:
    own = cell.placed.value
    if above is None or not (text := text_of(above.placed.value)):
        nothing = replace(own, raw="", value=None, confidence=0.0, candidates=())
        return replace(cell, placed=replace(cell.placed, value=nothing, notes=(DITTO, NOTHING_ABOVE)))
    over = above.placed.value
    doubts = [
        word for word in (ROW_DOUBTFUL, STRUCK, STRUCK_IN_PART) if word in (*cell.placed.notes, *above.placed.notes)
    ]
    value = replace(
        own,
        value=text,
        # The mark itself may be misread, so it is no surer than its own reading.
        confidence=min(own.confidence, over.confidence),
        # NEVER above is NEVER below; 0, of what a person typed, lets only that cell pass.
        accept=max(own.accept, over.accept),
        candidates=(text,),
    )
    return replace(cell, placed=replace(cell.placed, value=value, notes=(DITTO, *doubts)))
