"""Records and rows of files as the frames that rules are evaluated on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import polars as pl

from mappers.record import FieldValue, Record, Row
from mappers.schema import Table, form_tables
from validators.columns import CONTENT, COUNT, HERE, LINE, NUMBER, PARENT, RECORD, TEXT, given

_PARTS = "\x1f"
_NO_ROWS = pl.DataFrame(schema={RECORD: pl.Int64, LINE: pl.Int64})


def record_frames(form: str, records: Sequence[Record]) -> dict[str, pl.DataFrame]:
    """Records of one form as text frames: table name -> a column for each field that has a value in any of them.

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
    if not rows:
        return _NO_ROWS
    named = frozenset().union(*rows)
    cells = {name: [_value(row.get(name)) for row in rows] for name in table.by_name if name in named}
    there = {name: values for name, values in cells.items() if any(values)}
    schema = {RECORD: pl.Int64, LINE: pl.Int64, **dict.fromkeys(there, pl.String)}
    return pl.DataFrame({RECORD: places, LINE: lines, **there}, schema=schema)


def _value(cell: FieldValue | None) -> str | None:
    return (cell.value or None) if cell else None


def type_frames(
    form: str, texts: Mapping[str, pl.DataFrame], needed: Mapping[str, frozenset[str]]
) -> dict[str, pl.DataFrame]:
    """Text frames of a form as frames of RECORD, LINE and the typed, text, parent, count and content columns needed.

    texts: any of the form's tables; one that is not given yields no counts and no orphans, one without rows no frame.
    A column that a text frame has not is empty. needed: table name -> names of columns.
    """
    tables = form_tables(form)
    done: dict[str, pl.DataFrame] = {}
    own = _own_frame(form, texts, needed.get(form, frozenset())) if form in texts else None
    for name, text in texts.items():
        if name == form and own is not None:
            done[name] = own
        elif text.height:
            wanted = needed.get(name, frozenset())
            done[name] = _with_parent(_typed(tables[name], text, wanted), own, wanted)
    return {name: frame for name, frame in done.items() if frame.height}


def belongs_to_one(own: pl.DataFrame, rows: pl.DataFrame) -> bool:
    """Whether there is but one record, and all these rows are its own."""
    return own.height == 1 and bool((rows[RECORD] == own[RECORD].item()).all())


def with_values(frame: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """A frame with what is known of each row's record. values: RECORD and columns, one row a record."""
    if belongs_to_one(values, frame):
        # A join, which would do the same, costs twenty times as much for a single record.
        return frame.hstack([c.new_from_index(0, frame.height) for c in values.iter_columns() if c.name != RECORD])
    return frame.join(values, on=RECORD, how="left", maintain_order="left")


def _typed(table: Table, text: pl.DataFrame, wanted: frozenset[str]) -> pl.DataFrame:
    return text.select(RECORD, LINE, *_typing(table, frozenset(text.columns), wanted))


@lru_cache(maxsize=1024)
def _typing(table: Table, there: frozenset[str], wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    made = (name for name in sorted(wanted) if name.startswith((TEXT, NUMBER)))
    return tuple(given(name, table, there) for name in (*made, *(c.name for c in table.columns if c.name in wanted)))


def _own_frame(form: str, texts: Mapping[str, pl.DataFrame], wanted: frozenset[str]) -> pl.DataFrame:
    tables = form_tables(form)
    frame = _typed(tables[form], texts[form], wanted)
    for table in tables.values():
        if table.child and COUNT + table.child in wanted:
            frame = _with_count(frame, COUNT + table.child, texts.get(table.name))
    return frame.with_columns(_content(form, texts)) if CONTENT in wanted else frame


def _with_count(frame: pl.DataFrame, name: str, child: pl.DataFrame | None) -> pl.DataFrame:
    if child is None:
        return frame.with_columns(pl.lit(None, dtype=pl.UInt32).alias(name))
    if belongs_to_one(frame, child):
        return frame.with_columns(pl.lit(child.height, dtype=pl.UInt32).alias(name))
    counts = child.group_by(RECORD).agg(pl.len().alias(name))
    return frame.join(counts, on=RECORD, how="left", maintain_order="left").with_columns(pl.col(name).fill_null(0))


def _with_parent(frame: pl.DataFrame, own: pl.DataFrame | None, wanted: frozenset[str]) -> pl.DataFrame:
    names = sorted(n.removeprefix(PARENT) for n in wanted if n.startswith(PARENT))
    if own is None or not names:
        return frame.with_columns(pl.lit(True if n == HERE else None).alias(PARENT + n) for n in names)
    if names == [HERE]:
        return frame.with_columns(pl.when(pl.col(RECORD).is_in(own[RECORD].implode())).then(True).alias(PARENT + HERE))
    columns = (pl.lit(value=True) if n == HERE else pl.col(n) for n in names)
    parents = own.select(RECORD, *(c.alias(PARENT + n) for n, c in zip(names, columns, strict=True)))
    return with_values(frame, first_of_each(parents))


def first_of_each(records: pl.DataFrame) -> pl.DataFrame:
    """The first row of each record."""
    return records if records.height == 1 else records.unique(RECORD, keep="first", maintain_order=True)


def _content(form: str, texts: Mapping[str, pl.DataFrame]) -> pl.Series:
    """Values of all records whose key stands more than once, each as one text; null for the others."""
    own = texts[form]
    table = form_tables(form)[form]
    keys = [given(TEXT + k, table, frozenset(own.columns)) for k in table.key]
    whole_key = pl.all_horizontal(k.is_not_null() for k in keys)
    twice = own.select(whole_key & pl.struct(keys).is_duplicated()).to_series()
    if not twice.any():
        return pl.Series(CONTENT, [None] * own.height, dtype=pl.String)
    wanted = own.filter(twice).select(RECORD).unique()
    parts = wanted
    for i, (name, text) in enumerate(sorted(texts.items())):
        rows = text.join(wanted, on=RECORD, how="semi", maintain_order="left")
        cells = [pl.col(c.name).fill_null("") for c in form_tables(form)[name].columns if c.name in text.columns]
        joined = rows.select(RECORD, pl.concat_str([*cells, pl.lit("")], separator=_PARTS).alias(str(i)))
        whole = joined.group_by(RECORD, maintain_order=True).agg(pl.col(str(i)).str.join(_PARTS * 2))
        parts = parts.join(whole, on=RECORD, how="left", maintain_order="left")
    made = parts.select(RECORD, pl.concat_str(pl.exclude(RECORD).fill_null(""), separator=_PARTS * 3).alias(CONTENT))
    whole = own.select(RECORD).join(made, on=RECORD, how="left", maintain_order="left")
    return whole.select(pl.when(twice).then(CONTENT).alias(CONTENT)).to_series()
