"""Values gathered from rows linked to a record: its child rows, and the records of other forms of the same FIR."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from mappers.schema import form_tables
from validators.columns import RECORD, Gather, Link, typed

Texts = Mapping[str, pl.DataFrame]
"""Table name -> its text frame."""
_KEY = "_key."


def gathered(own: pl.DataFrame, forms: Mapping[str, Texts], gathers: Sequence[Gather]) -> pl.DataFrame:
    """RECORD and one column a gather, one row a record; a gather whose rows are not there has no column.

    own: the typed frame of the form's own table. forms: form -> its text frames; the form's own ones are among them.
    """
    used = sorted({name for g in gathers for name in g.link.by})
    done = own.lazy().select(RECORD, *used).unique(RECORD, keep="first", maintain_order=True)
    names = [RECORD]
    for link, of_link in _by_link(gathers).items():
        rows = _rows(link, forms.get(link.form, {}), of_link)
        if rows is not None:
            keys = [_KEY + name for name in link.to] or [RECORD]
            values = rows.group_by(keys).agg(g.value.alias(g.name) for g in of_link)
            done = done.with_columns(_own_keys(link)).join(values, on=keys, how="left", maintain_order="left")
            names += [g.name for g in of_link]
    return done.select(names).collect(optimizations=pl.QueryOptFlags.none())


def _by_link(gathers: Iterable[Gather]) -> dict[Link, list[Gather]]:
    found: dict[Link, list[Gather]] = {}
    for one in gathers:
        found.setdefault(one.link, []).append(one)
    return found


def _rows(link: Link, texts: Texts, gathers: Sequence[Gather]) -> pl.LazyFrame | None:
    """The linked rows, their keys in front, then the columns that are asked for; None when there are none."""
    rows = texts.get(link.table)
    if rows is None or not rows.height:
        return None
    table = form_tables(link.form)[link.table]
    wanted = sorted({name for g in gathers for name in g.value.meta.root_names()})
    columns = [typed(name, table.by_name[name].kind) for name in wanted]
    if not link.by:
        return rows.lazy().select(RECORD, *columns)
    own = form_tables(link.form)[link.form]
    keys = [_whole(name, typed(name, own.by_name[name].kind)).alias(_KEY + name) for name in link.to]
    if not table.child:
        return rows.lazy().select(*keys, *columns)
    if link.form not in texts:
        return None
    parents = texts[link.form].lazy().select(RECORD, *keys).unique(RECORD, keep="first")
    return parents.join(rows.lazy().select(RECORD, *columns), on=RECORD, how="inner")


def _own_keys(link: Link) -> list[pl.Expr]:
    """The keys on the record's side, whose frame is typed already, under the names of the other side."""
    keys = []
    for name, other in zip(link.by, link.to, strict=True):
        value = pl.col(name) + link.years if link.years and name == "year" else pl.col(name)
        keys.append(_whole(name, value).alias(_KEY + other))
    return keys


def _whole(name: str, value: pl.Expr) -> pl.Expr:
    """A part of the crime register that is not named is a part of its own; every other gap fits nothing."""
    return value.fill_null("") if name.endswith("fir_part") else value
