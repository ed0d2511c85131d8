"""Tables of an old system: heads with their parts become records, parts without a head wait, others are left."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from digitize.errors import InputError
from digitize.files.systems.bonds import JOINED, REASONS, REPEATED
from digitize.files.systems.delivered import Delivered, tie_of
from digitize.files.systems.joining import Family
from digitize.files.systems.store import KeptRow
from digitize.machine.work_keys import work_key
from digitize.steps.kept_rows import CHUNK
from digitize.steps.map_table import Decisions, map_decided, row_of, settled_of
from digitize.steps.system_chunks import SystemChunk, keep_chunk, of_record
from digitize.steps.systems import OpenSystem, OpenSystems, SystemTables
from digitize.workspace.decisions.apply import VALUE, Settled, decisions_hash, sign_record
from digitize.workspace.decisions.items import COLUMN
from digitize.workspace.decisions.left_over import columns_left
from digitize.workspace.known import Known
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, TableUnit
from digitize.workspace.ledger.records import Records, Stored
from digitize.workspace.ledger.verdict import REOPENED
from mappers.errors import EncodingUnclear, MappingError, TableError
from mappers.legacy import LegacyRow, named_cells
from mappers.mapping.load import FormMapping, records_of
from mappers.record import FieldValue, Origin, Record
from mappers.schema import form_tables
from mappers.schema.capture import capture
from mappers.sources.cells import Sources
from mappers.sources.values import RowValues
from mappers.systems.codes import TypedText
from mappers.systems.keys import cell_text
from mappers.systems.system import System

_KEY = "legacy_key"


def map_member(
    ledger: Ledger, known: Known, systems: OpenSystems, members: SystemTables, table: TableUnit, keys: tuple[str, str],
    decisions: Decisions,
) -> int:  # fmt: skip
    """Map one table of a system. keys: of the table with all that it is tied to, and of it alone, under which a chunk
    stays done while nothing that it is tied to changed. Returns how many records are new or changed.
    """
    system, role = members.system, members.role(table)
    if role in ("left", "lookup"):
        detail = {"rows": 0, "records": 0, "system": system.id, "role": role}
        with ledger.writing():
            # It may have been mapped by itself before its system was described.
            for unit in _units_of(ledger, table):
                Records(ledger).replace_unit(unit, [])
            ledger.finish(table.unit, "map", keys[0], detail, detail)
        return 0
    try:
        opened = systems.open(members)
        work = _Work(ledger, known, members.system, opened, opened.delivered[table.unit], table, keys[1], decisions)
        return work.heads(keys[0]) if role == "head" else work.orphans(keys[0])
    except (TableError, MappingError, InputError) as e:
        kind = getattr(e, "kind", "no-mapping" if isinstance(e, MappingError) else "unreadable")
        step = "" if isinstance(e, EncodingUnclear) else ". Mend it, and run the same command again."
        message = f"Table {table.unit} ({table.name}), of the system {system.id}: {e}{step}"
        ledger.fail(table.unit, "map", keys[0], {"kind": kind, "message": message, "retry": False})
        return 0


def _units_of(ledger: Ledger, table: TableUnit) -> list[str]:
    sql = "SELECT DISTINCT unit FROM records WHERE unit LIKE ? ORDER BY unit"
    return [r["unit"] for r in ledger.rows(sql, (f"{table.unit}:%",))]


@dataclass(frozen=True)
class _Work:
    """One table of an open system on its way to records."""

    ledger: Ledger
    known: Known
    system: System
    opened: OpenSystem
    table: Delivered
    unit: TableUnit
    key: str
    decisions: Decisions

    @property
    def mapping(self) -> FormMapping:
        assert self.table.mapping is not None
        return self.table.mapping

    def chunks(self) -> Iterator[tuple[int, list[KeptRow]]]:
        rows, number = self.opened.store.of_source(self.table.number), 0
        while chunk := list(islice(rows, CHUNK)):
            number += 1
            yield number, chunk

    def heads(self, key: str) -> int:
        """The records of a head's rows with their parts; a chunk of which nothing changed is not made again."""
        done = []
        for number, rows in self.chunks():
            good = [r for r in rows if not r.problem]
            families = self.opened.joining.families(self.table, good) if good else []
            digest = self.opened.joining.digest(families) if families else ""
            ids = [row_id for _, row_id, _ in _part_ids(families[1:])]
            waited = {i: self.decisions[i] for i in ids if i in self.decisions}
            chunk = SystemChunk(self.unit, number, len(rows), _reported(rows))
            chunk_key = work_key("chunk", self.key, str(number), digest, decisions_hash(waited))
            done.append(keep_chunk(self.ledger, self.known, chunk, chunk_key, partial(self._records, families)))
        return self._finish(key, done, {})

    def orphans(self, key: str) -> int:
        """The rows of a part that belong to no record: they wait as they are until their head is delivered."""
        done, why = [], self.opened.store.states(self.table.number)
        for number, rows in self.chunks():
            states = self.opened.store.state_of(self.table.number, [r.number for r in rows])
            left = [r for r in rows if r.problem or states.get(r.number) not in (JOINED, REPEATED)]
            chunk = SystemChunk(self.unit, number, len(left), _reported(left))
            chunk_key = work_key("chunk", self.key, str(number), *(str(r.number) for r in left))
            done.append(keep_chunk(self.ledger, self.known, chunk, chunk_key, partial(self._waiting, left)))
        told = {REASONS[state]: n for state, n in sorted(why.items()) if state not in (JOINED, REPEATED)}
        more = {"joined": why.get(JOINED, 0), "repeated": why.get(REPEATED, 0), "orphans": told}
        return self._finish(key, done, more)

    def _finish(self, key: str, done: Sequence[tuple[int, int, int, int]], more: Mapping[str, object]) -> int:
        detail = {
            "rows": sum(c[3] for c in done), "records": sum(c[0] for c in done), "reported": sum(c[1] for c in done),
            "chunks": len(done), "damage": list(self.table.notes), "mapping": self.mapping.by, **more,
            **columns_left(self.mapping, self.table.columns),
        }  # fmt: skip
        self.ledger.finish(self.unit.unit, "map", key, detail, detail)
        return sum(c[2] for c in done)

    def _waiting(self, left: Sequence[KeptRow]) -> list[Record]:
        columns, told = self.table.columns, (self.table.file, self.unit.name)
        good = ((r, LegacyRow(r.number, -1, r.cells)) for r in left if not r.problem)
        rows = [RowValues(*told, r.number, named_cells(columns, row), self.table.row_id(r.number)) for r, row in good]
        context = self.known.context("", self.unit.batch, self.unit)
        records = map_decided(self.known, self.mapping, rows, context, self.decisions)
        cells = {r.record_id: r.cells for r in rows}
        return [self._with_key(r, cells[row_of(r.id)]) for r in records]

    def _with_key(self, record: Record, cells: Mapping[str, bytes | str]) -> Record:
        """The key of a part that waits, as a field of its own: by it a person looks for the head."""
        if _KEY in record.fields or _KEY not in form_tables(record.form)[record.form].by_name:
            return record
        tie = tie_of(self.system, self.table.name)
        names = [c for c in self.table.columns if tie and c.casefold() in {k.casefold() for k in tie.key}]
        text = "/".join(filter(None, (cell_text(cells.get(n)) for n in names)))
        origin = Origin(file=self.table.file, table=self.table.table, column=" ".join(names))
        value = FieldValue(text, text or None, origin=origin, by=self.mapping.by, blank=not text)
        return replace(record, fields={**record.fields, _KEY: value})

    def _records(self, families: Sequence[Family]) -> list[Record]:
        """What a chunk of heads becomes under people's decisions, on cells of the heads and of their parts."""
        if not families:
            return []
        context = self.known.context("", self.unit.batch, self.unit)
        numbers = [r.number for r in families[0].rows]
        ids = [self.table.row_id(n) for n in numbers]
        own = [settled_of(self.mapping, i, self.decisions) for i in ids]
        over = _Decided(self._with_parts(own, families[1:]), self.table)
        made = self.opened.joining.map(families, context, over)
        records = records_of(made, ids, numbers, context)
        settled = dict(zip(ids, over.settled, strict=True))
        signed = (
            sign_record(r, of_record(settled[of], r.id), {}, context, over.stored.get(of, {}))
            if settled[of := row_of(r.id)].cells else r
            for r in records
        )  # fmt: skip
        return [capture(r, self.known.capture) for r in signed]

    def _with_parts(self, own: list[Settled], parts: Sequence[Family]) -> list[Settled]:
        """Also what was settled for a part while it waited for its head."""
        for table, row_id, owner in _part_ids(parts):
            before = self.decisions.get(row_id)
            if before and table.mapping is not None:
                settled = settled_of(table.mapping, row_id, self.decisions).cells
                cells = {f"{COLUMN}:{row_id}/{c.partition(':')[2]}": d for c, d in settled.items()
                         if c.startswith(f"{COLUMN}:")}  # fmt: skip
                own[owner] = Settled({**cells, **own[owner].cells})
        return own

    def one(self, number: int) -> list[Record]:
        """The records of one row of the head."""
        row = next(r for r in self.opened.store.of_source(self.table.number) if r.number == number)
        return self._records(self.opened.joining.families(self.table, [row]))


