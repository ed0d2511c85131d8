"""Rules bound to a form and evaluated over its frames, all of a table's in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from mappers.schema import Table, form_tables
from validators.columns import CONTENT, COUNT, HERE, LINE, PARENT, RECORD, TEXT, Fields, Gather
from validators.frames import empty_frames, type_frames
from validators.gather import Texts, gathered
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


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked of a form's tables. questions: table name -> what is asked of its rows.

    gathers: table name -> the values from other rows that its questions read. empty: the same values of a record to
    which no rows are linked, as columns by name.
    """

    questions: Mapping[str, tuple[Question, ...]]
    gathers: Mapping[str, tuple[Gather, ...]]
    empty: Mapping[str, pl.Expr]

    def needed(self, table: str) -> frozenset[str]:
        """The columns that the questions to a table read."""
        return frozenset().union(*(q.reads for q in self.questions[table]))

    def compared(self, form: str) -> Mapping[str, frozenset[str]]:
        """The other forms whose rows are read -> the tables read of each."""
        found: dict[str, frozenset[str]] = {}
        for link in (g.link for of_table in self.gathers.values() for g in of_table):
            if link.form != form:
                found[link.form] = found.get(link.form, frozenset()) | {link.form, link.table}
        return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule broken by the row of that number in its table's frame."""

    bound: Bound
    row: int


@lru_cache(maxsize=32)
def plan(form: str, settings: CheckSettings) -> Plan:
    """The rules of a form, bound under these settings. Raises RuleError when one reads a field that is not there."""
    bounds = [b for made in load_rules(form).values() if made.code not in settings.left_out for b in bind(made)]
    asked = [ask(bound, settings) for bound in bounds]
    gathers: dict[str, tuple[Gather, ...]] = {name: () for name in form_tables(form)}
    for bound, (_, of_bound) in zip(bounds, asked, strict=True):
        gathers[bound.table.name] += of_bound
    empty = _empty_gathers(form, [g for of_table in gathers.values() for g in of_table])
    nothing = type_frames(form, empty_frames(form), _needed(bounds, [e for e, _ in asked]))
    questions: dict[str, list[Question]] = {name: [] for name in form_tables(form)}
    for bound, (breaks, of_bound) in zip(bounds, asked, strict=True):
        frame = nothing[bound.table.name].with_columns(empty[g.name] for g in of_bound)
        is_silent = not frame.select(breaks.any()).item()
        questions[bound.table.name].append(Question(bound, breaks, frozenset(breaks.meta.root_names()), is_silent))
    return Plan({name: tuple(of_table) for name, of_table in questions.items()}, gathers, empty)


def _needed(bounds: Sequence[Bound], asked: Sequence[pl.Expr]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for bound, breaks in zip(bounds, asked, strict=True):
        found.setdefault(bound.table.name, set()).update(breaks.meta.root_names())
    return {name: frozenset(columns) for name, columns in found.items()}


def _empty_gathers(form: str, gathers: Sequence[Gather]) -> dict[str, pl.Expr]:
    """Every gather as an empty column of its type."""
    forms = {f: empty_frames(f) for f in {form, *(g.link.form for g in gathers)}}
    own = type_frames(form, forms[form], {})[form]
    kinds = gathered(own, forms, gathers).schema
    return {g.name: pl.lit(None, dtype=kinds[g.name]).alias(g.name) for g in gathers}


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
    return ask(bound, settings)[0]


def ask(bound: Bound, settings: CheckSettings) -> tuple[pl.Expr, tuple[Gather, ...]]:
    """`broken`, and the values from other rows that it reads."""
    owner = form_tables(bound.rule.form)[bound.rule.form] if bound.table.child else None
    fields = Fields(bound.table, settings, bound.fields[0], owner, f"{bound.rule.code}.{bound.table.name}")
    body = bound.rule.body(fields)
    return body.cast(pl.Boolean).not_().fill_null(value=False), tuple(fields.gathers)


def names_read(bound: Bound, settings: CheckSettings) -> set[str]:
    """What a rule reads, as its label names it: "fir_date", "parent.year", "acts", "acts.section", "iif1:fir_date"."""
    breaks, gathers = ask(bound, settings)
    names = {n.removeprefix(COUNT).removeprefix(TEXT) for n in breaks.meta.root_names()} - {g.name for g in gathers}
    for one in gathers:
        child = form_tables(one.link.form)[one.link.table].child
        names |= {
            f"{one.link.form}:" * bool(one.link.by) + f"{child}." * bool(child) + name
            for name in one.value.meta.root_names()
        }
    return names


def evaluate(
    form: str, texts: Texts, settings: CheckSettings, others: Mapping[str, Texts] | None = None
) -> Iterator[Hit]:
    """Every broken rule of a form's text frames, table by table, rule by rule, row by row.

    others: form -> text frames of records of other forms, which some rules compare with.
    """
    for frame, questions in asked_frames(form, texts, settings, others):
        for question, column in answers(frame, questions):
            for row in column.arg_true():
                yield Hit(question.bound, row)


def asked_frames(
    form: str, texts: Texts, settings: CheckSettings, others: Mapping[str, Texts] | None = None
) -> Iterator[tuple[pl.DataFrame, tuple[Question, ...]]]:
    """Each table's frame with all that its rules read, and the rules that are to be asked of it."""
    made = plan(form, settings)
    frames = type_frames(form, texts, {name: made.needed(name) for name in form_tables(form)})
    forms = {**(others or {}), form: texts}
    for name, typed in frames.items():
        frame = _with_gathers(typed, frames.get(form), forms, made, name)
        empty = _empty_columns(frame)
        yield frame, tuple(q for q in made.questions[name] if not (q.is_silent and q.reads <= empty))


def answers(frame: pl.DataFrame, questions: Sequence[Question]) -> Iterator[tuple[Question, pl.Series]]:
    """The questions that a row of the frame fails, each with a boolean column, true where it does."""
    outcome = frame.select(q.breaks.alias(str(i)) for i, q in enumerate(questions))
    yield from ((q, c) for q, c in zip(questions, outcome.iter_columns(), strict=True) if c.any())


def _with_gathers(
    frame: pl.DataFrame, own: pl.DataFrame | None, forms: Mapping[str, Texts], made: Plan, table: str
) -> pl.DataFrame:
    """A table's frame with the columns gathered from other rows; empty ones where no rows are at hand."""
    if not made.gathers[table]:
        return frame
    if own is not None:
        values = gathered(own, forms, made.gathers[table])
        if values.width > 1:
            frame = frame.join(values, on=RECORD, how="left", maintain_order="left")
    return frame.with_columns(made.empty[g.name] for g in made.gathers[table] if g.name not in frame.columns)


def _empty_columns(frame: pl.DataFrame) -> frozenset[str]:
    """Columns of the schema, of the row or its parent, without any value; what the check itself adds never counts."""
    added = (RECORD, LINE, CONTENT, PARENT + HERE)
    return frozenset(
        c.name
        for c in frame.iter_columns()
        if c.null_count() == frame.height and c.name not in added and not c.name.startswith(COUNT)
    )
