"""Question order by value: first those whose answers load the most records for the fewest keystrokes."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from digitize.workspace.decisions.places import ZONE, cell_of
from digitize.workspace.decisions.same_day import leader_of
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Records, Stored
from mappers.record import FieldValue

# Keys that the right value takes where nothing legible was read, by the end of the field's name; else _USUAL.
_TYPED = {
    "date": 8, "time": 4, "year": 4, "fir_no": 3, "no": 5, "section": 8, "name": 16, "narrative": 400, "facts": 400,
    "particulars": 200, "gist": 200, "address": 60, "place": 40, "description": 40, "reason": 30, "age": 2, "role": 2,
    "from": 8, "to": 8,
}  # fmt: skip
_USUAL = 10
_CONFIRM = 1.0
"""Enter, which each answer ends with."""

Scope = tuple[str, Sequence[object]]
"""SQL for units, and the values in it."""
Places = Mapping[str, float]
"""Place -> the keys that an answer to it will take, as far as can be told before."""


@dataclass(frozen=True, slots=True)
class Needed:
    """Work until the next records load. keys: estimated keystrokes."""

    records: int
    answers: int
    keys: int

    def line(self) -> str:
        """For people."""
        records = "1 record needs" if self.records == 1 else f"{self.records} records need"
        answers = "1 answer" if self.answers == 1 else f"{self.answers} answers"
        return f"Closest to complete: {records} {answers}, about {self.keys} keystrokes."


def places_of(stored: Stored, paths: Iterable[str]) -> dict[str, float]:
    """Places that some open fields depend on, as they will be asked."""
    values = dict(stored.record.cells())
    open_zones = {v.origin.zone for p in paths if (v := values.get(p))}
    found: dict[str, float] = {}
    for path in paths:
        # An act that is not there is asked with its section, at the place where that stands.
        value = values.get(path) or _find_in_row(values, path)
        # "" where it follows none, and then a cell of a table, which has no zone, must not be taken for one.
        leader = leader_of(value)
        is_led = value is not None and leader != "" and leader in open_zones
        cell = f"{ZONE}:{value.origin.page}/{leader}" if value and is_led else cell_of(path, value)
        # Fields and columns are named alike in every record; only a place on paper is one for all.
        name = cell if cell.startswith(f"{ZONE}:") else f"{stored.record.id} {cell}"
        found[name] = max(found.get(name, 0.0), expected_keys(path, value))
    return found


def _find_in_row(values: Mapping[str, FieldValue], path: str) -> FieldValue | None:
    """First value with a position on paper in the same child table row; None for a record's own fields."""
    row = path.rpartition(".")[0]
    beside = (v for p, v in values.items() if row and p.startswith(f"{row}.") and v.origin.zone)
    return next(beside, None)


def expected_keys(path: str, value: FieldValue | None) -> float:
    """Expected keystrokes of an answer: one to accept, and the whole text if the reading is wrong, by confidence."""
    name = path.rpartition(".")[2]
    usual = next((n for end, n in _TYPED.items() if name == end or name.endswith(f"_{end}")), _USUAL)
    if value is None or not value.value:
        return _CONFIRM + usual
    return _CONFIRM + (1 - min(1.0, value.confidence)) * len(value.value)


def sort_by_value(wanting: Mapping[str, Places]) -> list[str]:
    """Records sorted by keystrokes to load, fewest first; see `sort_by_cost`."""
    return [record for _, record in sort_by_cost(wanting)]


def sort_by_cost(wanting: Mapping[str, Places]) -> list[tuple[float, str]]:
    """Records with the keystrokes needed at their turn, fewest first.

    wanting: record -> open places. A shared place counts only for the first record. Ties are ordered by id.
    """
    waiting: dict[str, list[str]] = {}
    for record, places in wanting.items():
        for place in places:
            waiting.setdefault(place, []).append(record)
    cost = {record: sum(places.values()) for record, places in wanting.items()}
    heap = [(round(keys, 3), record) for record, keys in cost.items()]
    heapq.heapify(heap)
    done: dict[str, float] = {}
    answered: set[str] = set()
    while heap:
        keys, record = heapq.heappop(heap)
        if record in done:
            continue
        done[record] = keys
        for place in wanting[record].keys() - answered:
            answered.add(place)
            for other in waiting[place]:
                if other not in done:
                    cost[other] -= wanting[other][place]
                    heapq.heappush(heap, (round(cost[other], 3), other))
    return [(keys, record) for record, keys in done.items()]


def records_by_value(ledger: Ledger, scope: Scope | None = None) -> tuple[list[tuple[float, str]], dict[str, str]]:
    """Records in review or rejected in the best order, with their keystrokes; and place -> first of several records (by
    id) that wait for it.

    scope: only these units.
    """
    wanting = {s.record.id: places_of(s, s.open) for s in Records(ledger).open_ones(*(scope or ("", ())))}
    first: dict[str, list[str]] = {}
    for record, places in wanting.items():
        for place in places:
            first.setdefault(place, []).append(record)
    return sort_by_cost(wanting), {place: min(own) for place, own in first.items() if len(own) > 1}


def next_needed(ledger: Ledger, some: Sequence[str], records: int = 100) -> Needed | None:
    """Work for the next records; None if none waits. some: records with few open fields, more than needed."""
    wanting = {s.record.id: places_of(s, s.open) for s in Records(ledger).find_many(some)}
    chosen = sort_by_value(wanting)[:records]
    if not chosen:
        return None
    places = {place: keys for record in chosen for place, keys in wanting[record].items()}
    return Needed(len(chosen), len(places), round(sum(places.values())))
