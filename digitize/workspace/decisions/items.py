"""Review items: one per place on the paper (or table cell), however many fields depend on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from digitize.machine.work_keys import work_key
from digitize.reading.rows import DITTO
from digitize.workspace.decisions.left_over import LEFT_OVER, asked_of_mapping
from digitize.workspace.decisions.order import Scope, records_by_value
from digitize.workspace.decisions.places import COLUMN, FIELD, ZONE, cell_of, row_id
from digitize.workspace.decisions.same_day import leader_of
from digitize.workspace.decisions.sources import describe_metadata, is_register, register_source, source_of
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.readings import Readings
from digitize.workspace.ledger.records import Records, Stored
from digitize.workspace.ledger.verdict import reasons
from mappers.binding.bound import FormMapping
from mappers.record import FieldValue, Record
from mappers.schema import form_tables
from ocr.forms.legible import is_noise
from ocr.page import HAND_NOT_MEASURED, Box, Decided
from validators.finding import Finding

__all__ = [
    "COLUMN", "FIELD", "MEASURED", "ZONE", "Item", "cell_of", "find_question", "item_id", "items_in_order", "items_of",
    "list_items", "make_measuring_item", "measured_id", "register_source", "row_id", "source_of", "describe_metadata",
    "told_value",
]  # fmt: skip
_OF_THE_BOOK = ("fir_date", "info_date", "gd_date")
"""Dates of the day on which an entry was made, so in the year of its book. An earlier year is possible, and rare."""
MEASURED = "measured"
"""Why something is asked whose answer shows how right the machine is."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question.

    id: from record, cell, reading and source, so that an outdated sheet is noticed. cell: "zone:PAGE/ZONE",
    "column:NAME" or "field:NAME" (without a source on paper). fields: paths that depend on the cell. reading: raw
    machine reading; value: interpreted. why: stable codes and rule codes. said: text shown, e.g. messages of findings;
    form, findings: of the record, if rules ask. box: of the cell on its page; boxes: of a whole row, one per half.
    is_blind: shown without the machine's value. told: metadata of the volume that would be this value, with its origin.
    is_legible: whether the reading is meaningful and may be shown. is_measured: whether the accuracy of such readings
    was measured. role: of the person whose fields they are, "" if none or several; role_row: number among those of
    the role, 0 if there is one. printed: the paper's words that ask for it, in printed_language. is_at_odds:
    whether it is a date at odds with its book's year, or with another field, or contradicts what was told of its
    volume.
    """

    id: str
    record: str
    cell: str
    fields: tuple[str, ...]
    reading: str
    value: str
    candidates: tuple[str, ...]
    confidence: float
    why: tuple[str, ...]
    said: tuple[str, ...]
    source: str
    page: str = ""
    box: Box | None = None
    boxes: tuple[Box, ...] = ()
    form: str = ""
    findings: tuple[Finding, ...] = ()
    is_legible: bool = True
    is_blind: bool = False
    told: str = ""
    is_measured: bool = True
    is_at_odds: bool = False
    role: str = ""
    role_row: int = 0
    printed: str = ""
    printed_language: str = ""

    @property
    def machine(self) -> str:
        """What "ok" confirms, "" if nothing meaningful was read."""
        return (self.value or self.reading) if self.is_legible else ""


def _compared(form: str, finding: Finding) -> tuple[str, ...]:
    """Fields that a rule compares; none where it is only noted."""
    # Here: the rules bring polars, and what has no findings is asked without it.
    from validators.rulebook.rule import load_rules

    rule = load_rules(form).get(finding.code) if finding.severity != "note" else None
    return rule.fields if rule is not None and isinstance(rule.fields, tuple) else ()


def told_value(told: str) -> str:
    """The value in an item's metadata text, without its origin."""
    return told.rpartition(" (")[0]


