"""Make a batch from records, with the origin of each field."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import polars as pl

from digitize.targets.base import Load
from digitize.targets.flags import flags_of
from digitize.targets.flat import flat_rows
from digitize.targets.rows import LINE, RECORD_ID, UNSTORABLE, FormRows, RowBatch, kept_record, refused_record
from digitize.targets.value_checks import prepare
from mappers.record import Record
from mappers.schema import Table, form_tables


def as_batch(load: Load) -> RowBatch:
    """Records as rows; those with text that no database can store are kept with that finding."""
    storable = [r for r in load.clean if not is_unstorable(r)]
    kept = [kept_record(r, "reject", findings) for r, findings in load.rejects]
    kept += [refused_record(r, UNSTORABLE, unstorable_field(r)) for r in load.clean if is_unstorable(r)]
    kept = [replace(k, row=load.replays.get(k.record_id, "")) for k in kept]
    forms = {f: [r for r in storable if r.form == f] for f in sorted({r.form for r in storable})}
    return RowBatch(
        load.id,
        load.batch,
        {form: _form_rows(form, records, load) for form, records in forms.items()},
        kept,
        load.held,
        [o for r in storable for o in _origins(r)],
        storable,
        load.source,
        load.replays,
    )


def _form_rows(form: str, records: Sequence[Record], load: Load) -> FormRows:
    ids = {r.id for r in records}
    flags = flags_of(form, (f for f in load.noted if f.record in ids))
    return replace(prepare(form, _record_rows(form, records)), flags=flags)


def _record_rows(form: str, records: Sequence[Record]) -> dict[str, pl.DataFrame]:
    """Rows of records of one form, by table; empty tables are omitted, except the form's own."""
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
    # An empty text is no value, as in the hash (`row_text`).
    data |= {n: [r[n] or None for r in rows] for n in names}
    return pl.DataFrame(data, schema=schema | dict.fromkeys(names, pl.String))


def _origins(record: Record) -> Iterable[tuple[object, ...]]:
    """Origin of each field of a record, as rows of the table field_origin."""
    for path, value in record.cells():
        o = value.origin
        yield (
            record.id, path, value.raw, value.confidence, value.by, o.page or None, o.zone or None,
            json.dumps(o.box) if o.box else None, o.file or None, o.table or None, o.row or None, o.column or None,
            value.why_empty or None,
        )  # fmt: skip


def is_unstorable(record: Record) -> bool:
    """Whether some text of a record cannot be stored in a database."""
    return bool(unstorable_field(record)) or _is_odd(record.id)


def unstorable_field(record: Record) -> str:
    """Path of the first field whose text cannot be stored, "" if none."""
    cells = (p for p, v in record.cells() if _is_odd(v.value or "") or _is_odd(v.raw) or _is_odd(v.by))
    return next(iter(cells), "")


def storable(ids: Iterable[str]) -> list[str]:
    """Those of some ids that a database can store; it has nothing under the others."""
    return [id for id in ids if not _is_odd(id)]


def _is_odd(text: str) -> bool:
    # PostgreSQL takes no zero byte, and no database half a character. Plain Latin text is spared the slow look.
    return "\x00" in text or (not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text))
