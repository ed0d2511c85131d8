"""What a table is made of, as plain values, and the statements that lead from one definition to another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from psycopg import sql

from digitize.errors import TargetRefused

Statement = sql.Composed


@dataclass(frozen=True, slots=True)
class TableDef:
    """One table. columns: name -> type and what follows it; constraints, indexes: name -> SQL behind the name.

    comments: column, or "" for the table -> what it means. owner_only: the loading role may read it, not write.
    """

    columns: Mapping[str, str]
    constraints: Mapping[str, str] = field(default_factory=dict)
    indexes: Mapping[str, str] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    owner_only: bool = False

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        return asdict(self)


Definition = Mapping[str, TableDef]


def from_plain(data: Mapping[str, Any]) -> Definition:
    """The definition that `as_plain` of its tables made."""
    return {name: TableDef(**table) for name, table in data.items()}


def migrate(old: Definition, new: Definition) -> Iterator[Statement]:
    """The statements that make the old tables into the new ones, in order; data are never dropped.

    Tables and columns that the new definition has not stay. Raises TargetRefused when a column changes its type: that
    needs a step of its own.
    """
    for name, table in old.items():
        yield from _loosen(name, table, new.get(name))
    for name, table in new.items():
        yield from _columns(name, old.get(name), table)
    # All tables and columns before any key: a foreign key needs the table it points to.
    for name, table in new.items():
        yield from build_keys(name, table, old.get(name))
    for name, table in new.items():
        yield from _comments(name, old.get(name), table)


def drop_keys(name: str, table: TableDef) -> Iterator[Statement]:
    """The statements that take away a table's constraints and indexes; foreign keys must go before what they need."""
    yield from _loosen(name, table, TableDef({}))


def build_keys(name: str, table: TableDef, old: TableDef | None = None) -> Iterator[Statement]:
    """The statements that make a table's constraints and indexes, as far as the old one has them not."""
    had = old or TableDef({})
    for made, body in table.constraints.items():
        if had.constraints.get(made) != body:
            yield _sql("ALTER TABLE {} ADD CONSTRAINT {} ", name, made, tail=body)
    for made, body in table.indexes.items():
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


def _columns(name: str, old: TableDef | None, new: TableDef) -> Iterator[Statement]:
    if old is None:
        columns = [_sql("{} ", column, tail=kind) for column, kind in new.columns.items()]
        yield sql.SQL("CREATE TABLE {} ({})").format(sql.Identifier(name), sql.SQL(", ").join(columns))
        return
    for column, kind in new.columns.items():
        if column not in old.columns:
            yield _sql("ALTER TABLE {} ADD COLUMN {} ", name, column, tail=kind)
        elif old.columns[column] != kind:
            raise TargetRefused(f"table {name}: column {column} changes from {old.columns[column]} to {kind}.")


def _comments(name: str, old: TableDef | None, new: TableDef) -> Iterator[Statement]:
    for column, text in new.comments.items():
        if old is None or old.comments.get(column) != text:
            place = _sql("COLUMN {}.{}", name, column) if column else _sql("TABLE {}", name)
            yield sql.SQL("COMMENT ON {} IS {}").format(place, sql.Literal(text))


def _sql(text: str, *names: str, tail: str = "") -> Statement:
    """A statement of this program's own words, with names put in quoted; tail stands behind it as it is."""
    return sql.SQL(text).format(*(sql.Identifier(n) for n in names)) + sql.SQL(tail)
