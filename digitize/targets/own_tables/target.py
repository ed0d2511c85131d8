"""A state's own tables as a target: same batches, receipts and books, with the rows in the state's tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import psycopg

from digitize.errors import OptionsError, TargetRefused
from digitize.targets.apply_batch import apply_batch
from digitize.targets.base import Receipt, Undone
from digitize.targets.comparing import Fold, HeldRecord, RecordGroup, Station
from digitize.targets.from_records import storable
from digitize.targets.kind import Patience
from digitize.targets.own_tables import standing_rows
from digitize.targets.own_tables.book import book_address, layout_key, require_book
from digitize.targets.own_tables.comparing import TableComparison, compare_layout, table_names
from digitize.targets.own_tables.kinds_of_value import ZONE
from digitize.targets.own_tables.laying import Hindrance, ReadyRecord, make_ready
from digitize.targets.own_tables.reading import SLICE, Own, make_own
from digitize.targets.own_tables.store import OwnTablesStore, RecordsRefused
from digitize.targets.postgres.address import DatabaseAddress
from digitize.targets.postgres.loads import begin, find_done, note
from digitize.targets.postgres.locks import lock_stations
from digitize.targets.postgres.target import PostgresTarget, Work
from digitize.targets.rows import HASH, RECORD_ID, LoadBatch
from digitize.targets.to_records import records_of
from digitize.targets.undoing import undo
from digitize.targets.value_checks import REFUSED
from mappers.layouts import TableLayout
from mappers.layouts.back import carried_fields
from mappers.record import Record
from mappers.schema import form_tables

_SHOWN = 8
# So many records are kept laid out until they are written, some 5 kB each; others are laid out once more.
_KEPT = 10_000


@dataclass
class _Told:
    """Information beyond the receipts. gaps, not_carried: "table.column" -> values."""

    gaps: Counter[str] = field(default_factory=Counter)
    not_carried: Counter[str] = field(default_factory=Counter)


class OwnTablesTarget(PostgresTarget):
    """Loads into a state's tables by a layout; our book is in a separate schema."""

    def __init__(
        self, address: DatabaseAddress, patience: Patience | None = None, layout: TableLayout | None = None
    ) -> None:
        """Connect.

        layout: as named; None: that of the book. Raises TargetRefused if the book is missing, altered, or of another
        version or layout.
        """
        self._address, self._patience = book_address(address) if layout else address, patience or Patience()
        self._db: psycopg.Connection[Any] | None = None
        self._was_reached = False
        self._told, self._compared = _Told(), _Told()
        self._read_by: Own | None = None
        made: TableLayout = self.transact(lambda db: require_book(db, self._address, layout))
        self._layout = made

    def compare(self) -> TableComparison:
        """Compare the layout with the existing tables."""
        made: TableComparison = self.transact(lambda db: compare_layout(db, self._layout))
        return made

    def list_remarks(self) -> list[str]:
        """Remarks on loaded batches, beyond their receipts."""
        lines = []
        if self._told.gaps:
            lines.append(
                "No code or row in the state's tables (left empty there, listed in layout_gaps): "
                f"{_list_most_common(self._told.gaps)}."
            )
        if self._told.not_carried:
            lines.append(
                f"Not carried by the layout (stored in our book): {_list_most_common(self._told.not_carried)}."
            )
        return lines

    def take(self, batch: LoadBatch, *, dry_run: bool = False) -> Receipt:
        """See `PostgresTarget.take`; if the state's tables refuse a record, only that record is rejected."""
        receipt, gaps = self.transact(lambda db: self._take(db, batch), dry_run=dry_run)
        if not receipt.repeated:
            self._told.gaps += gaps
            for part in batch.parts():
                for form, rows in part.forms.items():
                    self._told.not_carried += _not_carried(self._layout, form, rows.tables)
        made: Receipt = receipt
        return made

    def take_first(self, form: str, batches: Iterable[LoadBatch]) -> list[Receipt]:
        """Not supported: tables and keys are not ours."""
        raise OptionsError("--first drops and rebuilds keys, which is not allowed in a state's own tables. Omit it.")

    def undo(self, load: str, why: str, *, dry_run: bool = False, force: bool = False) -> Undone:
        """Undo a load in one transaction; see `digitize.targets.undoing.undo`."""
        may_lose = force or dry_run
        done: Undone = self.transact(lambda db: self._undo(db, load, why, force=may_lose), dry_run=dry_run)
        return done

    def find_done(self, load: str, batch: str) -> Receipt | None:
        """See `Target`. Loads by another layout do not count as done."""
        found: Receipt | None = self.transact(lambda db: self._find_receipt(db, load, batch))
        return found

    def versions(self, form: str, records: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        """See `Target`; from the book."""
        query = """SELECT record_id, replace(load_id::text, '-', ''), replace(row_hash::text, '-', '')
                   FROM record_index WHERE form = ? AND record_id = ANY(?)"""
        return {r: (load, content) for r, load, content in self.run(query, [form, storable(records)])}

    def spell_rows(self, form: str, tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
        """See `digitize.targets.comparing.Compares`: rows as they would be stored in the state's tables."""
        own: Own = self.transact(self._own_to_read)
        self._compared.not_carried += _not_carried(self._layout, form, tables)
        return standing_rows.laid_tables(form, tables, own, self._compared.gaps)

    def present(self, form: str) -> list[tuple[RecordGroup, str, int]]:
        """See `Compares`."""
        found: list[tuple[RecordGroup, str, int]] = self.transact(lambda db: standing_rows.present(db, form))
        return found

    def folds(self, form: str, stations: Sequence[Station]) -> dict[RecordGroup, Fold]:
        """See `Compares`."""
        work: Work = lambda db: standing_rows.folds(db, self._own_to_read(db), form, stations)  # noqa: E731  # typed so
        found: dict[RecordGroup, Fold] = self.transact(work)
        return found

    def standing(
        self, form: str, groups: Sequence[RecordGroup], take: Callable[[list[HeldRecord]], object], at_once: int
    ) -> None:
        """See `Compares`."""
        self.transact(lambda db: standing_rows.standing(db, self._own_to_read(db), form, groups, take, at_once))

    def left_out(self) -> list[str]:
        """See `digitize.targets.comparing.LeavesOut`."""
        lines = []
        if self._compared.gaps:
            lines.append(
                "Compared as empty, because the state's tables have no code or row for it: "
                f"{_list_most_common(self._compared.gaps)}."
            )
        if self._compared.not_carried:
            lines.append(
                f"Not compared, because the layout does not carry it: {_list_most_common(self._compared.not_carried)}."
            )
        return lines

    def read_back(self, form: str) -> Iterator[dict[str, list[dict[str, Any]]]]:
        """Our records read back from the state's tables as flat rows, some records at a time."""
        last = ""
        while True:
            work: Work = lambda db: standing_rows.flat_rows(db, self._own_to_read(db), form, last)  # noqa: B023, E731  # done before it changes
            ids, rows = self.transact(work)
            if not ids:
                return
            yield rows
            last = ids[-1]

    def transact(self, work: Work, *, dry_run: bool = False) -> Any:
        """See `PostgresTarget.transact`; with fixed value formats, and a search path for the state's triggers."""

        def run_prepared(db: psycopg.Connection[Any]) -> Any:
            # Days would be spelled as the server's settings have it.
            db.execute("SELECT set_config('datestyle', 'ISO, YMD', true), set_config('timezone', %s, true)", (ZONE,))
            return work(db)

        return super().transact(run_prepared, dry_run=dry_run)

    def _compare_layout(self, db: psycopg.Connection[Any]) -> Own:
        """Compare the layout with the present tables. Raises TargetRefused if it no longer fits."""
        compared = compare_layout(db, self._layout)
        if compared.problems:
            more = f" and {len(compared.problems) - 3} more" if len(compared.problems) > 3 else ""
            raise TargetRefused(
                f"{self.name}: the state's tables do not fit the layout: {'; '.join(compared.problems[:3])}{more}. "
                "See: digitize target check URL --layout FILE. Nothing was changed."
            )
        _let_triggers_find(db, self._address, self._layout)
        return make_own(self._layout, compared)

    def _own_to_read(self, db: psycopg.Connection[Any]) -> Own:
        """The same, cached: there are thousands of stations, and reading does no harm."""
        self._read_by = self._read_by or self._compare_layout(db)
        return self._read_by

    def _find_receipt(self, db: psycopg.Connection[Any], load: str, batch: str) -> Receipt | None:
        query = "SELECT source ->> 'layout' FROM loads WHERE load_id = %s"
        row = db.execute(query, (load,)).fetchone()
        return find_done(db, load, batch) if row and row[0] == layout_key(self._layout) else None

    def _take(self, db: psycopg.Connection[Any], batch: LoadBatch) -> tuple[Receipt, Counter[str]]:
        lock_stations(db, batch)
        if done := self._find_receipt(db, batch.id, batch.batch):
            return done, Counter()
        own = self._compare_layout(db)
        # Without its call: by that a load is found again without a look at the layout.
        source = {name: value for name, value in batch.source.items() if name != "call"}
        begin(db, batch, {**source, "layout": own.key})
        known, reasons = _ready(db, own, batch)
        # Each time round at least one more record is out; nearly always there are no more than two.
        while True:
            try:
                with db.transaction():
                    store = OwnTablesStore(db, own, reasons, known)
                    receipt = apply_batch(batch, store, store.locate_refusal, _unfit(reasons))
                    store.finish()
                    break
            except RecordsRefused as e:
                reasons |= e.refused
        note(db, batch, receipt)
        return receipt, store.gaps

    def _undo(self, db: psycopg.Connection[Any], load: str, why: str, *, force: bool) -> Undone:
        store = OwnTablesStore(db, self._compare_layout(db))
        try:
            done = undo(store, self.name, load, why, force=force)
            store.finish()
        except RecordsRefused as e:
            reasons = "; ".join(sorted({h.where for h in e.refused.values()})[:3])
            raise TargetRefused(
                f"{self.name}: the state's tables refuse {len(e.refused)} earlier versions that would be restored "
                f"({reasons}). Nothing was changed."
            ) from None
        return done


def _let_triggers_find(db: psycopg.Connection[Any], address: DatabaseAddress, layout: TableLayout) -> None:
    """Append the state's schemas to the search path: a trigger may name its tables without a schema."""
    usual = db.execute("SELECT reset_val FROM pg_settings WHERE name = 'search_path'").fetchone()
    theirs = [f'"{s}"' for s in sorted({s for s, _ in table_names(layout).values()})]
    path = ", ".join([f'"{address.schema}"', *theirs, *([usual[0]] if usual and usual[0] else []), "pg_temp"])
    db.execute("SELECT set_config('search_path', %s, true)", (path,))


def _ready(
    db: psycopg.Connection[Any], own: Own, batch: LoadBatch
) -> tuple[dict[tuple[str, str], ReadyRecord], dict[tuple[str, str], Hindrance]]:
    """Lay out the first records of a batch; returns hindrances by form and id, without unchanged records."""
    found: dict[tuple[str, str], ReadyRecord] = {}
    reasons: dict[tuple[str, str], Hindrance] = {}
    bad = {form: set(outline.unfit[RECORD_ID]) for form, outline in batch.outlines.items()}
    for part in batch.parts():
        for form, rows in part.forms.items():
            frame = rows.tables[form]
            held = OwnTablesStore(db, own).compare_held(form, frame.select(RECORD_ID, HASH).unique(RECORD_ID))
            asked = [r for r in frame[RECORD_ID].unique(maintain_order=True) if r not in bad[form] and not held.get(r)]
            for record in _in_slices(form, rows.tables, asked, batch.batch):
                ready = make_ready(record, own)
                if ready.hindrances:
                    reasons[form, record.id] = ready.hindrances[0]
                elif len(found) < _KEPT:
                    found[form, record.id] = ready
    return found, reasons


def _in_slices(form: str, tables: Mapping[str, pl.DataFrame], ids: Sequence[str], batch: str) -> Iterator[Record]:
    for start in range(0, len(ids), SLICE):
        yield from records_of(form, tables, ids[start : start + SLICE], batch)


def _unfit(reasons: Mapping[tuple[str, str], Hindrance]) -> dict[str, pl.DataFrame]:
    """Hindered records, by form, as in `FormRows.unfit`."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for (form, record), why in reasons.items():
        key = form_tables(form)[form].key
        found.setdefault(form, []).append((record, why.path or (key[-1] if key else RECORD_ID), why.code))
    return {form: pl.DataFrame(rows, schema=dict(REFUSED), orient="row") for form, rows in found.items()}


def _not_carried(layout: TableLayout, form: str, tables: Mapping[str, pl.DataFrame]) -> Counter[str]:
    """Non-empty fields without a column in the layout."""
    found: Counter[str] = Counter()
    carried = carried_fields(layout, form)
    for name, frame in tables.items():
        for column in form_tables(form)[name].columns:
            if column.name in frame.columns and column.name not in carried.get(name, ()) and not column.roman_of:
                found[f"{name}.{column.name}"] += frame.height - frame[column.name].null_count()
    return +found


def _list_most_common(counts: Counter[str]) -> str:
    shown = ", ".join(f"{name} {n}" for name, n in counts.most_common(_SHOWN))
    return shown + (f" and {len(counts) - _SHOWN} more" if len(counts) > _SHOWN else "")
