"""Undo one load: delete its records, restore the versions it replaced."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any, Protocol

import polars as pl

from digitize.errors import NotFound, TargetRefused
from digitize.targets.base import HandChanges, Undone
from digitize.targets.flags import FLAG, FLAGS
from digitize.targets.rows import HASH, LINE, ORIGIN, RECORD_ID, RowBatch
from digitize.targets.store import Store
from digitize.targets.value_checks import key_columns, typed_key
from mappers.schema import Table, form_tables, load_schemas

# Ids in one statement, and records that are in memory whole.
_AT_ONCE, _WHOLE_AT_ONCE = 50_000, 5_000
_NAMED = 10
_EARLIER = """DELETE FROM record_history WHERE replaced_by = ? AND history_id NOT IN (
  SELECT MAX(history_id) FROM record_history WHERE replaced_by = ? GROUP BY form, record_id)"""


class Books(Store, Protocol):
    """A store that can also query its own books. order: column of `loads` that increases with every load."""

    order: str

    def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Rows of one statement; ? is a placeholder for a value."""
        ...

    def list_written(self, load: str) -> Mapping[str, list[str]]:
        """Form -> records whose newest version a load wrote."""
        ...

    def find_hand_changes(self, load: str, written: Mapping[str, Sequence[str]]) -> HandChanges:
        """Which of the records that a load wrote are no longer as it wrote them. written: from `list_written`."""
        ...

    def hold_others(self) -> None:
        """Wait until no load is being written, and block others until the transaction ends."""
        ...


def undo(store: Books, target: str, wanted: str, why: str, *, force: bool) -> Undone:
    """Undo a load inside an open transaction.

    wanted: its id, the first 8 or more digits of it, or the name of its batch, meaning the newest. Raises NotFound, and
    TargetRefused if a later load changed or withdrew its records (undo that first), or if people changed them by hand
    and it is not forced.
    """
    store.hold_others()
    load, batch, source = _find(store, target, wanted)
    _require_last(store, target, load, batch)
    # A load that came again after others replaced some records twice: what stood before it the last time stands again.
    store.rows(_EARLIER, [load, load])
    written = store.list_written(load)
    _require_free(store, target, load, {r for records in written.values() for r in records})
    by_hand = store.find_hand_changes(load, written)
    if by_hand.count and not force:
        raise TargetRefused(describe_refusal(target, batch, by_hand))
    # Out first: a version that is put back may have the key of one that goes.
    for form, records in written.items():
        for start in range(0, len(records), _AT_ONCE):
            store.remove(form, records[start : start + _AT_ONCE])
    # Origins and notes of a record that was deleted by hand would stand in the way when it is loaded again.
    for form in load_schemas() if by_hand.removed else ():
        store.remove(form, by_hand.removed)
    restored = _restore(store, target, load)
    # What stands again is no history any more.
    store.rows("DELETE FROM record_history WHERE replaced_by = ?", [load])
    _reopen(store, load)
    shared = _unsettle(store, load)
    note = "UPDATE loads SET state = 'undone', undone_at = CURRENT_TIMESTAMP, undone_why = ? WHERE "
    forced = f"{why} (forced, though by hand: {by_hand.describe()})".lstrip() if by_hand.count else why
    store.rows(note + "load_id = ?", [forced, load])
    # Or else the files would still count as loaded whole, and loading them again would do nothing.
    if whole := source.get("whole"):
        store.rows(note + "batch = ?", [why, whole])
    return Undone(load, batch, sum(map(len, written.values())), restored, shared, by_hand)


def describe_refusal(target: str, batch: str, by_hand: HandChanges) -> str:
    """For people: why a load is not undone whose records were changed by hand."""
    ids = [("changed", by_hand.changed), ("removed", by_hand.removed), ("added", by_hand.added)]
    named = [f"{what}: {list_some(records)}" for what, records in ids if records]
    return (
        f"{target}: records of {batch} are no longer as they were loaded; by hand {by_hand.describe()}. "
        f"{'; '.join(named)}{'. ' if named else ''}Undoing would lose these changes. Nothing was changed. If they may "
        "go: --force, with --operator and --reason."
    )


def list_some(records: Sequence[str]) -> str:
    """The first ids, and how many more there are."""
    more = f" and {len(records) - _NAMED} more" if len(records) > _NAMED else ""
    return ", ".join(records[:_NAMED]) + more


def _unsettle(store: Books, load: str) -> tuple[str, ...]:
    """Mark later loads that found records unchanged as no longer done, since these records may now be gone.

    They stay, and can be undone, but their files are loaded again when given. Which records they found is not stored.
    Returns the names of their batches.
    """
    query = f"""SELECT load_id, batch, receipt, source FROM loads WHERE state = 'loaded' AND {store.order} >
                (SELECT {store.order} FROM loads WHERE load_id = ?) ORDER BY {store.order}"""
    shared = []
    for later, batch, receipt, source in store.rows(query, [load]):
        if not _plain(receipt).get("unchanged"):
            continue
        shared.append(str(batch))
        # A day and still the state of one that stands: `done` tells the two apart.
        store.rows("UPDATE loads SET undone_at = CURRENT_TIMESTAMP WHERE load_id = ?", [later])
        if whole := _plain(source).get("whole"):
            store.rows("UPDATE loads SET state = 'undone' WHERE batch = ?", [whole])
    return tuple(dict.fromkeys(shared))