def item_id(record: str, cell: str, reading: str, source: str) -> str:
    """The id of an item: 12 hex digits that change when its reading or its source does."""
    return work_key("item", record, cell, reading, source)[:12]


def make_measuring_item(item: Item, least: float) -> Item:
    """The same question, for measurement, with its own id, so that the ids tell what a sheet showed.

    least: minimum confidence to pass at all. From there on it is asked blind: without the reading, its confidence and
    findings.
    """
    if item.confidence < least:
        return replace(item, id=measured_id(item.id))
    return replace(
        item, id=measured_id(item.id), reading="", value="", candidates=(), why=(MEASURED,), said=(), findings=(),
        is_blind=True, told="",
    )  # fmt: skip


def measured_id(item: str) -> str:
    """Id of an item whose answer is for measurement."""
    return work_key("measured", item)[:12]


def _feeding_cell(ledger: Ledger, stored: Stored, path: str, mappings: Mapping[str, FormMapping]) -> str:
    """Zone or column that feeds an empty field, "" if none."""
    now = ledger.state(stored.unit.partition(":")[0], "map")
    mapping = mappings.get(str(now.detail.get("mapping", "")).partition(" ")[0]) if now else None
    if mapping is None:
        return ""
    # "RECORD+NAME" is another form of the same row, with rules of its own.
    mapping = mapping.also.get(stored.record.id.rpartition("+")[2], mapping)
    table, _, name = path.rpartition("].")
    child, _, at = table.partition("[")
    own = _role(stored.record, child, at)
    for rule in mapping.rules:
        row = mapping.rows[rule.row] if rule.row else None
        # The informant's name feeds no field of the person who is missing.
        if row is not None and own and row.set.get("role", own) != own:
            continue
        if (row.child if row else "") == child and any(target == (name or path) for _, target in rule.targets):
            return _cell_named(stored, rule.source, is_register=now.is_register) if now else ""
    return ""


def _role(record: Record, child: str, at: str) -> str:
    """Role of a record's row, "" if none."""
    rows = record.children.get(child, ())
    cell = rows[int(at)].get("role") if at.isdigit() and int(at) < len(rows) else None
    return (cell.value or "") if cell is not None else ""


def find_role(record: Record, paths: Sequence[str]) -> tuple[str, int]:
    """Role of the persons that fields belong to, "" if they differ or have none; and the number of the person among
    those of that role, 0 if the record has one alone, or the fields are of several.
    """
    rows = {tuple(path.rpartition("].")[0].split("[")) for path in paths}
    roles = {_role(record, *row) if len(row) == 2 else "" for row in rows}
    role = roles.pop() if len(roles) == 1 else ""
    if not role:
        return "", 0
    child, at = next(iter(rows))
    alike = [n for n in range(len(record.children[child])) if _role(record, child, str(n)) == role]
    return role, alike.index(int(at)) + 1 if len(rows) == 1 < len(alike) else 0


def _cell_named(stored: Stored, name: str, *, is_register: bool) -> str:
    """The zone or column of a record by the name that its mapping has for it."""
    if not stored.record.pages:
        return f"{COLUMN}:{name}"
    zone = f"{row_id(stored.record.id)}.{name}" if is_register else name
    return f"{ZONE}:{stored.record.pages[0]}/{zone}"


def list_items(
    ledger: Ledger, mappings: Mapping[str, FormMapping], scope: Scope | None = None
) -> Iterator[tuple[Stored, Item]]:
    """All items of records in review or rejected, by record, in order of value. scope: only these units.

    A place that feeds several records, e.g. the date above diary entries, is asked once.
    """
    order, first = records_by_value(ledger, scope)
    yield from items_in_order(ledger, mappings, ((record, first) for _, record in order))


