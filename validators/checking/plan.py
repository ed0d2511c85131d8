"""Rules bound to the columns of a form, and which of them have anything to say of the columns that hold values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

import polars as pl

from mappers.schema import Table, form_tables
from validators.checking.frames import empty_frames, type_frames
from validators.checking.gather import gather_columns
from validators.rulebook.columns import (
    CONTENT,
    COUNT,
    GROUP,
    HERE,
    LINE,
    NUMBER,
    PARENT,
    RECORD,
    RIVAL,
    TEXT,
    TYPES,
    Fields,
    Gather,
)
from validators.rulebook.given import CheckSettings
from validators.rulebook.rule import RECORD_ID, Each, Rule, load_rules

RulePart = Literal["all", "within", "across"]
"""Which rules are asked: those that look at one record, those that compare it with others, or both."""


@dataclass(frozen=True, slots=True)
class Bound:
    """One rule on one column of one table. fields: what it reads, the field that bears the finding first."""

    rule: Rule
    table: Table
    fields: tuple[str, ...]

    @property
    def shown_columns(self) -> frozenset[str]:
        """The column whose text is told with a finding; none where the finding is borne by rows or by their record."""
        column = self.table.column(self.fields[0])
        return frozenset({TEXT * (column.kind in TYPES) + column.name} if column else ())


@dataclass(frozen=True, slots=True)
class RuleQuestion:
    """A bound as an expression of a name of its own, as `ask` makes it. reads: the columns in it.

    needs: sets of these; it says nothing where all of one set are empty. is_silent: it says nothing where all that it
    reads is empty, so that it need not be asked then. is_of_many: it compares records of the form, so that it says
    nothing of one alone. is_across: what it says of a record depends on what other records are at hand,
    and it does not keep groups apart by itself.
    """

    bound: Bound
    asked: pl.Expr
    reads: frozenset[str]
    needs: tuple[frozenset[str], ...]
    is_silent: bool
    is_of_many: bool
    is_across: bool


@dataclass(frozen=True, slots=True)
class FilledFields:
    """Which columns of a form's text frames hold any value.

    columns: table name -> these, for tables that have rows. linked: (form, table) of all rows at hand that may be
    linked to. single: tables with one row. acts, sections: those named in the rows of acts, of the sections those that
    any rule is about. is_alone: there is one record, and nothing of any other form.
    """

    columns: tuple[tuple[str, frozenset[str]], ...]
    linked: frozenset[tuple[str, str]]
    single: frozenset[str]
    acts: frozenset[str]
    sections: frozenset[str]
    is_alone: bool


@dataclass(frozen=True, slots=True)
class RuleChoice:
    """What is asked of frames.

    Each by table name: questions, gathers, and needed: the columns that all of these read. empty: see `Plan`.
    """

    questions: Mapping[str, tuple[RuleQuestion, ...]]
    gathers: Mapping[str, tuple[Gather, ...]]
    needed: Mapping[str, frozenset[str]]
    empty: Mapping[str, pl.Expr]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked of a form's tables. questions: table name -> what is asked of its rows.

    gathers: table name -> the values from other rows that its questions read. empty: the same values of a record to
    which no rows are linked, as columns by name.
    """

    form: str
    questions: Mapping[str, tuple[RuleQuestion, ...]]
    gathers: Mapping[str, tuple[Gather, ...]]
    empty: Mapping[str, pl.Expr]

    def compared_tables(self) -> Mapping[str, frozenset[str]]:
        """The other forms whose rows are read -> the tables read of each."""
        found: dict[str, frozenset[str]] = {}
        for link in (g.link for of_table in self.gathers.values() for g in of_table):
            if link.form != self.form:
                found[link.form] = found.get(link.form, frozenset()) | {link.form, link.table}
        return dict(sorted(found.items()))

    @property
    def asks_alone(self) -> bool:
        """Whether a rule on other records has anything to say of one that is alone: that they are not there."""
        return any(q.is_across and not q.is_of_many for of_table in self.questions.values() for q in of_table)

    def choose(self, filled: FilledFields, part: RulePart = "all") -> RuleChoice:
        """What may have anything to say of such frames."""
        columns = dict(filled.columns)
        holding = {name: self._holding(name, columns, filled) for name in columns}
        # What is left out here would have said nothing; a test holds that for every rule.
        questions = {
            name: tuple(
                q
                for q in self.questions[name]
                if not any(some.isdisjoint(holding[name]) for some in q.needs)
                and (not q.bound.rule.acts or not filled.acts.isdisjoint(q.bound.rule.acts))
                and (not q.bound.rule.sections or not filled.sections.isdisjoint(q.bound.rule.sections))
                and not (q.is_silent and q.reads.isdisjoint(holding[name]))
                and not (filled.is_alone and q.is_of_many)
                and (part == "all" or q.is_across == (part == "across"))
            )
            for name in columns
        }
        needed = {
            name: frozenset().union(*(q.reads | q.bound.shown_columns for q in asked))
            for name, asked in questions.items()
        }
        gathers = {name: tuple(g for g in self.gathers[name] if g.name in needed[name]) for name in columns}
        return RuleChoice(questions, gathers, needed_columns(self.form, needed, gathers), self.empty)

    def _holding(self, table: str, columns: Mapping[str, frozenset[str]], filled: FilledFields) -> frozenset[str]:
        """The columns of a table's frame that may hold what no record without values has."""
        own = columns[table]
        added = {PARENT + name for name in columns.get(self.form, ())} | {TEXT + name for name in own}
        added |= {NUMBER + name for name in own}
        added |= {COUNT + t.child for t in form_tables(self.form).values() if t.child}
        added |= {g.name for g in self.gathers[table] if {(g.link.form, g.link.table)} <= filled.linked}
        # One row of one record cannot differ from another in these.
        if not (filled.is_alone and table in filled.single):
            added |= {RECORD, LINE, CONTENT, RIVAL, PARENT + HERE}
        return own | added


