"""What a target is asked: take a whole batch or nothing, and say what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from digitize.targets.rows import LoadBatch
    from mappers.record import Record
    from validators.finding import Finding

Statement = tuple[str, Sequence[object]]
"""A statement of this program, with ? for every value, and the values."""


@dataclass(frozen=True, slots=True)
class Load:
    """One batch on its way into a target.

    id: made from the content, so that the same load twice is recognised. clean: records to hold. rejects: records
    refused by a rule, with their findings. held: how many wait for a person and are not loaded. noted: what the rules
    say of clean ones. source: see `digitize.targets.rows.RowBatch`. replays: of a replay, record -> its source row.
    """

    id: str
    batch: str
    clean: Sequence[Record]
    rejects: Sequence[tuple[Record, Sequence[Finding]]]
    held: int
    noted: Sequence[Finding] = ()
    source: Mapping[str, object] = field(default_factory=dict)
    replays: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a load: read = inserted + updated + unchanged + rejected + held.

    withdrawn: records that an earlier load of the batch held and this one does not. content: hash of all rows that the
    target now holds of this batch. repeated: the target had committed this very load before. flags: how many notes of
    the rules stand beside its records.
    """

    load: str
    batch: str
    read: int
    inserted: int
    updated: int
    unchanged: int
    rejected: int
    held: int
    withdrawn: int
    content: str
    repeated: bool = False
    flags: int = 0


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of a load that was taken back.

    removed: records taken out; restored: versions that stand again; shared: batches loaded later that had found records
    as before, which may be among them. Their files bring these again.
    """

    load: str
    batch: str
    removed: int
    restored: int
    shared: tuple[str, ...] = ()


class Target(Protocol):
    """A place that records are loaded into."""

    @property
    def name(self) -> str:
        """The target for people and receipts, without a password."""
        ...

    def load(self, load: Load, *, dry_run: bool = False) -> Receipt:
        """Take a batch of records in one transaction. Raises TargetRefused, and then nothing was changed."""
        ...

    def take(self, batch: LoadBatch, *, dry_run: bool = False) -> Receipt:
        """Take a batch of rows, as `load` does."""
        ...

    def find_done(self, load: str, batch: str) -> Receipt | None:
        """The receipt of a load that was committed before, is the newest of its batch, and is not undone, nor was one
        whose records it may have found there.
        """
        ...

    def undo(self, load: str, why: str, *, dry_run: bool = False) -> Undone:
        """Take back a load; raises TargetRefused where later ones built on it."""
        ...

    def versions(self, form: str, records: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        """Of these records those that stand: record -> the load that wrote it, and the hash of its content."""
        ...

    def run(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Rows of one statement in a transaction of its own; ? stands for a value."""
        ...

    def run_all(self, statements: Iterable[Statement]) -> None:
        """Run statements in one transaction: all of them or none. They may be gone through more than once."""
        ...

    def close(self) -> None:
        """Give the connection back."""
        ...