def _plain(stored: Any) -> Mapping[str, Any]:
    """JSON of a row of `loads`: SQLite returns it as text."""
    found: Mapping[str, Any] = json.loads(stored) if isinstance(stored, str) else stored
    return found


def _reopen(store: Books, load: str) -> None:
    """Entries of a load no longer wait; those it settled or replayed wait again."""
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
        what = "more than one load starts like this" if found else "there is no such load, or it is already undone"
        raise NotFound(f"{target}: {wanted}: {what}. See: digitize receipts --target ...")
    load, batch, source = found[0]
    return load, batch, _plain(source)


def _require_last(store: Books, target: str, load: str, batch: str) -> None:
    query = """SELECT DISTINCT l.batch, l.load_id FROM record_history h JOIN loads l ON l.load_id = h.replaced_by
               WHERE h.load_id = ?"""
    later = [f"{name} ({str(id).replace('-', '')[:12]})" for name, id in store.rows(query, [load])]
    if later:
        raise TargetRefused(
            f"{target}: later loads changed what {batch} wrote: {', '.join(sorted(later)[:5])}. Undo them first. "
            "Nothing was changed."
        )


def _require_free(store: Books, target: str, load: str, written: Set[str]) -> None:
    """Refuse if a record to be restored already exists, in another batch. written: by this load."""
    ids: dict[str, list[str]] = {}
    for form, record in store.rows("SELECT form, record_id FROM record_history WHERE replaced_by = ?", [load]):
        if record not in written:
            ids.setdefault(form, []).append(record)
    for form, records in ids.items():
        for start in range(0, len(records), _AT_ONCE):
            # Of whatever content: only whether they are there is asked.
            asked = pl.DataFrame({RECORD_ID: records[start : start + _AT_ONCE]}).with_columns(
                pl.lit("0" * 32).alias(HASH)
            )
            if taken := store.compare_held(form, asked):
                raise TargetRefused(
                    f"{target}: {len(taken)} records that this load removed came back with another batch. Undo the "
                    f"load of that batch first. Nothing was changed."
                )


def _restore(store: Books, target: str, load: str) -> int:
    """Restore the versions that a load replaced, as loads of their time."""
    query = "SELECT DISTINCT form, load_id FROM record_history WHERE replaced_by = ? ORDER BY form, load_id"
    restored = 0
    for form, was in store.rows(query, [load]):
        names = store.rows("SELECT batch FROM loads WHERE load_id = ?", [was])
        for records in _versions(store, load, form, was):
            _put_back(store, target, form, str(was).replace("-", ""), names[0][0] if names else "", records)
            restored += len(records)
    return restored


def _versions(store: Books, load: str, form: str, was: object) -> Iterator[list[tuple[str, Mapping[str, Any]]]]:
    """Versions that a load replaced, some records at a time: (hash, whole)."""
    # As text: psycopg would turn the JSON into floats by itself.
    query = f"""SELECT record_id, row_hash, CAST(record AS text) FROM record_history WHERE replaced_by = ? AND form = ?
                AND load_id = ? AND record_id > ? ORDER BY record_id LIMIT {_WHOLE_AT_ONCE}"""
    last = ""
    while rows := store.rows(query, [load, form, was, last]):
        last = rows[-1][0]
        # A float would round sums of money.
        yield [(str(h).replace("-", ""), json.loads(r, parse_float=str, parse_int=str)) for _, h, r in rows]


def _put_back(
    store: Books, target: str, form: str, was: str, batch: str, records: Sequence[tuple[str, Mapping[str, Any]]]
) -> None:
    """Restore versions of one load and batch."""
    tables = version_tables(form, records)
    table = form_tables(form)[form]
    if key_columns(table, tables[form]) and store.owners(form, typed_key(table, tables[form])):
        raise TargetRefused(
            f"{target}: the key of a record that this load replaced now belongs to another record. Undo that load "
            f"first. "
            "Nothing was changed."
        )
    origins = [_origin(o) for _, whole in records for o in whole.get("field_origin", [])]
    then = RowBatch(was, batch, {}, origins=origins)
    store.expect(form, tables[form])
    store.insert(form, tables, then)
    flags = [tuple(f.get(n, "") for n in FLAG) for _, whole in records for f in whole.get(FLAGS, [])]
    store.flag(pl.DataFrame(flags, schema=FLAG, orient="row", strict=False), [], then)


def _origin(row: Mapping[str, Any]) -> tuple[object, ...]:
    # Numbers are texts here, see parse_float in `_versions`.
    typed = {"confidence": float, "source_row": int}
    return tuple(None if row.get(n) is None else typed.get(n, str)(row[n]) for n in ORIGIN)


def version_tables(form: str, records: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, pl.DataFrame]:
    """Whole records as the history and the book of a state's tables hold them, as rows. records: (hash, whole)."""
    made = {}
    for name, table in form_tables(form).items():
        rows = [row for _, whole in records for row in whole.get(name, [])]
        if rows:
            made[name] = _frame(table, rows)
    return {**made, form: made[form].with_columns(pl.Series(HASH, [content for content, _ in records]))}


def _frame(table: Table, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """History rows as they were sent: texts."""
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
