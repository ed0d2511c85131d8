"""Chunks of a table's rows made into packed records, in this process or in parallel workers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain, islice

from digitize.files.mapping.bulk import few_collections
from digitize.machine.placing import Workers, are_many
from digitize.machine.pool import run_jobs
from digitize.machine.shared_payload import pack_payload, unpack_payload
from digitize.steps.kept_rows import KeptRows, is_usable
from digitize.steps.map_pages import GROUP, group_in, station_in
from digitize.workspace.ledger.packs import RecordRow, packed_data
from mappers.binding.bound import FormMapping
from mappers.legacy import LegacyRow, named_cells
from mappers.mapping.apply import Application
from mappers.mapping.load import legacy_sources, map_rows
from mappers.mapping.texts import RecordText, TextMemory, table_texts
from mappers.packed import RecordShape
from mappers.sources.values import MapContext, RowValues

_FEW = 3
"""So many chunks are mapped before workers would have begun."""
_SHAPED_BY = 200
"""So many rows tell what the records of a table have in common."""
Job = tuple[int, KeptRows]


@dataclass(frozen=True)
class TableWork:
    """All that a table's chunks are mapped with; it travels to workers. file: name of the source; unit, name, station:
    of the table; number: of its shape in the ledger.
    """

    mapping: FormMapping
    context: MapContext
    file: str
    unit: str
    name: str
    station: str
    columns: tuple[str, ...]
    number: int = 0
    shape: bytes = b""

    @cached_property
    def packing(self) -> RecordShape:
        """The shape of its records."""
        return RecordShape.from_bytes(self.shape)

    @cached_property
    def applications(self) -> dict[str, Application]:
        """The mapping and its other forms, with their caches of equal cells."""
        return {n: Application(m, self.context) for n, m in {"": self.mapping, **self.mapping.also}.items()}

    @cached_property
    def memory(self) -> TextMemory:
        """Cache: converted values of equal cells."""
        return TextMemory()

    def record_id(self, row: LegacyRow) -> str:
        """The id of a row's first record."""
        return f"{self.unit}-r{row.number:07d}"

    def chunk_unit(self, number: int) -> str:
        """The unit of a chunk."""
        return f"{self.unit}:{number:05d}"

    def values(self, rows: Iterable[LegacyRow]) -> list[RowValues]:
        """Rows as mapping input."""
        return [
            RowValues(self.file, self.name, r.number, named_cells(self.columns, r), self.record_id(r)) for r in rows
        ]

    def shape_of(self, rows: Sequence[LegacyRow]) -> RecordShape:
        """Shared shape of the records of such rows."""
        some = [r for r in rows if is_usable(r)][:_SHAPED_BY]
        return RecordShape.from_records(map_rows(self.mapping, self.values(some), self.context))


def pack_chunk(work: TableWork, job: Job) -> list[RecordRow]:
    """Records of a chunk in the ledger's packed form."""
    number, kept = job
    usable = [r for r in kept.rows() if is_usable(r)]
    if not usable:
        return []
    sources = legacy_sources(work.mapping, work.file, work.name, work.columns, usable)
    ids, numbers = [work.record_id(r) for r in usable], [r.number for r in usable]
    with few_collections():
        texts = table_texts(work.applications, sources, ids, numbers, work.packing, GROUP, work.memory)
        return [_row(work, work.chunk_unit(number), text) for text in texts]


def _row(work: TableWork, unit: str, made: RecordText) -> RecordRow:
    own = hashlib.sha256(made.whole.encode("utf-8")).hexdigest()
    data = packed_data(work.packing, work.number, made.packed)
    station, group = station_in(made.key[GROUP.index("police_station")], work.station), group_in(made.id, made.key)
    return RecordRow(made.id, unit, work.context.batch, station, "", group, made.form, own, data)


def pack_chunks(work: TableWork, jobs: Iterator[Job], workers: Workers) -> Iterator[tuple[Job, list[RecordRow]]]:
    """Records of chunks in any order; use workers if there are enough chunks."""
    first = list(islice(jobs, _FEW)) if are_many(workers) else []
    coming = next(jobs, None)
    if coming is None or not are_many(workers):
        yield from ((job, pack_chunk(work, job)) for job in chain(first, () if coming is None else (coming,), jobs))
        return
    yield from run_jobs(partial(_pack_there, pack_payload(work)), chain(first, (coming,), jobs), workers, _raise_crash)


def _pack_there(work: bytes, job: Job) -> list[RecordRow]:
    return pack_chunk(unpack_payload(work), job)


def _raise_crash(job: Job) -> list[RecordRow]:
    raise RuntimeError(f"mapping chunk {job[0]} crashed its worker twice")
