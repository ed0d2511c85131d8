"""What the rules say about rows of import files, as a frame: no object is made for a row that is in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import polars as pl

from mappers.schema import Table, form_tables
from mappers.schema.links import NO_ROW, OF_LINE, PERSON_LINE
from mappers.schema.profiles import required_fields
from validators.checking.evaluate import answers, asked_frames
from validators.checking.gather import Texts
from validators.checking.plan import RuleQuestion
from validators.doubles.other import plain_rows
from validators.rulebook.columns import LINE, RECORD, TEXT
from validators.rulebook.given import CheckSettings
from validators.rulebook.rule import RECORD_ID

GAP, UNCAPTURED = "F047", "F052"
FOUND: Mapping[str, type[pl.DataType]] = {
    **{"table": pl.String, "line": pl.Int64, "key": pl.String, "field": pl.String, "code": pl.String},
    **{"value": pl.String, RECORD: pl.String},
}
Aside = Callable[[RuleQuestion, pl.DataFrame], bool]
"""Takes a rule and the frame that it is to be asked of for later, and says whether it did."""


def find_in_rows(
    form: str,
    frames: Texts,
    settings: CheckSettings,
    others: Mapping[str, Texts] | None = None,
    aside: Aside | None = None,
) -> pl.DataFrame:
    """Every broken rule of an import file's rows, in no order; columns as FOUND says.

    frames, others: as of `check_frames`. value: the text of the cell that bears the finding, null where it is no cell.
    aside: see there; what it takes is asked with `ask_again`.
    """
    texts = _known_frames(form, frames)
    compared = {other: _known_frames(other, of_form) for other, of_form in (others or {}).items()}
    # An empty frame first: concat refuses an empty list.
    parts = [pl.DataFrame(schema=FOUND)]
    for frame, questions in asked_frames(form, texts, settings, compared):
        now = [q for q in questions if aside is None or not aside(q, frame)]
        parts += _find_broken(frame, now)
    found = pl.concat(parts)
    if (settings.profile or settings.moved) and form in texts and GAP not in settings.left_out:
        gaps = pl.concat([pl.DataFrame(schema=FOUND), *_gaps(form, texts[form], settings)])
        # A gap beside another finding of the same field would only say it twice.
        return pl.concat([found, gaps.join(found, on=["table", "line", "field"], how="anti")])
    return found


def ask_again(question: RuleQuestion, frame: pl.DataFrame) -> pl.DataFrame:
    """What a rule that was put aside says of a frame with RECORD, LINE and the columns that it reads."""
    return pl.concat([pl.DataFrame(schema=FOUND), *_find_broken(frame, [question])])


def _find_broken(frame: pl.DataFrame, questions: list[RuleQuestion]) -> Iterator[pl.DataFrame]:
    for question, column, other in answers(frame, questions):
        bound = question.bound
        # Of a wide frame only what is told is picked out, for every rule that is broken anywhere.
        told = [c for c in (RECORD, LINE, TEXT + bound.fields[0], bound.fields[0]) if c in frame.columns]
        found = _rows(frame.select(told).filter(column), bound.table.name, bound.fields[0], bound.rule.code)
        yield found if other is None else found.with_columns(value=plain_rows(other.filter(column)))


def _rows(rows: pl.DataFrame, table: str, field: str, code: str) -> pl.DataFrame:
    # The stand-in for a missing id (see text_frame) is never shown.
    key = pl.when(~pl.col(RECORD).str.starts_with("\x00")).then(pl.col(RECORD)).fill_null("")
    text = TEXT + field if TEXT + field in rows.columns else field
    value = key if field == RECORD_ID else pl.col(text) if text in rows.columns else pl.lit(None)
    if field in (PERSON_LINE, OF_LINE):
        value = value.cast(pl.String).str.strip_prefix(NO_ROW)
    return rows.select(
        pl.lit(table).alias("table"),
        pl.col(LINE).alias("line"),
        key.alias("key"),
        pl.lit(field).alias("field"),
        pl.lit(code).alias("code"),
        value.cast(pl.String).alias("value"),
        pl.col(RECORD),
    )


def _gaps(form: str, frame: pl.DataFrame, settings: CheckSettings) -> Iterator[pl.DataFrame]:
    """Own fields that the profile asks for and a row has not; rows of other tables are not asked for."""
    for one in required_fields(form, settings.profile, settings.moved):
        if not one.child:
            there = [pl.col(name).is_null() for name in one.fields if name in frame.columns]
            empty = frame.filter(pl.all_horizontal(there)) if there else frame
            yield _rows(empty, form, one.fields[0], GAP)


def _known_frames(form: str, frames: Texts) -> dict[str, pl.DataFrame]:
    return {name: _without_blanks(form_tables(form)[name], frame) for name, frame in frames.items()}


def _without_blanks(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    names = (c.name for c in table.columns if c.name in frame.columns)
    return frame.select(RECORD, LINE, *(pl.when(pl.col(n) != "").then(pl.col(n)).alias(n) for n in names))
