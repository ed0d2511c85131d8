"""Chunks of a system's tables made into packed records, in this process or in parallel workers.

A worker reads rows from the system's own file and returns what the ledger stores.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, partial
from itertools import chain, islice
from typing import Any, NamedTuple

from digitize.files.mapping.bulk import few_collections
from digitize.files.systems.bonds import JOINED
from digitize.files.systems.delivered import DeliveredTable, tie_of
from digitize.files.systems.joining import CaseJoiner, Family
from digitize.files.systems.store import KeptRow, RowStore
from digitize.machine.placing import Workers, are_many
from digitize.machine.pool import run_jobs
from digitize.machine.shared_payload import pack_payload, unpack_payload
from digitize.machine.work_keys import work_key
from digitize.steps.map_pages import GROUP, group_in, group_of, station_in, station_of
from digitize.steps.system_decisions import Decisions, Over, decided_rows, sign
from digitize.steps.system_rows import KeptSystem
from digitize.workspace.capture_choice import capture_counts
from digitize.workspace.decisions.apply import decisions_hash
from digitize.workspace.ledger.packs import RecordRow, packed_data
from digitize.workspace.ledger.records import record_hash
from mappers.mapping.load import records_of
from mappers.mapping.mapped import Mapped
from mappers.mapping.texts import TextMemory, mapped_texts
from mappers.packed import RecordShape
from mappers.record import FieldValue, Origin, Record
from mappers.schema import form_tables
from mappers.schema.capture import CaptureChoice, capture
from mappers.sources.values import MapContext
from mappers.systems.keys import cell_text
from mappers.systems.system import System

_FEW = 3
"""So many chunks are mapped before workers would have begun."""
_SHAPED_BY = 200
"""So many heads tell what the records of a system have in common."""
_KEY = "legacy_key"


class SystemJob(NamedTuple):
    """A chunk to build. numbers: first and last row; before: key under which it was last done, "" if none; decisions:
    on its rows and their parts.
    """

    number: int
    numbers: tuple[int, int]
    before: str
    decisions: Decisions


class ChunkMade(NamedTuple):
    """Result of a chunk. rows: their number; reported: rows that give nothing; records: None if done before under that
    key; captured: capture counts for the event.
    """

    key: str
    rows: int
    reported: list[dict[str, object]]
    records: list[RecordRow] | None
    captured: Mapping[str, Any]


@dataclass(frozen=True)
class SystemWork:
    """Mapping inputs of one table of a system; sent to workers.

    source: number of the table; station: from intake metadata; key: of the work, without rows and decisions; mapped:
    table number -> first mapping time; number: of the shape in the ledger.
    """

    system: System
    kept: KeptSystem
    source: int
    station: str
    context: MapContext
    capture: CaptureChoice
    key: str
    mapped: Mapping[int, str] = field(default_factory=dict)
    number: int = 0
    shape: bytes = b""

    def __getstate__(self) -> dict[str, Any]:
        """Pickled state, without the open file."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @cached_property
    def store(self) -> RowStore:
        """The rows of the system."""
        return RowStore.read(self.kept.path)

    @cached_property
    def joining(self) -> CaseJoiner:
        """The system with its cache of equal cells."""
        return CaseJoiner(self.store, self.system, self.kept.tables)

    @cached_property
    def packing(self) -> RecordShape:
        """The shape of its records."""
        return RecordShape.from_bytes(self.shape)

    @cached_property
    def memory(self) -> TextMemory:
        """Cache: converted values of equal cells of its heads."""
        return TextMemory()

    @cached_property
    def tables(self) -> Mapping[int, DeliveredTable]:
        """The tables by number."""
        return {t.number: t for t in self.kept.tables}

    @property
    def table(self) -> DeliveredTable:
        """The table of the chunks."""
        return self.tables[self.source]

    @property
    def is_head(self) -> bool:
        """Whether its rows become records of their own."""
        return self.table.name == self.system.heads[0]

    def chunk_unit(self, number: int) -> str:
        """The unit of a chunk."""
        return f"{self.table.unit}:{number:05d}"

    def rows_of(self, numbers: tuple[int, int]) -> list[KeptRow]:
        """The rows of a chunk that no earlier delivery has; of a part those that belong to no record."""
        rows = list(self.store.firsts(self.source, numbers))
        if self.is_head:
            return rows
        states = self.store.state_of(self.source, [r.first[1] for r in rows])
        return [r for r in rows if r.problem or states.get(r.first[1]) != JOINED]

    def find_shape(self, numbers: tuple[int, int]) -> RecordShape:
        """Shared shape of the records of such a chunk."""
        some = [r for r in self.rows_of(numbers) if not r.problem][:_SHAPED_BY]
        return RecordShape.from_records(_records(self, some, {}) if some else [])


def make_chunk(work: SystemWork, job: SystemJob) -> ChunkMade:
    """The records of a chunk, unless it was done under the same key before."""
    rows = work.rows_of(job.numbers)
    good = [r for r in rows if not r.problem]
    lots = work.joining.lots(good) if work.is_head else [[family] for family in work.joining.iter_unjoined(good)]
    digest = work.joining.digest(lots)
    key = work_key("chunk", work.key, str(job.number), digest, decisions_hash(job.decisions))
    reported: list[dict[str, object]] = [{"row": r.number, "why": r.problem} for r in rows if r.problem]
    if key == job.before:
        return ChunkMade(key, len(rows), reported, None, {})
    unit = work.chunk_unit(job.number)
    with few_collections():
        if work.is_head and not work.capture and not job.decisions:
            packed = [row for families in lots for row in _pack_families(work, unit, families)]
            return ChunkMade(key, len(rows), reported, packed, {})
        records = _records(work, good, job.decisions) if good else []
        made = [_row(work, unit, r) for r in records]
        return ChunkMade(key, len(rows), reported, made, capture_counts(records, work.capture))


