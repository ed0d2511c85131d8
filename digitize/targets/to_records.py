"""Rebuild records from rows, for people to see or correct."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from digitize.targets.rows import HASH, LINE, RECORD_ID
from mappers.record import Record, from_plain
from mappers.schema import form_tables


def records_of(form: str, tables: Mapping[str, pl.DataFrame], ids: Sequence[str], batch: str) -> list[Record]:
    """Records rebuilt from rows; see `plain_records`."""
    return [from_plain(plain) for plain in plain_records(form, tables, ids, batch)]


def plain_records(
    form: str, tables: Mapping[str, pl.DataFrame], ids: Sequence[str], batch: str
) -> list[dict[str, Any]]:
    """Records rebuilt from rows, as `mappers.record.to_plain` writes them.

    A repeated id gives two records, with the child rows in the first; child rows without a record form one as well.
    """
    if not ids:
        return []
    wanted = pl.Series(ids, dtype=pl.String).implode()
    children: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for name, table in form_tables(form).items():
        if table.child and name in tables:
            for record, cells in _plain_rows(tables[name].filter(pl.col(RECORD_ID).is_in(wanted))):
                children.setdefault(record, {}).setdefault(table.child, []).append(cells)
    same = {"form": form, "pages": [], "batch": batch, "left_over": {}, "ignored": []}
    own = _plain_rows(tables[form].filter(pl.col(RECORD_ID).is_in(wanted)))
    made = [{**same, "id": r, "fields": cells, "children": children.pop(r, {})} for r, cells in own]
    return made + [{**same, "id": r, "fields": {}, "children": rows} for r, rows in children.items()]


def _plain_rows(frame: pl.DataFrame) -> Iterator[tuple[str, dict[str, Any]]]:
    """record_id and the non-empty cells."""
    counts = frame.null_count().row(0)
    filled = [n for n, nulls in zip(frame.columns, counts, strict=True) if nulls < frame.height]
    names = [n for n in filled if n not in (RECORD_ID, LINE, HASH)]
    for record, *values in frame.select(RECORD_ID, *names).iter_rows():
        yield record, {n: {"raw": v, "value": v} for n, v in zip(names, values, strict=True) if v is not None}
