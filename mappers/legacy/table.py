"""What every reader of old tables delivers: tables of rows of raw cells, with all damage said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mappers.values import RowValues


@dataclass(frozen=True, slots=True)
class LegacyRow:
    """One row. number: 1-based position in the source, deleted rows counted. cells: bytes where the container does
    not say which encoding they have, text where it does. deleted: marked as deleted in the source. problem: a stable
    word when the row is damaged ("cut", "too-many-cells"); its cells are then what could be saved.
    """

    number: int
    cells: Mapping[str, bytes | str]
    deleted: bool = False
    problem: str = ""


@dataclass(frozen=True)
class LegacyTable:
    """One table. columns: names in order. rows: to be read once. notes: what is wrong with the file, as sentences.

    counted: rows the container itself claims, None where it does not say.
    """

    name: str
    columns: tuple[str, ...]
    rows: Iterator[LegacyRow]
    notes: tuple[str, ...] = ()
    counted: int | None = None


def row_values(row: LegacyRow, table: str, file: str) -> RowValues:
    """A row as a mapping takes it. file: the name by which records remember their source."""
    return RowValues(file, table, row.number, row.cells)


def unique_names(names: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Column names without blanks or doubles, and a note for each that had to be changed."""
    seen: dict[str, int] = {}
    out: list[str] = []
    notes: list[str] = []
    for i, given in enumerate(names, 1):
        name = given.strip() or f"COLUMN_{i}"
        seen[name] = seen.get(name, 0) + 1
        unique = name if seen[name] == 1 else f"{name}_{seen[name]}"
        if unique != given.strip():
            notes.append(
                f"column {i} is called {unique} here: its own name is {'double' if given.strip() else 'empty'}"
            )
        out.append(unique)
    return tuple(out), tuple(notes)
