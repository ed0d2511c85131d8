"""What a database is asked while a batch is taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import polars as pl

from digitize.targets.quarantine_store import Quarantine
from digitize.targets.rows import LoadBatch, RowBatch


class Store(Quarantine, Protocol):
    """What a database must be able to do inside one transaction."""

    def compare_held(self, form: str, asked: pl.DataFrame) -> Mapping[str, bool]:
        """Of records (record_id, row_hash) those that are held, and whether their content is the same."""
        ...

    def owners(self, form: str, keys: pl.DataFrame) -> Sequence[tuple[str, str]]:
        """Of records with their keys those whose key another held record has: (record asked for, that record)."""
        ...

    def list_held(self, batch: str) -> Iterable[tuple[str, str]]:
        """(form, record) of all that is held of a batch."""
        ...

    def retire(self, form: str, records: Sequence[str], batch: LoadBatch, why: str) -> None:
        """Take records out and keep them as old versions. why: "updated" or "withdrawn"."""
        ...

    def remove(self, form: str, records: Sequence[str]) -> None:
        """Take records out, and keep nothing of them."""
        ...

    def expect(self, form: str, coming: pl.DataFrame) -> None:
        """Hear which records of a form will be put in: those columns that `FormOutline` has. All that is retired is out
        by then, nothing is in yet.
        """
        ...

    def insert(self, form: str, tables: Mapping[str, pl.DataFrame], batch: RowBatch) -> None:
        """Put in rows of a part of the batch, the form's own ones first; these have their hash as well."""
        ...

    def flag(self, flags: pl.DataFrame, unchanged: Sequence[str], batch: RowBatch) -> None:
        """Put in flags of records that stand. unchanged: those that stood before, whose earlier flags go."""
        ...
