"""One legacy table: rows in chunks, each chunk's records and "done" event in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from types import MappingProxyType
from typing import Any, NamedTuple

from digitize.errors import InputError
from digitize.machine.work_keys import work_key
from digitize.steps.kept_rows import KeptRows, is_usable, kept_chunks
from digitize.steps.map_pages import group_of, station_of
from digitize.steps.table_chunks import Job, TableWork, pack_chunks
from digitize.workspace.capture_choice import capture_counts
from digitize.workspace.decisions.apply import Settled, apply_to_row, keep_valid, sign_record, stored_texts
from digitize.workspace.decisions.items import FIELD
from digitize.workspace.decisions.left_over import columns_left
from digitize.workspace.intake.store import how_to_read
from digitize.workspace.intake.tables import open_guarded
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, TableUnit
from digitize.workspace.ledger.packs import RecordRow, packed_data
from digitize.workspace.ledger.records import Decision, Records, Stored, record_hash
from digitize.workspace.run_context import RunContext
from mappers.errors import EncodingUnclear, MappingError, TableError
from mappers.legacy import LegacyRow, LegacyTable, named_cells
from mappers.mapping.load import FormMapping, map_rows
from mappers.record import Record
from mappers.schema.capture import capture
from mappers.sources.values import MapContext, RowValues

_NEXT = "Draft a mapping (digitize map new) into mappings/ of the workspace, or correct the table."
Decisions = Mapping[str, Mapping[str, Decision]]


def map_table(ledger: Ledger, known: RunContext, table: TableUnit, key: str, decisions: Decisions) -> int:
    """Map all chunks of a table that are not done under this key. Returns how many records are new or changed.

    Every row ends as a record, or several of different forms, or is reported with its number.
    """
    try:
        mapping, legacy = known.mapping_for_table(_open(ledger, known, table))
        # Read to the end before the first row is mapped: later rows may be in another font than the mapping says.
        with kept_chunks(legacy.rows, known.place.folder) as kept:
            chunks = list(_map_chunks(ledger, known, _Table(table, legacy, mapping, key), kept, decisions))
    except (TableError, MappingError, InputError) as e:
        kind = getattr(e, "kind", "no-mapping" if isinstance(e, MappingError) else "unreadable")
        step = "" if isinstance(e, EncodingUnclear) else f". {_NEXT}"
        message = f"Table {table.unit} ({table.name}): {e}{step}"
        with ledger.writing_leased(table.unit, "map", known.owner):
            ledger.fail(table.unit, "map", key, {"kind": kind, "message": message, "retry": False})
        return 0
    records, reported = sum(c.records for c in chunks), sum(c.reported for c in chunks)
    detail = {
        "rows": sum(c.rows for c in chunks), "records": records, "reported": reported, "chunks": len(chunks),
        "left_rows": sum(c.left for c in chunks),
        "damage": list(legacy.notes), "mapping": mapping.by, **columns_left(mapping, legacy.columns),
    }  # fmt: skip
    with ledger.writing_leased(table.unit, "map", known.owner):
        ledger.finish(table.unit, "map", key, detail, detail)
    return sum(c.written for c in chunks)


@dataclass(frozen=True)
class _Table:
    """One table being mapped. key: of the work on the whole table."""

    table: TableUnit
    legacy: LegacyTable
    mapping: FormMapping
    key: str


class _ChunkDone(NamedTuple):
    """Result of a chunk: its records, reported rows, records written now, rows; reported rows that the mapping leaves
    out.
    """

    records: int
    reported: int
    written: int
    rows: int
    left: int = 0


def _map_chunks(
    ledger: Ledger, known: RunContext, table: _Table, kept: Iterator[KeptRows], decisions: Decisions
) -> Iterator[_ChunkDone]:
    """Map the chunks that are not done; chunks with decisions are mapped here as records.

    A run killed in a long table resumes at the first unfinished chunks.
    """
    first = next(kept, None)
    if first is None:
        return
    work = _work(ledger, known, table, first.rows())
    settled = {int(row_of(record).rpartition("-r")[2]) for record in decisions}
    others: list[_ChunkDone] = []

    def due() -> Iterator[Job]:
        for number, rows in enumerate(chain((first,), kept), start=1):
            done = _done_before(ledger, table, work, number, rows)
            if done is not None:
                others.append(done)
            elif known.capture or settled and any(r.number in settled for r in rows.rows()):
                others.append(
                    _keep(ledger, known, table, (number, rows), _map_by_record(known, work, (number, rows), decisions))
                )
            else:
                yield number, rows

    for job, records in pack_chunks(work, due(), known.workers):
        yield _keep(ledger, known, table, job, _Made(work.chunk_unit(job[0]), records))
    yield from others


class _Made(NamedTuple):
    """Records of a chunk, and the capture counts for its event."""

    unit: str
    records: list[RecordRow]
    captured: Mapping[str, Any] = MappingProxyType({})


def _work(ledger: Ledger, known: RunContext, table: _Table, first: list[LegacyRow]) -> TableWork:
    """Mapping inputs of the chunks; the shape of existing records is reused if it fits."""
    context = known.context("", table.table.batch, table.table)
    of_table = (_file_name(ledger, table.table), table.table.unit, table.table.name, table.table.station)
    work = TableWork(table.mapping, context, *of_table, tuple(table.legacy.columns))
    shape, packs = work.shape_of(first), Records(ledger).packs
    before = packs.shape_of_unit(work.chunk_unit(1))
    if before is not None and set(shape.kinds) <= set(before[1].kinds):
        number, shape = before
    else:
        number = packs.add_shape(shape)
    return replace(work, number=number, shape=shape.to_bytes())


def _done_before(ledger: Ledger, table: _Table, work: TableWork, number: int, rows: KeptRows) -> _ChunkDone | None:
    # Only what it was done under last: where decisions come back to what they were, the records are others meanwhile.
    unit = work.chunk_unit(number)
    now = ledger.state(unit, "map")
    if now is None or not now.is_done_under(_chunk_key(table, number)):
        return None
    return _ChunkDone(Records(ledger).count_unit(unit), len(rows.left), 0, rows.total, rows.count_left())


def _chunk_key(table: _Table, number: int) -> str:
    return work_key("chunk", table.key, str(number))


def _list_left_rows(rows: KeptRows) -> list[dict[str, object]]:
    return [{"row": r.number, "why": r.problem or "deleted in the old system"} for r in rows.left]


def _map_by_record(known: RunContext, work: TableWork, job: Job, decisions: Decisions) -> _Made:
    """A chunk mapped record by record."""
    unit, values = work.chunk_unit(job[0]), work.values(r for r in job[1].rows() if is_usable(r))
    records = map_decided(known, work.mapping, values, work.context, decisions)
    return _Made(unit, [_row(r, work, unit) for r in records], capture_counts(records, known.capture))


def _row(record: Record, work: TableWork, unit: str) -> RecordRow:
    data = packed_data(work.packing, work.number, work.packing.text(record))
    station, group = station_of(record, work.station), group_of(record)
    return RecordRow(record.id, unit, record.batch, station, "", group, record.form, record_hash(record), data)


def _keep(ledger: Ledger, known: RunContext, table: _Table, job: Job, made: _Made) -> _ChunkDone:
    number, rows = job
    reported, count = _list_left_rows(rows), len(made.records)
    detail = {"rows": rows.total, "records": count, "reported": len(reported), **made.captured}
    with ledger.writing_leased(table.table.unit, "map", known.owner):
        Records(ledger).replace_rows(made.unit, made.records)
        # A long table takes longer than a lease lasts.
        ledger.renew(known.owner)
        ledger.finish(made.unit, "map", _chunk_key(table, number), {"reported": reported}, detail)
    return _ChunkDone(count, len(reported), count, rows.total, rows.count_left())


def map_decided(
    known: RunContext, mapping: FormMapping, rows: list[RowValues], context: MapContext, decisions: Decisions
) -> list[Record]:
    """Map rows to records under people's decisions; a decision on a cell applies to every form the row gives."""
    own = {r.record_id: settled_of(mapping, r.record_id, decisions) for r in rows}
    decided = [apply_to_row(r, own[r.record_id]) if own[r.record_id].cells else r for r in rows]
    records = map_rows(mapping, decided, context)
    stored = {r.record_id: stored_texts(mapping, r, own[r.record_id]) for r in rows if own[r.record_id].cells}
    signed = (
        sign_record(r, _of_record(own[of], r.id), {}, context, stored[of]) if (of := row_of(r.id)) in stored else r
        for r in records
    )
    return [capture(r, known.capture) for r in signed]


