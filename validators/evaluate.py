"""Rules bound to a form and evaluated over its frames, all of a table's in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from mappers.schema import Table, form_tables
from validators.columns import CONTENT, COUNT, HERE, LINE, PARENT, RECORD, Fields
from validators.frames import empty_frames, type_frames
from validators.rule import RECORD_ID, Each, Rule, load_rules
from validators.settings import CheckSettings


@dataclass(frozen=True, slots=True)
class Bound:
    """One rule on one column of one table. fields: what it reads, the field that bears the finding first."""

    rule: Rule
    table: Table
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A bound as an expression that is true where the rule is broken. reads: the columns in it.

    is_silent: it says nothing where all of these are empty, so that it need not be asked then.
    """

    bound: Bound
    breaks: pl.Expr
    reads: frozenset[str]
    is_silent: bool


Plan = Mapping[str, tuple[Question, ...]]
"""Table name -> the questions put to its rows."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule broken by the row of that number in its table's frame."""

    bound: Bound
    row: int


@lru_cache(maxsize=16)
def plan(form: str, settings: CheckSettings) -> Plan:
    """The rules of a form, bound under these settings. Raises RuleError when one reads a field that is not there."""
    bounds = [bound for made in load_rules(form).values() for bound in bind(made)]
    breaks = [broken(bound, settings) for bound in bounds]
    reads = [frozenset(e.meta.root_names()) for e in breaks]
    needed = {name: _union(bounds, reads, name) for name in form_tables(form)}
    nothing = type_frames(form, empty_frames(form), needed)
    questions: dict[str, list[Question]] = {name: [] for name in form_tables(form)}
    for bound, expression, columns in zip(bounds, breaks, reads, strict=True):
        is_silent = not nothing[bound.table.name].select(expression.any()).item()
        questions[bound.table.name].append(Question(bound, expression, columns, is_silent))
    return {name: tuple(of_table) for name, of_table in questions.items()}


def _union(bounds: Sequence[Bound], reads: Sequence[frozenset[str]], table: str) -> frozenset[str]:
    return frozenset().union(*(r for b, r in zip(bounds, reads, strict=True) if b.table.name == table))


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
    needed = {name: frozenset().union(*(q.reads for q in questions)) for name, questions in made.items()}
    for name, frame in type_frames(form, texts, needed).items():
        empty = _empty_columns(frame)
        asked = [q for q in made[name] if not (q.is_silent and q.reads <= empty)]
        outcome = frame.select(q.breaks.alias(str(i)) for i, q in enumerate(asked))
        for question, column in zip(asked, outcome.iter_columns(), strict=True):
            if column.any():
                for row in column.arg_true():
                    yield Hit(question.bound, row)


def _empty_columns(frame: pl.DataFrame) -> frozenset[str]:
    """Columns of the schema, of the row or its parent, without any value; what the check itself adds never counts."""
    added = (RECORD, LINE, CONTENT, PARENT + HERE)
    return frozenset(
        c.name
        for c in frame.iter_columns()
        if c.null_count() == frame.height and c.name not in added and not c.name.startswith(COUNT)
    )
