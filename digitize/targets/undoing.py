"""Taking back one load: its records out, the versions it replaced back in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import polars as pl

from digitize.errors import NotFound, TargetRefused
from digitize.targets.base import Undone
from digitize.targets.fits import key_columns, typed_key
from digitize.targets.flags import FLAG, FLAGS
from digitize.targets.rows import HASH, LINE, ORIGIN, RECORD_ID, RowBatch
from digitize.targets.store import Store
from mappers.schema import Table, form_tables


class Books(Store, Protocol):
    """A store that also answers of its own books. order: the column of `loads` that grows with every load."""

    order: str

    def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Rows of one statement; ? stands for a value."""
        ...

    def written(self, load: str) -> Mapping[str, list[str]]:
        """Form -> the records whose newest version a load wrote."""
        ...

    def hold_others(self) -> None:
        """Wait until no load is being written, and let none be until the transaction ends."""
        ...


def undo(store: Books, target: str, wanted: str, why: str) -> Undone:
    """Take back a load inside an open transaction.

    wanted: its id, the beginning of it (8 digits and more), or the name of its batch, of which the newest is meant.
    Raises NotFound, and TargetRefused where a later load changed or withdrew what this one wrote: that must be undone
    first.
    """
    store.hold_others()
    load, batch, source = _find(store, target, wanted)
    _require_last(store, target, load, batch)
    written = store.written(load)
    # Out first: a version that is put back may have the key of one that goes.
    for form, records in written.items():
        store.remove(form, records)
    restored = _restore(store, target, load)
    # What stands again is no history any more.
    store.rows("DELETE FROM record_history WHERE replaced_by = ?", [load])
    _reopen(store, load)
    note = "UPDATE loads SET state = 'undone', undone_at = CURRENT_TIMESTAMP, undone_why = ? WHERE "
    store.rows(note + "load_id = ?", [why, load])
    # Or else the files would still count as loaded whole, and loading them again would do nothing.
    if whole := source.get("whole"):
        store.rows(note + "batch = ?", [why, whole])
    return Undone(load, batch, sum(map(len, written.values())), restored)


def _reopen(store: Books, load: str) -> None:
    """What a load kept waits no more; what it settled or replayed waits again."""
    store.rows("UPDATE rejects SET state = 'undone' WHERE load_id = ? AND state = 'open'", [load])
    store.rows(
        """UPDATE rejects SET settled_by = NULL, state = CASE state WHEN 'settled' THEN 'open' WHEN 'replayed' THEN
           'corrected' ELSE state END WHERE settled_by = ?""",
        [load],
    )


def _find(store: Books, target: str, wanted: str) -> tuple[str, str, Mapping[str, Any]]:
    query = f"SELECT load_id, batch, source FROM loads WHERE state = 'loaded' ORDER BY {store.order} DESC"
    # PostgreSQL gives ids back as UUIDs, with dashes; people may type them either way.
    rows = [(str(load).replace("-", ""), batch, source) for load, batch, source in store.rows(query)]
    named = [r for r in rows if r[1] == wanted][:1]
    found = named or [r for r in rows if len(wanted) >= 8 and r[0].startswith(wanted.replace("-", ""))]
    if len(found) != 1:
        what = "more than one load begins so" if found else "there is no such load that is not undone"
        raise NotFound(f"{target}: {wanted}: {what}. See: digitize receipts --target ...")
    load, batch, source = found[0]
    return load, batch, json.loads(source) if isinstance(source, str) else source


def _require_last(store: Books, target: str, load: str, batch: str) -> None:
    query = """SELECT DISTINCT l.batch, l.load_id FROM record_history h JOIN loads l ON l.load_id = h.replaced_by
               WHERE h.load_id = ?"""
    later = [f"{name} ({str(id).replace('-', '')[:12]})" for name, id in store.rows(query, [load])]
    if later:
        raise TargetRefused(
            f"{target}: later loads changed what {batch} wrote: {', '.join(sorted(later)[:5])}. Undo them first. "
            "Nothing was changed."
        )


def _restore(store: Books, target: str, load: str) -> int:
    """Put back the versions that a load replaced, as loads of their own time."""
    # As text: psycopg would turn the JSON into floats by itself.
    query = """SELECT form, load_id, row_hash, CAST(record AS text) FROM record_history WHERE replaced_by = ?
               ORDER BY form, load_id, record_id"""
    groups: dict[tuple[str, str], list[tuple[str, Mapping[str, Any]]]] = {}
    for form, was, content, record in store.rows(query, [load]):
        whole = json.loads(record, parse_float=str, parse_int=str)  # a float would round sums of money
        groups.setdefault((form, str(was).replace("-", "")), []).append((str(content).replace("-", ""), whole))
    for (form, was), records in groups.items():
        names = store.rows("SELECT batch FROM loads WHERE load_id = ?", [was])
        tables = _tables(form, records)
        table = form_tables(form)[form]
        if key_columns(table, tables[form]) and store.owners(form, typed_key(table, tables[form])):
            raise TargetRefused(
                f"{target}: a record that this load replaced has a key that another has by now. Undo that load first. "
                "Nothing was changed."
            )
        origins = [_origin(o) for _, whole in records for o in whole.get("field_origin", [])]
        then = RowBatch(was, names[0][0] if names else "", {}, origins=origins)
        store.expect(form, tables[form])
        store.insert(form, tables, then)
        flags = [tuple(f.get(n, "") for n in FLAG) for _, whole in records for f in whole.get(FLAGS, [])]
        store.flag(pl.DataFrame(flags, schema=FLAG, orient="row", strict=False), [], then)
    return sum(map(len, groups.values()))


def _origin(row: Mapping[str, Any]) -> tuple[object, ...]:
    # Numbers are texts here, see parse_float in `_restore`.
    typed = {"confidence": float, "source_row": int}
    return tuple(None if row.get(n) is None else typed.get(n, str)(row[n]) for n in ORIGIN)


def _tables(form: str, records: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, pl.DataFrame]:
    made = {}
    for name, table in form_tables(form).items():
        rows = [row for _, whole in records for row in whole.get(name, [])]
        if rows:
            made[name] = _frame(table, rows)
    return {**made, form: made[form].with_columns(pl.Series(HASH, [content for content, _ in records]))}


def _frame(table: Table, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows of a history as they were sent once: texts."""
    data: dict[str, list[object]] = {RECORD_ID: [r[RECORD_ID] for r in rows]}
    schema: dict[str, type[pl.DataType]] = {RECORD_ID: pl.String}
    if table.child:
        data[LINE], schema[LINE] = [int(r[LINE]) for r in rows], pl.Int32
    for column in table.columns:
        values = [r.get(column.name) for r in rows]
        if any(v is not None for v in values):
            data[column.name] = [None if v is None else str(v) for v in values]
            schema[column.name] = pl.String
    return pl.DataFrame(data, schema=schema)
