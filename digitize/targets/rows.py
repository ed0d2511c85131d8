"""A batch as tables of rows, the way targets take it: from records, or straight from import files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

import polars as pl

from digitize.targets.base import FIELD_END, ROW_END, Load, flat_rows, text_hash
from mappers.record import Record, to_plain
from mappers.schema import Table, form_tables
from validators.finding import Finding

RECORD_ID, LINE, HASH = "record_id", "line", "row_hash"
UNFIT, KEY_OWNED, UNSTORABLE = "D001", "D002", "D003"
DATABASE_CODES: Mapping[str, str] = {
    UNFIT: "The value does not fit the target's column.",
    KEY_OWNED: "Another record in the target, or before it in the batch, has the same key.",
    UNSTORABLE: "The text holds a zero byte or half a character, which the target cannot hold.",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A record that is not loaded, whole, with its findings.

    word: "reject" for one that was refused, "review" for one that a person must confirm. record: see
    `mappers.record.to_plain`; a row that could not be read stands in its left_over. file, line: where it came from.
    """

    record_id: str
    form: str
    word: str
    record: Mapping[str, object]
    findings: Sequence[Mapping[str, object]]
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch as rows.

    id: made from the content, 32 hex digits. batch: its name. forms: form -> table name -> rows: record_id, line (child
    tables, from 1 in each record), then values as canonical text, null where there is none. kept: what is not loaded.
    held: how many wait for a person elsewhere. origins: of each field, () where there are none. is_whole: the batch is
    all that there is under its name, so that records of an earlier load that it has not are withdrawn. source: where it
    came from.
    """

    id: str
    batch: str
    forms: Mapping[str, Mapping[str, pl.DataFrame]]
    kept: Sequence[Kept] = ()
    held: int = 0
    origins: Sequence[tuple[object, ...]] = ()
    records: Sequence[Record] = ()
    is_whole: bool = False
    source: Mapping[str, object] = field(default_factory=dict)


def as_batch(load: Load) -> Batch:
    """Records as rows; those whose text no database takes are kept with that finding."""
    storable = [r for r in load.clean if not is_unstorable(r)]
    kept = [kept_record(r, "reject", findings) for r, findings in load.rejects]
    kept += [refused_record(r, UNSTORABLE, _unstorable_field(r)) for r in load.clean if is_unstorable(r)]
    forms = {f: [r for r in storable if r.form == f] for f in sorted({r.form for r in storable})}
    return Batch(
        load.id,
        load.batch,
        {form: record_rows(form, records) for form, records in forms.items()},
        kept,
        load.held,
        [o for r in storable for o in origins(r)],
        storable,
        is_whole=True,
    )


def kept_record(record: Record, word: str, findings: Iterable[Finding]) -> Kept:
    """A refused record, whole."""
    return Kept(record.id, record.form, word, to_plain(record), [asdict(f) for f in findings])


def refused_record(record: Record, code: str, path: str) -> Kept:
    """A record that the target itself refuses."""
    return kept_record(record, "reject", [Finding(record.id, path, code, "reject", DATABASE_CODES[code])])


def record_rows(form: str, records: Sequence[Record]) -> dict[str, pl.DataFrame]:
    """The rows of records of one form, by table; tables without rows are left out, except the form's own."""
    found: dict[str, list[Mapping[str, str | None]]] = {}
    for record in records:
        for name, rows in flat_rows(record).items():
            found.setdefault(name, []).extend(rows)
    return {name: _frame(table, found.get(name, [])) for name, table in form_tables(form).items() if name in found}


def _frame(table: Table, rows: Sequence[Mapping[str, str | None]]) -> pl.DataFrame:
    names = [c.name for c in table.columns]
    data: dict[str, list[object]] = {RECORD_ID: [r[RECORD_ID] for r in rows]}
    schema: dict[str, type[pl.DataType]] = {RECORD_ID: pl.String}
    if table.child:
        data[LINE], schema[LINE] = [r[LINE] for r in rows], pl.Int32
    data |= {n: [r[n] or None for r in rows] for n in names}
    return pl.DataFrame(data, schema=schema | dict.fromkeys(names, pl.String))


def with_hash(form: str, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The form's own rows with the hash of each record's content, as `digitize.targets.base.row_hash` makes it."""
    texts = tables[form].select(RECORD_ID, _text=_row_text(form, tables[form]))
    for name in sorted(tables.keys() - {form}):
        rows = tables[name].select(RECORD_ID, LINE, _row=_row_text(name, tables[name])).sort(LINE, maintain_order=True)
        of_record = rows.group_by(RECORD_ID).agg(pl.col("_row").str.join(ROW_END))
        more = pl.concat_str("_text", "_row", separator=ROW_END, ignore_nulls=True)
        texts = texts.join(of_record, on=RECORD_ID, how="left", maintain_order="left").select(RECORD_ID, _text=more)
    hashes = pl.Series(HASH, [text_hash(t) for t in texts["_text"]], dtype=pl.String)
    return tables[form].with_columns(hashes)


def _row_text(name: str, frame: pl.DataFrame) -> pl.Expr:
    values = sorted(c for c in frame.columns if c not in (RECORD_ID, LINE))
    cells = [pl.concat_str(pl.lit(f"{n}="), pl.col(n)) for n in values]
    return pl.concat_str(pl.lit(name), *cells, separator=FIELD_END, ignore_nulls=True)


def origins(record: Record) -> Iterable[tuple[object, ...]]:
    """Where each field of a record came from, as rows of the table field_origin."""
    for path, value in record.cells():
        o = value.origin
        yield (
            record.id, path, value.raw, value.confidence, value.by, o.page or None, o.zone or None,
            json.dumps(o.box) if o.box else None, o.file or None, o.table or None, o.row or None, o.column or None,
        )  # fmt: skip


ORIGIN = (
    "record_id", "field", "raw", "confidence", "by", "page", "zone", "box", "file", "source_table", "source_row",
    "source_column",
)  # fmt: skip


def is_unstorable(record: Record) -> bool:
    """Whether some text of a record is none that a database takes."""
    return bool(_unstorable_field(record)) or _is_odd(record.id)


def _unstorable_field(record: Record) -> str:
    cells = (p for p, v in record.cells() if _is_odd(v.value or "") or _is_odd(v.raw) or _is_odd(v.by))
    return next(iter(cells), "")


def _is_odd(text: str) -> bool:
    return "\x00" in text or (not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text))
