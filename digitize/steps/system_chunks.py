"""Chunks of a table that belongs to a system: what is kept of them, and which of people's decisions are theirs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from digitize.steps.map_pages import group_of, station_of
from digitize.workspace.capturing import capture_counts
from digitize.workspace.decisions.apply import Settled
from digitize.workspace.decisions.items import FIELD
from digitize.workspace.known import Known
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import TableUnit
from digitize.workspace.ledger.records import Records, Stored, record_hash
from mappers.record import Record


@dataclass(frozen=True, slots=True)
class SystemChunk:
    """Some rows of a table. rows: how many; reported: those of which nothing is made, each with its reason."""

    table: TableUnit
    number: int
    rows: int
    reported: Sequence[dict[str, object]]

    @property
    def unit(self) -> str:
        """Its unit in the ledger."""
        return f"{self.table.unit}:{self.number:05d}"


def keep_chunk(
    ledger: Ledger, known: Known, chunk: SystemChunk, key: str, make: Callable[[], list[Record]]
) -> tuple[int, int, int, int]:
    """A chunk's records, made and written with its "done" event unless that is done: (records, rows reported, records
    written now, rows).
    """
    reported = len(chunk.reported)
    # Only what it was done under last: where decisions come back to what they were, the records are others meanwhile.
    now = ledger.state(chunk.unit, "map")
    if now is not None and now.is_done_under(key):
        return Records(ledger).count_unit(chunk.unit), reported, 0, chunk.rows
    records = make()
    stored = [_stored(r, chunk) for r in records]
    captured = capture_counts(records, known.capture)
    detail = {"rows": chunk.rows, "records": len(stored), "reported": reported, **captured}
    with ledger.writing():
        Records(ledger).replace_unit(chunk.unit, stored)
        ledger.finish(chunk.unit, "map", key, {"reported": list(chunk.reported)}, detail)
    return len(stored), reported, len(stored), chunk.rows


def _stored(record: Record, chunk: SystemChunk) -> Stored:
    station = station_of(record, chunk.table.station)
    return Stored(record, chunk.unit, group_of(record), station, "", record_hash(record))


def of_record(settled: Settled, record_id: str) -> Settled:
    """Of a row's decisions, those on its cells and on the fields of one of its records."""
    is_of_another = {c for c, d in settled.cells.items() if c.startswith(f"{FIELD}:") and d.record != record_id}
    return Settled({c: d for c, d in settled.cells.items() if c not in is_of_another})
