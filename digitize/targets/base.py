"""Protocol of a target: load a whole batch or nothing, and report the result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from digitize.targets.rows import LoadBatch
    from mappers.record import Record
    from validators.finding import Finding

Statement = tuple[str, Sequence[object]]
"""An internal statement, with ? for every value, and the values."""


@dataclass(frozen=True, slots=True)
class Load:
    """One batch to load.

    id: made from the content, so that a repeated load is recognised. clean: records to store. rejects: records refused
    by a rule, with findings. held: number waiting for review, not loaded. noted: notes of rules on clean records.
    source: see `digitize.targets.rows.RowBatch`. replays: for a replay, record -> its source row.
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
    """Result of a load: read = inserted + updated + unchanged + rejected + held.

    withdrawn: records of an earlier load of the batch that are missing now. content: hash of all rows now stored for
    this batch. repeated: this load was already committed. flags: number of rule notes on its records.
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
class HandChanges:
    """Records of a load that are no longer as it wrote them.

    changed, removed, added: ids. removed_count, added_count: of all, also where nothing is left that names them.
    uncompared: how many could not be compared, because numbers were rounded or an upgrade changed them.
    """

    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed_count: int = 0
    added_count: int = 0
    uncompared: int = 0

    @property
    def count(self) -> int:
        """How many records were changed, removed or added."""
        return len(self.changed) + self.removed_count + self.added_count

    def describe(self) -> str:
        """The counts, for people."""
        counts = (len(self.changed), "changed"), (self.removed_count, "removed"), (self.added_count, "added")
        return ", ".join(f"{n} {what}" for n, what in counts if n)


@dataclass(frozen=True, slots=True)
class Undone:
    """Result of an undo.

    removed: deleted records; restored: versions restored; shared: later batches that found records unchanged which may
    be among the deleted ones. Loading their files again restores these. by_hand: records that were no longer as the
    load wrote them.
    """

    load: str
    batch: str
    removed: int
    restored: int
    shared: tuple[str, ...] = ()
    by_hand: HandChanges = field(default_factory=HandChanges)


class Target(Protocol):
    """A place into which records are loaded."""

    @property
    def name(self) -> str:
        """Name for people and receipts, without a password."""
        ...

    def load(self, load: Load, *, dry_run: bool = False) -> Receipt:
        """Load a batch of records in one transaction. Raises TargetRefused, and then nothing was changed."""
        ...

    def take(self, batch: LoadBatch, *, dry_run: bool = False) -> Receipt:
        """Load a batch of rows, like `load`."""
        ...

    def find_done(self, load: str, batch: str) -> Receipt | None:
        """Receipt of a committed load that is the newest of its batch, not undone, and does not depend on an undone
        one.
        """
        ...

    def undo(self, load: str, why: str, *, dry_run: bool = False, force: bool = False) -> Undone:
        """Undo a load.

        Raises TargetRefused if later loads depend on it, or, unless forced, if people changed its records by hand.
        """
        ...

    def versions(self, form: str, records: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        """Which of these records exist: record -> the load that wrote it, and its content hash."""
        ...

    def run(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Rows of one statement in its own transaction; ? is a placeholder for a value."""
        ...

    def run_all(self, statements: Iterable[Statement]) -> None:
        """Run statements in one transaction, all or none. They may be iterated more than once."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...
