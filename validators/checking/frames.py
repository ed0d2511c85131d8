"""Records and rows of files as the frames that rules are evaluated on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate

import numpy as np
import polars as pl

from mappers.record import Record, RecordValues, Row, values_of
from mappers.schema import Table, form_tables
from validators.doubles.other import other_row
from validators.rulebook.columns import (
    CONTENT,
    COUNT,
    GROUP,
    HERE,
    LINE,
    NUMBER,
    PARENT,
    RECORD,
    RIVAL,
    TEXT,
    give_column,
)

# A control character: cells joined by it are not taken for one another.
_PARTS = "\x1f"
_PLACE = "_place"
_FEW = 50  # rows; given row by row, so few become a frame in a third of the time
_NO_ROWS = pl.DataFrame(schema={RECORD: pl.Int64, LINE: pl.Int64})


def record_frames(form: str, records: Sequence[Record]) -> dict[str, pl.DataFrame]:
    """Records of one form as text frames: table name -> a column for each field that has a value in any of them.

    RECORD is the record's place in the sequence, LINE the child row's place in the record.
    """
    return value_frames(form, [values_of(record) for record in records])


def value_frames(form: str, records: Sequence[RecordValues]) -> dict[str, pl.DataFrame]:
    """As `record_frames`, of values without what else their cells say."""
    return {table.name: _table_frame(table, records) for table in form_tables(form).values()}


class GroupedFrames:
    """The text frames of one form of many groups of records, and of each group by itself.

    values: the records in the order of the frames; counts: how many each group has.
    """

    def __init__(self, form: str, groups: Sequence[Sequence[RecordValues]]) -> None:
        of_form = [[v for v in group if v.form == form] for group in groups]
        self.values = [v for group in of_form for v in group]
        self.counts = [len(group) for group in of_form]
        self._firsts = [0, *accumulate(self.counts)]
        of_record = pl.Series(GROUP, np.repeat(np.arange(len(groups), dtype=np.int32), self.counts))
        frames = value_frames(form, self.values)
        self.frames = {name: f.with_columns(of_record.gather(f[RECORD]).alias(GROUP)) for name, f in frames.items()}
        # Where in each frame the rows of a group begin: records come in order.
        self._rows = {n: np.searchsorted(f[RECORD].to_numpy(), self._firsts).tolist() for n, f in self.frames.items()}

    def of_group(self, number: int) -> dict[str, pl.DataFrame]:
        """The frames of one group, in which its records are counted from 0."""
        first, of_group = self._firsts[number], {}
        for name, frame in self.frames.items():
            start, end = self._rows[name][number : number + 2]
            of_group[name] = frame.slice(start, end - start).with_columns(pl.col(RECORD) - first)
        return of_group


def empty_frames(form: str) -> dict[str, pl.DataFrame]:
    """The text frames of one record without any value and with one empty row in each child table."""
    children: dict[str, tuple[Row, ...]] = {t.child: ({},) for t in form_tables(form).values() if t.child}
    return record_frames(form, [Record("", form, {}, children)])


def _table_frame(table: Table, records: Sequence[RecordValues]) -> pl.DataFrame:
    places: list[int] = []
    lines: list[int] = []
    rows: list[Mapping[str, str | None]] = []
    for place, record in enumerate(records):
        of_record = record.children.get(table.child, ()) if table.child else (record.fields,)
        places += [place] * len(of_record)
        lines += range(len(of_record))
        rows += of_record
    if not rows:
        return _NO_ROWS
    named = frozenset().union(*rows)
    cells = {name: [row.get(name) or None for row in rows] for name in table.by_name if name in named}
    # Only columns that hold a value: what a small check costs is its columns and expressions, not its rows.
    there = {name: values for name, values in cells.items() if any(values)}
    schema = {RECORD: pl.Int64, LINE: pl.Int64, **dict.fromkeys(there, pl.String)}
    if len(rows) <= _FEW:
        return pl.DataFrame(list(zip(places, lines, *there.values(), strict=True)), schema=schema, orient="row")
    return pl.DataFrame({RECORD: places, LINE: lines, **there}, schema=schema)


def type_frames(
    form: str, texts: Mapping[str, pl.DataFrame], needed: Mapping[str, frozenset[str]]
) -> dict[str, pl.DataFrame]:
    """Text frames of a form as frames of RECORD, LINE and the typed, text, parent, count and content columns needed.

    texts: any of the form's tables; one that is not given yields no counts and no orphans, one without rows no frame.
    A column that a text frame has not is empty. needed: table name -> names of columns.
    """
    tables = form_tables(form)
    wanted = {name: needed.get(name, frozenset()) for name in tables}
    done = {
        name: _type_table(tables[name], texts[name], wanted[name])
        for name in texts
        if texts[name].height or name == form
    }
    if form in texts:
        own = done[form]
        firsts = first_of_each(own.select(RECORD).with_row_index(_PLACE))
        for table in (t for t in tables.values() if t.child):
            rows = done.get(table.name)
            is_asked = table.name in texts and _asks_places(table, wanted)
            places = _places(firsts, texts[table.name]) if is_asked else None
            if COUNT + table.child in wanted[form]:
                done[form] = done[form].hstack([_counts(own, firsts, places).alias(COUNT + table.child)])
            if rows is not None:
                done[table.name] = _add_parent(rows, own, places, wanted[table.name])
        if {CONTENT, RIVAL} & wanted[form]:
            done[form] = done[form].hstack(_contents(form, texts))
    else:
        done = {name: _drop_parent(rows, wanted[name]) for name, rows in done.items()}
    return {name: frame for name, frame in done.items() if frame.height}


def belongs_to_one(own: pl.DataFrame, rows: pl.DataFrame) -> bool:
    """Whether there is but one record, and all these rows are its own."""
    if own.height != 1:
        return False
    records = rows[RECORD]
    return not rows.height or records.min() == records.max() == own[RECORD].item()


def with_values(frame: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """A frame with what is known of each row's record. values: RECORD and columns, one row a record."""
    if belongs_to_one(values, frame):
        # A join, which would do the same, costs twenty times as much for a single record.
        return frame.hstack([c.new_from_index(0, frame.height) for c in values.iter_columns() if c.name != RECORD])
    if frame.height == values.height and (frame[RECORD] == values[RECORD]).all():
        return frame.hstack(values.drop(RECORD))
    return frame.join(values, on=RECORD, how="left", maintain_order="left")


