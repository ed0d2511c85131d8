"""How a batch is taken, whatever the database: ask what is there, refuse what cannot be, send only what is new."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

import polars as pl

from digitize.machine.work_keys import plain_hash, text_key
from digitize.targets.base import Receipt
from digitize.targets.fits import REFUSED, key_columns, typed_key
from digitize.targets.keeping import Quarantine, close_loaded, keep
from digitize.targets.rows import HASH, KEY_OWNED, LINE, RECORD_ID, FormRows, Kept, RowBatch, refused_record
from digitize.targets.source_rows import source_row
from mappers.record import Record, from_plain
from mappers.schema import form_tables

_ESCAPED = r'[\x00-\x1f"\\]'  # what JSON writes in other letters


class Store(Quarantine, Protocol):
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

    def retire(self, form: str, records: Sequence[str], batch: RowBatch, why: str) -> None:
        """Take records out and keep them as old versions. why: "updated" or "withdrawn"."""
        ...

    def remove(self, form: str, records: Sequence[str]) -> None:
        """Take records out, and keep nothing of them."""
        ...

    def insert(self, form: str, tables: Mapping[str, pl.DataFrame], batch: RowBatch) -> None:
        """Put in rows, the form's own ones first; these have their hash as well."""
        ...

    def flag(self, flags: pl.DataFrame, unchanged: Sequence[str], batch: RowBatch) -> None:
        """Put in flags of records that stand. unchanged: those that stood before, whose earlier flags go."""
        ...


@dataclass
class _Plan:
    """What is to be done with the rows of one form.

    hashes: of all records that are held afterwards, each once. flags: what the rules note of them, None: not asked.
    """

    form: str
    tables: Mapping[str, pl.DataFrame]
    hashes: pl.DataFrame
    new: pl.Series
    changed: set[str]
    refused: list[tuple[str, str, str]]
    flags: pl.DataFrame | None


def _as_it_is(kept: Kept) -> Kept:
    return kept


def take(batch: RowBatch, store: Store, told: Callable[[Kept], Kept] = _as_it_is) -> Receipt:
    """Take a batch into a database whose transaction is open. Says what became of it; nothing is committed here.

    told: a record that the target refuses, with more said of why.
    """
    own = store.held(batch.batch)
    gone = set(own)
    if gone:
        gone -= {(form, r) for form, rows in batch.forms.items() for r in rows.tables[form][RECORD_ID]}
    # Withdrawn first, so that the keys of these records are free for those of this batch.
    for form in sorted({form for form, _ in gone}):
        store.retire(form, sorted(r for f, r in gone if f == form), batch, "withdrawn")
    # A record of a workspace moves to the batch in which its page was scanned again. Left with the one of before, it
    # would be withdrawn with that when it is loaded later.
    may_move = bool(batch.records) and not batch.replays
    plans = [_plan(form, rows, store, own if may_move else None) for form, rows in batch.forms.items()]
    kept = list(batch.kept)
    for plan in plans:
        kept += map(told, _kept(plan, batch))
        if plan.changed:
            # All old versions go out before any new one comes in: two records may swap their keys.
            store.retire(plan.form, sorted(plan.changed), batch, "updated")
        if plan.new.len() or plan.changed:
            store.insert(plan.form, _only(plan), batch)
        if plan.flags is not None:
            written = {*plan.new, *plan.changed}
            store.flag(plan.flags, [r for r in plan.hashes[RECORD_ID] if r not in written], batch)
    rows = keep(kept, batch, store)
    by_form = {plan.form: plan for plan in plans}
    for form in sorted({*by_form, *(k.form for k in kept)}):
        refused = [k.record_id for k in kept if k.form == form and k.record_id]
        # A batch all of whose records are held back has no plan.
        standing = by_form[form].hashes[RECORD_ID].to_list() if form in by_form else []
        close_loaded(form, standing, refused, rows, batch, store, partial(_named, by_form.get(form)))
    return _receipt(batch, plans, kept, len(gone))


def _plan(form: str, rows: FormRows, store: Store, held_here: Collection[tuple[str, str]] | None) -> _Plan:
    """held_here: what is held of the batch, where a record that another one holds is to be this one's; else None."""
    own, unfit = rows.tables[form], rows.unfit
    sound = _without(own, set(unfit[RECORD_ID]))
    held = store.same(form, sound.select(RECORD_ID, HASH))
    same = {r for r, is_same in held.items() if is_same and (held_here is None or (form, r) in held_here)}
    fresh = _without(sound, same)
    changed = held.keys() - same
    owned = _owned(store, form, fresh, changed)
    if owned:
        key = form_tables(form)[form].key[-1]
        more = [(r, key, KEY_OWNED) for r in sorted(owned)]
        unfit = pl.concat([unfit, pl.DataFrame(more, schema=REFUSED, orient="row")])
    hashes = _without(sound.select(RECORD_ID, HASH), owned)
    refused = list(unfit.unique(maintain_order=True).iter_rows())
    new = _without(hashes, held)[RECORD_ID]
    flags = None if rows.flags is None else rows.flags.join(hashes.select(RECORD_ID), on=RECORD_ID, how="semi")
    return _Plan(form, rows.tables, hashes, new, changed - owned, refused, flags)


