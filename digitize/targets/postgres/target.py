"""A PostgreSQL database as a target: one transaction per batch, retried after transient errors."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import polars as pl
import psycopg

from digitize.targets.apply_batch import apply_batch
from digitize.targets.base import Load, Receipt, Statement, Undone
from digitize.targets.comparing import Fold, HeldRecord, RecordGroup, Station
from digitize.targets.from_records import as_batch, storable
from digitize.targets.kind import Patience
from digitize.targets.postgres import compare
from digitize.targets.postgres.address import DatabaseAddress
from digitize.targets.postgres.connect import NotReached, connect, is_passing, refusal, use
from digitize.targets.postgres.first_load import take_first
from digitize.targets.postgres.loads import begin, find_done, note
from digitize.targets.postgres.locks import lock_stations
from digitize.targets.postgres.state import require_current
from digitize.targets.postgres.store import PostgresStore
from digitize.targets.rows import LoadBatch
from digitize.targets.undoing import undo

log = logging.getLogger(__name__)
# Six tries wait some 24 seconds in all. Each pause is longer than the one before and partly chance, so that two loads
# that stood in each other's way do not meet again.
_FIRST_PAUSE, _FACTOR = 0.2, 3.0
Work = Callable[[psycopg.Connection[Any]], Any]


class PostgresTarget:
    """Loads into the tables created by `digitize target init`."""

    def __init__(self, address: DatabaseAddress, patience: Patience | None = None) -> None:
        """Connect. Raises TargetRefused if the tables are missing, altered, or of another version."""
        self._address, self._patience = address, patience or Patience()
        self._db: psycopg.Connection[Any] | None = None
        self._was_reached = False
        self.transact(lambda db: require_current(db, address))

    @property
    def name(self) -> str:
        """Name for people and receipts."""
        return self._address.name

    def close(self) -> None:
        """Close the connection."""
        if self._db is not None:
            with suppress(psycopg.Error):
                self._db.close()
            self._db = None

    def load(self, load: Load, *, dry_run: bool = False) -> Receipt:
        """Load a batch of records; see `take`."""
        return self.take(as_batch(load), dry_run=dry_run)

    def take(self, batch: LoadBatch, *, dry_run: bool = False) -> Receipt:
        """Load a batch in one transaction; a load committed before is recognised and not repeated.

        dry_run: report the result, and change nothing. Raises TargetRefused, and then nothing was changed.
        """
        made: Receipt = self.transact(lambda db: _take(db, batch), dry_run=dry_run)
        return made

    def take_first(self, form: str, batches: Iterable[LoadBatch]) -> list[Receipt]:
        """Load the first batches of a form in one transaction; keys and indexes are built after the rows.

        The role must own the tables. Raises TargetRefused, and then nothing was changed; it is not retried.
        """
        try:
            db = self._connect()
            with db.transaction():
                # 0 is no limit: making a key takes one statement over all rows.
                use(db, self._address, replace(self._patience, statement_seconds=0))
                return take_first(db, self._address, form, batches)
        except psycopg.Error as e:
            self._forget_lost()
            raise refusal(e, self._address) from None

    def undo(self, load: str, why: str, *, dry_run: bool = False, force: bool = False) -> Undone:
        """Undo a load in one transaction; see `digitize.targets.undoing.undo`."""

        def work(db: psycopg.Connection[Any]) -> Undone:
            return undo(PostgresStore(db), self.name, load, why, force=force or dry_run)

        done: Undone = self.transact(work, dry_run=dry_run)
        return done

    def spell_rows(self, form: str, tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
        """See `Compares`."""
        return compare.spell_rows(form, tables)

    def present(self, form: str) -> list[tuple[RecordGroup, str, int]]:
        """See `Compares`."""
        found: list[tuple[RecordGroup, str, int]] = self.transact(lambda db: compare.present(db, form))
        return found

    def folds(self, form: str, stations: Sequence[Station]) -> dict[RecordGroup, Fold]:
        """See `Compares`."""
        found: dict[RecordGroup, Fold] = self.transact(lambda db: compare.folds(db, form, stations))
        return found

    def standing(
        self, form: str, groups: Sequence[RecordGroup], take: Callable[[list[HeldRecord]], object], at_once: int
    ) -> None:
        """See `Compares`."""
        self.transact(lambda db: compare.standing(db, form, groups, take, at_once))

    def find_done(self, load: str, batch: str) -> Receipt | None:
        """See `Target`."""
        found: Receipt | None = self.transact(lambda db: find_done(db, load, batch))
        return found

    def versions(self, form: str, records: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        """See `Target`."""
        what = "record_id, replace(load_id::text, '-', ''), replace(row_hash::text, '-', '')"
        query = f"SELECT {what} FROM {form} WHERE record_id {PostgresStore.among}"
        return {r: (load, content) for r, load, content in self.run(query, [storable(records)])}

    def run(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Rows of one statement in its own transaction; ? is a placeholder for a value."""
        rows: list[tuple[Any, ...]] = self.transact(lambda db: PostgresStore(db).rows(query, values))
        return rows

    def run_all(self, statements: Iterable[Statement]) -> None:
        """Run statements in one transaction: all or none."""
        self.transact(lambda db: [PostgresStore(db).rows(query, values) for query, values in statements])

    def transact(self, work: Work, *, dry_run: bool = False) -> Any:
        """Run work in one transaction, with retries within the patience; returns its result.

        work may run several times, but is committed only once. Raises TargetRefused.
        """
        for attempt in range(1, self._patience.tries + 1):
            try:
                db = self._connect()
                with db.transaction(force_rollback=dry_run):
                    use(db, self._address, self._patience)
                    return work(db)
            except psycopg.Error as e:
                self._forget_lost()
                if attempt == self._patience.tries or not is_passing(e):
                    raise refusal(e, self._address) from None
                log.info("target: %s, retrying (%d)", e.sqlstate or type(e).__name__, attempt)
            except NotReached as e:
                # After a loss whatever hinders may pass. At first only what says so: a wrong name stays wrong.
                if attempt >= min(self._patience.tries, self._patience.tries if self._was_reached else e.first_tries):
                    raise
                log.warning("%s does not answer (yet); retrying (%d)", self.name, attempt)
            time.sleep(_FIRST_PAUSE * _FACTOR ** (attempt - 1) * random.uniform(0.5, 1.5))
        raise AssertionError("the last try returns or raises")

    def _connect(self) -> psycopg.Connection[Any]:
        if self._db is None:
            self._db = connect(self._address)
            self._was_reached = True
        return self._db

    def _forget_lost(self) -> None:
        if self._db is not None and (self._db.closed or self._db.broken):
            self.close()


def _take(db: psycopg.Connection[Any], batch: LoadBatch) -> Receipt:
    lock_stations(db, batch)
    # Asked under the lock: a commit whose answer was lost on the way is recognised here.
    if done := find_done(db, batch.id, batch.batch):
        return done
    begin(db, batch)
    receipt = apply_batch(batch, PostgresStore(db))
    note(db, batch, receipt)
    return receipt
