"""Checked records of a workspace batch in the form a target takes, in parts, of any number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from itertools import count, islice
from pathlib import Path

from digitize.targets.base import Load
from digitize.targets.batch_parts import join_parts
from digitize.targets.from_records import as_batch
from digitize.targets.rows import LoadBatch, RowBatch
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Records, Stored

# Some 22 kB each while they are records. What most offices deliver at once is one part, and waits nowhere.
PART = 5_000


def batch_to_load(
    ledger: Ledger,
    batch: str,
    key: str,
    folder: Path,
    source: Mapping[str, object] | None = None,
    *,
    clean_only: bool = False,
    size: int = PART,
) -> AbstractContextManager[LoadBatch]:
    """A batch of a workspace, as a context manager. key: id of the load. source: see `LoadBatch`.

    folder: on whose disk a batch of more than `size` records is spilled. clean_only: without records that are not
    loaded. Memory: one part, and less than 1 kB for each other record. Raises DiskFull, and LedgerError if another
    program changed one of the records.
    """
    return join_parts(_parts(ledger, batch, key, source or {}, clean_only, size), folder)


def _parts(
    ledger: Ledger, batch: str, key: str, source: Mapping[str, object], clean_only: bool, size: int
) -> Iterator[RowBatch]:
    records = Records(ledger)
    coming = records.of_batch(batch)
    # At least one, though a batch may have lost all of its records: the target is to lose them, too.
    for number in count():
        some = list(islice(coming, size))
        if number and not some:
            return
        # A verdict that was changed behind the rules' back would be loaded without a word.
        ledger.require_intact("records", (s.record.id for s in some))
        part = as_batch(_load(records, key, batch, some, source, clean_only))
        some.clear()
        yield part
        del part  # or two of them are in memory while the next is made


def _load(
    records: Records, key: str, batch: str, some: list[Stored], source: Mapping[str, object], clean_only: bool
) -> Load:
    clean, rejects, noted, held = [], [], [], 0
    for s in some:
        if s.verdict == "clean":
            clean.append(s.record)
            noted += records.findings(s.record.id)
        elif clean_only:
            continue
        elif s.verdict == "reject":
            rejects.append((s.record, records.findings(s.record.id)))
        else:
            held += 1
    return Load(key, batch, clean, rejects, held, noted, source)