def _named(plan: _Plan | None, ids: Sequence[str]) -> set[str]:
    """The names of the source rows of some records."""
    return (
        set()
        if plan is None
        else {source_row(plan.form, plain) for plain in plain_records(plan.form, plan.tables, ids, "")}
    )


def _without(frame: pl.DataFrame, ids: Collection[str]) -> pl.DataFrame:
    if not ids:
        return frame
    # implode: polars warns of a bare column here, which it could also take row by row.
    return frame.filter(~pl.col(RECORD_ID).is_in(pl.Series(list(ids), dtype=pl.String).implode()))


def _owned(store: Store, form: str, fresh: pl.DataFrame, changed: set[str]) -> set[str]:
    """Records whose key belongs to another one, which does not itself give it up in this batch."""
    table = form_tables(form)[form]
    if not fresh.height or not key_columns(table, fresh):
        return set()
    owners = store.owners(form, typed_key(table, fresh))
    owned: set[str] = set()
    # Until nothing changes: a record that is refused keeps its old key, so whoever wanted that is refused as well.
    while more := {asked for asked, owner in owners if owner not in changed - owned} - owned:
        owned |= more
    return owned


def _only(plan: _Plan) -> Mapping[str, pl.DataFrame]:
    """The rows that are sent."""
    if plan.new.len() + len(plan.changed) == plan.tables[plan.form].height:
        return plan.tables
    ids = pl.concat([plan.new, pl.Series(sorted(plan.changed), dtype=pl.String)]).implode()
    return {name: frame.filter(pl.col(RECORD_ID).is_in(ids)) for name, frame in plan.tables.items()}


def _kept(plan: _Plan, batch: RowBatch) -> list[Kept]:
    """The records that are refused here, each once, with the first thing that hinders it."""
    if not plan.refused:
        return []
    whole = {r.id: r for r in batch.records}
    told: dict[str, tuple[str, str]] = {}
    for refused, path, code in plan.refused:
        told.setdefault(refused, (path, code))
    lacking = [r for r in told if r not in whole]
    found = [*(whole[r] for r in told if r in whole), *records_of(plan.form, plan.tables, lacking, batch.batch)]
    made = [refused_record(record, told[record.id][1], told[record.id][0]) for record in found]
    return [replace(k, row=batch.replays.get(k.record_id, "")) for k in made]


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


def _receipt(batch: RowBatch, plans: Sequence[_Plan], kept: Sequence[Kept], gone: int) -> Receipt:
    empty = pl.DataFrame(schema={RECORD_ID: pl.String, HASH: pl.String})
    hashes = pl.concat([empty, *(p.hashes for p in plans)])
    if len(plans) > 1:  # a record of one form under the id of another
        hashes = hashes.unique(RECORD_ID, keep="last")
    new, updated = sum(p.new.len() for p in plans), sum(len(p.changed) for p in plans)
    rejected = sum(k.word == "reject" for k in kept)
    held = batch.held + len(kept) - rejected
    return Receipt(
        load=batch.id,
        batch=batch.batch,
        read=hashes.height + rejected + held,
        inserted=new,
        updated=updated,
        unchanged=hashes.height - new - updated,
        rejected=rejected,
        held=held,
        withdrawn=gone,
        content=content_hash(hashes),
        flags=sum(p.flags.height for p in plans if p.flags is not None),
    )


def content_hash(hashes: pl.DataFrame) -> str:
    """`plain_hash` of the rows (record_id, row_hash) in the order of their ids, made without an object for each."""
    rows = hashes.select(RECORD_ID, HASH).sort(RECORD_ID)
    # Such ids are rare; joining texts as below would not spell them as JSON does.
    if rows.select(pl.any_horizontal(pl.all().str.contains(_ESCAPED).any())).item():
        return plain_hash(rows.rows())
    pairs = rows.select(pl.concat_str(pl.lit('["'), RECORD_ID, pl.lit('","'), HASH, pl.lit('"]'))).to_series()
    return text_key(f"[{','.join(pairs)}]")
