"""What is asked to measure which values may pass: whole pages in random order at first, later a share of what passed.

Such questions are asked blind: the sheet shows the picture, not what the machine made of it. Among them are values that
passed and values that did not, as the draw has it, so nobody can tell which is which, and a person who only agrees to
what stands there already cannot make the machine look better than it is.
"""

from __future__ import annotations

import heapq
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from digitize.review.going_back import back_items
from digitize.workspace.calibration.keeping import STEP
from digitize.workspace.calibration.proving import LADDER
from digitize.workspace.calibration.sampling import MORE, Draw, book_of, draw_of
from digitize.workspace.decisions.items import ZONE, Item, items_of, list_items, measured
from digitize.workspace.decisions.left_over import LEFT_OVER
from digitize.workspace.decisions.order import in_order_of_value, places_of
from digitize.workspace.known import Known
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.readings import Readings
from digitize.workspace.ledger.records import Records, Stored
from digitize.workspace.ledger.verdict import OPERATOR
from mappers.record import FieldValue, Record

_ZONES = f"{ZONE}:"
_UNCALIBRATED = "not-calibrated"
_UNITS = "SELECT record, unit, reasons FROM records ORDER BY record"


@dataclass(frozen=True)
class Asking:
    """What the sheet asks of fields. items: with their records, in the order of asking; whole: records that are asked
    whole; deferred: items that are left out, since most of it need not be asked once the first pages are answered.
    """

    items: Iterable[tuple[Stored, Item]]
    whole: Sequence[str]
    deferred: list[str]


def list_asked(ledger: Ledger, known: Known, *, everything: bool = False) -> Asking:
    """All that a person is asked of fields. everything: also what may be deferred.

    Where thresholds are not measured, these are the doubts alone (`list_items`).
    """
    back = back_items(ledger, known)
    if not known.thresholds.is_begun:
        return Asking(_with(list_items(ledger, known.mappings), back), (), [])
    deferred: list[str] = []
    sample = DrawnSample(ledger, known)
    asked = _asked(ledger, known, sample, deferred, everything=everything)
    return Asking(_with(asked, back), sample.in_turn, deferred)


def _with(items: Iterable[tuple[Stored, Item]], back: Iterable[tuple[Stored, Item]]) -> Iterator[tuple[Stored, Item]]:
    """What people went back to the paper for, which somebody asked for on purpose, and behind it all others."""
    asked: set[str] = set()
    for stored, item in back:
        asked.add(item.id)
        yield stored, item
    yield from ((stored, item) for stored, item in items if item.id not in asked)


def _asked(
    ledger: Ledger, known: Known, sample: DrawnSample, deferred: list[str], *, everything: bool
) -> Iterator[tuple[Stored, Item]]:
    asked: set[str] = set()
    readings = Readings(ledger)
    # What is measured stands first, in the order of the draw: whoever stops in between leaves a fair sample behind.
    for stored in filter(None, map(Records(ledger).one, (*sample.in_turn, *_rest(ledger, sample)))):
        wanted = _wanted(stored, sample)
        if not wanted or stored.is_purged:
            continue
        for item in items_of(ledger, replace(stored, open=tuple(sorted(wanted))), known.mappings, readings):
            # As in list_items: a place on paper that feeds several records is asked once.
            if item.cell in asked:
                continue
            if item.cell.startswith(_ZONES):
                asked.add(item.cell)
            if sample.holds(stored.record.id, item.cell) and not item.fields[0].startswith(LEFT_OVER):
                yield stored, measured(item, LADDER[-1])
            elif not everything and sample.may_wait(stored.unit, item):
                deferred.append(item.id)
            else:
                yield stored, item


def _wanted(stored: Stored, sample: DrawnSample) -> set[str]:
    """The fields of a record that are asked: its doubts, and what passed and is audited."""
    audits = {path for path, value in stored.record.cells() if sample.is_audit(stored.record, value)}
    return audits | set(stored.open if stored.verdict in ("review", "reject") else ())


def _rest(ledger: Ledger, sample: DrawnSample) -> list[str]:
    """The records that are not asked whole, in the order of value; those with nothing but audits by lot among them, so
    that their place does not tell what passed.
    """
    wanting: dict[str, dict[str, float]] = {}
    audited: list[str] = []
    for stored in Records(ledger).all():
        if stored.record.id not in sample.turns and (wanted := _wanted(stored, sample)):
            if stored.verdict in ("review", "reject"):
                wanting[stored.record.id] = places_of(stored, sorted(wanted))
            else:
                audited.append(stored.record.id)
    ordered = in_order_of_value(wanting)
    for record in sorted(audited, key=sample.lot, reverse=True):
        ordered.insert(int(sample.lot(record) * (len(wanting) + 1)), record)
    return ordered


def list_open(ledger: Ledger, known: Known) -> Iterator[tuple[Stored, Item]]:
    """All that an answer may be taken for: every doubt, what was ever asked to measure, whether it passes now, and what
    people went back to the paper for.
    """
    yield from _with(_open(ledger, known), back_items(ledger, known))


