"""A record as rows of a state's own tables: with the codes of its master tables, and ties by its keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from mappers.layouts.bound import TableLayout
from mappers.layouts.laying import RowAt, rows_of, value_at
from mappers.layouts.model import LayoutColumn, LayoutTable
from mappers.record import Record
from mappers.schema import form_tables

RowId = tuple[str, int, str]
"""Which row of a record: table of the layout, line from 1, language or ""."""


@dataclass(frozen=True, slots=True)
class CodeMaster:
    """What stands in a master table. code_of: a name, then what it is within -> the code; key_of: the other way.

    doubled: names that have more than one code, so that none of them can be told.
    """

    code_of: Mapping[tuple[str, ...], str]
    key_of: Mapping[str, tuple[str, ...]]
    doubled: frozenset[tuple[str, ...]] = frozenset()


Masters = Mapping[str, CodeMaster]


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One row for a table of theirs. values: by column; ties: column -> the row whose key it gets."""

    id: RowId
    values: dict[str, str | None]
    ties: Mapping[str, RowId]


@dataclass(frozen=True, slots=True)
class Miss:
    """What a layout could not place. path: of the field in the record.

    kind: "code" has no code, "tie" points to a row that is not there, "row" is a row that no table takes.
    """

    row: RowId
    column: str
    path: str
    kind: Literal["code", "tie", "row"]


@dataclass
class OwnLaid:
    """A record in a state's own tables, rows in the order of the layout's tables."""

    rows: list[OwnRow] = field(default_factory=list)
    misses: list[Miss] = field(default_factory=list)


def lay_own(record: Record, layout: TableLayout, masters: Masters) -> OwnLaid:
    """A record as rows of a state's own tables, and what of it has no place there."""
    laid = OwnLaid()
    placed: set[RowId] = set()
    for table in layout.tables_of(record.form):
        for at in rows_of(record, table, layout):
            placed.add((table.name, at.line, at.language))
            laid.rows.append(_own_row(at, table, layout, masters, placed, laid.misses))
    laid.misses += _find_left_over(record, layout, placed)
    return laid


def other_database(record: Record, layout: TableLayout) -> str:
    """The field by which a record belongs into another database than this one, "" where it belongs here."""
    fields = layout.file.database.fields if layout.file.database else {}
    return next((name for name, value in fields.items() if record.value(name) != value), "")


def _own_row(
    at: RowAt, table: LayoutTable, layout: TableLayout, masters: Masters, placed: set[RowId], misses: list[Miss]
) -> OwnRow:
    id: RowId = (table.name, at.line, at.language)
    child = layout.tables[table.name].child
    values: dict[str, str | None] = {}
    ties: dict[str, RowId] = {}
    for name, said in table.columns.items():
        if not said.key_of:
            values[name], missed = _encode_value(at, said, layout, masters)
            if missed:
                misses.append(Miss(id, name, field_path(said, child, at.line), "code"))
            continue
        tie = _tie(at, said, table, layout)
        if tie in placed:
            ties[name] = tie
        elif tie is not None:
            misses.append(Miss(id, name, field_path(said, child, at.line), "tie"))
        values[name] = None
    return OwnRow(id, values, ties)


def _encode_value(at: RowAt, said: LayoutColumn, layout: TableLayout, masters: Masters) -> tuple[str | None, bool]:
    """The value of a column in their code, and whether it has none."""
    value = value_at(at, said, layout)
    if value is None:
        return said.absent, False
    if said.codes:
        value = layout.file.codes[said.codes].get(value)
    if value is not None and said.lookup:
        value = _look_up(value, at.record, said.lookup, layout, masters)
    return value, value is None


def _look_up(value: str, record: Record, lookup: str, layout: TableLayout, masters: Masters) -> str | None:
    key = [value]
    for within in layout.file.lookups[lookup].within.values():
        part = record.value(within.parent)
        if part is not None and within.codes:
            part = layout.file.codes[within.codes].get(part)
        if part is not None and within.lookup:
            part = masters[within.lookup].code_of.get((part,))
        if part is None:
            return None
        key.append(part)
    return masters[lookup].code_of.get(tuple(key))


def _tie(at: RowAt, said: LayoutColumn, table: LayoutTable, layout: TableLayout) -> RowId | None:
    other = next(t for t in layout.file.tables if t.name == said.key_of)
    language = at.language if other.per_language else ""
    if said.line:
        cell = at.source.get(said.line)
        return (other.name, int(cell.value), language) if cell and cell.value and cell.value.isdecimal() else None
    # A row of the same child table as this one, or the form's own, which is one.
    is_same = layout.tables[other.name].name == layout.tables[table.name].name
    return (other.name, at.line if is_same else 1, language)


def _find_left_over(record: Record, layout: TableLayout, placed: set[RowId]) -> Iterator[Miss]:
    """Rows of a record that no table of the layout takes."""
    taken = {(layout.tables[table].child, line) for table, line, _ in placed}
    by_child = {t.child: t.name for t in form_tables(record.form).values()}
    for child, rows in record.children.items():
        for line in range(1, len(rows) + 1):
            if (child, line) not in taken:
                yield Miss((by_child.get(child, child), line, ""), "", f"{child}[{line - 1}]", "row")


def field_path(said: LayoutColumn, child: str, line: int) -> str:
    """Where in a record the field of a column stands: "fir_no", "persons[0].name"."""
    own = said.field or said.line
    return f"{child}[{line - 1}].{own}" if own and child else own or said.parent
