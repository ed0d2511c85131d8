"""Decide what to do with each record of a batch, from the state of the database; nothing is changed yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from digitize.targets.rows import HASH, KEY_OWNED, RECORD_ID, FormOutline
from digitize.targets.store import Store
from digitize.targets.value_checks import key_columns, typed_key
from mappers.schema import form_tables

STATE = "state_in_target"
NEW, CHANGED, SAME = 0, 1, 2
# Of so many records a database is asked at once, as many as a batch of files has.
AT_ONCE = 50_000


@dataclass
class FormPlan:
    """Plan for the records of one form.

    own: rows of the outline, in order, with STATE: null for refused records. unfit: reasons for refusal.
    """

    form: str
    own: pl.DataFrame
    unfit: pl.DataFrame

    def ids(self, *states: int) -> pl.Series:
        """Records in one of these states."""
        return self.own.filter(pl.col(STATE).is_in(states))[RECORD_ID]

    @property
    def standing(self) -> pl.DataFrame:
        """record_id and row_hash of everything stored afterwards, each once."""
        return self.own.filter(pl.col(STATE).is_not_null()).select(RECORD_ID, HASH)


def gone_records(own: pl.DataFrame, outlines: Mapping[str, FormOutline]) -> dict[str, pl.Series]:
    """Records of earlier loads of a batch that it no longer has, by form."""
    there = [outline.own.select(pl.lit(form).alias("form"), RECORD_ID) for form, outline in outlines.items()]
    lost = own.join(pl.concat(there), on=["form", RECORD_ID], how="anti") if there and own.height else own
    return {str(form): some[RECORD_ID] for (form,), some in sorted(lost.group_by("form"))}


def slices(values: pl.Series) -> Iterator[pl.Series]:
    """Values in slices of the size used for queries."""
    return (values.slice(start, AT_ONCE) for start in range(0, values.len(), AT_ONCE))


def make_plan(
    form: str, outline: FormOutline, store: Store, held_here: pl.Series | None, hindered: pl.DataFrame | None
) -> FormPlan:
    """Plan for the records of a form, for a database inside a transaction.

    held_here: stored records of the batch, if records held by another batch are to move to this one; else None.
    hindered: other records the target is known to refuse, as `FormRows.unfit`.
    """
    unfit = outline.unfit if hindered is None else pl.concat([outline.unfit, hindered])
    sound = _drop_rows(outline.own, unfit[RECORD_ID].unique())
    found = _states(form, sound, store)
    if held_here is not None:
        moves = (pl.col(STATE) == SAME) & ~pl.col(RECORD_ID).is_in(held_here.implode())
        found = found.with_columns(pl.when(moves).then(CHANGED).otherwise(STATE).cast(pl.Int8).alias(STATE))
    owned = _find_owned(form, sound, found, store)
    if owned.len():
        key = form_tables(form)[form].key[-1]
        more = pl.DataFrame({RECORD_ID: owned.sort()}).with_columns(field=pl.lit(key), code=pl.lit(KEY_OWNED))
        unfit = pl.concat([unfit, more])
    unfit = unfit.unique(maintain_order=True)
    stands = sound.select(RECORD_ID).join(found, on=RECORD_ID, how="left").with_columns(pl.col(STATE).fill_null(NEW))
    stands = _drop_rows(stands, owned)
    return FormPlan(form, outline.own.join(stands, on=RECORD_ID, how="left", maintain_order="left"), unfit)


def _states(form: str, sound: pl.DataFrame, store: Store) -> pl.DataFrame:
    """record_id and STATE of those of these records that are stored."""
    made = [pl.DataFrame(schema={RECORD_ID: pl.String, STATE: pl.Int8})]
    for some in sound.select(RECORD_ID, HASH).iter_slices(AT_ONCE):
        held = store.compare_held(form, some)
        states = [SAME if is_same else CHANGED for is_same in held.values()]
        made.append(pl.DataFrame({RECORD_ID: list(held), STATE: states}, schema=made[0].schema))
    return pl.concat(made)


def _find_owned(form: str, sound: pl.DataFrame, found: pl.DataFrame, store: Store) -> pl.Series:
    """Records whose key belongs to another record that does not release it in this batch."""
    table = form_tables(form)[form]
    fresh = _drop_rows(sound, found.filter(pl.col(STATE) == SAME)[RECORD_ID])
    if not fresh.height or not key_columns(table, fresh):
        return pl.Series(RECORD_ID, [], pl.String)
    keys = typed_key(table, fresh)
    owners = [pair for some in keys.iter_slices(AT_ONCE) for pair in store.owners(form, some)]
    given_up = set(found.filter(pl.col(STATE) == CHANGED)[RECORD_ID]) if owners else set()
    owned: set[str] = set()
    # Until nothing changes: a record that is refused keeps its old key, so whoever wanted that is refused as well.
    while more := {asked for asked, owner in owners if owner not in given_up} - owned:
        owned |= more
        given_up -= more
    return pl.Series(RECORD_ID, list(owned), pl.String)


def _drop_rows(frame: pl.DataFrame, ids: pl.Series) -> pl.DataFrame:
    # implode: polars warns of a bare column here, which it could also take row by row.
    return frame.filter(~pl.col(RECORD_ID).is_in(ids.implode())) if ids.len() else frame