def items_in_order(
    ledger: Ledger, mappings: Mapping[str, FormMapping], order: Iterable[tuple[str, Mapping[str, str]]]
) -> Iterator[tuple[Stored, Item]]:
    """Items of some records in a precomputed order; lazily read.

    order: each with the first record (by id) that waits for a place, for places of its volume shared by several
    records.
    """
    readings = Readings(ledger)
    asked: set[str] = set()
    for record, first in order:
        if (stored := Records(ledger).find(record)) is None:
            continue
        for item in items_of(ledger, stored, mappings, readings):
            # Fields and columns are named alike in every record; only a place on paper is one for all.
            if item.cell in asked:
                continue
            if item.cell.startswith(f"{ZONE}:"):
                asked.add(item.cell)
            # Under the record that is the first on the paper, whichever needs the answer soonest.
            above = Records(ledger).find(first.get(item.cell, ""))
            yield find_question(ledger, mappings, above, item.cell, readings) or (stored, item)


def find_question(
    ledger: Ledger, mappings: Mapping[str, FormMapping], stored: Stored | None, cell: str, readings: Readings
) -> tuple[Stored, Item] | None:
    """The question on a place under one of the records that it feeds; None if that does not ask it."""
    of_record = items_of(ledger, stored, mappings, readings) if stored else []
    return next(((stored, item) for item in of_record if stored and item.cell == cell), None)


def items_of(
    ledger: Ledger, stored: Stored, mappings: Mapping[str, FormMapping], readings: Readings | None = None
) -> list[Item]:
    """Items of one record in reading order: form zones first, then the others.

    readings: shared cache if many records are requested. A column not covered by the mapping is no item: it is asked
    once per table.
    """
    readings = readings or Readings(ledger)
    values = dict(stored.record.cells())
    cells: dict[str, list[str]] = {}
    now = ledger.state(stored.unit.partition(":")[0], "map") if stored.record.left_over else None
    of_mapping = asked_of_mapping(now.detail, stored.open) if now else {}
    for path in (p for p in stored.open if p not in of_mapping):
        cell = cell_of(path, values.get(path))
        if path.startswith(LEFT_OVER) and stored.record.pages:
            cell = _cell_named(stored, path.removeprefix(LEFT_OVER), is_register=is_register(stored, readings))
        elif cell.startswith(f"{FIELD}:"):
            cell = _feeding_cell(ledger, stored, path, mappings) or cell
        cells.setdefault(cell, []).append(path)
    cells = _group_by_fact(cells, values)
    zones = {
        f"{ZONE}:{page}/{name}": decided
        for page in stored.record.pages
        if (reading := readings.newest(page))
        for name, decided in reading.zones.items()
    }
    findings = Records(ledger).findings(stored.record.id)
    asked = _Asked(stored, findings, zones, describe_metadata(ledger, stored.record.pages))
    items = [asked.item(cell, tuple(paths), source_of(ledger, stored, cell, readings)) for cell, paths in cells.items()]
    # Zones stand in the form's order, so the sheet goes down the page as the eye does.
    order = {cell: place for place, cell in enumerate(zones)}
    return sorted(items, key=lambda item: (order.get(item.cell, len(order)), item.cell))


def _group_by_fact(cells: Mapping[str, list[str]], values: Mapping[str, FieldValue]) -> dict[str, list[str]]:
    """Group cells by fact: a zone that follows another asked zone is attached to it."""
    found: dict[str, list[str]] = {}
    for cell, paths in cells.items():
        leader = leader_of(values.get(paths[0]))
        above = f"{cell.rpartition('/')[0]}/{leader}"
        found.setdefault(above if leader and above in cells else cell, []).extend(paths)
    return found


