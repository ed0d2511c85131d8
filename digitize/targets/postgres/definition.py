"""Definition of tables as plain values, and the statements that migrate from one definition to another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from psycopg import sql

from digitize.errors import TargetRefused

Statement = sql.Composed


@dataclass(frozen=True, slots=True)
class TableDef:
    """One table.

    columns: name -> type and modifiers; constraints, indexes: name -> SQL after the name. comments: column, or "" for
    the table -> meaning. owner_only: the loading role may read but not write; append_only: it may insert, not update or
    delete.
    """

    columns: Mapping[str, str]
    constraints: Mapping[str, str] = field(default_factory=dict)
    indexes: Mapping[str, str] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    owner_only: bool = False
    append_only: bool = False

    def as_plain(self) -> dict[str, Any]:
        """Convert to JSON types."""
        return asdict(self)


Definition = Mapping[str, TableDef]


def from_plain(data: Mapping[str, Any]) -> Definition:
    """Restore a definition from the result of `as_plain`."""
    return {name: TableDef(**table) for name, table in data.items()}


# Changes of a type that keep every value which the new type can hold; those that it cannot are seen to before.
CASTS = {("text", "numeric")}


class OldRows(Protocol):
    """Queries about existing rows, after the preceding statements ran."""

    def holds(self, table: str, name: str, body: str) -> bool:
        """Whether all rows of a table satisfy a constraint."""
        ...

    def before_cast(self, table: str, column: str) -> Iterator[Statement]:
        """Work required before a column can change its type. Raises TargetRefused if it cannot."""
        ...


def migrate(old: Definition, new: Definition, rows: OldRows | None = None) -> Iterator[Statement]:
    """Statements that turn the old tables into the new ones, in order; data are never dropped.

    Tables and columns missing in the new definition stay. rows: queried for each new check and foreign key on an
    existing table; one that does not hold is created for new rows only (NOT VALID). Raises TargetRefused if a type
    change needs a separate step.
    """
    for name, table in old.items():
        yield from _loosen(name, table, new.get(name))
    for name, table in new.items():
        yield from _columns(name, old.get(name), table, rows)
    # All tables and columns before any key: a foreign key needs the table it points to, and the key of that table.
    for name, table in new.items():
        yield from build_keys(name, table, old.get(name), rows, is_foreign=False)
    for name, table in new.items():
        yield from build_keys(name, table, old.get(name), rows, is_foreign=True)
    for name, table in new.items():
        yield from _comments(name, old.get(name), table)


def drop_keys(name: str, table: TableDef) -> Iterator[Statement]:
    """Statements that drop constraints and indexes of a table; foreign keys must go first."""
    yield from _loosen(name, table, TableDef({}))


def build_keys(
    name: str,
    table: TableDef,
    old: TableDef | None = None,
    rows: OldRows | None = None,
    *,
    is_foreign: bool | None = None,
) -> Iterator[Statement]:
    """Statements that create constraints and indexes missing in the old table.

    rows: see `migrate`. is_foreign: only foreign keys, or all others; None for both.
    """
    had = old or TableDef({})
    for made, body in table.constraints.items():
        if had.constraints.get(made) == body or is_foreign not in (None, body.startswith("FOREIGN")):
            continue
        tail = body
        if old is not None and rows is not None and body.startswith(("CHECK", "FOREIGN")):
            tail += "" if rows.holds(name, made, body) else " NOT VALID"
        yield _sql("ALTER TABLE {} ADD CONSTRAINT {} ", name, made, tail=tail)
    for made, body in () if is_foreign else table.indexes.items():
        if had.indexes.get(made) != body:
            columns = body.removeprefix("UNIQUE ")
            kind = "UNIQUE INDEX" if columns != body else "INDEX"
            yield _sql(f"CREATE {kind} {{}} ON {{}} ", made, name, tail=columns)


def _loosen(name: str, old: TableDef, new: TableDef | None) -> Iterator[Statement]:
    if new is None:
        return
    for made, body in reversed(list(old.constraints.items())):
        if new.constraints.get(made) != body:
            yield _sql("ALTER TABLE {} DROP CONSTRAINT {}", name, made)
    for made, body in old.indexes.items():
        if new.indexes.get(made) != body:
            yield _sql("DROP INDEX {}", made)


def _columns(name: str, old: TableDef | None, new: TableDef, rows: OldRows | None) -> Iterator[Statement]:
    if old is None:
        columns = [_sql("{} ", column, tail=kind) for column, kind in new.columns.items()]
        yield sql.SQL("CREATE TABLE {} ({})").format(sql.Identifier(name), sql.SQL(", ").join(columns))
        return
    for column, kind in new.columns.items():
        if column not in old.columns:
            yield _sql("ALTER TABLE {} ADD COLUMN {} ", name, column, tail=kind)
        elif (old.columns[column], kind) in CASTS:
            if rows is not None:
                yield from rows.before_cast(name, column)
            change = "ALTER TABLE {} ALTER COLUMN {} TYPE " + f"{kind} USING {{}}::{kind}"
            yield _sql(change, name, column, column)
        elif old.columns[column] != kind:
            raise TargetRefused(f"table {name}: column {column} changes from {old.columns[column]} to {kind}.")


def _comments(name: str, old: TableDef | None, new: TableDef) -> Iterator[Statement]:
    for column, text in new.comments.items():
        if old is None or old.comments.get(column) != text:
            place = _sql("COLUMN {}.{}", name, column) if column else _sql("TABLE {}", name)
            yield sql.SQL("COMMENT ON {} IS {}").format(place, sql.Literal(text))


def _sql(text: str, *names: str, tail: str = "") -> Statement:
    """An internal statement with quoted names; tail is appended as it is."""
    return sql.SQL(text).format(*(sql.Identifier(n) for n in names)) + sql.SQL(tail)