def row_of(record_id: str) -> str:
    """The id of a row's first record; those of its other forms are "ROW+NAME"."""
    return record_id.partition("+")[0]


def settled_of(
    mapping: FormMapping, record_id: str, decisions: Decisions, source_of: Mapping[str, str] = MappingProxyType({})
) -> Settled:
    """Decisions on the cells of a row, from any of its records.

    source_of: cell -> hash of its source today, if it may have changed.
    """
    cells: dict[str, Decision] = {}
    for name, form in [("", mapping.form), *((f"+{n}", m.form) for n, m in mapping.also.items())]:
        cells |= keep_valid(decisions.get(record_id + name, {}), form, source_of).cells
    return Settled(cells)


def _of_record(settled: Settled, record_id: str) -> Settled:
    """Decisions of a row on its cells and on the fields of one of its records."""
    is_of_another = {c for c, d in settled.cells.items() if c.startswith(f"{FIELD}:") and d.record != record_id}
    return Settled({c: d for c, d in settled.cells.items() if c not in is_of_another})


def make_again(ledger: Ledger, known: RunContext, stored: Stored, decisions: Decisions) -> Record:
    """Rebuild one record of a table under these decisions; nothing is written. Raises InputError, TableError."""
    unit, _, number = stored.record.id.rpartition("-r")
    table = next(t for t in Catalogue(ledger).tables() if t.unit == unit)
    mapping, legacy = known.mapping_for_table(_open(ledger, known, table))
    row = next(r for r in legacy.rows if r.number == int(row_of(number)))
    cells = named_cells(legacy.columns, row)
    values = RowValues(_file_name(ledger, table), table.name, row.number, cells, row_of(stored.record.id))
    records = map_decided(known, mapping, [values], known.context("", table.batch, table), decisions)
    # Under these decisions the row may make that form no more: its first record shows what becomes of it.
    return next((r for r in records if r.id == stored.record.id), records[0])


def _file_name(ledger: Ledger, table: TableUnit) -> str:
    source = Catalogue(ledger).source(table.sha256)
    return source.name if source else ""


def _open(ledger: Ledger, known: RunContext, table: TableUnit) -> LegacyTable:
    source = Catalogue(ledger).source(table.sha256)
    assert source is not None
    path = known.place.original(source.sha256, source.suffix, source.linked)
    if not path.is_file():
        raise InputError(f"{path.name} no longer exists. Give the file to intake again.")
    return open_guarded(path, table.idx, how_to_read(path))
