"""What is asked to measure which values may pass: whole pages in random order at first, later a share of what passed.

Such questions are asked blind: the sheet shows the picture, not what the machine made of it. Among them are values that
passed and values that did not, as the draw has it, so nobody can tell which is which, and a person who only agrees to
what stands there already cannot make the machine look better than it is.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from digitize.review.doubt_cache import DoubtCache
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
from digitize.workspace.decisions.items import ZONE, Item, items_in_order, items_of, make_measuring_item
from digitize.workspace.decisions.left_over import LEFT_OVER
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.readings import Readings
from digitize.workspace.ledger.records import Records, Stored
from digitize.workspace.run_context import RunContext
from mappers.record import FieldValue, Record

_ZONES = f"{ZONE}:"


@dataclass(frozen=True)
class AskedFields:
    """What the sheet asks of fields. items: with their records, in the order of asking; whole: records that are asked
    whole; deferred: items that are left out, since most of it need not be asked once the first pages are answered.
    """

    items: Iterable[tuple[Stored, Item]]
    whole: Sequence[str]
    deferred: list[str]


def list_asked_fields(
    ledger: Ledger, known: RunContext, *, everything: bool = False, volume: int | None = None, keeps: bool = False
) -> AskedFields:
    """All that a person is asked of fields. everything: also what may be deferred. volume: of this one alone. keeps:
    which records of a part are asked is kept in the ledger, and not looked for again until the part changes.

    Where thresholds are not measured, these are the doubts alone, in the order of `list_items`.
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
    """What people went back to the paper for, which somebody asked for on purpose, and behind it all others."""
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
        for item in items_of(ledger, replace(stored, open=tuple(sorted(wanted))), known.mappings, readings):
            # As in list_items: a place on paper that feeds several records is asked once.
            if item.cell in asked:
                continue
            if item.cell.startswith(_ZONES):
                asked.add(item.cell)
            if sample.holds(stored.record.id, item.cell) and not item.fields[0].startswith(LEFT_OVER):
                yield stored, make_measuring_item(item, LADDER[-1])
            elif not everything and sample.may_wait(stored.unit, item):
                deferred.append(item.id)
            else:
                yield stored, item


def _list_fields(stored: Stored, sample: DrawnSample) -> set[str]:
    """The fields of a record that are asked: its doubts, and what passed and is audited."""
    audits = {path for path, value in stored.record.cells() if sample.is_audit(stored.record, value)}
    return audits | set(stored.open if is_open(stored) else ())


def note_asked_records(ledger: Ledger, site: str, records: Sequence[str]) -> None:
    """Keep which records a sheet asks whole: their answers are taken though more passes by then."""
    if records and ledger.can_write and not list_asked_whole(ledger, records) >= {*records}:
        ledger.record_event(f"asked:{site}", STEP, "note", detail={"asked": list(records)})


def list_asked_whole(ledger: Ledger, records: Collection[str]) -> set[str]:
    """Those of some records that a sheet ever asked whole."""
    sql = "SELECT detail FROM events WHERE step = ? AND unit LIKE 'asked:%' ORDER BY seq"
    some, found = frozenset(records), set[str]()
    for row in ledger.stream_rows(sql, (STEP,)):
        found |= some.intersection(json.loads(row["detail"])["asked"])
    return found


def load_audit_rules(ledger: Ledger, known: RunContext) -> AuditRules:
    """What passes today, and which of it the workspace's draw asks all the same."""
    return AuditRules(ledger, known, draw_of(ledger, known.place.options.calibrate.audit_share))


class DrawnSample:
    """What the draw of a workspace asks today.

    turns: record -> its place in the draw, of those asked whole: the next ones of forms of which nothing passes yet,
    and the first ones of every volume. in_turn: the same, by place.
    """

    def __init__(self, ledger: Ledger, known: RunContext, volume: int | None = None, *, keeps: bool = False) -> None:
        """Look at what is kept of all parts, or of one volume, and at the records of parts that changed."""
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
        """The records that are not asked whole, in the order of value; those with nothing but audits by lot among them,
        so that their place does not tell what passed.
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
        """Whether a place is asked to measure, whatever the machine made of it."""
        if not cell.startswith(_ZONES):
            return False
        page, _, zone = cell.removeprefix(_ZONES).rpartition("/")
        # Where nothing passes yet, there is nothing to audit: pages wait for their turn as a whole.
        if record in self.turns or self._rules.is_cold(page):
            return record in self.turns
        return self._rules.is_audited(page, zone)

    def is_audit(self, record: Record, value: FieldValue) -> bool:
        """Whether a value that passed by a threshold is asked all the same."""
        return has_passed(value) and self.holds(record.id, f"{_ZONES}{value.origin.page}/{value.origin.zone}")

    def may_wait(self, unit: str, item: Item) -> bool:
        """Whether a question need not be asked before the first pages show what passes."""
        is_hopeful = item.value != "" and item.confidence >= LADDER[-1]
        return item.why == (UNCALIBRATED,) and self._rules.is_cold(unit) and is_hopeful
