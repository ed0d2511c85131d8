"""Rows of records that repeat another one exactly: the first is kept, the others are set aside."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from digitize.files.validating.findings import FILE_BITS
from digitize.files.validating.placing import GIVEN_LINE
from mappers.schema import form_tables
from validators.checking.rows import FOUND
from validators.rulebook.columns import LINE, RECORD

REPEATED, FIRST = "_repeated", "_first"
# The rule on records that stand twice; here the record_id is the same as well, in any form.
TWICE = "R002"


def drop_repeats(form: str, tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Tables without records that only repeat another, which go to REPEATED if there are any.

    tables: all rows of some records, as text frames. REPEATED has RECORD, LINE and FIRST, the line of the kept row.
    Child rows repeated with their line are there once. If rows with the same id differ, or child rows without a line
    are alike, nothing is set aside: it is unknown which belong together, and T025 refuses all.
    """
    own = tables.get(form)
    if own is None or not own[RECORD].is_duplicated().any():
        return dict(tables)
    twice = own.filter(pl.col(RECORD).is_duplicated())
    cells = pl.struct(pl.exclude(RECORD, LINE)) if own.width > 2 else pl.lit(0)
    alike = twice.group_by(RECORD).agg(cells.n_unique().alias("_kinds")).filter(pl.col("_kinds") == 1)[RECORD]
    settled = alike.filter(~alike.is_in(_in_doubt(form, tables, alike).implode()))
    is_settled = pl.col(RECORD).is_in(settled.implode())
    is_repeat = is_settled & ~pl.col(RECORD).is_first_distinct()
    lines = own.select(RECORD, LINE, pl.col(LINE).first().over(RECORD).alias(FIRST), is_repeat.alias("_is_repeat"))
    made = {name: _drop_doubles(form, name, frame, settled) for name, frame in tables.items()}
    made[form] = own.filter(~is_repeat)
    return {**made, REPEATED: lines.filter("_is_repeat").drop("_is_repeat")}


def _in_doubt(form: str, tables: Mapping[str, pl.DataFrame], ids: pl.Series) -> pl.Series:
    """Of these records, those with two equal child rows and no line to tell whether they are one."""
    found = [ids.clear()]
    for frame in _children(form, tables).values():
        rows = frame.filter(pl.col(RECORD).is_in(ids.implode()))
        has_line = pl.col(GIVEN_LINE).fill_null("") != "" if GIVEN_LINE in rows.columns else pl.lit(value=False)
        found.append(rows.filter(pl.struct(pl.exclude(LINE)).is_duplicated() & ~has_line)[RECORD])
    return pl.concat(found).unique()


def _drop_doubles(form: str, name: str, frame: pl.DataFrame, ids: pl.Series) -> pl.DataFrame:
    """Rows of a child table, without the repeated rows of those records."""
    if name not in _children(form, {name: frame}):
        return frame
    return frame.filter(~pl.col(RECORD).is_in(ids.implode()) | pl.struct(pl.exclude(LINE)).is_first_distinct())


def _children(form: str, tables: Mapping[str, pl.DataFrame]) -> Mapping[str, pl.DataFrame]:
    return {t.name: tables[t.name] for t in form_tables(form).values() if t.child and t.name in tables}


def repeats_found(form: str, repeats: pl.DataFrame | None) -> pl.DataFrame:
    """Findings on the rows set aside, as from `find_in_rows`; the value says which row is kept.

    RECORD is the row's own, since the finding is not about the kept record.
    """
    if repeats is None:
        return pl.DataFrame(schema=FOUND)
    return repeats.select(
        pl.lit(form).alias("table"),
        pl.col(LINE).alias("line"),
        pl.col(RECORD).alias("key"),
        pl.lit("record_id").alias("field"),
        pl.lit(TWICE).alias("code"),
        pl.format("{}, line {}, the first one", RECORD, pl.col(FIRST) % (1 << FILE_BITS)).alias("value"),
        pl.concat_str(pl.lit("\x00"), LINE).alias(RECORD),
    )


def restore_repeats(own: pl.DataFrame | None, repeats: pl.DataFrame | None) -> pl.DataFrame | None:
    """Rows of records with the repeated ones added back, each under its own RECORD, as named by `repeats_found`."""
    if own is None or repeats is None:
        return own
    rows = repeats.select(RECORD, LINE).join(own.drop(LINE), on=RECORD, how="left", maintain_order="left")
    alone = rows.with_columns(pl.concat_str(pl.lit("\x00"), LINE).alias(RECORD))
    return pl.concat([own, alone.select(own.columns)])
