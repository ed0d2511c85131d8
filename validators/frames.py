"""Records and rows of files as the frames that rules are evaluated on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import polars as pl

from mappers.record import FieldValue, Record, Row
from mappers.schema import Table, form_tables
from validators.columns import CONTENT, COUNT, HERE, LINE, PARENT, RECORD, TEXT, TYPES, typed

_PARTS = "\x1f"


def record_frames(form: str, records: Sequence[Record]) -> dict[str, pl.DataFrame]:
    """Records of one form as text frames: table name -> one column a field, null where there is no value.

    RECORD is the record's place in the sequence, LINE the child row's place in the record.
    """
    return {table.name: _table_frame(table, records) for table in form_tables(form).values()}


def text_frame(lines: Sequence[int], keys: Sequence[str], columns: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """Rows of a file as a text frame. lines: their lines in the file; keys: their record_id, "" where there is none.

    A row without an id is a record of its own.
    """
    ids = [key or f"\x00{line}" for key, line in zip(keys, lines, strict=True)]
    schema = {RECORD: pl.String, LINE: pl.Int64, **dict.fromkeys(columns, pl.String)}
    return pl.DataFrame({RECORD: ids, LINE: lines, **columns}, schema=schema)


def empty_frames(form: str) -> dict[str, pl.DataFrame]:
    """The text frames of one record without any value and with one empty row in each child table."""
    children: dict[str, tuple[Row, ...]] = {t.child: ({},) for t in form_tables(form).values() if t.child}
    return record_frames(form, [Record("", form, {}, children)])


def _table_frame(table: Table, records: Sequence[Record]) -> pl.DataFrame:
    places: list[int] = []
    lines: list[int] = []
    rows: list[Row] = []
    for place, record in enumerate(records):
        of_record = record.children.get(table.child, ()) if table.child else (record.fields,)
        places += [place] * len(of_record)
        lines += range(len(of_record))
        rows += of_record
    # Most fields of a form stand in no record at hand: those cost nothing here.
    named = frozenset().union(*rows)
    there = {name: [_value(row.get(name)) for row in rows] for name in table.by_name if name in named}
    absent = (pl.lit(None, dtype=pl.String).alias(name) for name in table.by_name if name not in named)
    schema = {RECORD: pl.Int64, LINE: pl.Int64, **dict.fromkeys(there, pl.String)}
    frame = pl.DataFrame({RECORD: places, LINE: lines, **there}, schema=schema).with_columns(absent)
    return frame.select(RECORD, LINE, *table.by_name)


def _value(cell: FieldValue | None) -> str | None:
    return (cell.value or None) if cell else None


def type_frames(
    form: str, texts: Mapping[str, pl.DataFrame], needed: Mapping[str, frozenset[str]]
) -> dict[str, pl.DataFrame]:
    """Text frames of a form with the typed, parent, count and content columns that the rules need.

    texts: any of the form's tables; one that is not given yields no counts and no orphans, one without rows no frame.
    needed: table name -> names of the columns that its rules read.
    """
    tables = form_tables(form)
    done: dict[str, pl.DataFrame] = {}
    own = _own_frame(form, texts, needed.get(form, frozenset())) if form in texts else None
    for name, text in texts.items():
        if name == form and own is not None:
            done[name] = own
        elif text.height:
            typing = text.lazy().with_columns(_typing(tables[name]))
            done[name] = _collect(_with_parent(typing, own, needed.get(name, frozenset())))
    return {name: frame for name, frame in done.items() if frame.height}


def _collect(plan: pl.LazyFrame) -> pl.DataFrame:
    """Run a plan as it stands: for a frame of one row, improving the plan costs more than running it."""
    return plan.collect(optimizations=pl.QueryOptFlags.none())


@lru_cache(maxsize=64)
def _typing(table: Table) -> tuple[pl.Expr, ...]:
    kinds = [(c.name, c.kind) for c in table.columns if c.kind in TYPES]
    return (*(pl.col(name).alias(TEXT + name) for name, _ in kinds), *(typed(name, kind) for name, kind in kinds))


def _own_frame(form: str, texts: Mapping[str, pl.DataFrame], wanted: frozenset[str]) -> pl.DataFrame:
    tables = form_tables(form)
    plan = texts[form].lazy().with_columns(_typing(tables[form]))
    for table in tables.values():
        if table.child and COUNT + table.child in wanted:
            plan = _with_count(plan, COUNT + table.child, texts.get(table.name))
    frame = _collect(plan)
    return frame.with_columns(_content(form, texts, frame)) if CONTENT in wanted else frame


def _with_count(plan: pl.LazyFrame, name: str, child: pl.DataFrame | None) -> pl.LazyFrame:
    if child is None:
        return plan.with_columns(pl.lit(None, dtype=pl.UInt32).alias(name))
    counts = child.lazy().group_by(RECORD).agg(pl.len().alias(name))
    joined = plan.join(counts, on=RECORD, how="left", maintain_order="left")
    return joined.with_columns(pl.col(name).fill_null(0))


def _with_parent(plan: pl.LazyFrame, own: pl.DataFrame | None, wanted: frozenset[str]) -> pl.LazyFrame:
    names = sorted(n.removeprefix(PARENT) for n in wanted if n.startswith(PARENT))
    if own is None:
        return plan.with_columns(pl.lit(True if n == HERE else None).alias(PARENT + n) for n in names)
    columns = (pl.lit(value=True) if n == HERE else pl.col(n) for n in names)
    parents = own.lazy().select(RECORD, *(c.alias(PARENT + n) for n, c in zip(names, columns, strict=True)))
    parents = parents.unique(RECORD, keep="first", maintain_order=True)
    return plan.join(parents, on=RECORD, how="left", maintain_order="left")


def _content(form: str, texts: Mapping[str, pl.DataFrame], own: pl.DataFrame) -> pl.Series:
    """Values of all records whose key stands more than once, each as one text; null for the others."""
    keys = form_tables(form)[form].key
    twice = own.select(
        pl.all_horizontal(pl.col(k).is_not_null() for k in keys) & pl.struct(keys).is_duplicated()
    ).to_series()
    if not twice.any():
        return pl.Series(CONTENT, [None] * own.height, dtype=pl.String)
    wanted = own.filter(twice).select(RECORD)
    parts = own.select(RECORD)
    for i, (name, text) in enumerate(sorted(texts.items())):
        rows = text.join(wanted, on=RECORD, how="semi", maintain_order="left")
        names = [c.name for c in form_tables(form)[name].columns]
        joined = rows.select(RECORD, pl.concat_str(pl.col(names).fill_null(""), separator=_PARTS).alias(str(i)))
        whole = joined.group_by(RECORD, maintain_order=True).agg(pl.col(str(i)).str.join(_PARTS * 2))
        parts = parts.join(whole, on=RECORD, how="left", maintain_order="left")
    made = parts.select(pl.concat_str(pl.exclude(RECORD).fill_null(""), separator=_PARTS * 3)).to_series()
    return pl.select(pl.when(twice).then(made)).to_series().alias(CONTENT)