def _open(ledger: Ledger, known: Known) -> Iterator[tuple[Stored, Item]]:
    if not known.thresholds.is_begun:
        yield from list_items(ledger, known.mappings)
        return
    sample, readings = DrawnSample(ledger, known), Readings(ledger)
    before = _asked_before(ledger)
    for stored in Records(ledger).all():
        wanted = set(stored.open if stored.verdict in ("review", "reject") else ())
        is_whole = stored.record.id in before
        cells = stored.record.cells()
        wanted |= {p for p, v in cells if _has_passed(v) and (is_whole or sample.is_audit(stored.record, v))}
        if wanted:
            for item in items_of(ledger, replace(stored, open=tuple(sorted(wanted))), known.mappings, readings):
                yield stored, item


def note_asked(ledger: Ledger, site: str, records: Sequence[str]) -> None:
    """Keep which records a sheet asks whole: their answers are taken though more passes by then."""
    if records and ledger.can_write and not _asked_before(ledger) >= {*records}:
        ledger.record_event(f"asked:{site}", STEP, "note", detail={"asked": list(records)})


def _asked_before(ledger: Ledger) -> set[str]:
    sql = "SELECT detail FROM events WHERE step = ? AND unit LIKE 'asked:%' ORDER BY seq"
    return {record for row in ledger.rows(sql, (STEP,)) for record in json.loads(row["detail"])["asked"]}


def _has_passed(value: FieldValue) -> bool:
    """Whether a value passed by a threshold; what is surely blank passes by none."""
    passed = 0 < value.accept <= 1 and value.is_sure() and not value.by.startswith(OPERATOR)
    return passed and bool(value.origin.zone) and not (value.blank and value.accept >= 1)


class DrawnSample:
    """What the draw of a workspace asks today.

    turns: record -> its place in the draw, of those asked whole: the next ones of forms of which nothing passes yet,
    and the first ones of every volume. in_turn: the same, by place.
    """

    def __init__(self, ledger: Ledger, known: Known) -> None:
        """Look at all records, without their content."""
        self._options = known.place.options.calibrate
        self._draw: Draw = draw_of(ledger, self._options.audit_share)
        self._known = known
        self._form_of = {page: now.form or "" for page, now in ledger.states("decide").items()}
        self.turns = self._drawn(ledger)
        self.in_turn = sorted(self.turns, key=lambda r: (self.turns[r], r))

    def _drawn(self, ledger: Ledger) -> dict[str, float]:
        # Of a register's page one row stands for all: rows of one page are of one hand, and no fair draw by themselves.
        units: dict[str, dict[str, list[Mapping[str, Any]]]] = defaultdict(lambda: defaultdict(list))
        for row in ledger.each(_UNITS):
            if row["unit"] in self._form_of:
                units[row["unit"]][row["record"].partition("+")[0]].append(row)
        books: dict[str, list[tuple[float, str]]] = defaultdict(list)
        cold: dict[str, list[tuple[float, str]]] = defaultdict(list)
        rows_of = {}
        for unit, records in units.items():
            chosen = min(records, key=lambda r: (self._draw.turn(r), r))
            turn = self._draw.turn(unit)
            rows_of[unit] = records[chosen]
            books[book_of(unit)].append((turn, unit))
            if self._is_cold(unit) and any(_UNCALIBRATED in r["reasons"] for r in records[chosen]):
                cold[self._form_of[unit]].append((turn, unit))
        drawn = {u: t for own in books.values() for t, u in heapq.nsmallest(self._options.first_pages, own)}
        drawn |= {u: t for own in cold.values() for t, u in heapq.nsmallest(self._options.pages_at_once, own)}
        return {row["record"]: turn for unit, turn in drawn.items() for row in rows_of[unit]}

    def _is_cold(self, unit: str) -> bool:
        """Whether of the form of a page nothing passes yet."""
        return not self._known.thresholds.passes_any(self._form_of.get(unit, ""))

    def holds(self, record: str, cell: str) -> bool:
        """Whether a place is asked to measure, whatever the machine made of it."""
        if not cell.startswith(_ZONES):
            return False
        page, _, zone = cell.removeprefix(_ZONES).rpartition("/")
        # Where nothing passes yet, there is nothing to audit: pages wait for their turn as a whole.
        if record in self.turns or self._is_cold(page):
            return record in self.turns
        is_suspect = self._known.thresholds.is_suspect(self._form_of.get(page, ""), book_of(page))
        return self._draw.is_audited(page, zone, MORE if is_suspect else 1.0)

    def is_audit(self, record: Record, value: FieldValue) -> bool:
        """Whether a value that passed by a threshold is asked all the same."""
        return _has_passed(value) and self.holds(record.id, f"{_ZONES}{value.origin.page}/{value.origin.zone}")

    def lot(self, record: str) -> float:
        """A number 0..1 drawn for a record."""
        return self._draw.turn(f"lot {record}")

    def may_wait(self, unit: str, item: Item) -> bool:
        """Whether a question need not be asked before the first pages show what passes."""
        is_hopeful = item.value != "" and item.confidence >= LADDER[-1]
        return item.why == (_UNCALIBRATED,) and self._is_cold(unit) and is_hopeful