def records_of_row(work: SystemWork, number: int, decisions: Decisions) -> list[Record]:
    """Records of one head row under decisions on the row and its parts."""
    rows = [r for r in work.store.firsts(work.source, (number, number)) if not r.problem]
    return _records(work, rows, decisions) if rows else []


def _pack_families(work: SystemWork, unit: str, families: Sequence[Family]) -> Iterator[RecordRow]:
    made = work.joining.map(families, work.context)
    ids, numbers = families[0].ids, [r.number for r in families[0].rows]
    for text in mapped_texts(made, work.context.batch, ids, numbers, work.packing, GROUP, work.memory):
        own = hashlib.sha256(text.whole.encode("utf-8")).hexdigest()
        data = packed_data(work.packing, work.number, text.packed)
        station = station_in(text.key[GROUP.index("police_station")], work.station)
        group = group_in(text.id, text.key)
        yield RecordRow(text.id, unit, work.context.batch, station, "", group, text.form, own, data)


def _records(work: SystemWork, rows: Sequence[KeptRow], decisions: Decisions) -> list[Record]:
    if not work.is_head:
        records = waiting(work.joining, work.system, rows, decisions, work.context, work.mapped)
        return [capture(r, work.capture) for r in records]
    made = [r for families in work.joining.lots(rows) for r in _of_heads(work, families, decisions)]
    return [capture(r, work.capture) for r in made]


def _of_heads(work: SystemWork, families: Sequence[Family], decisions: Decisions) -> Iterator[Record]:
    over = Over(work.joining, decided_rows(work.joining, families, decisions, work.mapped))
    made: Mapping[str, Mapped] = work.joining.map(families, work.context, over)
    numbers = [r.number for r in families[0].rows]
    for record in records_of(made, families[0].ids, numbers, work.context):
        yield sign(record, over, work.context)


def _row(work: SystemWork, unit: str, record: Record) -> RecordRow:
    data = packed_data(work.packing, work.number, work.packing.text(record))
    station, group = station_of(record, work.station), group_of(record)
    return RecordRow(record.id, unit, record.batch, station, "", group, record.form, record_hash(record), data)


def make_chunks(work: SystemWork, jobs: Iterator[SystemJob], workers: Workers) -> Iterator[tuple[SystemJob, ChunkMade]]:
    """Build chunks in any order; use workers if there are enough chunks."""
    first = list(islice(jobs, _FEW)) if are_many(workers) else []
    coming = next(jobs, None)
    if coming is None or not are_many(workers):
        yield from ((job, make_chunk(work, job)) for job in chain(first, () if coming is None else (coming,), jobs))
        return
    yield from run_jobs(partial(_make_there, pack_payload(work)), chain(first, (coming,), jobs), workers, _raise_crash)


def _make_there(work: bytes, job: SystemJob) -> ChunkMade:
    return make_chunk(unpack_payload(work), job)


def _raise_crash(job: SystemJob) -> ChunkMade:
    raise RuntimeError(f"mapping chunk {job.number} crashed its worker twice")


def with_shape(work: SystemWork, number: int, shape: RecordShape) -> SystemWork:
    """The work with the shape of its records."""
    return replace(work, number=number, shape=shape.to_bytes())


def waiting(
    joining: CaseJoiner, system: System, rows: Sequence[KeptRow], decisions: Decisions, context: MapContext,
    mapped: Mapping[int, str],
) -> Iterator[Record]:  # fmt: skip
    """The records of rows of a part that wait. mapped: number of a table -> when it was mapped first."""
    for family in joining.iter_unjoined(rows):
        over = Over(joining, decided_rows(joining, [family], decisions, mapped))
        numbers = [r.number for r in family.rows]
        made = records_of(joining.map([family], context, over), family.ids, numbers, context)
        cells = dict(zip(family.ids, (r.cells for r in family.rows), strict=True))
        for record in made:
            signed = sign(record, over, context)
            yield _with_key(signed, family.table, system, cells[record.id.partition("+")[0]])


def _with_key(record: Record, table: DeliveredTable, system: System, cells: Sequence[bytes | str]) -> Record:
    """Key of an orphan part as a field, by which a person finds its head."""
    if _KEY in record.fields or _KEY not in form_tables(record.form)[record.form].by_name:
        return record
    tie = tie_of(system, table.name)
    wanted = {k.casefold() for k in tie.key} if tie else set()
    places = [at for at, c in enumerate(table.columns) if c.casefold() in wanted]
    text = "/".join(filter(None, (cell_text(cells[at]) for at in places if at < len(cells))))
    names = " ".join(table.columns[at] for at in places)
    assert table.mapping is not None
    origin = Origin(file=table.file, table=table.table, column=names)
    value = FieldValue(text, text or None, origin=origin, by=table.mapping.by, blank=not text)
    return replace(record, fields={**record.fields, _KEY: value})
