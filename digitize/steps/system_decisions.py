"""Decisions on rows of a system: found by row wherever it belongs now, and valid while its cell is unchanged."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from digitize.files.systems.delivered import DeliveredTable
from digitize.files.systems.joining import CaseJoiner, Family
from digitize.files.systems.store import KeptRow, RowStore
from digitize.workspace.decisions.apply import OPEN_AGAIN, VALUE, Settled, keep_valid, sign_record
from digitize.workspace.decisions.items import COLUMN, FIELD
from digitize.workspace.ledger.records import Decision
from digitize.workspace.ledger.verdict import CHANGED
from mappers.mapping.load import FormMapping
from mappers.record import Record
from mappers.sources.cells import Sources
from mappers.sources.values import MapContext
from mappers.systems.codes import TypedText

Decisions = Mapping[str, Mapping[str, Decision]]
_SECONDS = len("2026-11-29T10:00:00")
Place = tuple[int, int]


def by_head(store: RowStore, tables: Sequence[DeliveredTable], decisions: Decisions) -> dict[Place, Decisions]:
    """(table, number) of a head or orphan part -> row id -> cell -> decision.

    A decision on a part's cell is found by its row: the part may have been an orphan, been delivered again, or belong
    to another FIR now. The newest decision wins.
    """
    numbers = {t.unit: t.number for t in tables}
    units = {t.number: t for t in tables}
    found: dict[Place, dict[str, dict[str, Decision]]] = {}
    known: dict[tuple[str, str], tuple[Place, str] | None] = {}
    for record, cells in decisions.items():
        row, plus, form = record.partition("+")
        for cell, decision in cells.items():
            kind, _, name = cell.partition(":")
            part, _, column = name.partition("/")
            is_part = kind == COLUMN and column and part.rpartition("-r")[0] in numbers
            at = (part, "") if is_part else (row, plus + form)
            if at not in known:
                known[at] = _find_row(store, numbers, units, at[0])
            placed = known[at]
            if placed is None:
                continue
            own = found.setdefault(placed[0], {}).setdefault(placed[1] + at[1], {})
            cell = f"{COLUMN}:{column}" if is_part else cell
            if cell not in own or own[cell].at <= decision.at:
                own[cell] = decision
    return dict(found)


def _find_row(
    store: RowStore, numbers: Mapping[str, int], tables: Mapping[int, DeliveredTable], row_id: str
) -> tuple[Place, str] | None:
    unit, _, number = row_id.rpartition("-r")
    if unit not in numbers or not number.isdigit():
        return None
    first = store.first_of(numbers[unit], int(number))
    if first is None:
        return None
    row, source, own = first
    place: Place = (source, own)
    while (owner := store.owner_of(row)) is not None:
        row, place = owner, store.place_of(owner)
    return place, tables[source].row_id(own)


def settled_of(mapping: FormMapping, row_id: str, decisions: Decisions) -> Settled:
    """Decisions on the cells of a row, from any of its records."""
    cells: dict[str, Decision] = {}
    for name, form in [("", mapping.form), *((f"+{n}", m.form) for n, m in mapping.also.items())]:
        cells |= keep_valid(decisions.get(row_id + name, {}), form, {}).cells
    return Settled(cells)


def decided_rows(
    joining: CaseJoiner, families: Sequence[Family], decisions: Decisions, mapped: Mapping[int, str]
) -> dict[str, Settled]:
    """Row id -> valid decisions on its cells; if a cell changed since, it is asked again.

    mapped: table number -> first mapping time.
    """
    found: dict[str, Settled] = {}
    rows = {row_id.partition("+")[0] for row_id in decisions}
    for family in families:
        assert family.table.mapping is not None
        for row, row_id in zip(family.rows, family.ids, strict=True):
            if row_id in rows:
                cells = settled_of(family.table.mapping, row_id, decisions).cells
                found[row_id] = Settled({c: _hold_decision(joining, row, c, d, mapped) for c, d in cells.items()})
    return found


def _hold_decision(
    joining: CaseJoiner, row: KeptRow, cell: str, decision: Decision, mapped: Mapping[int, str]
) -> Decision:
    kind, _, name = cell.partition(":")
    if kind != COLUMN or decision.verdict in OPEN_AGAIN:
        return decision
    said = joining.list_cell_versions(row, name)
    if len({text for _, text in said}) < 2:
        return decision
    now = next(text for source, text in reversed(said) if source == row.source)
    if decision.reading == now:
        return decision
    if all(decision.reading != text for _, text in said):
        # What was shown is a piece of the cell: the day tells on which delivery it was decided.
        before = [t for source, t in said if mapped.get(source, "9")[:_SECONDS] <= decision.at[:_SECONDS]]
        if (before or [said[0][1]])[-1] == now:
            return decision
    return replace(decision, verdict=CHANGED)


@dataclass
class Over:
    """Applies decisions to rows of heads and parts before mapping. settled: row id -> decisions."""

    joining: CaseJoiner
    rows: Mapping[str, Settled]
    settled: dict[str, dict[str, Decision]] = field(default_factory=dict)
    stored: dict[str, dict[str, str]] = field(default_factory=dict)
    _heads: Sequence[str] = ()

    def __call__(self, family: Family, sources: Sources) -> Sources:
        """The sources with decided cells in place of stored ones."""
        if not self._heads:
            self._heads = family.ids
        columns: dict[str, list[Hashable | None]] = {}
        for at, name, cell, decision in self._list_decisions(family):
            head = self._heads[family.owners[at]]
            self.settled.setdefault(head, {})[cell] = decision
            if not name or name not in sources.columns:
                continue
            before = sources.columns[name][at]
            raw = sources.cell(name, before).raw if before is not None else ""
            self.stored.setdefault(head, {})[cell] = raw
            if decision.verdict not in OPEN_AGAIN:
                column = columns.setdefault(name, list(sources.columns[name]))
                column[at] = TypedText(decision.value) if decision.verdict == VALUE else ""
        return replace(sources, columns={**sources.columns, **columns}) if columns else sources

    def _list_decisions(self, family: Family) -> Iterator[tuple[int, str, str, Decision]]:
        """(position of the row, its column or "", cell path in the record, decision)."""
        is_head = family.ids is self._heads
        for at, row_id in enumerate(family.ids):
            for cell, decision in (self.rows[row_id].cells if row_id in self.rows else {}).items():
                kind, _, name = cell.partition(":")
                if kind == COLUMN:
                    yield at, name, cell if is_head else f"{COLUMN}:{row_id}/{name}", decision
                elif is_head:
                    yield at, "", cell, decision


def sign(record: Record, over: Over, context: MapContext) -> Record:
    """Add the names of those who settled the cells of a head's record."""
    head = record.id.partition("+")[0]
    cells = over.settled.get(head)
    if not cells:
        return record
    return sign_record(record, of_record(Settled(cells), record.id), {}, context, over.stored.get(head, {}))


def of_record(settled: Settled, record_id: str) -> Settled:
    """Decisions of a row on its cells and on the fields of one of its records."""
    is_of_another = {c for c, d in settled.cells.items() if c.startswith(f"{FIELD}:") and d.record != record_id}
    return Settled({c: d for c, d in settled.cells.items() if c not in is_of_another})
