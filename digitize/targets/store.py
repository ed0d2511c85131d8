"""Operations needed from a database during a load."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import polars as pl

from digitize.targets.quarantine_store import Quarantine
from digitize.targets.rows import LoadBatch, RowBatch


class Store(Quarantine, Protocol):
    """Operations of a database inside one transaction."""

    def compare_held(self, form: str, asked: pl.DataFrame) -> Mapping[str, bool]:
        """Of records (record_id, row_hash) those that are stored, and whether their content is equal."""
        ...

    def owners(self, form: str, keys: pl.DataFrame) -> Sequence[tuple[str, str]]:
        """Of records with keys those whose key another stored record has: (record, that record)."""
        ...

    def list_held(self, batch: str) -> Iterable[tuple[str, str]]:
        """(form, record) of everything stored for a batch."""
        ...

    def retire(self, form: str, records: Sequence[str], batch: LoadBatch, why: str) -> None:
        """Remove records and keep them as old versions. why: "updated" or "withdrawn"."""
        ...

    def remove(self, form: str, records: Sequence[str]) -> None:
        """Delete records without keeping a version."""
        ...

    def expect(self, form: str, coming: pl.DataFrame) -> None:
        """Announce records of a form that will be inserted, with columns as in `FormOutline`.

        All retired records are removed by then, and none is inserted yet.
        """
        ...

    def insert(self, form: str, tables: Mapping[str, pl.DataFrame], batch: RowBatch) -> None:
        """Insert rows of a part of the batch, the form's own ones first; these include their hash."""
        ...

    def flag(self, flags: pl.DataFrame, unchanged: Sequence[str], batch: RowBatch) -> None:
        """Insert flags of stored records. unchanged: records stored before, whose earlier flags are deleted."""
        ...