@dataclass(frozen=True)
class _Asked:
    """One record with the inputs of its items: findings, and its pages' zones by cell."""

    stored: Stored
    findings: Sequence[Finding]
    zones: Mapping[str, Decided]
    told: Mapping[str, str]

    def item(self, cell: str, paths: tuple[str, ...], source: str) -> Item:
        record = self.stored.record
        why = tuple(dict.fromkeys(w for p in paths for w in reasons(record, p, self.findings)))
        findings = tuple(f for f in self.findings if f.field in paths and f.severity != "note")
        decided = self.zones.get(cell)
        reading, value, confidence, candidates = self._zone(decided) if decided else self._table_cell(cell, paths)
        box = decided.box if decided else self._box(cell, paths)
        role, role_row = find_role(record, paths)
        # The mark itself is what was read; what a person agrees to is the text that it stands for.
        if decided and DITTO in decided.notes:
            value = self._text_above(paths)
        return Item(
            id=item_id(record.id, cell, reading, source),
            record=record.id,
            cell=cell,
            fields=paths,
            reading=reading,
            value=value,
            candidates=candidates[:5],
            confidence=confidence,
            why=why,
            said=tuple(dict.fromkeys(f.message for f in findings)),
            source=source,
            page=cell.partition(":")[2].rpartition("/")[0] if box else "",
            box=box,
            form=record.form,
            findings=findings,
            is_legible=not (decided and is_noise(decided)),
            is_measured=not (decided and HAND_NOT_MEASURED in decided.notes),
            role=role,
            role_row=role_row,
            told=self._find_told(cell, paths),
            is_at_odds=any(map(self._is_at_odds, paths)) or self._is_against_told(cell, paths, value),
        )

    def _find_told(self, cell: str, paths: tuple[str, ...]) -> str:
        return self.told.get(cell) or next((self.told[p] for p in paths if p in self.told), "")

    def _is_against_told(self, cell: str, paths: tuple[str, ...], value: str) -> bool:
        """Whether a place on paper says another station, district or year than its volume was told to be of."""
        told = told_value(self._find_told(cell, paths))
        said = {value, *(self.stored.record.value(path) or "" for path in paths)}
        return cell.startswith(f"{ZONE}:") and bool(told and value) and told not in said

    def _is_at_odds(self, path: str) -> bool:
        """Whether a date is of another year than its book, or one side of what a rule finds contradictory."""
        record = self.stored.record
        if path in _OF_THE_BOOK and (date := record.value(path)):
            years = {record.value("year") or "", self.told.get("year", "").partition(" ")[0]} - {""}
            if any(date[:4] != year for year in years):
                return True
        column = form_tables(record.form)[record.form].column(path)
        return bool(column and column.kind == "date") and any(path in _compared(record.form, f) for f in self.findings)

    def _box(self, cell: str, paths: tuple[str, ...]) -> Box | None:
        """Position on a page of something that is no zone of its reading, e.g. above a register's table."""
        values = dict(self.stored.record.cells())
        boxes = [values[p].origin.box for p in paths if cell.startswith(f"{ZONE}:") and p in values]
        return next((Box(*b) for b in boxes if b), None)

    def _text_above(self, paths: tuple[str, ...]) -> str:
        """Text that a ditto mark repeats, "" if nothing is above."""
        values = dict(self.stored.record.cells())
        return next((values[p].candidates[0] for p in paths if p in values and values[p].candidates), "")

    @staticmethod
    def _zone(decided: Decided) -> tuple[str, str, float, tuple[str, ...]]:
        if is_noise(decided):
            return decided.raw, "", decided.confidence, ()
        return decided.raw, decided.value, decided.confidence, tuple(c.text for c in decided.candidates)

    def _table_cell(self, cell: str, paths: tuple[str, ...]) -> tuple[str, str, float, tuple[str, ...]]:
        values = dict(self.stored.record.cells())
        shown = [values[p] for p in paths if p in values]
        # Nothing hangs on the cell: it is one that is left over.
        reading = shown[0].raw if shown else self.stored.record.left_over.get(cell.partition(":")[2], "")
        confidence = min((v.confidence for v in shown), default=0.0)
        return (
            reading,
            "; ".join(v.value for v in shown if v.value),
            confidence,
            tuple(c for v in shown for c in v.candidates),
        )
