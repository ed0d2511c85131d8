"""How a batch is taken, whatever the database: ask what is there, refuse what cannot be, send only what is new."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import polars as pl

from digitize.keys import plain_hash
from digitize.targets.base import Receipt
from digitize.targets.fits import REFUSED, key_columns, typed_key
from digitize.targets.rows import HASH, KEY_OWNED, LINE, RECORD_ID, Batch, FormRows, Kept, refused_record
from mappers.record import Record, from_plain
from mappers.schema import form_tables


class Store(Protocol):
    """What a database must be able to do inside one transaction."""

    def same(self, form: str, asked: pl.DataFrame) -> Mapping[str, bool]:
        """Of records (record_id, row_hash) those that are held, and whether their content is the same."""
        ...

    def owners(self, form: str, keys: pl.DataFrame) -> Sequence[tuple[str, str]]:
        """Of records with their keys those whose key another held record has: (record asked for, that record)."""
        ...

    def held(self, batch: str) -> set[tuple[str, str]]:
        """(form, record) of all that is held of a batch."""
        ...

    def retire(self, form: str, records: Sequence[str], batch: Batch, why: str) -> None:
        """Take records out and keep them as old versions. why: "updated" or "withdrawn"."""
        ...

    def remove(self, form: str, records: Sequence[str]) -> None:
        """Take records out, and keep nothing of them."""
        ...

    def insert(self, form: str, tables: Mapping[str, pl.DataFrame], batch: Batch) -> None:
        """Put in rows, the form's own ones first; these have their hash as well."""
        ...

    def keep(self, kept: Iterable[Kept], batch: Batch) -> None:
        """Keep what is not loaded, in place of what an earlier load of the batch kept and nobody has looked at."""
        ...


@dataclass
class _Plan:
    """What is to be done with the rows of one form."""

    form: str
    tables: Mapping[str, pl.DataFrame]
    hashes: dict[str, str]
    new: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    refused: list[tuple[str, str, str]] = field(default_factory=list)


def take(batch: Batch, store: Store) -> Receipt:
    """Take a batch into a database whose transaction is open. Says what became of it; nothing is committed here."""
    given = {(form, r) for form, rows in batch.forms.items() for r in rows.tables[form][RECORD_ID]}
    gone = store.held(batch.batch) - given
    for form in sorted({form for form, _ in gone}):
        store.retire(form, sorted(r for f, r in gone if f == form), batch, "withdrawn")
    plans = [_plan(form, rows, store) for form, rows in batch.forms.items()]
    kept = list(batch.kept)
    for plan in plans:
        kept += _kept(plan, batch)
        if plan.changed:
            store.retire(plan.form, sorted(plan.changed), batch, "updated")
        if plan.new or plan.changed:
            store.insert(plan.form, _only(plan), batch)
    store.keep(kept, batch)
    return _receipt(batch, plans, kept, len(gone))


def _plan(form: str, rows: FormRows, store: Store) -> _Plan:
    own, unfit = rows.tables[form], rows.unfit
    sound = own.filter(~pl.col(RECORD_ID).is_in(unfit[RECORD_ID].implode())) if unfit.height else own
    held = store.same(form, sound.select(RECORD_ID, HASH))
    fresh = sound
    if unchanged := [r for r, is_same in held.items() if is_same]:
        fresh = sound.filter(~pl.col(RECORD_ID).is_in(unchanged))
    changed = {r for r, is_same in held.items() if not is_same}
    owned = _owned(store, form, fresh, changed)
    if owned:
        key = form_tables(form)[form].key[-1]
        more = [(r, key, KEY_OWNED) for r in sorted(owned)]
        unfit = pl.concat([unfit, pl.DataFrame(more, schema=REFUSED, orient="row")])
    hashes = {r: h for r, h in sound.select(RECORD_ID, HASH).iter_rows() if r not in owned}
    refused = list(unfit.unique(maintain_order=True).iter_rows())
    new = {r for r in hashes if r not in held}
    return _Plan(form, rows.tables, hashes, new, changed - owned, refused)


def _owned(store: Store, form: str, fresh: pl.DataFrame, changed: set[str]) -> set[str]:
    """Records whose key belongs to another one, which does not itself give it up in this batch."""
    table = form_tables(form)[form]
    if not fresh.height or not key_columns(table, fresh):
        return set()
    owners = store.owners(form, typed_key(table, fresh))
    owned: set[str] = set()
    while more := {asked for asked, owner in owners if owner not in changed - owned} - owned:
        owned |= more
    return owned


def _only(plan: _Plan) -> Mapping[str, pl.DataFrame]:
    """The rows that are sent."""
    wanted = plan.new | plan.changed
    if len(wanted) == plan.tables[plan.form].height:
        return plan.tables
    ids = pl.Series(sorted(wanted), dtype=pl.String).implode()
    return {name: frame.filter(pl.col(RECORD_ID).is_in(ids)) for name, frame in plan.tables.items()}


def _kept(plan: _Plan, batch: Batch) -> list[Kept]:
    """The records that are refused here, each once, with the first thing that hinders it."""
    if not plan.refused:
        return []
    whole = {r.id: r for r in batch.records}
    told: dict[str, tuple[str, str]] = {}
    for refused, path, code in plan.refused:
        told.setdefault(refused, (path, code))
    lacking = [r for r in told if r not in whole]
    found = [*(whole[r] for r in told if r in whole), *records_of(plan.form, plan.tables, lacking, batch.batch)]
    return [refused_record(record, told[record.id][1], told[record.id][0]) for record in found]


def records_of(form: str, tables: Mapping[str, pl.DataFrame], ids: Sequence[str], batch: str) -> list[Record]:
    """Records put together from rows; see `plain_records`."""
    return [from_plain(plain) for plain in plain_records(form, tables, ids, batch)]


def plain_records(
    form: str, tables: Mapping[str, pl.DataFrame], ids: Sequence[str], batch: str
) -> list[dict[str, Any]]:
    """Records put together from rows, as `mappers.record.to_plain` writes them.

    One whose id stands twice is there twice, its child rows with the first; child rows of no record are one as well.
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
    """record_id and the cells in which something stands."""
    counts = frame.null_count().row(0)
    filled = [n for n, nulls in zip(frame.columns, counts, strict=True) if nulls < frame.height]
    names = [n for n in filled if n not in (RECORD_ID, LINE, HASH)]
    for record, *values in frame.select(RECORD_ID, *names).iter_rows():
        yield record, {n: {"raw": v, "value": v} for n, v in zip(names, values, strict=True) if v is not None}


def _receipt(batch: Batch, plans: Sequence[_Plan], kept: Sequence[Kept], gone: int) -> Receipt:
    hashes = {r: h for plan in plans for r, h in plan.hashes.items()}
    new, updated = sum(len(p.new) for p in plans), sum(len(p.changed) for p in plans)
    rejected = sum(k.word == "reject" for k in kept)
    held = batch.held + len(kept) - rejected
    return Receipt(
        load=batch.id,
        batch=batch.batch,
        read=len(hashes) + rejected + held,
        inserted=new,
        updated=updated,
        unchanged=len(hashes) - new - updated,
        rejected=rejected,
        held=held,
        withdrawn=gone,
        content=plain_hash(sorted(hashes.items())),
    )
