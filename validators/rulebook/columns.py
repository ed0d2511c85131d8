"""What a rule's body is given: columns as polars expressions, typed by their kind in the schema."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING

import polars as pl

from mappers.schema import Table, form_tables
from validators.errors import RuleError

if TYPE_CHECKING:
    from validators.rulebook.given import CheckSettings

# Names with a point or a leading line, as no field of a form has them.
TEXT = "text."
NUMBER = "number."
PARENT = "parent."
COUNT = "count."
GATHERED = "gathered."
RECORD, LINE, CONTENT, RIVAL, HERE, GROUP = "_record", "_line", "_content", "_rival", "_here", "_group"
SECTION_NUMBER = r"^([0-9]+[A-Z]{0,3})"
FIR_KEY = ("state", "district", "police_station", "year", "fir_no", "fir_part")


@dataclass(frozen=True, slots=True)
class Fields:
    """The columns of one table, by name: `f.fir_date` is a pl.Date expression, `f.fir_no` an integer one.

    table: whose columns. given: the settings of the check (`f.given.today`). this_name: the column under test, for
    rules on a choice of columns. owner: the form's own table, for a child table. this_rule: code of the rule; gathers:
    what its body has asked for from other rows. A column that the table has not raises RuleError.
    """

    table: Table
    given: CheckSettings
    this_name: str = ""
    owner: Table | None = None
    this_rule: str = ""
    gathers: list[Gather] = field(default_factory=list)

    def __getattr__(self, name: str) -> pl.Expr:
        if name.startswith("__") or self.table.column(name) is None:
            raise RuleError(f"table {self.table.name} has no field {name}")
        return pl.col(name)

    def named(self, name: str) -> pl.Expr:
        """The column of that name, for names that are data."""
        return self.__getattr__(name)

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
    def section_number(self) -> pl.Expr:
        """The section without its clauses: "506" of "506(2)", "304B" of "304B"; null where it begins with no number."""
        return pl.col(f"{NUMBER}section")

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
    def line(self) -> pl.Expr:
        """The row's line in its file, or its place in the record."""
        return pl.col(LINE)

    @property
    def group(self) -> pl.Expr:
        """The number of the row's group; a rule that reads it never compares rows of two groups."""
        return pl.col(GROUP)

    @property
    def content(self) -> pl.Expr:
        """All values of the record and its child rows in one text; null where its key stands only once."""
        return pl.col(CONTENT)

    @property
    def rival(self) -> pl.Expr:
        """Another record with the same key and other content, as `other_row` says it; null where there is none."""
        return pl.col(RIVAL)

    def count(self, child: str) -> pl.Expr:
        """How many child rows the record has in a child table ("acts")."""
        return pl.col(COUNT + child)

    def rows(self, child: str) -> LinkedRows:
        """The record's rows in one of its child tables ("acts")."""
        form = (self.owner or self.table).name
        return LinkedRows(self, RowLink(form, _child_table(form, child)))

    def of(
        self, form: str, child: str = "", *, by: tuple[str, ...] = FIR_KEY, link: RowLink | None = None
    ) -> LinkedRows:
        """The records of another form with the same key, or their child rows. by: names of the key's fields.

        link: for keys whose fields are called differently on the two sides.
        """
        return LinkedRows(self, link or RowLink(form, _child_table(form, child), by, by))

    @property
    def fir(self) -> LinkedFirFields:
        """The fields of the row's FIR, null where it is not among the records at hand or stands there twice."""
        return LinkedFirFields(self.of("iif1"))


@dataclass(frozen=True, slots=True)
class Parent:
    """The columns of a child row's parent, by name."""

    table: Table

    def __getattr__(self, name: str) -> pl.Expr:
        if name.startswith("__") or self.table.column(name) is None:
            raise RuleError(f"table {self.table.name} has no field {name}")
        return pl.col(PARENT + name)


@dataclass(frozen=True, slots=True)
class RowLink:
    """Which rows belong to a record.

    form, table: where they stand. by: the record's own fields that make up the key; to: the same of the other form;
    both empty for the record's own child rows. years: added to the record's year, for the book before or after.
    """

    form: str
    table: str
    by: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    years: int = 0


@dataclass(frozen=True, slots=True)
class Gather:
    """One value that is worked out for every record from the rows linked to it.

    name: the column that holds it; made of the rest, so that what two rules ask for is worked out once.
    """

    name: str
    link: RowLink
    value: pl.Expr


@dataclass(frozen=True, slots=True)
class LinkedRows:
    """The rows linked to a record; what is asked of them becomes a column of the record."""

    asker: Fields
    link: RowLink

    def tell(self, how: Callable[[Fields], pl.Expr]) -> pl.Expr:
        """One value of all rows: `tell(lambda row: row.value.sum())`. Null where there are none."""
        table = form_tables(self.link.form)[self.link.table]
        value = how(Fields(table, self.asker.given))
        # Named by what is asked: rules that ask the same share one column.
        name = GATHERED + blake2b(repr(self.link).encode() + value.meta.serialize(), digest_size=8).hexdigest()
        self.asker.gathers.append(Gather(name, self.link, value))
        return pl.col(name)

    def any(self, how: Callable[[Fields], pl.Expr]) -> pl.Expr:
        """Whether a row is so; what a row does not say counts as no. Null where there are no rows."""
        return self.tell(lambda row: how(row).any())

    def all(self, how: Callable[[Fields], pl.Expr]) -> pl.Expr:
        """Whether every row is so; what a row does not say counts as no. Null where there are no rows."""
        # polars passes over nulls in all(), so a row that says nothing would count as yes.
        return self.tell(lambda row: how(row).fill_null(value=False).all())


@dataclass(frozen=True, slots=True)
class LinkedFirFields:
    """The fields of one FIR, by name."""

    rows: LinkedRows

    def __getattr__(self, name: str) -> pl.Expr:
        return self.rows.tell(lambda row: pl.when(pl.len() == 1).then(getattr(row, name).first()))


def _child_table(form: str, child: str) -> str:
    for table in form_tables(form).values():
        if table.child == child:
            return table.name
    raise RuleError(f"form {form} has no rows {child}")


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


TYPES: Mapping[str, type[pl.DataType]] = {
    **{"int": pl.Int64, "year": pl.Int64, "date": pl.Date, "time": pl.Time, "money": pl.Float64, "decimal": pl.Float64}
}
"""Kinds of columns whose canonical text stands for a value of another type."""


def type_column(name: str, kind: str) -> pl.Expr:
    """The canonical text of a column as a value of its kind; null where it does not fit."""
    text = pl.col(name)
    if kind in ("int", "year"):
        # Of 18 digits every number fits into 64 bits.
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


def give_column(name: str, table: Table, there: Collection[str]) -> pl.Expr:
    """A column of a table, typed, or what TEXT or NUMBER before its name make of its text.

    there: the columns of the text frame; one that is not among them is empty. Where no groups are told all is of one.
    """
    if name == GROUP:
        return pl.col(GROUP) if GROUP in there else pl.lit(0, dtype=pl.Int32).alias(GROUP)
    if name.startswith(TEXT):
        return _text(name.removeprefix(TEXT), there).alias(name)
    if name.startswith(NUMBER):
        return _text(name.removeprefix(NUMBER), there).str.extract(SECTION_NUMBER).alias(name)
    kind = table.by_name[name].kind
    return type_column(name, kind) if name in there else pl.lit(None, dtype=TYPES.get(kind, pl.String)).alias(name)


def _text(name: str, there: Collection[str]) -> pl.Expr:
    return pl.col(name) if name in there else pl.lit(None, dtype=pl.String)
