"""A record as rows of a state's own tables, and back: with the codes of its master tables and ties by its keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from mappers.layouts.bound import TableLayout
from mappers.layouts.laying import RowAt, is_english, is_name, rows_of, value_at
from mappers.layouts.model import LayoutColumn, LayoutTable
from mappers.record import Record
from mappers.schema import Column, Table, form_tables
from mappers.schema.parts.table import ROMAN

RowId = tuple[str, int, str]
"""Which row of a record: table of the layout, line from 1, language or ""."""


@dataclass(frozen=True, slots=True)
class Master:
    """What stands in a master table. code_of: a name, then what it is within -> the code; name_of: the other way.

    doubled: names that have more than one code, so that none of them can be told.
    """

    code_of: Mapping[tuple[str, ...], str]
    name_of: Mapping[str, str]
    doubled: frozenset[tuple[str, ...]] = frozenset()


Masters = Mapping[str, Master]


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


@dataclass(frozen=True, slots=True)
class StandingRow:
    """A row as it stands in a table of theirs. keys: of its key columns; values: of the layout's columns, as text."""

    id: RowId
    keys: tuple[str, ...]
    values: Mapping[str, str | None]


def lay_own(record: Record, layout: TableLayout, masters: Masters) -> OwnLaid:
    """A record as rows of a state's own tables, and what of it has no place there."""
    laid = OwnLaid()
    placed: set[RowId] = set()
    for table in layout.tables_of(record.form):
        for at in rows_of(record, table, layout):
            placed.add((table.name, at.line, at.language))
            laid.rows.append(_own_row(at, table, layout, masters, placed, laid.misses))
    laid.misses += _left_over(record, layout, placed)
    return laid


def _own_row(
    at: RowAt, table: LayoutTable, layout: TableLayout, masters: Masters, placed: set[RowId], misses: list[Miss]
) -> OwnRow:
    id: RowId = (table.name, at.line, at.language)
    child = layout.tables[table.name].child
    values: dict[str, str | None] = {}
    ties: dict[str, RowId] = {}
    for name, said in table.columns.items():
        if not said.key_of:
            values[name], missed = _coded(at, said, layout, masters)
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


def _coded(at: RowAt, said: LayoutColumn, layout: TableLayout, masters: Masters) -> tuple[str | None, bool]:
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


def _left_over(record: Record, layout: TableLayout, placed: set[RowId]) -> Iterator[Miss]:
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


def carried_fields(layout: TableLayout, form: str) -> Mapping[str, frozenset[str]]:
    """The fields of each table of a form that a layout's tables can give back."""
    found: dict[str, set[str]] = {}
    for table in layout.tables_of(form):
        own = layout.tables[table.name]
        for said in table.columns.values():
            for language in layout.languages if table.per_language else ("",):
                if place := _place(said, own, form, language):
                    found.setdefault(place[0], set()).add(place[1])
        found.setdefault(own.name, set()).update(table.where)
    return {name: frozenset(fields) for name, fields in found.items()}


def read_back(
    form: str, record: str, rows: Sequence[StandingRow], layout: TableLayout, masters: Masters
) -> dict[str, list[dict[str, Any]]]:
    """What stands in their tables as flat rows, by table: record_id, line, and the fields that the layout carries."""
    lines = {(row.id[0], row.keys[0]): row.id[1] for row in rows}
    made: dict[str, dict[int, dict[str, Any]]] = {}
    by_name = {t.name: t for t in layout.tables_of(form)}
    for row in rows:
        table, own = by_name[row.id[0]], layout.tables[row.id[0]]
        cells = made.setdefault(own.name, {}).setdefault(row.id[1], {})
        cells |= table.where
        for name, said in table.columns.items():
            place = _place(said, own, form, row.id[2])
            value = row.values.get(name)
            if place is None or value is None:
                continue
            at, of = place
            if said.key_of:
                line = lines.get((said.key_of, value))
                text = None if line is None else str(line)
            else:
                text = _decoded(value, said, form_tables(form)[at].by_name[of], layout, masters)
            # A field of the form's own may stand in its child tables, too; the first that says it is heard.
            where = cells if at == own.name else made.setdefault(at, {}).setdefault(1, {})
            if text is not None:
                where.setdefault(of, text)
    return {name: [_flat(record, form, name, line, found[line]) for line in sorted(found)] for name, found in made.items()}


def _flat(record: str, form: str, table: str, line: int, cells: Mapping[str, Any]) -> dict[str, Any]:
    return {"record_id": record, **({} if table == form else {"line": line}), **cells}


def _place(said: LayoutColumn, own: Table, form: str, language: str) -> tuple[str, str] | None:
    """The table and field that a column gives back, None for what tells nothing of the record."""
    if said.key_of:
        return (own.name, said.line) if said.line else None
    if not (said.field or said.parent):
        return None
    tables = form_tables(form)
    name, table = (said.field, own) if said.field else (said.parent, tables[form])
    if is_english(language, said) and is_name(name, [table]) and not name.endswith(ROMAN):
        name += ROMAN
    return (table.name, name)


def _decoded(value: str, said: LayoutColumn, of: Column, layout: TableLayout, masters: Masters) -> str | None:
    """A value of theirs as ours."""
    if value == said.absent:
        return None
    found: str | None = value
    if said.lookup:
        found = masters[said.lookup].name_of.get(value)
    if said.codes and found is not None:
        found = next((ours for ours, theirs in layout.file.codes[said.codes].items() if theirs == found), None)
    if found is None:
        return None
    return _canonical(_day(found, said.day) if said.day else found, of.kind)


def _day(value: str, written: str) -> str:
    if len(value) != len(written):
        return value
    parts = {word: value[written.index(word) : written.index(word) + len(word)] for word in ("YYYY", "MM", "DD")}
    return f"{parts['YYYY']}-{parts['MM']}-{parts['DD']}"


def _canonical(value: str, kind: str) -> str:
    """A value as the schema spells it: a database writes seconds and decimals that nobody gave."""
    if kind == "date":
        return value.removesuffix("+05:30").removesuffix(" 00:00:00")
    if kind == "time" and value.count(":") == 2:
        return value.removesuffix(":00")
    if kind in ("money", "decimal", "int", "year") and "." in value and not value.rpartition(".")[2].strip("0"):
        return value.rpartition(".")[0]
    return value
