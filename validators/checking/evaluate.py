"""Rules asked of the frames of a form, all of a table's in one pass."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from validators.checking.frames import type_frames, with_values
from validators.checking.gather import Texts, gather_columns
from validators.checking.plan import (
    Bound,
    FilledFields,
    RuleChoice,
    RulePart,
    RuleQuestion,
    choice,
    failing,
    judged_sections,
)
from validators.rulebook.columns import GROUP, LINE, RECORD, SECTION_NUMBER
from validators.rulebook.given import CheckSettings

_MANY = 1000  # rows


@dataclass(frozen=True, slots=True)
class RuleHit:
    """A rule broken by the row of that number in its table's frame. other: the row it names, see `doubles/other.py`."""

    bound: Bound
    row: int
    other: str = ""


def evaluate(
    form: str,
    texts: Texts,
    settings: CheckSettings,
    others: Mapping[str, Texts] | None = None,
    *,
    is_alone: bool = False,
    part: RulePart = "all",
) -> Iterator[RuleHit]:
    """Every broken rule of a form's text frames, table by table, rule by rule, row by row.

    others: form -> text frames of records of other forms, which some rules compare with. is_alone: the frames hold one
    record, and there is no other. part: which rules are asked.
    """
    for frame, questions in asked_frames(form, texts, settings, others, is_alone=is_alone, part=part):
        for question, column, other in answers(frame, questions):
            for row in column.arg_true():
                yield RuleHit(question.bound, row, "" if other is None else other[row])


def asked_frames(
    form: str,
    texts: Texts,
    settings: CheckSettings,
    others: Mapping[str, Texts] | None = None,
    *,
    is_alone: bool = False,
    part: RulePart = "all",
) -> Iterator[tuple[pl.DataFrame, tuple[RuleQuestion, ...]]]:
    """Each table's frame with all that is read by the rules that have anything to say of it, and these rules."""
    forms = {**(others or {}), form: texts}
    chosen = choice(form, settings, _find_filled(form, forms, is_alone=is_alone), part)
    if not any(chosen.questions.values()):
        return
    frames = type_frames(form, texts, chosen.needed)
    for name, frame in frames.items():
        if chosen.questions[name]:
            yield _add_gathers(frame, frames.get(form), forms, chosen, name), chosen.questions[name]


def answers(
    frame: pl.DataFrame, questions: Sequence[RuleQuestion]
) -> Iterator[tuple[RuleQuestion, pl.Series, pl.Series | None]]:
    """The questions that a row of the frame fails, each with a boolean column, true where it does.

    Third comes the other row that is suspected, for rules that name one.
    """
    asked = [q.asked for q in questions]
    # What rules have in common is worked out once for many rows; for few, to look for it costs more than it saves.
    outcome = frame.select(asked) if frame.height < _MANY else frame.lazy().select(asked).collect(engine="in-memory")
    for question, column in zip(questions, outcome.iter_columns(), strict=True):
        fails = failing(question.bound.rule, column)
        if fails is not None:
            yield question, fails, column if question.bound.rule.names_other else None


def _find_filled(form: str, forms: Mapping[str, Texts], *, is_alone: bool) -> FilledFields:
    rows = {name: frame for name, frame in forms[form].items() if frame.height}
    columns = tuple(
        (name, frozenset(c.name for c in frame.iter_columns() if c.null_count() < frame.height) - {RECORD, LINE, GROUP})
        for name, frame in rows.items()
    )
    linked = frozenset((f, name) for f, tables in forms.items() for name, frame in tables.items() if frame.height)
    single = frozenset(name for name, frame in rows.items() if frame.height == 1)
    numbers = (re.match(SECTION_NUMBER, section) for section in _list_values(rows, "section"))
    # Only sections that rules are about: with all others every record would need a choice of its own.
    sections = frozenset(n[1] for n in numbers if n) & judged_sections(form)
    return FilledFields(columns, linked, single, _list_values(rows, "act"), sections, is_alone)


def _list_values(rows: Texts, column: str) -> frozenset[str]:
    """What stands in a column of a form's rows of acts; of few rows it is faster to look at each."""
    of_acts = (frame[column] for name, frame in rows.items() if name.endswith("_acts") and column in frame.columns)
    return frozenset(text for texts in of_acts for text in (texts.unique() if len(texts) > _MANY else texts) if text)


def _add_gathers(
    frame: pl.DataFrame, own: pl.DataFrame | None, forms: Mapping[str, Texts], chosen: RuleChoice, table: str
) -> pl.DataFrame:
    """A table's frame with the columns gathered from other rows; empty ones where no rows are at hand."""
    gathers = chosen.gathers[table]
    if not gathers:
        return frame
    if own is not None:
        values = gather_columns(own, forms, gathers)
        if values.width > 1:
            frame = with_values(frame, values)
    missing = [chosen.empty[g.name] for g in gathers if g.name not in frame.columns]
    return frame.with_columns(missing) if missing else frame