class _Decided:
    """What people settled for the cells of heads and parts, put over the rows before they are mapped."""

    def __init__(self, settled: Sequence[Settled], head: Delivered) -> None:
        self.settled, self._head = settled, head
        self.stored: dict[str, dict[str, str]] = {}
        self._heads: Sequence[KeptRow] = ()

    def __call__(self, table: Delivered, rows: Sequence[KeptRow], owners: Sequence[int], sources: Sources) -> Sources:
        """The sources with decided cells in place of stored ones."""
        if table is self._head:
            self._heads = rows
        columns: dict[str, list[Hashable | None]] = {}
        for at, owner in enumerate(owners):
            part = "" if table is self._head else f"{table.row_id(rows[at].number)}/"
            for cell, decision in self.settled[owner].cells.items():
                kind, _, place = cell.partition(":")
                name = place.removeprefix(part)
                if kind != COLUMN or not place.startswith(part) or name not in sources.columns:
                    continue
                before = sources.columns[name][at]
                record = self._head.row_id(self._heads[owner].number)
                raw = sources.cell(name, before).raw if before is not None else ""
                self.stored.setdefault(record, {})[cell] = raw
                if decision.verdict != REOPENED:
                    column = columns.setdefault(name, list(sources.columns[name]))
                    column[at] = TypedText(decision.value) if decision.verdict == VALUE else ""
        return replace(sources, columns={**sources.columns, **columns}) if columns else sources


def _part_ids(parts: Sequence[Family]) -> Iterator[tuple[Delivered, str, int]]:
    """Of the rows of parts: (their table, their id, the place of their head)."""
    for family in parts:
        for row, owner in zip(family.rows, family.owners, strict=True):
            yield family.table, family.table.row_id(row.number), owner


def make_again(ledger: Ledger, known: Known, members: SystemTables, stored: Stored, decisions: Decisions) -> Record:
    """One record of a system made anew under these decisions; nothing is written. Raises InputError, TableError."""
    unit, _, number = stored.record.id.rpartition("-r")
    table = next(t for t in Catalogue(ledger).tables() if t.unit == unit)
    with OpenSystems(ledger, known) as systems:
        opened = systems.open(members)
        work = _Work(ledger, known, members.system, opened, opened.delivered[unit], table, "", decisions)
        records = work.one(int(row_of(number)))
    return next((r for r in records if r.id == stored.record.id), records[0])


def _reported(rows: Sequence[KeptRow]) -> list[dict[str, object]]:
    return [{"row": r.number, "why": r.problem} for r in rows if r.problem]
