"""Rules bound to a form and evaluated over its frames, all of a table's in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from mappers.schema import Table, form_tables
from validators.columns import Fields
from validators.frames import type_frames
from validators.rule import RECORD_ID, Each, Rule, load_rules
from validators.settings import CheckSettings


@dataclass(frozen=True, slots=True)
class Bound:
    """One rule on one column of one table. fields: what it reads, the field that bears the finding first."""

    rule: Rule
    table: Table
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """All rules of a form, as expressions that are true where a rule is broken.

    breaks: table name -> an expression for each of its bounds, in the same order and named by its place. needed: table
    name -> columns read.
    """

    bounds: Mapping[str, tuple[Bound, ...]]
    breaks: Mapping[str, tuple[pl.Expr, ...]]
    needed: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule broken by the row of that number in its table's frame."""

    bound: Bound
    row: int


@lru_cache(maxsize=16)
def plan(form: str, settings: CheckSettings) -> Plan:
    """The rules of a form, bound under these settings. Raises RuleError when one reads a field that is not there."""
    bounds: dict[str, list[Bound]] = {name: [] for name in form_tables(form)}
    for made in load_rules(form).values():
        for bound in bind(made):
            bounds[bound.table.name].append(bound)
    breaks = {
        name: tuple(broken(b, settings).alias(str(i)) for i, b in enumerate(of_table))
        for name, of_table in bounds.items()
    }
    needed = {n: frozenset(r for e in es for r in e.meta.root_names()) for n, es in breaks.items()}
    return Plan({n: tuple(b) for n, b in bounds.items()}, breaks, needed)


def bind(made: Rule) -> Iterator[Bound]:
    """The columns a rule runs on."""
    tables = form_tables(made.form)
    if not isinstance(made.fields, Each):
        yield Bound(made, tables[made.table], made.fields)
        return
    for table in tables.values():
        if table.child and RECORD_ID in made.fields.names:
            yield Bound(made, table, (RECORD_ID,))
        for column in table.columns:
            if made.fields.takes(column):
                yield Bound(made, table, (column.name,))


def broken(bound: Bound, settings: CheckSettings) -> pl.Expr:
    """True where the rule is broken; false where it holds or has nothing to say."""
    owner = form_tables(bound.rule.form)[bound.rule.form] if bound.table.child else None
    fields = Fields(bound.table, settings, bound.fields[0], owner)
    return bound.rule.body(fields).cast(pl.Boolean).not_().fill_null(value=False)


def evaluate(form: str, texts: Mapping[str, pl.DataFrame], settings: CheckSettings) -> Iterator[Hit]:
    """Every broken rule of a form's text frames, table by table, rule by rule, row by row."""
    made = plan(form, settings)
    for name, frame in type_frames(form, texts, made.needed).items():
        outcome = frame.select(made.breaks[name])
        for bound, column in zip(made.bounds[name], outcome.iter_columns(), strict=True):
            if column.any():
                for row in column.arg_true():
                    yield Hit(bound, row)
