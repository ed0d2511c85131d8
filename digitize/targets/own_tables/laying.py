"""Prepare records for a state's tables: each value as its column writes it, and reasons for refusal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from digitize.targets.own_tables.reading import Own
from digitize.targets.rows import NO_CODE, NO_VALUE, UNFIT
from mappers.layouts.model import LayoutTable
from mappers.layouts.own import Miss, OwnRow, RowId, field_path, lay_own, other_database
from mappers.record import Record


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a record cannot be stored in the state's tables.

    path: the field; where: table and column, or what refused it.
    """

    path: str
    code: str
    where: str


@dataclass
class ReadyRecord:
    """A record in the state's tables. rows: as sent; gaps: values without a place; hindrances: reasons for refusal."""

    id: str
    rows: list[OwnRow]
    gaps: list[Miss] = field(default_factory=list)
    hindrances: list[Hindrance] = field(default_factory=list)


def make_ready(record: Record, own: Own) -> ReadyRecord:
    """A record laid out, with each value checked against its column."""
    laid = lay_own(record, own.layout, own.masters)
    by_name = {t.name: t for t in own.layout.tables_of(record.form)}
    missed = {(m.row, m.column) for m in laid.misses}
    ready = ReadyRecord(record.id, laid.rows, laid.misses)
    if other := other_database(record, own.layout):
        ready.hindrances.append(Hindrance(other, NO_CODE, f"[database] fields: {other}"))
    for row in laid.rows:
        ready.hindrances += _fit(row, by_name[row.id[0]], own, missed)
    return ready


def _fit(row: OwnRow, table: LayoutTable, own: Own, missed: set[tuple[RowId, str]]) -> Iterator[Hindrance]:
    """Values of a row as their columns write them; and those that do not fit."""
    child = own.layout.tables[table.name].child
    columns = own.columns(table)
    for name, said in table.columns.items():
        value, there = row.values[name], columns[name]
        if value is not None:
            row.values[name] = fits = there.fit(value)
            if fits is None:
                path = field_path(said, child, row.id[1])
                yield Hindrance(path, UNFIT, f"{table.name}.{name} is {there.spelled}")
        elif (there.is_not_null or said.is_required) and name not in row.ties:
            # A gap in a column that may be empty is counted; here it would be a row that their database refuses.
            code = NO_CODE if (row.id, name) in missed else NO_VALUE
            yield Hindrance(field_path(said, child, row.id[1]), code, f"{table.name}.{name}")
