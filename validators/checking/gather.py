"""Values gathered from rows linked to a record: its child rows, and the records of other forms of the same FIR."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from mappers.schema import form_tables
from validators.checking.frames import belongs_to_one, first_of_each, with_values
from validators.rulebook.columns import RECORD, Gather, RowLink, give_column

Texts = Mapping[str, pl.DataFrame]
"""Table name -> its text frame."""
_KEY = "_key."


def gather_columns(own: pl.DataFrame, forms: Mapping[str, Texts], gathers: Sequence[Gather]) -> pl.DataFrame:
    """RECORD and one column a gather, one row a record; a gather whose rows are not there has no column.

    own: the typed frame of the form's own table. forms: form -> its text frames; the form's own ones are among them.
    """
    records = first_of_each(own)
    done = records.select(RECORD)
    for link, of_link in _by_link(gathers).items():
        rows = _rows(link, forms.get(link.form, {}), of_link)
        if rows is None:
            continue
        asked = [g.value.alias(g.name) for g in of_link]
        if not link.by:
            is_one = belongs_to_one(records, rows)
            # Of one record alone there is nothing to group, and grouping costs more than the values.
            values = rows.select(pl.lit(records[RECORD]), *asked) if is_one else rows.group_by(RECORD).agg(asked)
            done = with_values(done, values)
        else:
            keys = [_KEY + name for name in link.to]
            values = rows.group_by(keys).agg(asked)
            joined = records.select(RECORD, *_own_keys(link)).join(values, on=keys, how="left", maintain_order="left")
            done = done.hstack(joined.drop(RECORD, *keys))
    return done


def _by_link(gathers: Iterable[Gather]) -> dict[RowLink, list[Gather]]:
    found: dict[RowLink, list[Gather]] = {}
    for one in gathers:
        found.setdefault(one.link, []).append(one)
    return found


def _rows(link: RowLink, texts: Texts, gathers: Sequence[Gather]) -> pl.DataFrame | None:
    """The linked rows, their keys in front, then the columns that are asked for; None when there are none."""
    rows = texts.get(link.table)
    if rows is None or not rows.height:
        return None
    table = form_tables(link.form)[link.table]
    wanted = sorted({name for g in gathers for name in g.value.meta.root_names()})
    columns = [give_column(name, table, rows.columns) for name in wanted]
    if not link.by:
        return rows.select(RECORD, *columns)
    own = form_tables(link.form)[link.form]
    there = texts[link.form].columns if link.form in texts else ()
    keys = [_fill_part(name, give_column(name, own, there)).alias(_KEY + name) for name in link.to]
    if not table.child:
        return rows.select(*keys, *columns)
    if link.form not in texts:
        return None
    # Of a record_id that stands twice the first counts (T025 tells of it).
    parents = first_of_each(texts[link.form].select(RECORD, *keys))
    return parents.join(rows.select(RECORD, *columns), on=RECORD, how="inner")


def _own_keys(link: RowLink) -> list[pl.Expr]:
    """The keys on the record's side, whose frame is typed already, under the names of the other side."""
    keys = []
    for name, other in zip(link.by, link.to, strict=True):
        value = pl.col(name) + link.years if link.years and name == "year" else pl.col(name)
        keys.append(_fill_part(name, value).alias(_KEY + other))
    return keys


def _fill_part(name: str, value: pl.Expr) -> pl.Expr:
    """A part of the crime register that is not named is a part of its own; every other gap fits nothing."""
    return value.fill_null("") if name.endswith("fir_part") else value
