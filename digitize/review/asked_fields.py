"""Questions that measure which values may pass: whole pages in random order first, later a sample of what passed.

They are asked blind: the sheet shows the image, not the machine's value. The random sample contains values that passed
and values that did not, indistinguishably, so that a person who only accepts what is shown cannot make the machine look
better than it is.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import chain
from typing import Any

from digitize import __version__
from digitize.machine.work_keys import plain_hash
from digitize.review.empty_fields import list_empty_field_items
from digitize.review.question_cache import (
    UNCALIBRATED,
    AuditRules,
    PageDraw,
    PartHead,
    QuestionCache,
    has_passed,
    is_open,
)
from digitize.workspace.calibration.sampling import draw_of
from digitize.workspace.calibration.threshold_proof import LADDER
from digitize.workspace.calibration.threshold_store import STEP
from digitize.workspace.counting.parts import values_of, where_of
from digitize.workspace.decisions.items import ZONE, Item, find_question, items_in_order, items_of, make_measuring_item
from digitize.workspace.decisions.left_over import LEFT_OVER
from digitize.workspace.decisions.order import records_by_value
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.dirty_parts import SHEET, list_parts
from digitize.workspace.ledger.part_cache import PartCache
from digitize.workspace.ledger.readings import Readings
from digitize.workspace.ledger.records import Records, Stored
from digitize.workspace.run_context import RunContext
from mappers.record import FieldValue, Record

_ZONES = f"{ZONE}:"
_ONLY_UNSURE = frozenset({UNCALIBRATED, "doubtful"})


@dataclass(frozen=True)
class AskedFields:
    """Field questions of a sheet. items: with their records, in order; whole: records asked completely; deferred: items
    left out, since most become unnecessary once the first pages are answered.
    """

    items: Iterable[tuple[Stored, Item]]
    whole: Sequence[str]
    deferred: list[str]


def list_asked_fields(
    ledger: Ledger, known: RunContext, *, everything: bool = False, volume: int | None = None, keeps: bool = False
) -> AskedFields:
    """All field questions. everything: include those that may be deferred. volume: only this one. keeps: cache in the
    ledger which records of a part are asked, until the part changes.

    If thresholds are not measured, these are only the doubts, in the order of `list_items`.
    """
    back = list_empty_field_items(ledger, known)
    if not known.thresholds.is_begun:
        order = DoubtCache(ledger, keeps=keeps).iterate_in_order(None if volume is None else [f"volume:{volume}"])
        return AskedFields(put_first(items_in_order(ledger, known.mappings, order), back), (), [])
    deferred: list[str] = []
    sample = DrawnSample(ledger, known, volume, keeps=keeps)
    asked = _list_items(ledger, known, sample, deferred, everything=everything)
    return AskedFields(put_first(asked, back), sample.in_turn, deferred)


def put_first(
    items: Iterable[tuple[Stored, Item]], back: Iterable[tuple[Stored, Item]]
) -> Iterator[tuple[Stored, Item]]:
    """Questions for going back to the paper, which were requested explicitly, then all others."""
    asked: set[str] = set()
    for stored, item in back:
        asked.add(item.id)
        yield stored, item
    yield from ((stored, item) for stored, item in items if item.id not in asked)


def _list_items(
    ledger: Ledger, known: RunContext, sample: DrawnSample, deferred: list[str], *, everything: bool
) -> Iterator[tuple[Stored, Item]]:
    asked: set[str] = set()
    readings = Readings(ledger)
    # What is measured stands first, in the order of the draw: whoever stops in between leaves a fair sample behind.
    for stored in filter(None, map(Records(ledger).find, chain(sample.in_turn, sample.list_rest()))):
        wanted = _list_fields(stored, sample)
        if not wanted or stored.is_purged:
            continue
        # By record, so that what was answered meanwhile is seen.
        list_open = lru_cache(lambda page: list(filter(is_open, Records(ledger).of_unit(page))))
        for item in items_of(ledger, replace(stored, open=tuple(sorted(wanted))), known.mappings, readings):
            # As in list_items: a place on paper that feeds several records is asked once.
            if item.cell in asked:
                continue
            if item.cell.startswith(_ZONES):
                asked.add(item.cell)
            is_blind = not item.fields[0].startswith(LEFT_OVER) and sample.is_blind(stored, item)
            may_wait = not everything and sample.may_wait(stored.unit, item)
            # A diary's day feeds later pages, too. What is answered holds from the record on under which it is asked:
            # that is the first of the page on which the place stands.
            page = item.cell.removeprefix(_ZONES).rpartition("/")[0]
            own = list_open(page) if page not in ("", stored.unit) else ()
            places = (find_question(ledger, known.mappings, above, item.cell, readings) for above in own)
            holder, question = next(filter(None, places), (stored, item))
            if is_blind:
                yield holder, make_measuring_item(question, LADDER[-1])
            elif may_wait:
                deferred.append(question.id)
            else:
                yield holder, question


def _list_fields(stored: Stored, sample: DrawnSample) -> set[str]:
    """Fields of a record to ask: doubts, and audited values that passed."""
    audits = {path for path, value in stored.record.cells() if sample.is_audit(stored.record, value)}
    return audits | set(stored.open if is_open(stored) else ())


def note_asked_records(ledger: Ledger, site: str, records: Sequence[str]) -> None:
    """Record which records a sheet asks completely: their answers are accepted even if more passes by then."""
    if records and ledger.can_write and not list_asked_whole(ledger, records) >= {*records}:
        ledger.record_event(f"asked:{site}", STEP, "note", detail={"asked": list(records)})


def list_asked_whole(ledger: Ledger, records: Collection[str]) -> set[str]:
    """Those of some records that a sheet ever asked completely."""
    sql = "SELECT detail FROM events WHERE step = ? AND unit LIKE 'asked:%' ORDER BY seq"
    some, found = frozenset(records), set[str]()
    for row in ledger.stream_rows(sql, (STEP,)):
        found |= some.intersection(json.loads(row["detail"])["asked"])
    return found


def load_audit_rules(ledger: Ledger, known: RunContext) -> AuditRules:
    """What passes today, and which part of it is audited."""
    return AuditRules(ledger, known, draw_of(ledger, known.place.options.calibrate.audit_share))


class DrawnSample:
    """The current sample of a workspace.

    turns: record -> position in the sample, for records asked completely: the next ones of forms without passing
    values, and the first ones of every volume. in_turn: the same, by position.
    """

    def __init__(self, ledger: Ledger, known: RunContext, volume: int | None = None, *, keeps: bool = False) -> None:
        """Read the cached state of all parts, or of one volume, and the records of dirty parts."""
        self._rules = load_audit_rules(ledger, known)
        self._kept = QuestionCache(ledger, self._rules, keeps=keeps)
        own = None if volume is None else [f"volume:{volume}"]
        self._heads: dict[str, PartHead] = {}
        self.turns = self._draw_records(own)
        self.in_turn = sorted(self.turns, key=lambda r: (self.turns[r], r))

    def _draw_records(self, own: list[str] | None) -> dict[str, float]:
        drawn: dict[str, PageDraw] = {}
        cold: dict[str, list[PageDraw]] = {}
        for part, head in self._kept.list_heads(own):
            self._heads[part] = head._replace(first=[], cold={})
            drawn |= {turn.unit: turn for turn in head.first}
            self._add_cold(cold, head)
        if own and cold:
            # Which pages of a form come next is told beside those of all other volumes.
            units = {turn.unit for turns in cold.values() for turn in turns}
            cold = {}
            for _, head in self._kept.list_heads():
                self._add_cold(cold, head)
            cold = {form: [turn for turn in turns if turn.unit in units] for form, turns in cold.items()}
        drawn |= {turn.unit: turn for turns in cold.values() for turn in turns}
        return {record: turn.turn for turn in drawn.values() for record in turn.records}

    def _add_cold(self, cold: dict[str, list[PageDraw]], head: PartHead) -> None:
        for form, turns in head.cold.items():
            cold[form] = heapq.nsmallest(self._rules.pages_at_once, (*cold.get(form, ()), *turns))

    def list_rest(self) -> Iterator[str]:
        """Records not asked completely, in order of value; mixed with those that only have audits, so that their
        position does not reveal what passed.
        """
        heads = self._heads.items()
        waiting = heapq.merge(*(self._kept.list_waiting(part, head) for part, head in heads))
        audited = heapq.merge(*(self._kept.list_audited(part, head) for part, head in heads))
        places = sum(head.waiting for head in self._heads.values()) + 1
        by_lot = ((int(lot * places), record) for lot, record in audited)
        in_turn = ((place, record) for place, (_, record) in enumerate(waiting))
        # What is drawn for a place stands before the record that waits there.
        both = heapq.merge(by_lot, in_turn, key=lambda one: one[0])
        return (record for _, record in both if record not in self.turns)

    def holds(self, record: str, cell: str) -> bool:
        """Whether a place is asked for measurement, whatever the machine read."""
        if not cell.startswith(_ZONES):
            return False
        page, _, zone = cell.removeprefix(_ZONES).rpartition("/")
        # Where nothing passes yet, there is nothing to audit: pages wait for their turn as a whole.
        if record in self.turns or self._rules.is_cold(page):
            return record in self.turns
        return self._rules.is_audited(page, zone)

    def is_blind(self, stored: Stored, item: Item) -> bool:
        """Whether a question is asked for measurement."""
        if self._rules.asks_whole:
            return self.holds(stored.record.id, item.cell)
        values = dict(stored.record.cells())
        if any(path in values and has_passed(values[path]) for path in item.fields):
            return self.holds(stored.record.id, item.cell)
        # What a rule, a note or the volume's metadata objects to does not pass, however sure it is.
        if not item.cell.startswith(_ZONES) or item.told or not {*item.why} <= _ONLY_UNSURE:
            return False
        page, _, zone = item.cell.removeprefix(_ZONES).rpartition("/")
        return item.value != "" and self._rules.is_sure(page, zone, item.confidence)

    def is_audit(self, record: Record, value: FieldValue) -> bool:
        """Whether a value that passed is audited."""
        return has_passed(value) and self.holds(record.id, f"{_ZONES}{value.origin.page}/{value.origin.zone}")

    def may_wait(self, unit: str, item: Item) -> bool:
        """Whether a question can wait until the first pages show what passes."""
        if not self._rules.asks_whole:
            return False
        is_hopeful = item.value != "" and item.confidence >= LADDER[-1]
        return item.why == (UNCALIBRATED,) and self._rules.is_cold(unit) and is_hopeful


_VERSION = "1"
"""Raised when the same records come in another order."""
_Turn = tuple[float, str]
"""The keys that a record takes when its turn comes, and the record."""


class DoubtCache:
    """Cache of the question order per part: all records in review or rejected. Used while nothing is measured.

    A place on paper is in one volume, so an answer only makes questions of the same volume cheaper: merging the parts,
    each in its own order, cheapest next one first, gives the overall order. Memory: the next record of each part, and
    those taken.
    """

    def __init__(self, ledger: Ledger, *, keeps: bool = False) -> None:
        """keeps: store new results in the ledger, if it is writable."""
        self._ledger = ledger
        basis = plain_hash([__version__, _VERSION, "doubts"])[:16]
        self._parts = PartCache(ledger, SHEET, basis, partial(fold_doubts, ledger), keeps=keeps)
        self._firsts = lru_cache(maxsize=64)(lambda part: dict(self._read_line(part, 2)))

    def iterate_in_order(self, parts: list[str] | None = None) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Records of some parts (all by default), best to ask first; with each the first records of shared places in
        its part.
        """
        found = list_parts(self._ledger, SHEET) if parts is None else parts
        heads = [(part, first) for part in found if (first := self._read_line(part, 0))]
        self._parts.flush()
        # No part is sorted by keys, for an answer makes others cheaper: what is merged is always the next of each.
        for _, record, part in heapq.merge(*(self._iterate_part(part, first) for part, first in heads)):
            yield record, self._firsts(part)

    def _iterate_part(self, part: str, first: _Turn) -> Iterator[tuple[float, str, str]]:
        yield (*first, part)
        # The others are fetched only when the first was taken: of most parts it never is.
        yield from ((keys, record, part) for keys, record in self._read_line(part, 1)[1:])

    def _read_line(self, part: str, number: int) -> Any:
        return json.loads(self._parts.get(part).split("\n")[number])


def fold_doubts(ledger: Ledger, part: str) -> str:
    """Waiting records of one part, as three lines of JSON: the next record, all of them in order, shared places."""
    order, first = records_by_value(ledger, (where_of(part), values_of(part)))
    return "\n".join(json.dumps(own, separators=(",", ":")) for own in (order[:1] and order[0], order, first))
