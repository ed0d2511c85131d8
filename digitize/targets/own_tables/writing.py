"""Write rows to a state's tables, delete and update them; refused rows are reported individually."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from digitize.targets.own_tables.catalogue import table_sql
from digitize.targets.own_tables.laying import Hindrance, ReadyRecord
from digitize.targets.own_tables.reading import Own
from digitize.targets.postgres.connect import is_passing
from digitize.targets.rows import KEY_OWNED, THEIRS_REFUSED
from mappers.layouts.back import StandingRow
from mappers.layouts.model import LayoutTable
from mappers.layouts.own import OwnRow, RowId

Keys = dict[RowId, tuple[str, ...]]
Standing = Mapping[str, Sequence[StandingRow]]
_DOUBLE = "23505"
# Of the whole load, not of a row: rights, tables that are gone or altered, room, a server that goes away.
_WHOLE = ("42501", "42P01", "42703", "3F", "53", "57", "58", "08", "25", "40", "55P03", "XX")


class RowSwallowed(Exception):
    """One of the state's triggers or rules dropped a row without an error."""


@dataclass
class WrittenRows:
    """Result of writing records. keys: of their rows; refused: those refused by the database, with the reason."""

    keys: dict[str, Keys] = field(default_factory=dict)
    refused: dict[str, Hindrance] = field(default_factory=dict)


class Writer:
    """Writes records of one form, in an open transaction."""

    def __init__(self, db: psycopg.Connection[Any], own: Own, form: str) -> None:
        """own: existing tables. form: of all records."""
        self._db, self._own = db, own
        self._tables = own.layout.tables_of(form)

    def write(self, records: Sequence[ReadyRecord], standing: Standing) -> WrittenRows:
        """Write records; existing rows are updated in place, so they keep their keys.

        All together as long as nothing is refused, otherwise by bisection: so each refused record is found, and only
        it.
        """
        done = WrittenRows()
        self._halves(list(records), standing, done)
        return done

    def _halves(self, records: list[ReadyRecord], standing: Standing, done: WrittenRows) -> None:
        try:
            # A savepoint: what a refused record had written goes with it.
            with self._db.transaction():
                done.keys |= self._attempt(records, standing)
        except (psycopg.Error, RowSwallowed) as e:
            if is_whole(e):
                raise
            if len(records) > 1:
                middle = len(records) // 2
                self._halves(records[:middle], standing, done)
                self._halves(records[middle:], standing, done)
            elif standing.get(records[0].id):
                # Lines may have changed places in a way that their keys do not allow step by step.
                self._replace_record(records[0], standing, done)
            else:
                done.refused[records[0].id] = hindrance(e)

    def _replace_record(self, record: ReadyRecord, standing: Standing, done: WrittenRows) -> None:
        try:
            with self._db.transaction():
                self._delete(standing[record.id])
                done.keys |= self._attempt([record], {})
        except (psycopg.Error, RowSwallowed) as e:
            if is_whole(e):
                raise
            done.refused[record.id] = hindrance(e)

    def _attempt(self, records: Sequence[ReadyRecord], standing: Standing) -> dict[str, Keys]:
        found: dict[str, Keys] = {r.id: {} for r in records}
        before = {r.id: {row.id: row for row in standing.get(r.id, ())} for r in records}
        for table in self._tables:
            rows = [(r.id, row) for r in records for row in r.rows if row.id[0] == table.name]
            new = [(r, row) for r, row in rows if row.id not in before[r]]
            old = [(r, row, before[r][row.id]) for r, row in rows if row.id in before[r]]
            self._insert(table, new, found)
            self._update(table, old, found)
        wanted = {(r.id, row.id) for r in records for row in r.rows}
        self._delete(row for r, rows in before.items() for row in rows.values() if (r, row.id) not in wanted)
        return found

    def _insert(self, table: LayoutTable, rows: Sequence[tuple[str, OwnRow]], found: dict[str, Keys]) -> None:
        if not rows:
            return
        marks: list[sql.Composable] = [sql.SQL("%s")] * len(table.columns)
        names = list(table.columns)
        if table.sequence:
            names, marks = [*names, table.key[0]], [*marks, sql.SQL("nextval({})").format(sql.Literal(table.sequence))]
        query = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING {}").format(
            table_sql(self._own.names[table.name]), _names(names), sql.SQL(", ").join(marks), _texts(table.key)
        )
        values = [_values(table, row, found[record]) for record, row in rows]
        for (record, row), keys in zip(rows, self._insert_returning(query, values), strict=True):
            found[record][row.id] = keys

    def _update(
        self, table: LayoutTable, rows: Sequence[tuple[str, OwnRow, StandingRow]], found: dict[str, Keys]
    ) -> None:
        sets = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(n)) for n in table.columns)
        query = sql.SQL("UPDATE {} t SET {} WHERE {} RETURNING {}").format(
            table_sql(self._own.names[table.name]), sets, self._is_key(table), _texts(table.key)
        )
        changed, values = [], []
        for record, row, standing in rows:
            wanted = _values(table, row, found[record])
            if wanted == list(standing.values.values()):
                # As it stands: their triggers need not run for it.
                found[record][row.id] = standing.keys
            else:
                changed.append((record, row))
                values.append([*wanted, *standing.keys])
        for (record, row), keys in zip(changed, self._insert_returning(query, values), strict=True):
            found[record][row.id] = keys

    def _insert_returning(self, query: sql.Composed, values: Sequence[Sequence[object]]) -> list[tuple[str, ...]]:
        """Keys returned by a statement for each row of values; all are sent before the first answer is read."""
        found: list[tuple[str, ...]] = []
        if not values:
            return found
        with self._db.cursor() as cursor:
            cursor.executemany(query, values, returning=True)
            while True:
                row = cursor.fetchone()
                if row is None:
                    raise RowSwallowed
                found.append(row)
                if not cursor.nextset():
                    return found

    def _is_key(self, table: LayoutTable) -> sql.Composed:
        columns = self._own.columns(table)
        parts = [sql.SQL("t.{} = %s::{}").format(sql.Identifier(k), sql.SQL(columns[k].spelled)) for k in table.key]
        return sql.SQL(" AND ").join(parts)

    def _delete(self, rows: Iterable[StandingRow]) -> None:
        keys: dict[str, list[tuple[str, ...]]] = {}
        for row in rows:
            keys.setdefault(row.id[0], []).append(row.keys)
        # Child rows first: their foreign keys point to those before them.
        for table in reversed(self._tables):
            if table.name in keys:
                query = sql.SQL("DELETE FROM {} t WHERE {}").format(
                    table_sql(self._own.names[table.name]), self._is_key(table)
                )
                with self._db.cursor() as cursor:
                    cursor.executemany(query, keys[table.name])

    def delete(self, standing: Standing) -> None:
        """Delete all rows of records. Raises psycopg.Error if other rows refer to one."""
        self._delete(row for rows in standing.values() for row in rows)


