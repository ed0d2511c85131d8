"""Blocks of rows of one import table, the interface of all file readers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import polars as pl

LINE = "_line"
# Rows of a block that is put together cell by cell.
_BLOCK = 4096

Row = tuple[int, list[str] | str]
"""Line and cells of a row; in place of the cells the code of what is broken (see validators/rulebook/structure.py)."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows.

    frame: LINE and the requested columns, as text, null or "" for empty cells. faults: (line, code) of broken rows. at:
    bytes read so far, 0 if unknown.
    """

    frame: pl.DataFrame
    faults: tuple[tuple[int, str], ...] = ()
    at: int = 0


class TableReader(Protocol):
    """An open table. names: its header; line: of the header, 0 if not visible."""

    names: list[str]
    line: int

    def blocks(self, wanted: Mapping[str, int]) -> Iterator[Block]:
        """All rows in order, once. wanted: column names -> positions in the header."""


@dataclass
class RowsReader:
    """A table read row by row."""

    names: list[str]
    line: int
    rows: Iterable[Row]

    def blocks(self, wanted: Mapping[str, int]) -> Iterator[Block]:
        """See `TableReader`."""
        held: list[Row] = []
        for row in self.rows:
            held.append(row)
            if len(held) == _BLOCK:
                yield rows_block(held, len(self.names), wanted)
                held = []
        if held:
            yield rows_block(held, len(self.names), wanted)


def rows_block(rows: Iterable[Row], width: int, wanted: Mapping[str, int], at: int = 0) -> Block:
    """A block built from single rows; a row with another width than the header is broken (S002)."""
    lines: list[int] = []
    cells: list[list[str]] = []
    faults: list[tuple[int, str]] = []
    for line, row in rows:
        if isinstance(row, str) or len(row) != width:
            faults.append((line, row if isinstance(row, str) else "S002"))
        else:
            lines.append(line)
            cells.append(row)
    # Without any row there are still the columns.
    columns = list(zip(*cells, strict=True)) or [()] * width
    data = {LINE: lines, **{name: list(columns[place]) for name, place in wanted.items()}}
    return Block(pl.DataFrame(data, schema={LINE: pl.Int64, **dict.fromkeys(wanted, pl.String)}), tuple(faults), at)
