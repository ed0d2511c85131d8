"""Tables of a legacy system: heads with parts become records, orphan parts wait, other tables are skipped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from digitize.errors import InputError
from digitize.files.systems.bonds import JOINED, REASONS, REPEATED
from digitize.files.systems.delivered import list_tied
from digitize.steps.kept_rows import CHUNK
from digitize.steps.system_chunks import ChunkMade, SystemJob, SystemWork, make_chunks, records_of_row, with_shape
from digitize.steps.system_decisions import Decisions, by_head
from digitize.steps.systems import OpenSystem, OpenSystems, SystemTables
from digitize.workspace.decisions.apply import decisions_hash
from digitize.workspace.decisions.left_over import columns_left, columns_left_in_parts
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, TableUnit
from digitize.workspace.ledger.records import Records, Stored
from digitize.workspace.run_context import RunContext
from mappers.errors import EncodingUnclear, MappingError, TableError
from mappers.mapping.left_rows import count_left
from mappers.mapping.load import FormMapping
from mappers.record import Record


def map_member(
    ledger: Ledger,
    known: RunContext,
    systems: OpenSystems,
    members: SystemTables,
    table: TableUnit,
    keys: tuple[str, str],
    decisions: Decisions,
) -> int:
    """Map one table of a system. Returns the number of new or changed records.

    keys: of the table with all linked tables, and of the table alone; under the second a chunk stays done while nothing
    linked to it changed.
    """
    system, role = members.system, members.role(table)
    if role in ("left", "lookup"):
        detail = {"rows": 0, "records": 0, "system": system.id, "role": role}
        with ledger.writing_leased(table.unit, "map", known.owner):
            # It may have been mapped by itself before its system was described.
            for unit in _units_of(ledger, table):
                Records(ledger).replace_unit(unit, [])
            ledger.finish(table.unit, "map", keys[0], detail, detail)
        return 0
    try:
        opened = systems.open(members)
        return _Table(ledger, known, members, opened, table, keys, decisions).map()
    except (TableError, MappingError, InputError) as e:
        kind = getattr(e, "kind", "no-mapping" if isinstance(e, MappingError) else "unreadable")
        step = "" if isinstance(e, EncodingUnclear) else ". Correct it, and run the same command again."
        message = f"Table {table.unit} ({table.name}), of the system {system.id}: {e}{step}"
        with ledger.writing_leased(table.unit, "map", known.owner):
            ledger.fail(table.unit, "map", keys[0], {"kind": kind, "message": message, "retry": False})
        return 0


def _units_of(ledger: Ledger, table: TableUnit) -> list[str]:
    sql = "SELECT DISTINCT unit FROM records WHERE unit LIKE ? ORDER BY unit"
    return [r["unit"] for r in ledger.rows(sql, (f"{table.unit}:%",))]


class _ChunkDone(NamedTuple):
    """Result of a chunk: its records, reported rows, records written now, rows; reported rows that the
    mapping leaves out.
    """

    records: int
    reported: int
    written: int
    rows: int
    left: int = 0


@dataclass
class _Table:
    """One table of an open system being mapped."""

    ledger: Ledger
    known: RunContext
    members: SystemTables
    opened: OpenSystem
    unit: TableUnit
    keys: tuple[str, str]
    decisions: Decisions
    _settled: list[_ChunkDone] = field(default_factory=list)

    @cached_property
    def work(self) -> SystemWork:
        """Mapping inputs of its chunks, except the record shape."""
        source = self.opened.delivered[self.unit.unit].number
        return _work(self.ledger, self.known, self.members, self.opened, (source, self.unit), self.keys[1])

    def map(self) -> int:
        """Make the chunks that are due, and keep each with its "done" event. Returns how many records were written."""
        settled = self._by_chunk()
        jobs = self._due(settled)
        first = next(jobs, None)
        made = [] if first is None else [
            self._keep(job, made, settled)
            for job, made in make_chunks(self._choose_shape(first), chain((first,), jobs), self.known.workers)
        ]  # fmt: skip
        done = [*self._settled, *made]
        self._finish(done)
        return sum(c.written for c in done)

    @cached_property
    def _chunks(self) -> list[tuple[int, int]]:
        return list(self.opened.store.chunks(self.work.source, CHUNK))

    def _by_chunk(self) -> Mapping[int, Decisions]:
        """Decisions by number of the chunk whose records show them."""
        found: dict[int, dict[str, Mapping[str, object]]] = {}
        placed = by_head(self.opened.store, self.opened.kept.tables, self.decisions) if self.decisions else {}
        for (source, number), rows in placed.items():
            if source == self.work.source:
                at = next(n for n, (_, last) in enumerate(self._chunks, 1) if number <= last)
                found.setdefault(at, {}).update(rows)
        return found  # type: ignore[return-value]

    def _due(self, settled: Mapping[int, Decisions]) -> Iterator[SystemJob]:
        """Chunks to rebuild. If the same rows were mapped to the end before, only those with decisions since then."""
        was = self.ledger.state(self.unit.unit, "map")
        is_same = was is not None and was.is_done and was.detail.get("rows_key") == self._rows_key
        for number, numbers in enumerate(self._chunks, 1):
            now = self.ledger.state(self.work.chunk_unit(number), "map")
            own = settled.get(number, {})
            if is_same and now and now.is_done and now.detail.get("settled", "") == _settled_key(own):
                d = now.detail
                self._settled.append(_ChunkDone(d["records"], d["reported"], 0, d["rows"], d.get("left_rows", 0)))
            else:
                yield SystemJob(number, numbers, now.key if now is not None and now.is_done else "", own)

    @property
    def _rows_key(self) -> str:
        return f"{self.opened.key} {self.keys[1]}"

    def _choose_shape(self, job: SystemJob) -> SystemWork:
        """The work with its shape: that of the records that are there already, if it fits."""
        shape, packs = self.work.find_shape(job.numbers), Records(self.ledger).packs
        before = packs.shape_of_unit(self.work.chunk_unit(job.number))
        if before is not None and set(shape.kinds) <= set(before[1].kinds):
            return with_shape(self.work, *before)
        return with_shape(self.work, packs.add_shape(shape), shape)

    def _keep(self, job: SystemJob, made: ChunkMade, settled: Mapping[int, Decisions]) -> _ChunkDone:
        unit, reported = self.work.chunk_unit(job.number), len(made.reported)
        left = sum(count_left(str(row["why"]) for row in made.reported).values())
        # Only what it was done under last: where decisions come back to what they were, the records are others by now.
        if made.records is None:
            return _ChunkDone(Records(self.ledger).count_unit(unit), reported, 0, made.rows, left)
        count, own = len(made.records), _settled_key(settled.get(job.number, {}))
        detail = {"rows": made.rows, "records": count, "reported": reported, "left_rows": left, **made.captured}
        with self.ledger.writing_leased(self.unit.unit, "map", self.known.owner):
            Records(self.ledger).replace_rows(unit, made.records)
            # A long table takes longer than a lease lasts.
            self.ledger.renew(self.known.owner)
            told = {**detail, **({"settled": own} if own else {})}
            self.ledger.finish(unit, "map", made.key, {"reported": made.reported}, told)
        return _ChunkDone(count, reported, count, made.rows, left)

    def _list_parts(self) -> Iterator[tuple[str, str, FormMapping, list[str]]]:
        """Of a head its delivered parts: names, mapping, and the columns that tie nothing."""
        for part in self.opened.kept.tables if self.work.is_head else ():
            if part.mapping is not None and self.members.system.role(part.name) == "part":
                tied = list_tied(self.members.system, part)
                yield part.name, part.table, part.mapping, [c for c in part.columns if c not in tied]

    def _finish(self, done: Sequence[_ChunkDone]) -> None:
        table, store = self.work.table, self.opened.store
        assert table.mapping is not None
        why = store.states(table.number)
        detail: dict[str, object] = {
            "rows": sum(c.rows for c in done), "records": sum(c.records for c in done),
            "reported": sum(c.reported for c in done), "left_rows": sum(c.left for c in done),
            "chunks": len(done), "damage": list(table.notes),
            "mapping": table.mapping.by, "rows_key": self._rows_key, **columns_left(table.mapping, table.columns),
            **columns_left_in_parts(self._list_parts()),
        }  # fmt: skip
        told = {"repeated": why.get(REPEATED, 0), "gone": store.count_gone(table.number)}
        orphans = {REASONS[state]: n for state, n in sorted(why.items()) if state not in (JOINED, REPEATED)}
        detail |= {"joined": why.get(JOINED, 0), "orphans": orphans, **{name: n for name, n in told.items() if n}}
        with self.ledger.writing_leased(self.unit.unit, "map", self.known.owner):
            self.ledger.finish(self.unit.unit, "map", self.keys[0], detail, detail)


def _settled_key(decisions: Decisions) -> str:
    return decisions_hash(decisions) if decisions else ""


def _work(
    ledger: Ledger, known: RunContext, members: SystemTables, opened: OpenSystem, table: tuple[int, TableUnit], key: str
) -> SystemWork:
    source, unit = table
    sql = "SELECT MIN(at) AS at FROM events WHERE unit = ? AND step = 'map' AND outcome = 'done'"
    mapped = {t.number: ledger.execute(sql, (t.unit,)).fetchone()["at"] for t in opened.kept.tables}
    context = known.context("", unit.batch, unit)
    since = {number: at for number, at in mapped.items() if at}
    return SystemWork(members.system, opened.kept, source, unit.station, context, known.capture, key, since)


def make_again(
    ledger: Ledger, known: RunContext, members: SystemTables, stored: Stored, decisions: Decisions
) -> Record:
    """Rebuild one record of a system under these decisions, from the rows as joined by the last run; nothing is
    written.

    Raises InputError, TableError.
    """
    unit, _, number = stored.record.id.rpartition("-r")
    table = next(t for t in Catalogue(ledger).tables() if t.unit == unit)
    with OpenSystems(ledger, known) as systems:
        opened = systems.open(members, is_last=True)
        if unit not in opened.delivered:
            opened = systems.open_anew(members)
        source = opened.delivered[unit].number
        work = _work(ledger, known, members, opened, (source, table), "")
        row = int(number.partition("+")[0])
        placed = by_head(opened.store, opened.kept.tables, {**_of_parts(ledger, work, row), **decisions})
        records = records_of_row(work, row, placed.get((source, row), {}))
        work.store.close()
    return next((r for r in records if r.id == stored.record.id), records[0])


def _of_parts(ledger: Ledger, work: SystemWork, number: int) -> Decisions:
    """Decisions on parts of a record made while the parts were orphans or belonged to another record."""
    rows = list(work.store.firsts(work.source, (number, number)))
    ids = [row_id for families in work.joining.lots(rows) for f in families[1:] for row_id in f.ids]
    found = {row_id: Records(ledger).decisions(row_id) for row_id in ids}
    return {row_id: cells for row_id, cells in found.items() if cells}
