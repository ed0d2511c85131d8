"""Going back to the paper: ask for empty fields of loaded records until somebody has looked."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from digitize.errors import OptionsError
from digitize.review.places import find_item
from digitize.workspace.decisions.items import FIELD, Item
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.readings import Readings
from digitize.workspace.ledger.records import Records, Stored
from digitize.workspace.run_context import RunContext

TO_BE_FOUND = "to-be-found"
"""Why such a field is asked: with it a service finds the record."""
_UNIT, _STEP = "back", "review"
_NAMED = f"name >= '{_UNIT}:' AND name < '{_UNIT};'"
_NOTES = f"SELECT seq, detail FROM events WHERE unit = ? AND step = '{_STEP}'"
_NOTES_BEFORE = f"SELECT seq, detail FROM events WHERE step = '{_STEP}' AND {_NAMED.replace('name', 'unit')}"


@dataclass(frozen=True, slots=True)
class EmptyFieldsAsked:
    """Result for a list of places. asked: newly asked. known: asked before, unanswered. answered: somebody looked, and
    the paper does not have it. no_place: the paper has no place for it. gone: records not in the workspace (any more).
    """

    asked: int = 0
    known: int = 0
    answered: int = 0
    no_place: int = 0
    gone: int = 0


def ask_empty_fields(
    ledger: Ledger, known: RunContext, places: Iterable[tuple[str, Sequence[str]]], most: int, operator: str
) -> EmptyFieldsAsked:
    """Ask for empty fields. places: record, and paths any of which may hold the value, most wanted first.

    most: maximum number of new questions. Raises OptionsError without an operator.
    """
    if not operator.strip():
        raise OptionsError("Give --operator NAME: who queues these places. It is recorded.")
    before, readings = set(_list_noted(ledger)), Readings(ledger)
    new: list[list[str]] = []
    counts = dict.fromkeys(("known", "answered", "no_place", "gone"), 0)
    for record, paths in places:
        if len(new) >= most:
            break
        if any((record, path) in before for path in paths):
            path = next(p for p in paths if (record, p) in before)
            counts["known" if _find_item(ledger, known, record, path, readings) else "answered"] += 1
            continue
        stored = Records(ledger).find(record)
        if stored is None or stored.is_purged:
            counts["gone"] += 1
            continue
        found = _find_fed_field(ledger, known, stored, paths, readings)
        if found is None:
            counts["no_place"] += 1
        elif _is_answered(ledger, found[1]):
            counts["answered"] += 1
        else:
            new.append([record, found[0]])
            before.add((record, found[0]))
    if new:
        detail = {"back": new, "operator": operator.strip()}
        ledger.record_event(f"{_UNIT}:{known.place.options.workspace.site_id}", _STEP, "note", detail=detail)
    return EmptyFieldsAsked(len(new), **counts)


def list_empty_field_items(
    ledger: Ledger, known: RunContext, records: Collection[str] | None = None
) -> Iterator[tuple[Stored, Item]]:
    """Unanswered questions of this kind, record by record in recorded order: largest gain first.

    records: only these.
    """
    readings, given = Readings(ledger), set[str]()
    for record, path in _list_noted(ledger):
        if records is not None and record not in records:
            continue
        found = _find_item(ledger, known, record, path, readings)
        # Two fields may hang on one place of the paper.
        if found is not None and found[1].id not in given:
            given.add(found[1].id)
            yield found


def _find_item(
    ledger: Ledger, known: RunContext, record: str, path: str, readings: Readings
) -> tuple[Stored, Item] | None:
    """Item of a place; None if it has a value by now, somebody looked, or the record is gone."""
    stored = Records(ledger).find(record)
    if stored is None or stored.is_purged:
        return None
    value = dict(stored.record.cells()).get(path)
    if value is not None and value.value:
        return None
    item = find_item(ledger, known, stored, path, readings)
    if item is None or _is_answered(ledger, item):
        return None
    return stored, replace(item, why=(*item.why, TO_BE_FOUND))


def _find_fed_field(
    ledger: Ledger, known: RunContext, stored: Stored, paths: Sequence[str], readings: Readings
) -> tuple[str, Item] | None:
    """The first of some paths that something on the paper, or a column of the table, feeds."""
    for path in paths:
        item = find_item(ledger, known, stored, path, readings)
        if item is not None and not item.cell.startswith(f"{FIELD}:"):
            return path, item
    return None


def _is_answered(ledger: Ledger, item: Item) -> bool:
    decision = Records(ledger).decisions(item.record).get(item.cell)
    return decision is not None and decision.source == item.source


def _list_noted(ledger: Ledger) -> list[tuple[str, str]]:
    if ledger.is_current:
        # By unit: by the step it would be gone through every answer that was ever given.
        units = ledger.rows(f"SELECT name FROM units WHERE {_NAMED} ORDER BY name")
        rows = [row for unit in units for row in ledger.rows(_NOTES, (unit["name"],))]
    else:
        rows = ledger.rows(_NOTES_BEFORE)
    rows.sort(key=lambda row: int(row["seq"]))
    places = ((record, path) for row in rows for record, path in json.loads(row["detail"]).get("back", ()))
    return list(dict.fromkeys(places))
