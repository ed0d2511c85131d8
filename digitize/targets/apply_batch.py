"""Apply a batch to any database: query existing records, refuse what cannot be stored, send only changes.

Only outlines of a whole batch are in memory, less than 1 kB per record; the rows come part by part, twice if records
were refused: to be sent and to be stored.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from itertools import chain

import polars as pl

from digitize.machine.work_keys import key_of_pieces, plain_hash
from digitize.targets.base import Receipt
from digitize.targets.planning import AT_ONCE, CHANGED, NEW, SAME, STATE, FormPlan, gone_records, make_plan, slices
from digitize.targets.quarantine_store import RejectKeeper, close_loaded, kept_id
from digitize.targets.rows import HASH, RECORD_ID, Kept, LoadBatch, RowBatch, refused_record
from digitize.targets.source_rows import source_row
from digitize.targets.store import Store
from digitize.targets.to_records import plain_records, records_of

_ESCAPED = r'[\x00-\x1f"\\]'  # what JSON writes in other letters


def _as_it_is(kept: Kept) -> Kept:
    return kept


def apply_batch(
    batch: LoadBatch,
    store: Store,
    told: Callable[[Kept], Kept] = _as_it_is,
    hindered: Mapping[str, pl.DataFrame] | None = None,
) -> Receipt:
    """Apply a batch to a database inside an open transaction; nothing is committed here.

    told: adds details to a record that the target refuses. hindered: by form, as `FormRows.unfit`: other records the
    target is known to refuse.
    """
    outlines = batch.outlines
    own = pl.DataFrame(
        list(store.list_held(batch.batch)), schema={"form": pl.String, RECORD_ID: pl.String}, orient="row"
    )
    gone = gone_records(own, outlines)
    # Withdrawn first, so that the keys of these records are free for those of this batch.
    for form, ids in gone.items():
        _retire(store, form, ids, batch, "withdrawn")
    # A record of a workspace moves to the batch in which its page was scanned again. Left with the one of before, it
    # would be withdrawn with that when it is loaded later.
    may_move = batch.is_of_records and not batch.replays
    plans: dict[str, FormPlan] = {}
    for form, outline in outlines.items():
        here = own.filter(form=form)[RECORD_ID] if may_move else None
        plans[form] = make_plan(form, outline, store, here, (hindered or {}).get(form))
    for plan in plans.values():
        # All old versions go out before any new one comes in: two records may swap their keys.
        _retire(store, plan.form, plan.ids(CHANGED), batch, "updated")
    for plan in plans.values():
        store.expect(plan.form, plan.own.filter(pl.col(STATE) < SAME).drop(STATE))
    flags = _send(batch, plans, store)
    kept = _keep(batch, plans, store, told)
    return _receipt(batch, plans, kept, sum(ids.len() for ids in gone.values()), flags)


def _retire(store: Store, form: str, ids: pl.Series, batch: LoadBatch, why: str) -> None:
    for some in slices(ids.sort()):
        store.retire(form, some.to_list(), batch, why)


def _split_plans(batch: LoadBatch, plans: Mapping[str, FormPlan]) -> Iterator[tuple[RowBatch, dict[str, pl.DataFrame]]]:
    """Parts of a batch, each with the plan rows of its records, by form."""
    done = dict.fromkeys(plans, 0)
    for part in batch.parts():
        counts = {form: rows.tables[form].height for form, rows in part.forms.items()}
        yield part, {form: plans[form].own.slice(done[form], count) for form, count in counts.items()}
        done |= {form: done[form] + count for form, count in counts.items()}


def _send(batch: LoadBatch, plans: Mapping[str, FormPlan], store: Store) -> int:
    """Insert new and changed rows, and the flags of all present records; returns the number of flags."""
    if not any(plan.ids(NEW, CHANGED, SAME).len() for plan in plans.values()):
        return 0
    count = 0
    for part, placed in _split_plans(batch, plans):
        for form, own in placed.items():
            rows = part.forms[form]
            sent = own.filter(pl.col(STATE) < SAME)[RECORD_ID]
            if sent.len():
                store.insert(form, _filter_rows(rows.tables, sent, own.height), part)
            if rows.flags is not None:
                standing = own.filter(pl.col(STATE).is_not_null())
                flags = rows.flags.join(standing.select(RECORD_ID), on=RECORD_ID, how="semi")
                store.flag(flags, own.filter(pl.col(STATE) == SAME)[RECORD_ID].to_list(), part)
                count += flags.height
    return count


def _filter_rows(tables: Mapping[str, pl.DataFrame], ids: pl.Series, of: int) -> Mapping[str, pl.DataFrame]:
    """Rows to send. of: number of records."""
    if ids.len() == of:
        return tables
    return {name: frame.filter(pl.col(RECORD_ID).is_in(ids.implode())) for name, frame in tables.items()}


def _keep(
    batch: LoadBatch, plans: Mapping[str, FormPlan], store: Store, told: Callable[[Kept], Kept]
) -> tuple[int, int]:
    """Store what is not loaded, and close entries of records now present; returns numbers of rejects and reviews."""
    # After everything is in: whoever holds the quarantine must wait for nobody else (`locks.lock_quarantine`).
    keeper = RejectKeeper(batch, store)
    rejects = reviews = 0
    refused: dict[str, list[str]] = {}
    if batch.keeps_any or any(plan.unfit.height for plan in plans.values()):
        for part, placed in _split_plans(batch, plans):
            kept = [
                *part.kept,
                *map(told, chain.from_iterable(_list_refused(plans[f], part, placed[f]) for f in placed)),
            ]
            keeper.add(kept)
            for k in kept:
                rejects, reviews = rejects + (k.word == "reject"), reviews + (k.word != "reject")
                # An id that no target can hold is not the one that its entry has; nothing can be found by it.
                refused.setdefault(k.form, []).extend({k.record_id} & {kept_id(k)} - {""})
    names = keeper.close()
    for form in sorted({*plans, *refused}):
        # A batch all of whose records are held back has no plan.
        standing = plans[form].standing[RECORD_ID] if form in plans else pl.Series(RECORD_ID, [], pl.String)

        def name_rows(ids: Collection[str], form: str = form) -> set[str]:
            return _name_source_rows(batch, form, ids)

        close_loaded(form, standing, refused.get(form, ()), names, batch, store, name_rows)
    return rejects, reviews


def _list_refused(plan: FormPlan, part: RowBatch, own: pl.DataFrame) -> list[Kept]:
    """Records of a part refused here, each once, with the first reason."""
    ids = own.filter(pl.col(STATE).is_null())[RECORD_ID]
    if not ids.len():
        return []
    why: dict[str, tuple[str, str]] = {}
    for refused, path, code in plan.unfit.filter(pl.col(RECORD_ID).is_in(ids.implode())).iter_rows():
        why.setdefault(refused, (path, code))
    whole = {r.id: r for r in part.records}
    lacking = [r for r in why if r not in whole]
    tables = part.forms[plan.form].tables
    found = [*(whole[r] for r in why if r in whole), *records_of(plan.form, tables, lacking, part.batch)]
    made = [refused_record(record, why[record.id][1], why[record.id][0]) for record in found]
    return [replace(k, row=part.replays.get(k.record_id, "")) for k in made]


def _name_source_rows(batch: LoadBatch, form: str, ids: Collection[str]) -> set[str]:
    """Names of the source rows of some records."""
    found: set[str] = set()
    wanted = set(ids)
    for part in batch.parts() if wanted else ():
        tables = part.forms[form].tables if form in part.forms else {}
        here = [r for r in tables[form][RECORD_ID] if r in wanted] if tables else []
        found |= {source_row(form, plain) for plain in plain_records(form, tables, here, "")}
    return found


def _receipt(batch: LoadBatch, plans: Mapping[str, FormPlan], kept: tuple[int, int], gone: int, flags: int) -> Receipt:
    empty = pl.DataFrame(schema={RECORD_ID: pl.String, HASH: pl.String})
    hashes = pl.concat([empty, *(p.standing for p in plans.values())])
    if len(plans) > 1:  # a record of one form under the id of another
        hashes = hashes.unique(RECORD_ID, keep="last")
    new, updated = (sum(p.ids(state).len() for p in plans.values()) for state in (NEW, CHANGED))
    rejected, reviewed = kept
    held = batch.held + reviewed
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
        flags=flags,
    )


def content_hash(hashes: pl.DataFrame) -> str:
    """`plain_hash` of the rows (record_id, row_hash) ordered by id, without creating an object for each."""
    rows = hashes.select(RECORD_ID, HASH).sort(RECORD_ID)
    # Such ids are rare; joining texts as below would not spell them as JSON does.
    if rows.select(pl.any_horizontal(pl.all().str.contains(_ESCAPED).any())).item():
        return plain_hash(rows.rows())
    pair = pl.concat_str(pl.lit('["'), RECORD_ID, pl.lit('","'), HASH, pl.lit('"]'))
    texts = (",".join(some.select(pair).to_series()) for some in rows.iter_slices(AT_ONCE))
    between = chain.from_iterable((",", text) for text in texts)
    next(between, None)  # none before the first
    return key_of_pieces(chain("[", between, "]"))