@lru_cache(maxsize=32)
def plan(form: str, settings: CheckSettings) -> Plan:
    """The rules of a form, bound under these settings. Raises RuleError when one reads a field that is not there."""
    bounds = [b for made in load_rules(form).values() if made.code not in settings.left_out for b in bind(made)]
    asked = [ask(bound, settings) for bound in bounds]
    named: dict[str, dict[str, Gather]] = {name: {} for name in form_tables(form)}
    reads: dict[str, frozenset[str]] = dict.fromkeys(named, frozenset())
    for bound, (expression, of_bound) in zip(bounds, asked, strict=True):
        named[bound.table.name] |= {g.name: g for g in of_bound}
        reads[bound.table.name] |= frozenset(expression.meta.root_names())
    gathers = {name: tuple(of_table.values()) for name, of_table in named.items()}
    empty = _empty_gathers(form, gathers)
    # Each rule is asked once of a record without any value. One that is silent there need not be asked
    # of records in which all that it reads is empty.
    nothing = type_frames(form, empty_frames(form), needed_columns(form, reads, gathers))
    silent = {
        name: frame.with_columns(empty[g.name] for g in gathers[name]).select(
            e.alias(str(i)) for i, (b, (e, _)) in enumerate(zip(bounds, asked, strict=True)) if b.table.name == name
        )
        for name, frame in nothing.items()
    }
    questions: dict[str, list[RuleQuestion]] = {name: [] for name in gathers}
    for i, (bound, (expression, of_bound)) in enumerate(zip(bounds, asked, strict=True)):
        kind = pl.String if bound.rule.names_other else pl.Boolean
        answer = silent[bound.table.name][str(i)]
        typed = expression if answer.dtype == kind else expression.cast(kind)
        column, names = typed.alias(f"{bound.rule.code}.{bound.fields[0]}"), frozenset(expression.meta.root_names())
        is_silent = failing(bound.rule, answer.cast(kind)) is None
        is_of_many = bound.rule.across and all(g.link.form == form for g in of_bound)
        needs = tuple(frozenset(some.split("|")) for some in bound.rule.needs)
        is_across = bound.rule.across or any(g.link.by for g in of_bound) or not names.isdisjoint({CONTENT, RIVAL})
        is_across &= GROUP not in names
        made = RuleQuestion(bound, column, names, needs, is_silent, is_of_many, is_across)
        questions[bound.table.name].append(made)
    return Plan(form, {name: tuple(of_table) for name, of_table in questions.items()}, gathers, empty)


@cache
def judged_sections(form: str) -> frozenset[str]:
    """Sections, without their clauses, that rules are about; of others a plan need not know."""
    return frozenset().union(*(made.sections for made in load_rules(form).values()))


@lru_cache(maxsize=512)
def choice(form: str, settings: CheckSettings, filled: FilledFields, part: RulePart = "all") -> RuleChoice:
    """What is asked of such frames under these settings; remembered, for most records of a form are alike in this."""
    return plan(form, settings).choose(filled, part)


def needed_columns(
    form: str, reads: Mapping[str, frozenset[str]], gathers: Mapping[str, Sequence[Gather]]
) -> dict[str, frozenset[str]]:
    """Table name -> the columns that its frame must have: those read, and in the form's own also for the others."""
    gathered_names = {g.name for of_table in gathers.values() for g in of_table}
    needed = {name: columns - gathered_names for name, columns in reads.items()}
    above = {n.removeprefix(PARENT) for columns in needed.values() for n in columns if n.startswith(PARENT)}
    keys = {name for of_table in gathers.values() for g in of_table for name in g.link.by}
    needed[form] = needed.get(form, frozenset()) | (above - {HERE}) | keys
    return needed


def _empty_gathers(form: str, gathers: Mapping[str, Sequence[Gather]]) -> dict[str, pl.Expr]:
    """Every gather as an empty column of its type."""
    every = list({g.name: g for of_table in gathers.values() for g in of_table}.values())
    forms = {f: empty_frames(f) for f in {form, *(g.link.form for g in every)}}
    own = type_frames(form, forms[form], needed_columns(form, {}, gathers))[form]
    kinds = gather_columns(own, forms, every).schema
    return {g.name: pl.lit(None, dtype=kinds[g.name]).alias(g.name) for g in every}


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


def ask(bound: Bound, settings: CheckSettings) -> tuple[pl.Expr, tuple[Gather, ...]]:
    """What a rule says of each row, and the values from other rows that it reads.

    True where the rule holds, false where it is broken, null where it has nothing to say; of a rule that names another
    row, that row, null where there is none.
    """
    owner = form_tables(bound.rule.form)[bound.rule.form] if bound.table.child else None
    fields = Fields(bound.table, settings, bound.fields[0], owner, f"{bound.rule.code}.{bound.table.name}")
    return bound.rule.body(fields), tuple(fields.gathers)


def failing(made: Rule, answer: pl.Series) -> pl.Series | None:
    """True in the rows that break a rule, by what `ask` says of them; None where all are in order."""
    if made.names_other:
        return answer.is_not_null() if answer.null_count() < answer.len() else None
    return None if answer.all() else (~answer).fill_null(value=False)