def is_whole(error: Exception) -> bool:
    """Whether an error concerns the load, not just one row."""
    if not isinstance(error, psycopg.Error) or error.sqlstate == _DOUBLE:
        return False
    return not error.sqlstate or error.sqlstate.startswith(_WHOLE) or is_passing(error)


def hindrance(error: Exception) -> Hindrance:
    """What refused a row, without any of its values."""
    if not isinstance(error, psycopg.Error):
        return Hindrance("", THEIRS_REFUSED, "one of their triggers or rules dropped the row")
    parts = [p for p in (error.diag.table_name, error.diag.column_name, error.diag.constraint_name) if p]
    code = KEY_OWNED if error.sqlstate == _DOUBLE else THEIRS_REFUSED
    # The first word of the context of an error in a trigger is its function; the message may quote a value.
    context = (error.diag.context or "").partition("(")[0].removeprefix("PL/pgSQL function ").strip()
    # A context of other words may hold a value, as that of a cast does.
    raised = f" in {context}" if context.replace(".", "").replace("_", "").isalnum() else ""
    at = f" at {', '.join(parts)}" if parts else ""
    return Hindrance("", code, f"error {error.sqlstate}{raised}{at}")


def _values(table: LayoutTable, row: OwnRow, keys: Keys) -> list[str | None]:
    return [keys[row.ties[n]][0] if n in row.ties else row.values[n] for n in table.columns]


def _names(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _texts(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(n)) for n in names)
