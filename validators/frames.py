"""Records and rows of files as the frames that rules are evaluated on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import polars as pl

from mappers.record import Record
from mappers.schema import Table, form_tables
from validators.columns import CONTENT, COUNT, HERE, LINE, PARENT, RECORD, TEXT, TYPES, typed

KEYS: Mapping[str, tuple[str, ...]] = {"iif1": ("state", "district", "police_station", "year", "fir_no")}
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


def _table_frame(table: Table, records: Sequence[Record]) -> pl.DataFrame:
    places: list[int] = []
    lines: list[int] = []
    names = [c.name for c in table.columns]
    columns: list[list[str | None]] = [[] for _ in names]
    for place, record in enumerate(records):
        rows = record.children.get(table.child, ()) if table.child else (record.fields,)
        for line, row in enumerate(rows):
            places.append(place)
            lines.append(line)
            for name, column in zip(names, columns, strict=True):
                cell = row.get(name)
                column.append((cell.value or None) if cell else None)
    data = {RECORD: places, LINE: lines, **dict(zip(names, columns, strict=True))}
    return pl.DataFrame(data, schema={RECORD: pl.Int64, LINE: pl.Int64, **dict.fromkeys(names, pl.String)})


def type_frames(
    form: str, texts: Mapping[str, pl.DataFrame], needed: Mapping[str, frozenset[str]]
) -> dict[str, pl.DataFrame]:
    """Text frames of a form with the typed, parent, count and content columns that the rules need.

    texts: any of the form's tables; one that is not given yields no counts and no orphans, one without rows no frame.
    needed: table name -> names of the columns that its rules read.
    """
    tables = form_tables(form)
    frames = {name: _typed(tables[name], text) for name, text in texts.items() if text.height}
    own = frames.get(form, _typed(tables[form], texts[form])) if form in texts else None
    done: dict[str, pl.DataFrame] = {}
    for name, frame in frames.items():
        wanted = needed.get(name, frozenset())
        if tables[name].child:
            done[name] = _with_parent(frame, own, wanted)
        else:
            done[name] = _with_counts(form, frame, texts, wanted)
    if own is not None and form in done and CONTENT in needed.get(form, frozenset()):
        done[form] = done[form].with_columns(_content(form, texts, own))
    return done


def _typed(table: Table, text: pl.DataFrame) -> pl.DataFrame:
    return text.with_columns(_typing(table))


@lru_cache(maxsize=64)
def _typing(table: Table) -> tuple[pl.Expr, ...]:
    kinds = [(c.name, c.kind) for c in table.columns if c.kind in TYPES]
    return (*(pl.col(name).alias(TEXT + name) for name, _ in kinds), *(typed(name, kind) for name, kind in kinds))


def _with_parent(frame: pl.DataFrame, own: pl.DataFrame | None, wanted: frozenset[str]) -> pl.DataFrame:
    names = sorted(n.removeprefix(PARENT) for n in wanted if n.startswith(PARENT))
    if not names:
        return frame
    if own is None:
        return frame.with_columns(pl.lit(None if n != HERE else True).alias(PARENT + n) for n in names)
    here = own.with_columns(pl.lit(value=True).alias(HERE)).unique(RECORD, keep="first", maintain_order=True)
    parents = here.select(RECORD, *(pl.col(n).alias(PARENT + n) for n in names))
    return frame.join(parents, on=RECORD, how="left", maintain_order="left")


def _with_counts(
    form: str, frame: pl.DataFrame, texts: Mapping[str, pl.DataFrame], wanted: frozenset[str]
) -> pl.DataFrame:
    for table in form_tables(form).values():
        name = COUNT + table.child
        if not table.child or name not in wanted:
            continue
        if table.name not in texts:
            frame = frame.with_columns(pl.lit(None, dtype=pl.UInt32).alias(name))
            continue
        counts = texts[table.name].group_by(RECORD).agg(pl.len().alias(name))
        frame = frame.join(counts, on=RECORD, how="left", maintain_order="left")
        frame = frame.with_columns(pl.col(name).fill_null(0))
    return frame


def _content(form: str, texts: Mapping[str, pl.DataFrame], own: pl.DataFrame) -> pl.Series:
    """Values of all records whose key stands more than once, each as one text; null for the others."""
    keys = KEYS[form]
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
