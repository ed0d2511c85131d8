"""One legacy table: its rows in chunks, each chunk's records and "done" event in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from digitize.errors import InputError
from digitize.machine.work_keys import work_key
from digitize.steps.kept_rows import kept_chunks
from digitize.steps.map_pages import group_of, station_of
from digitize.workspace.capturing import capture_counts
from digitize.workspace.decisions.apply import Settled, over_row, sign_record, still_hold, stored_texts
from digitize.workspace.decisions.items import FIELD
from digitize.workspace.decisions.left_over import columns_left
from digitize.workspace.intake.store import how_to_read
from digitize.workspace.intake.tables import open_guarded
from digitize.workspace.known import Known
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, TableUnit
from digitize.workspace.ledger.records import Decision, Records, Stored, record_hash
from mappers.errors import EncodingUnclear, MappingError, TableError
from mappers.legacy import LegacyRow, LegacyTable, named_cells
from mappers.mapping.load import FormMapping, map_rows
from mappers.record import Record
from mappers.schema.capture import capture
from mappers.sources.values import MapContext, RowValues

Decisions = Mapping[str, Mapping[str, Decision]]


def map_table(ledger: Ledger, known: Known, table: TableUnit, key: str, decisions: Decisions) -> int:
    """Map all chunks of a table that are not done under this key. Returns how many records are new or changed.

    Every row ends as a record, or several of different forms, or is reported with its number.
    """
    try:
        mapping, legacy = known.mapping_for_table(_open(ledger, known, table))
        # Read to the end before the first row is mapped: later rows may be in another font than the mapping says.
        with kept_chunks(legacy.rows, known.place.folder) as kept:
            chunks = [_map_chunk(ledger, known, _Chunk(table, legacy, mapping, n, rows), decisions, key)
                      for n, rows in enumerate(kept, start=1)]  # fmt: skip
    except (TableError, MappingError, InputError) as e:
        kind = getattr(e, "kind", "no-mapping" if isinstance(e, MappingError) else "unreadable")
        step = "" if isinstance(e, EncodingUnclear) else ". Put a mapping file into the workspace, or mend the table."
        message = f"Table {table.unit} ({table.name}): {e}{step}"
        ledger.fail(table.unit, "map", key, {"kind": kind, "message": message, "retry": False})
        return 0
    records, reported = sum(c[0] for c in chunks), sum(c[1] for c in chunks)
    detail = {
        "rows": sum(c[3] for c in chunks), "records": records, "reported": reported, "chunks": len(chunks),
        "damage": list(legacy.notes), "mapping": mapping.by, **columns_left(mapping, legacy.columns),
    }  # fmt: skip
    ledger.finish(table.unit, "map", key, detail, detail)
    return sum(c[2] for c in chunks)


class _Chunk:
    """One chunk of a table on its way."""

    def __init__(
        self, table: TableUnit, legacy: LegacyTable, mapping: FormMapping, number: int, rows: list[LegacyRow]
    ) -> None:
        self.table, self.legacy, self.mapping, self.number, self.rows = table, legacy, mapping, number, rows
        self.unit = f"{table.unit}:{number:05d}"

    def usable(self) -> list[LegacyRow]:
        return [r for r in self.rows if not r.deleted and not r.problem]

    def reported(self) -> list[dict[str, object]]:
        return [
            {"row": r.number, "why": r.problem or "deleted in the old system"}
            for r in self.rows
            if r.deleted or r.problem
        ]

    def record_id(self, row: LegacyRow) -> str:
        return f"{self.table.unit}-r{row.number:07d}"


def _map_chunk(
    ledger: Ledger, known: Known, chunk: _Chunk, decisions: Decisions, table_key: str
) -> tuple[int, int, int, int]:
    """(records, rows reported, records written now, rows)."""
    usable, reported = chunk.usable(), chunk.reported()
    key = work_key("chunk", table_key, str(chunk.number))
    # A run that was killed in the middle of a long table goes on at the first chunk that is not done.
    # Only what it was done under last: where decisions come back to what they were, the records are others meanwhile.
    now = ledger.state(chunk.unit, "map")
    if now is not None and now.is_done_under(key):
        return Records(ledger).count_unit(chunk.unit), len(reported), 0, len(chunk.rows)
    file = _file_name(ledger, chunk.table)
    columns = chunk.legacy.columns
    rows = [RowValues(file, chunk.table.name, r.number, named_cells(columns, r), chunk.record_id(r)) for r in usable]
    records = map_decided(known, chunk.mapping, rows, known.context("", chunk.table.batch, chunk.table), decisions)
    stored = [_store(r, chunk) for r in records]
    captured = capture_counts(records, known.capture)
    detail = {"rows": len(chunk.rows), "records": len(stored), "reported": len(reported), **captured}
    with ledger.writing():
        Records(ledger).replace_unit(chunk.unit, stored)
        ledger.finish(chunk.unit, "map", key, {"reported": reported}, detail)
    return len(stored), len(reported), len(stored), len(chunk.rows)


def map_decided(
    known: Known, mapping: FormMapping, rows: list[RowValues], context: MapContext, decisions: Decisions
) -> list[Record]:
    """Rows to records under people's decisions; a decision on a cell holds for all forms that its row makes."""
    own = {r.record_id: settled_of(mapping, r.record_id, decisions) for r in rows}
    decided = [over_row(r, own[r.record_id]) if own[r.record_id].cells else r for r in rows]
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
    """What people settled for the cells of a row, in whichever of its records they were asked.

    source_of: cell -> hash of what it lies on today, where that may have changed.
    """
    cells: dict[str, Decision] = {}
    for name, form in [("", mapping.form), *((f"+{n}", m.form) for n, m in mapping.also.items())]:
        cells |= still_hold(decisions.get(record_id + name, {}), form, source_of).cells
    return Settled(cells)


def _of_record(settled: Settled, record_id: str) -> Settled:
    """Of a row's decisions, those on its cells and on the fields of one of its records."""
    is_of_another = {c for c, d in settled.cells.items() if c.startswith(f"{FIELD}:") and d.record != record_id}
    return Settled({c: d for c, d in settled.cells.items() if c not in is_of_another})


def make_again(ledger: Ledger, known: Known, stored: Stored, decisions: Decisions) -> Record:
    """One record of a table made anew under these decisions; nothing is written. Raises InputError, TableError."""
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


def _store(record: Record, chunk: _Chunk) -> Stored:
    station = station_of(record, chunk.table.station)
    return Stored(record, chunk.unit, group_of(record), station, "", record_hash(record))


def _open(ledger: Ledger, known: Known, table: TableUnit) -> LegacyTable:
    source = Catalogue(ledger).source(table.sha256)
    assert source is not None
    path = known.place.original(source.sha256, source.suffix, source.linked)
    if not path.is_file():
        raise InputError(f"{path.name} is not there any more. Take the file in again.")
    return open_guarded(path, table.idx, how_to_read(path))