def _type_table(table: Table, text: pl.DataFrame, wanted: frozenset[str]) -> pl.DataFrame:
    return text.select(RECORD, LINE, *_typing(table, frozenset(text.columns), wanted))


@lru_cache(maxsize=1024)
def _typing(table: Table, there: frozenset[str], wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    made = (name for name in sorted(wanted) if name == GROUP or name.startswith((TEXT, NUMBER)))
    return tuple(
        give_column(name, table, there) for name in (*made, *(c.name for c in table.columns if c.name in wanted))
    )


def _asks_places(table: Table, wanted: Mapping[str, frozenset[str]]) -> bool:
    """Whether it must be known for each row of a child table which record it belongs to."""
    parents = {name for name in wanted[table.name] if name.startswith(PARENT)}
    return bool(parents - {PARENT + HERE}) or any(COUNT + table.child in names for names in wanted.values())


def _places(firsts: pl.DataFrame, rows: pl.DataFrame) -> pl.Series:
    """Where in the form's own frame the record of each row stands first; null where it does not.

    firsts: the records with these places.
    """
    if belongs_to_one(firsts, rows):
        return _repeat_value(0, pl.UInt32, rows.height)
    return rows.select(RECORD).join(firsts, on=RECORD, how="left", maintain_order="left")[_PLACE]


def _counts(own: pl.DataFrame, firsts: pl.DataFrame, places: pl.Series | None) -> pl.Series:
    """How many child rows each record has; null where there is no table of these."""
    if places is None:
        return _repeat_value(None, pl.UInt32, own.height)
    counts = pl.Series(np.bincount(places.drop_nulls().to_numpy(), minlength=own.height).astype(np.uint32))
    return counts if firsts.height == own.height else counts.gather(_places(firsts, own))


def _add_parent(
    rows: pl.DataFrame, own: pl.DataFrame, places: pl.Series | None, wanted: frozenset[str]
) -> pl.DataFrame:
    """Rows with what is wanted of the row of their record. places: see `_places`; None where nobody asked for them."""
    names = sorted(n.removeprefix(PARENT) for n in wanted if n.startswith(PARENT))
    if not names:
        return rows
    if places is None:  # the record need only be there, which takes less than to find it
        return rows.with_columns(pl.when(pl.col(RECORD).is_in(own[RECORD].implode())).then(True).alias(PARENT + HERE))
    here = _repeat_value(value=True, kind=pl.Boolean, times=own.height)
    parents = [(here if n == HERE else own[n]).alias(PARENT + n) for n in names]
    if own.height == 1 and not places.null_count():
        return rows.hstack([c.new_from_index(0, rows.height) for c in parents])
    return rows.hstack(pl.DataFrame(parents).select(pl.all().gather(places)))


def _repeat_value(value: object, kind: type[pl.DataType], times: int) -> pl.Series:
    return pl.Series([value], dtype=kind).new_from_index(0, times)


def _drop_parent(rows: pl.DataFrame, wanted: frozenset[str]) -> pl.DataFrame:
    names = sorted(name for name in wanted if name.startswith(PARENT))
    return rows.with_columns(pl.lit(True if name == PARENT + HERE else None).alias(name) for name in names)


def first_of_each(records: pl.DataFrame) -> pl.DataFrame:
    """The first row of each record."""
    return records if records.height == 1 else records.unique(RECORD, keep="first", maintain_order=True)


def _contents(form: str, texts: Mapping[str, pl.DataFrame]) -> list[pl.Series]:
    """CONTENT: values of all records whose key stands more than once, each as one text; null for the others.

    RIVAL: the first of those with the same key that has another text, as `other_row` says it; null where none has.
    """
    own = texts[form]
    table = form_tables(form)[form]
    key = own.select(give_column(TEXT + name, table, own.columns) for name in table.key)
    twice = key.select(pl.all_horizontal(pl.all().is_not_null()) & pl.struct(pl.all()).is_duplicated()).to_series()
    # Only records whose key stands twice become texts, so that a file without doubles pays nothing for it.
    if not twice.any():
        return [_repeat_value(None, pl.String, own.height).alias(name) for name in (CONTENT, RIVAL)]
    wanted = own.filter(twice).select(RECORD).unique()
    parts = wanted
    for i, (name, text) in enumerate(sorted(texts.items())):
        rows = text.join(wanted, on=RECORD, how="semi", maintain_order="left")
        cells = [pl.col(c.name).fill_null("") for c in form_tables(form)[name].columns if c.name in text.columns]
        # The empty text at the end: a table without any known column would leave nothing to join.
        joined = rows.select(RECORD, pl.concat_str([*cells, pl.lit("")], separator=_PARTS).alias(str(i)))
        whole = joined.group_by(RECORD, maintain_order=True).agg(pl.col(str(i)).str.join(_PARTS * 2))
        parts = parts.join(whole, on=RECORD, how="left", maintain_order="left")
    # One, two and three separators part cells, rows and tables, so that no value moves from one to the next.
    made = parts.select(RECORD, pl.concat_str(pl.exclude(RECORD).fill_null(""), separator=_PARTS * 3).alias(CONTENT))
    some = pl.concat([own.select(RECORD, LINE), key], how="horizontal").with_row_index(_PLACE).filter(twice)
    some = some.join(made, on=RECORD, how="left", maintain_order="left")
    this, is_other = (
        other_row(pl.col(RECORD), pl.col(LINE), "the other one"),
        pl.col(CONTENT) != pl.col(CONTENT).first(),
    )
    first, later = this.first().over(key.columns), this.filter(is_other).first().over(key.columns)
    rival = pl.when(is_other.over(key.columns)).then(first).otherwise(later)
    some = some.select(_PLACE, CONTENT, rival.alias(RIVAL))
    return (
        pl.select(pl.int_range(own.height, dtype=pl.UInt32).alias(_PLACE))
        .join(some, on=_PLACE, how="left", maintain_order="left")
        .drop(_PLACE)
        .get_columns()
    )
