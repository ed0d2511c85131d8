"""What a rule's body is given: columns as polars expressions, typed by their kind in the schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from mappers.schema import Table
from validators.errors import RuleError

if TYPE_CHECKING:
    from validators.settings import CheckSettings

TEXT = "text."
PARENT = "parent."
COUNT = "count."
RECORD, LINE, CONTENT, HERE = "_record", "_line", "_content", "_here"


@dataclass(frozen=True, slots=True)
class Fields:
    """The columns of one table, by name: `f.fir_date` is a pl.Date expression, `f.fir_no` an integer one.

    table: whose columns. given: the settings of the check (`f.given.today`). this_name: the column under test, for
    rules on a choice of columns. A column that the table has not raises RuleError.
    """

    table: Table
    given: CheckSettings
    this_name: str = ""
    owner: Table | None = None

    def __getattr__(self, name: str) -> pl.Expr:
        if name.startswith("__") or self.table.column(name) is None:
            raise RuleError(f"table {self.table.name} has no field {name}")
        return pl.col(name)

    @property
    def this(self) -> pl.Expr:
        """The column under test, typed; null where the text does not fit its kind."""
        return pl.col(self.this_name)

    @property
    def text(self) -> pl.Expr:
        """The column under test as text."""
        column = self.table.column(self.this_name)
        return pl.col(TEXT + self.this_name if column and column.kind in TYPES else self.this_name)

    @property
    def parent(self) -> Parent:
        """The columns of the parent row."""
        if self.owner is None:
            raise RuleError(f"table {self.table.name} has no parent")
        return Parent(self.owner)

    @property
    def has_parent(self) -> pl.Expr:
        """Whether the row's record is there at all; true where no parent table was given."""
        return pl.col(PARENT + HERE).is_not_null()

    @property
    def record(self) -> pl.Expr:
        """The record that the row belongs to; for windows over a record's rows."""
        return pl.col(RECORD)

    @property
    def content(self) -> pl.Expr:
        """All values of the record and its child rows in one text; null where its key stands only once."""
        return pl.col(CONTENT)

    def count(self, child: str) -> pl.Expr:
        """How many child rows the record has in a child table ("acts")."""
        return pl.col(COUNT + child)


@dataclass(frozen=True, slots=True)
class Parent:
    """The columns of a child row's parent, by name."""

    table: Table

    def __getattr__(self, name: str) -> pl.Expr:
        if name.startswith("__") or self.table.column(name) is None:
            raise RuleError(f"table {self.table.name} has no field {name}")
        return pl.col(PARENT + name)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date with an hour that may be missing; comparing two of them gives an expression.

    Where an hour is missing on either side, dates alone are compared. Null where a date is missing.
    """

    date: pl.Expr
    time: pl.Expr

    def __ge__(self, other: Moment) -> pl.Expr:
        hours = (self.time >= other.time).fill_null(value=True)
        return (self.date > other.date) | ((self.date == other.date) & hours)

    def __le__(self, other: Moment) -> pl.Expr:
        return other >= self

    def is_later_by(self, hours: int, other: Moment) -> pl.Expr:
        """Whether more than so many hours lie between the other moment and this one. Null without a date.

        Where an hour is missing, the least time that the two dates allow counts: from 1 to 3 June more than 24 hours.
        """
        exact = self.date.dt.combine(self.time) - other.date.dt.combine(other.time) > pl.duration(hours=hours)
        at_least = ((self.date - other.date).dt.total_days() - 1) * 24 >= hours
        return pl.coalesce(exact, at_least)


TYPES = ("int", "year", "date", "time", "money", "decimal")


def typed(name: str, kind: str) -> pl.Expr:
    """The canonical text of a column as a value of its kind; null where it does not fit."""
    text = pl.col(name)
    if kind in ("int", "year"):
        return pl.when(text.str.contains(r"^[0-9]{1,18}$")).then(text).cast(pl.Int64, strict=False)
    if kind == "date":
        fits = text.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
        return pl.when(fits).then(text).str.to_date("%Y-%m-%d", strict=False)
    if kind == "time":
        fits = text.str.contains(r"^[0-9]{2}:[0-9]{2}$")
        return pl.when(fits).then(text).str.to_time("%H:%M", strict=False)
    if kind in ("money", "decimal"):
        return pl.when(text.str.contains(r"^[0-9]{1,18}(\.[0-9]+)?$")).then(text).cast(pl.Float64, strict=False)
    return text
