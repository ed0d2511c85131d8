"""Rules on rows that name another row of their record by its line."""

from __future__ import annotations

import polars as pl

from mappers.schema import form_tables
from validators.rulebook.columns import Fields
from validators.rulebook.rule import EVERY_FORM, each, example, rule, tells

_TWO = [{"role": "complainant", "name": "Qarla"}, {"role": "accused", "name": "Vint"}]


@rule("T027", slug="person-line-of-nobody", needs=("person_line",), form=EVERY_FORM, fields=each("person_line"))
@tells(
    "E",
    en="The row refers to a person by a line that none, or more than one, of the record's persons has.",
    hi="पंक्ति में दी गई व्यक्ति की पंक्ति संख्या इस अभिलेख के किसी व्यक्ति की नहीं है, या एक से अधिक की है।",
)
@example(
    passes={"persons": _TWO, "addresses": [{"person_line": "2", "village_town": "Lohapar"}]},
    fails={"persons": _TWO, "addresses": [{"person_line": "3", "village_town": "Lohapar"}]},
)
def person_is_there(f: Fields) -> pl.Expr:
    """An address of nobody would sooner or later be taken for somebody's. Our own addition to the rule list.

    Rows whose own record is not there are left to T019.
    """
    return pl.when(_has_record(f) & f.text.is_not_null()).then(_is_place(f, f.this, "persons"))


@rule(
    "T028",
    slug="line-of-no-row",
    needs=("of_line",),
    form=EVERY_FORM,
    table="legacy_keys",
    fields=("of_line", "of_table"),
)
@tells(
    "E",
    en="The row refers to another row by a line that none, or more than one, of the record's rows in that table has.",
    hi="पंक्ति में दी गई पंक्ति संख्या इस अभिलेख की उस तालिका में किसी पंक्ति की नहीं है, या एक से अधिक की है।",
)
@example(
    passes={"persons": _TWO, "legacy_keys": [{"key": "77", "of_table": "persons", "of_line": "2"}]},
    fails={"persons": _TWO, "legacy_keys": [{"key": "77", "of_table": "persons", "of_line": "3"}]},
)
def row_is_there(f: Fields) -> pl.Expr:
    """A key of an old system must lead to the row whose key it was. Our own addition to the rule list.

    A table that the form has not is none that could have the row.
    """
    tables = [t for t in form_tables((f.owner or f.table).name).values() if t.child]
    told = [pl.when(f.of_table.is_in([t.child, t.name])).then(_is_place(f, f.of_line, t.child)) for t in tables]
    is_unknown = f.of_table.is_not_null() & ~f.of_table.is_in([n for t in tables for n in (t.child, t.name)])
    told.append(pl.when(is_unknown).then(pl.lit(value=False)))
    return pl.when(_has_record(f) & f.text.is_not_null()).then(pl.coalesce(told))


def _has_record(f: Fields) -> pl.Expr:
    """Whether the row's own record is there."""
    return f.of((f.owner or f.table).name, by=()).tell(lambda row: pl.len()).is_not_null()


def _is_place(f: Fields, number: pl.Expr, child: str) -> pl.Expr:
    """Whether a number is the place of one of the record's rows."""
    count = f.rows(child).tell(lambda row: pl.len()).fill_null(0)
    return number.is_between(1, count).fill_null(value=False)
