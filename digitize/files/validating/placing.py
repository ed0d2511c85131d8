"""References between the rows of a record: from the lines that a file gives to the places that the rows have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from mappers.schema import form_tables
from mappers.schema.links import NO_ROW, RowReference, row_references
from validators.rulebook.columns import RECORD, type_column

GIVEN_LINE = "line"
_NUMBER, _PLACE, _COUNT, _FOUND = "_number", "_place", "_count", "_found"


@dataclass(frozen=True, slots=True)
class _Lines:
    """Line numbers of a table's rows. found: RECORD, number, place, for numbers that only one row of a record has.

    counts: RECORD and its number of rows.
    """

    found: pl.DataFrame
    counts: pl.DataFrame


def resolve_places(
    form: str, tables: Mapping[str, pl.DataFrame], doubtful: Mapping[str, pl.Series] | None = None
) -> dict[str, pl.DataFrame]:
    """Tables whose row references are positions within the record, from 1; line columns are dropped.

    tables: all rows of some records, as text frames, with the column `line` if the file has it. doubtful: table name ->
    ids of the records whose rows cannot be counted without lines, see `doubt.Neighbours`. After this step rows are
    identified by position only, here, in records and in targets. So a refused row must not shift the others: a
    reference that names no row of the record, or more than one, and would now seem to name another, becomes a text that
    is no number ("line 1"). A rule reports it, and no target accepts it.
    """
    made = dict(tables)
    for link, column in _list_references(form, tables):
        lines = _lines(tables[link.of], (doubtful or {}).get(link.of))
        if lines is not None:
            made[link.table] = _replace_references(made[link.table], tables[link.table][column], link, lines)
    # What else goes along with the parts may have a column of that name, too.
    return {n: f.drop(GIVEN_LINE, strict=False) if n in form_tables(form) else f for n, f in made.items()}


def _list_references(form: str, tables: Mapping[str, pl.DataFrame]) -> Iterator[tuple[RowReference, str]]:
    """References used in any row, to tables whose rows are present."""
    for link in row_references(form):
        rows = tables.get(link.table)
        if rows is None or link.of not in tables or link.column not in rows.columns:
            continue
        if rows.select(((pl.col(link.column) != "") & _concerns(link, rows)).any()).item():
            yield link, link.column


def _concerns(link: RowReference, rows: pl.DataFrame) -> pl.Expr:
    """Whether a row's reference points to this table."""
    if not link.named_by:
        return pl.lit(value=True)
    return pl.col(link.named_by).is_in(link.names) if link.named_by in rows.columns else pl.lit(value=False)


def _lines(rows: pl.DataFrame, doubtful: pl.Series | None) -> _Lines | None:
    """Lines of a table's rows; None if line and position agree, so that references need no change.

    If no row of a record has a line, positions are used, unless the record is doubtful.
    """
    if GIVEN_LINE not in rows.columns and doubtful is None:
        return None
    place = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(RECORD)
    counted = place if doubtful is None else pl.when(~pl.col(RECORD).is_in(doubtful.implode())).then(place)
    number = counted
    if GIVEN_LINE in rows.columns:
        has_none = (pl.col(GIVEN_LINE).fill_null("") == "").all().over(RECORD)
        number = pl.when(has_none).then(counted).otherwise(type_column(GIVEN_LINE, "int"))
    numbered = rows.select(RECORD, number.alias(_NUMBER), place.alias(_PLACE))
    if numbered[_NUMBER].eq_missing(numbered[_PLACE]).all():
        return None
    found = numbered.drop_nulls().unique([RECORD, _NUMBER], keep="none")
    return _Lines(found, numbered.group_by(RECORD).agg(pl.len().alias(_COUNT)))


def _replace_references(rows: pl.DataFrame, stored: pl.Series, link: RowReference, lines: _Lines) -> pl.DataFrame:
    """Rows of a table with its references to one other table as positions. stored: the references as in the file."""
    asked = rows.select(RECORD, stored.alias(link.column)).with_columns(type_column(link.column, "int").alias(_NUMBER))
    known = asked.join(lines.found, on=[RECORD, _NUMBER], how="left", maintain_order="left")
    known = known.join(lines.counts, on=RECORD, how="left", maintain_order="left")
    number, place = pl.col(_NUMBER), pl.col(_PLACE)
    is_misleading = place.is_null() & (number <= pl.col(_COUNT))
    made = (
        pl.when(place != number)
        .then(place.cast(pl.String))
        .when(is_misleading)
        .then(pl.concat_str(pl.lit(NO_ROW), link.column))
        .otherwise(link.column)
    )
    found = known.select(made.alias(_FOUND)).to_series()
    return rows.with_columns(pl.when(_concerns(link, rows)).then(found).otherwise(link.column).alias(link.column))
