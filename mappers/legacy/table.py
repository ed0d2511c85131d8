"""What every reader of old tables delivers: tables of rows of raw cells, with all damage said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from mappers.sources.values import RowValues


class LegacyRow(NamedTuple):
    """One row. number: 1-based position in the source, deleted rows counted. offset: byte at which the row begins in
    the file, -1 where it has no bytes of its own there (archives, Access). cells: in the order of the columns, surplus
    ones behind the last column, missing ones ""; bytes where the container does not say which encoding they have, text
    where it does. deleted: marked as deleted in the source. problem: a stable word when the row is damaged ("cut",
    "too-many-cells"); its cells are then what could be saved.
    """

    number: int
    offset: int
    cells: tuple[bytes | str, ...]
    deleted: bool = False
    problem: str = ""


class ForeignKey(NamedTuple):
    """Columns of which a file itself declares that they name a row of another table. to: columns there, in order."""

    columns: tuple[str, ...]
    table: str
    to: tuple[str, ...]


@dataclass(frozen=True)
class LegacyTable:
    """One table. columns: names in order. rows: to be read once, as a stream.

    notes: what is wrong with the file, as sentences; complete once the rows have been read. counted: rows the
    container itself claims, None where it does not say. fonts: column -> the font that the container names for it.
    encoding: what the container says of its bytes, "" where it says nothing. refers: what the container declares of
    its columns.
    """

    name: str
    columns: tuple[str, ...]
    rows: Iterator[LegacyRow]
    notes: list[str] = field(default_factory=list)
    counted: int | None = None
    fonts: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    refers: tuple[ForeignKey, ...] = ()


@dataclass(frozen=True, slots=True)
class FixedLayout:
    """How rows of fixed width are cut. widths: bytes of each column, in order; names: one for each.

    kinds: where rows of several kinds stand in one file, each with a layout of its own; names and widths are then those
    of the first. scales: column -> digits behind the decimal point that is not written. packed: columns of COMP-3.
    """

    names: tuple[str, ...]
    widths: tuple[int, ...]
    kinds: tuple[FixedKind, ...] = ()
    scales: Mapping[str, int] = field(default_factory=dict)
    packed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FixedKind:
    """One kind of rows: those that have one of the values at a place. at: its first byte, from 1."""

    name: str
    at: int
    values: tuple[str, ...]
    layout: FixedLayout

    def takes(self, row: bytes) -> bool:
        """Whether a row is of this kind."""
        return any(row[self.at - 1 :].startswith(value.encode()) for value in self.values)


@dataclass(frozen=True, slots=True)
class ReadAs:
    """What is known of a file beside its content.

    memo: the .dbt or .fpt of a DBF where it does not lie beside it. layout: for text of fixed width. kind: name of the
    reader to use whatever the content looks like, "" to tell by the content.
    """

    memo: Path | None = None
    layout: FixedLayout | None = None
    kind: str = ""


def named_cells(columns: Sequence[str], row: LegacyRow) -> dict[str, bytes | str]:
    """The cells of a row by the name of their column; surplus cells are called "+1", "+2"."""
    named = dict(zip(columns, row.cells, strict=False))
    for i, cell in enumerate(row.cells[len(columns) :], 1):
        named[f"+{i}"] = cell
    return named


def row_values(row: LegacyRow, table: LegacyTable, file: str) -> RowValues:
    """A row as a mapping takes it. file: the name by which records remember their source."""
    return RowValues(file, table.name, row.number, named_cells(table.columns, row))


def unique_names(names: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Column names without blanks or doubles, and a note for each that had to be changed."""
    used: set[str] = set()
    last: dict[str, int] = {}
    out: list[str] = []
    notes: list[str] = []
    for i, given in enumerate(names, 1):
        own = given.strip()
        unique = name = own or f"COLUMN_{i}"
        while unique in used:
            last[name] = last.get(name, 1) + 1
            unique = f"{name}_{last[name]}"
        if unique != own:
            notes.append(f"column {i} is called {unique} here: its own name is {'double' if own else 'empty'}")
        used.add(unique)
        out.append(unique)
    return tuple(out), notes


# Stands for a text that a row points to and that cannot be read; a mapping takes it for writing that is not legible.
MEMO_MISSING = "[memo missing]"


def binary_marker(length: int) -> str:
    """What stands for a picture or another object in a cell: that it is there, and its size in bytes."""
    return f"[binary: {length} bytes]"
