"""Ditto marks in register rows: they repeat the cell above, with people's corrections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from digitize.reading.calibration import NEVER
from digitize.reading.rows import DITTO, ROW_DOUBTFUL, STRUCK, STRUCK_IN_PART, RegisterRow, RowCell, text_of

NOTHING_ABOVE = "nothing-above"


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
