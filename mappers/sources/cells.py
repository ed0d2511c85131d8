"""Source cells as a mapping takes them: zones of pages, cells of tables, each with its text and its origin."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from mappers.record import Origin

TABLE = "@table"
"""Column of a table's own name, for rules that take it: sheets are called after their year or their station."""


class SourceCell(NamedTuple):
    """One source cell. raw: as stored or read. text: what is cleaned (decoded, decided). blank: surely empty.

    origin: without the row for cells of tables, which rows with equal cells share.
    """

    raw: str
    text: str
    origin: Origin
    confidence: float = 1.0
    blank: bool = False
    notes: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    accept: float = 0.0


source_cell: Callable[[tuple[Any, ...]], SourceCell] = partial(tuple.__new__, SourceCell)
"""A cell of all its parts in their order, in less time than by their names."""


@dataclass(frozen=True)
class Sources:
    """Sources of records, column by column. columns: zone or column name -> what is stored there in each source, None
    where a source has no such cell. open: name and stored things -> their Cells; equal things give equal cells.
    """

    count: int
    columns: Mapping[str, Sequence[Hashable | None]]
    open: Callable[[str, Sequence[Hashable]], Sequence[SourceCell]]

    def cell(self, name: str, stored: Hashable) -> SourceCell:
        """One cell by what is stored there."""
        return self.open(name, (stored,))[0]
