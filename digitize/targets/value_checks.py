"""Find values that do not fit the columns of a target, and records with duplicate keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from digitize.targets.rows import KEY_EMPTY, KEY_OWNED, LINE, NOBODY, RECORD_ID, UNFIT, FormRows, with_hash
from mappers.schema import Table, form_tables
from mappers.schema.links import row_references
from validators.rulebook.columns import TYPES, type_column

# Degrees are free text in the schema. Of up to 18 digits with a point: signs of minutes would be another number.
DEGREES: Mapping[str, int] = {"latitude": 90, "longitude": 180}
DEGREE = r"^-?[0-9]{1,3}(\.[0-9]{1,18})?$"
REFUSED: Mapping[str, type[pl.DataType]] = {RECORD_ID: pl.String, "field": pl.String, "code": pl.String}


def prepare(form: str, tables: Mapping[str, pl.DataFrame]) -> FormRows:
    """Rows with the hash of each record, and the records that no target can store."""
    own = with_hash(form, tables)
    found = (
        _find_misfits(form, tables),
        _find_gaps(form_tables(form)[form], own),
        find_nobodies(form, tables),
        find_doubles(form_tables(form)[form], own),
    )
    unfit = pl.concat(found)
    return FormRows({**tables, form: own}, unfit)


def _find_misfits(form: str, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Values that a typed column cannot store: record_id, path of the field, code."""
    found = [pl.DataFrame(schema=REFUSED)]
    for name, frame in tables.items():
        found += _misfits(form_tables(form)[name], frame)
    return pl.concat(found)


def _misfits(table: Table, frame: pl.DataFrame) -> Iterable[pl.DataFrame]:
    kinds = {c.name: c.kind for c in table.columns if c.kind in TYPES and c.name in frame.columns}
    bad = {name: ~_fits(name, kind) & pl.col(name).is_not_null() for name, kind in kinds.items()}
    bad |= {n: ~_is_degree(n) & pl.col(n).is_not_null() for n in DEGREES if n in frame.columns}
    if not bad or not frame.height:
        return
    # One look at all columns tells whether there is any at all; nearly always there is none.
    any_bad = frame.select(mask.any().alias(name) for name, mask in bad.items()).row(0, named=True)
    for name in (n for n, is_bad in any_bad.items() if is_bad):
        yield frame.filter(bad[name]).select(RECORD_ID, _path(table, name), pl.lit(UNFIT).alias("code"))


def _path(table: Table, name: str) -> pl.Expr:
    if not table.child:
        return pl.lit(name).alias("field")
    # Lines count from 1, the places in a field's path from 0.
    line = (pl.col(LINE) - 1).cast(pl.String)
    return pl.concat_str(pl.lit(f"{table.child}["), line, pl.lit(f"].{name}")).alias("field")


def _is_degree(name: str) -> pl.Expr:
    fits = pl.col(name).str.contains(DEGREE)
    number = pl.when(fits).then(pl.col(name)).cast(pl.Float64, strict=False)
    return number.abs().le(DEGREES[name]).fill_null(value=False)


def never_empty(table: Table) -> Sequence[str]:
    """Key fields without which a record is refused: those that a rule of every policy rejects (F004, F005).

    State, district and station are not among them: a person may confirm that the source does not name them.
    """
    always = ("year", "fir_no") if table.name == "iif1" else ("year",)
    return [n for n in always if n in table.key]


def _find_gaps(table: Table, own: pl.DataFrame) -> pl.DataFrame:
    found = [pl.DataFrame(schema=REFUSED)]
    for name in never_empty(table):
        rows = own.filter(pl.col(name).is_null()) if name in own.columns else own
        found.append(rows.select(RECORD_ID, pl.lit(name).alias("field"), pl.lit(KEY_EMPTY).alias("code")))
    return pl.concat(found)


def find_nobodies(form: str, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """References to a person missing in the record: record_id, path of the field, code."""
    found = [pl.DataFrame(schema=REFUSED)]
    for link in row_references(form):
        rows = tables.get(link.table)
        if link.named_by or rows is None or link.column not in rows.columns:
            continue
        lines = rows.select(RECORD_ID, LINE, _named=type_column(link.column, "int")).drop_nulls("_named")
        if not lines.height:
            continue
        there = tables[link.of] if link.of in tables else pl.DataFrame(schema={RECORD_ID: pl.String, LINE: pl.Int64})
        there = there.select(RECORD_ID, _named=pl.col(LINE).cast(pl.Int64))
        lost = lines.join(there, on=[RECORD_ID, "_named"], how="anti")
        place = _path(form_tables(form)[link.table], link.column)
        found.append(lost.select(RECORD_ID, place, pl.lit(NOBODY).alias("code")))
    return pl.concat(found)


def _fits(name: str, kind: str) -> pl.Expr:
    value = type_column(name, kind)
    if kind == "year":
        # The bounds of PostgreSQL's own check: what it would refuse must be one reject, not the end of a batch.
        return value.is_between(1, 9999).fill_null(value=False)
    return value.is_not_null()


def key_columns(table: Table, frame: pl.DataFrame) -> tuple[str, ...]:
    """Columns of a table's key, () if it has none or the rows lack a part of it."""
    return table.key if table.key and all(k in frame.columns for k in table.key) else ()


def typed_key(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """record_id and the complete keys of the rows; numbers without leading zeros, as a target compares them."""
    names = key_columns(table, frame)
    kinds = {n: table.by_name[n].kind for n in names}
    keys = [type_column(n, k).cast(pl.String) if k in ("int", "year") else pl.col(n) for n, k in kinds.items()]
    # A key with a gap is none: in a database, too, nothing equals a null.
    return frame.select(RECORD_ID, *keys).drop_nulls()


def find_doubles(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """Records whose key or id an earlier record in the same rows has: record_id, field, code."""
    twice = frame.filter(~pl.col(RECORD_ID).is_first_distinct()).select(RECORD_ID)
    names = key_columns(table, frame)
    if names:
        keys = typed_key(table, frame)
        later = keys.filter(~pl.struct(names).is_first_distinct()).select(RECORD_ID)
        twice = pl.concat([twice, later])
    field = table.key[-1] if table.key else RECORD_ID
    return twice.select(RECORD_ID, pl.lit(field).alias("field"), pl.lit(KEY_OWNED).alias("code"))
