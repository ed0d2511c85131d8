"""Read the rows that we wrote in a state's tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from digitize.targets.own_tables.book import layout_key
from digitize.targets.own_tables.catalogue import OwnTables, TableName, table_sql
from digitize.targets.own_tables.comparing import TableComparison, table_names
from mappers.layouts import TableLayout
from mappers.layouts.back import StandingRow
from mappers.layouts.model import LayoutTable
from mappers.layouts.own import Masters

# Records that are laid out, written or read back at a time: so much is in memory, however large a batch is.
SLICE = 2000


@dataclass(frozen=True)
class Own:
    """A layout with the present state of its tables and masters."""

    layout: TableLayout
    key: str
    names: Mapping[str, TableName]
    tables: OwnTables
    masters: Masters

    def columns(self, table: LayoutTable) -> Mapping[str, Any]:
        """Columns of a table of the layout, by name."""
        return self.tables[self.names[table.name]].columns

    def matches(self, table: LayoutTable) -> sql.Composed:
        """Condition that row `t` of a table has the keys in `l.keys`."""
        there = self.columns(table)
        parts = [
            sql.SQL("t.{} = (l.keys ->> {})::{}").format(
                sql.Identifier(name), sql.Literal(place), sql.SQL(there[name].spelled)
            )
            for place, name in enumerate(table.key)
        ]
        return sql.SQL(" AND ").join(parts)


def make_own(layout: TableLayout, compared: TableComparison) -> Own:
    """Resolve a layout that fits the existing tables."""
    return Own(layout, layout_key(layout), table_names(layout), compared.tables, compared.masters)


def read_rows(db: psycopg.Connection[Any], own: Own, records: Sequence[str]) -> dict[str, list[StandingRow]]:
    """Rows of records as stored, by record, in the order of tables, lines and languages."""
    found: dict[str, list[StandingRow]] = {}
    for table in own.layout.file.tables:
        names = [*table.key, *table.columns]
        columns = [sql.SQL("t.{}::text").format(sql.Identifier(n)) for n in names]
        query = sql.SQL(
            "SELECT l.record_id, l.line, l.language, {} FROM laid_rows l JOIN {} t ON {} "
            "WHERE l.table_name = %s AND l.record_id = ANY(%s) ORDER BY 1, 2, 3"
        ).format(sql.SQL(", ").join(columns), table_sql(own.names[table.name]), own.matches(table))
        for record, line, language, *values in db.execute(query, (table.name, list(records))):
            keys, rest = (
                tuple(values[: len(table.key)]),
                dict(zip(table.columns, values[len(table.key) :], strict=True)),
            )
            found.setdefault(record, []).append(StandingRow((table.name, line, language), keys, rest))
    return found
