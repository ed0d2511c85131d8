"""Masking of values from import files: no personal data is shown unless requested with a reason."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from digitize.files.validating.findings import FileFinding
from digitize.masking.file_cells import DIGIT, USUAL_WORDS, WORD, may_tell
from digitize.masking.masks import MASK
from digitize.masking.unmasking import ShownFields
from mappers.schema import Column, form_tables
from validators.rulebook.columns import TYPES
from validators.rulebook.rule import every_rule

_LONGEST = 80


def mask_values(found: pl.DataFrame, form: str, *, unmask: bool) -> pl.DataFrame:
    """Findings with masked values, truncated to 80 letters.

    Masked in every row: fields marked private in the schema, since a broken file may concern anybody; and in number,
    date or amount fields, text without a digit or with unusual words, which may be a shifted cell. The words of a rule
    that names another row are shown: the other's key and what agrees, which are not personal.
    """
    value = pl.col("value")
    if not unmask:
        private, typed = map(sorted, list_guarded_fields(form))
        place = pl.concat_str("table", pl.lit("."), "field")
        is_hidden = place.is_in(private) | (place.is_in(typed) & _is_odd(value))
        names_other = [code for code, made in every_rule().items() if made.names_other]
        is_hidden &= ~pl.col("code").is_in(names_other)
        value = pl.when(is_hidden & value.is_not_null()).then(pl.lit(MASK)).otherwise(value)
    short = pl.when(value.str.len_chars() > _LONGEST).then(value.str.head(_LONGEST) + "…").otherwise(value)
    return found.with_columns(value=short)


def mask_column(name: str, column: Column | None) -> pl.Expr:
    """A whole masked column, as strict as for single values; an unknown column is masked."""
    text = pl.col(name).cast(pl.String)
    if column is None or column.private:
        is_hidden = text.str.len_chars() > 0
    elif column.kind in TYPES:
        is_hidden = (text.str.len_chars() > 0) & _is_odd(text)
    else:
        is_hidden = pl.lit(value=False)
    return pl.when(is_hidden).then(pl.lit(MASK)).otherwise(text).alias(name)


def _is_odd(text: pl.Expr) -> pl.Expr:
    """See `digitize.masking.file_cells.may_tell`, for number, date and amount fields."""
    return ~text.str.contains(DIGIT) | text.str.replace_all(USUAL_WORDS, " ").str.contains(WORD)


def list_guarded_fields(form: str) -> tuple[frozenset[str], frozenset[str]]:
    """Fields as "table.field": private ones; and numbers, dates, amounts, which may hold a shifted cell."""
    columns = [(t.name, c) for t in form_tables(form).values() for c in t.columns]
    private = frozenset(f"{table}.{c.name}" for table, c in columns if c.private)
    return private, frozenset(f"{table}.{c.name}" for table, c in columns if c.kind in TYPES)


def persons_shown(found: Iterable[FileFinding], form: str) -> ShownFields:
    """Rows whose protected values are in an unmasked report: by record_id, else by file and line."""
    columns = {f"{t.name}.{c.name}": c for t in form_tables(form).values() for c in t.columns}
    shown = ShownFields()
    for f in found:
        place = f"{f.table}.{f.field}"
        # What has no column is about a file or a row, and tells of nobody.
        if f.value and place in columns and may_tell(columns[place], f.value):
            shown.add(f.key or f"{f.file}:{f.line}", [place])
    return shown
