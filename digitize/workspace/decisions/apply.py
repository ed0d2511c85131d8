"""Apply people's decisions over machine readings before mapping, so that one typed text feeds all its fields."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from types import MappingProxyType

from digitize.machine.work_keys import plain_hash
from digitize.reading.never import NEVER
from digitize.workspace.decisions.items import COLUMN, FIELD, ZONE, cell_of
from digitize.workspace.ledger.records import Decision
from digitize.workspace.ledger.verdict import CHANGED, OPERATOR, REOPENED
from mappers.binding.bound import FormMapping
from mappers.mapping.load import row_sources
from mappers.mapping.typed import clean_typed
from mappers.record import BLANK, ILLEGIBLE, NO_VALUE, FieldValue, Record
from mappers.sources.values import MapContext, PageValues, RowValues, ZoneValue

VALUE = "value"
VERDICTS = (VALUE, BLANK, ILLEGIBLE, NO_VALUE)
OPEN_AGAIN = (REOPENED, CHANGED)
"""What is said of a place whose value is asked again, whatever was settled before."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Valid decisions on one record: cell -> decision."""

    cells: Mapping[str, Decision]

    def of_zone(self, page: str, zone: str) -> Decision | None:
        """The decision on a zone of a page."""
        return self.cells.get(f"{ZONE}:{page}/{zone}")


def decisions_hash(decisions: Mapping[str, Mapping[str, Decision]]) -> str:
    """Hash of the decisions, independent of their time."""
    plain = {
        record: {cell: [d.reading, d.source, d.schema, d.verdict, d.value, d.operator] for cell, d in cells.items()}
        for record, cells in decisions.items()
    }
    return plain_hash(plain)


def keep_valid(decisions: Mapping[str, Decision], form: str, source_of: Mapping[str, str]) -> Settled:
    """Decisions whose form and source are unchanged. source_of: cell -> hash of its source today."""
    # A cell of whose source nothing is told counts as unchanged.
    kept = {c: d for c, d in decisions.items() if d.schema == form and source_of.get(c, d.source) == d.source}
    return Settled(kept)


def apply_to_page(values: PageValues, settled: Settled) -> PageValues:
    """A page with decided zones in place of read ones; a decision on another reading does not count."""
    zones = dict(values.zones)
    for name, zone in values.zones.items():
        decision = settled.of_zone(values.page, name)
        if decision is not None and decision.reading == zone.raw and decision.verdict != REOPENED:
            zones[name] = _decide_zone(zone, decision)
    return replace(values, zones=zones)


def apply_to_row(values: RowValues, settled: Settled) -> RowValues:
    """A row with decided cells in place of stored ones."""
    cells = dict(values.cells)
    for cell, decision in settled.cells.items():
        kind, _, name = cell.partition(":")
        if kind == COLUMN and name in cells and decision.verdict not in OPEN_AGAIN:
            # A table has no sign for illegible: the cell is empty, and the note comes with the signature (_signed).
            cells[name] = decision.value if decision.verdict == VALUE else ""
    return replace(values, cells=cells)


def stored_texts(mapping: FormMapping, row: RowValues, settled: Settled) -> Mapping[str, str]:
    """Cell -> stored text, for the row's settled cells."""
    names = [n for n in row.cells if f"{COLUMN}:{n}" in settled.cells]
    sources = row_sources(mapping, [row]) if names else None
    return {f"{COLUMN}:{n}": sources.cell(n, row.cells[n]).raw for n in names} if sources else {}


def sign_record(
    record: Record,
    settled: Settled,
    read_before: Mapping[str, str],
    context: MapContext,
    stored: Mapping[str, str] = MappingProxyType({}),
) -> Record:
    """The mapped record with the operator's name on every settled field, and its original raw text.

    read_before: cell -> its reading today; decisions made on another one are ignored. stored: cell -> its text in the
    table. Text typed for a field without a source is inserted here, cleaned by the field's cleaner.
    """
    for path, value in list(record.cells()):
        cell = cell_of(path, value)
        decision = settled.cells.get(cell) if not cell.startswith(f"{FIELD}:") else None
        if decision is not None and read_before.get(cell, decision.reading) == decision.reading:
            if decision.verdict in OPEN_AGAIN:
                record = record.with_value(path, _mark_doubtful(value, decision))
                continue
            # The trail shows what the machine saw or the table holds, not what was typed over it.
            raw = stored.get(cell, value.raw if decision.verdict == VALUE else _find_words(decision))
            record = record.with_value(path, _sign_value(replace(value, raw=raw), decision))
    for cell, decision in settled.cells.items():
        kind, _, name = cell.partition(":")
        if decision.verdict in OPEN_AGAIN:
            if kind == FIELD and name in dict(record.cells()):
                record = record.with_value(name, _mark_doubtful(dict(record.cells())[name], decision))
            continue
        if kind == FIELD:
            with suppress(KeyError):  # the row it was typed for is not there any more; the field is asked again
                record = record.with_value(name, _make_typed_value(name, decision, context))
        place = name.rpartition("/")[2]
        if kind == ZONE and place not in record.left_over:
            place = place.rpartition(".")[2]  # a cell of a register is left over under its column
        if kind != FIELD and place in record.left_over:
            left = {k: v for k, v in record.left_over.items() if k != place}
            record = replace(record, left_over=left, ignored=(*record.ignored, place))
    return record


def _decide_zone(zone: ZoneValue, decision: Decision) -> ZoneValue:
    is_value = decision.verdict == VALUE
    notes = () if decision.verdict in (VALUE, BLANK) else (decision.verdict,)
    return replace(
        zone, value=decision.value if is_value else None, raw=zone.raw if is_value else "", confidence=1.0,
        blank=not is_value, accept=0.0, noise=False, notes=notes,
    )  # fmt: skip


def _find_words(decision: Decision) -> str:
    """What stands at a place without a value: the words that a person typed, else what the machine read."""
    return decision.value if decision.verdict == NO_VALUE else decision.reading


def _make_typed_value(path: str, decision: Decision, context: MapContext) -> FieldValue:
    if decision.verdict != VALUE:
        return _sign_value(FieldValue(raw=_find_words(decision), value=None), decision)
    cleaned = clean_typed(decision.schema, path, decision.value, context)
    return _sign_value(FieldValue(raw=decision.value, value=cleaned.value, notes=cleaned.notes), decision)


def _mark_doubtful(value: FieldValue, decision: Decision) -> FieldValue:
    """The machine's value of a place asked again: it does not pass until settled.

    An earlier answer on a changed cell is offered.
    """
    before = (decision.value,) if decision.verdict == CHANGED and decision.value else ()
    candidates = tuple(dict.fromkeys((*before, *value.candidates)))
    return replace(value, accept=NEVER, notes=(*value.notes, decision.verdict), candidates=candidates)


def _sign_value(value: FieldValue, decision: Decision) -> FieldValue:
    is_value = decision.verdict == VALUE
    notes = value.notes if is_value else tuple(dict.fromkeys((*value.notes, decision.verdict)))
    return replace(
        value, confidence=1.0, by=f"{OPERATOR}{decision.operator}", blank=not is_value,
        value=value.value if is_value else None, notes=notes, accept=0.0,
    )  # fmt: skip
