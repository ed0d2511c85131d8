"""Cache of the records that a sheet asks, per part: only dirty parts are computed again.

A part is a volume or a table. Its questions depend on its own records, on what passes by the current thresholds, and on
the sample; so the cache key is a hash of the last two, and marks show changed records.
"""

from __future__ import annotations

import heapq
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from math import ceil
from typing import Any, NamedTuple

from digitize import __version__
from digitize.machine.work_keys import plain_hash
from digitize.workspace.calibration.sampling import MORE, Draw, book_of, field_of
from digitize.workspace.counting.parts import values_of, where_of
from digitize.workspace.decisions.order import places_of, sort_by_cost
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.dirty_parts import SHEET, list_parts
from digitize.workspace.ledger.part_cache import PartCache
from digitize.workspace.ledger.records import Records, Stored
from digitize.workspace.ledger.verdict import OPERATOR
from digitize.workspace.run_context import RunContext
from mappers.record import FieldValue

_ROWS_SHARE = 1 / 8
UNCALIBRATED = "not-calibrated"
_VERSION = "1"
"""Raised when the same records give other questions."""
_UNITS = "SELECT record, unit, reasons FROM records WHERE {} ORDER BY record"


class PageDraw(NamedTuple):
    """A page's position in the sample, and its records asked completely."""

    turn: float
    unit: str
    records: list[str]


class PartHead(NamedTuple):
    """Question summary of a part, without the records.

    first: first pages of the volume. cold: form without passing values -> next pages to ask. waiting, audited: number
    of records that need review, and of those with only audits; next_waiting, next_audited: the first of each, with its
    cost and position.
    """

    first: list[PageDraw]
    cold: Mapping[str, list[PageDraw]]
    waiting: int
    audited: int
    next_waiting: tuple[float, str] | None
    next_audited: tuple[float, str] | None


class AuditRules:
    """What passes today, and which values are audited; per value, independent of its record."""

    def __init__(self, ledger: Ledger, known: RunContext, draw: Draw) -> None:
        """draw: of the workspace."""
        options = known.place.options.calibrate
        self.draw, self.first_pages, self.pages_at_once = draw, options.first_pages, options.pages_at_once
        self.asks_whole, self.blind_from = known.thresholds.asks_whole, known.blind_from
        measured = known.thresholds.fields.values()
        # What is asked below, and no more: some more answers change nothing of it, and come with every sheet.
        passing = sorted({form for m in measured if m.threshold is not None for form in m.forms})
        suspects = sorted({(form, book) for m in measured for book in m.suspects for form in m.forms})
        drawn = [
            draw.key.decode("ascii"), draw.share, self.first_pages, self.pages_at_once, self.asks_whole,
            self.blind_from,
        ]  # fmt: skip
        told = [__version__, _VERSION, *drawn, passing, suspects]
        self.basis = plain_hash(told)[:16]
        self.form_of = lru_cache(maxsize=20_000)(lambda page: _find_form(ledger, page))
        self._passes_any = lru_cache(maxsize=1_000)(known.thresholds.passes_any)
        self._is_suspect = lru_cache(maxsize=20_000)(known.thresholds.is_suspect)

    def is_cold(self, page: str) -> bool:
        """Whether nothing passes for the form of a page yet."""
        return not self._passes_any(self.form_of(page) or "")

    def is_sure(self, page: str, zone: str, confidence: float) -> bool:
        """Whether a value that does not pass is asked blind where no whole pages are: it may prove something.

        Of a register one row in eight: rows of one page share a handwriting and are no fair sample of a book.
        """
        is_of_row = field_of(zone) != zone
        is_drawn = not is_of_row or self.draw.place("row", page, zone.partition(".")[0]) < _ROWS_SHARE
        return confidence >= self.blind_from and is_drawn

    def is_audited(self, page: str, zone: str) -> bool:
        """Whether a place is audited, on a page whose form has passing values."""
        is_suspect = self._is_suspect(self.form_of(page) or "", book_of(page))
        return self.draw.is_audited(page, zone, MORE if is_suspect else 1.0)

    def draw_number(self, record: str) -> float:
        """A number 0..1 drawn for a record."""
        return self.draw.turn(f"lot {record}")

    def list_asked_fields(self, stored: Stored) -> set[str]:
        """Questions of a record not asked completely: doubts, and audited values that passed."""
        audits = {path for path, value in stored.record.cells() if has_passed(value) and self._is_drawn(value)}
        return audits | set(stored.open if is_open(stored) else ())

    def _is_drawn(self, value: FieldValue) -> bool:
        page = value.origin.page
        # Where nothing passes yet, there is nothing to audit: pages wait for their turn as a whole.
        return not self.is_cold(page) and self.is_audited(page, value.origin.zone)


def has_passed(value: FieldValue) -> bool:
    """Whether a value passed by a threshold; a certain blank does not."""
    passed = 0 < value.accept <= 1 and value.is_sure() and not value.by.startswith(OPERATOR)
    return passed and bool(value.origin.zone) and not (value.blank and value.accept >= 1)


def is_open(stored: Stored) -> bool:
    """Whether a record has questions."""
    return stored.verdict in ("review", "reject")


def _find_form(ledger: Ledger, page: str) -> str | None:
    """Form of a page, "" if unknown, None if not decided."""
    now = ledger.state(page, "decide")
    return (now.form or "") if now else None


class QuestionCache:
    """Questions of all parts. Memory: summaries of all parts, and records taken."""

    def __init__(self, ledger: Ledger, rules: AuditRules, *, keeps: bool = False) -> None:
        """keeps: store new results in the ledger, if it is writable."""
        self._ledger, self._rules = ledger, rules
        fold = partial(fold_questions, ledger, rules)
        self._parts = PartCache(ledger, SHEET, rules.basis, fold, keeps=keeps)

    def list_heads(self, parts: list[str] | None = None) -> Iterator[tuple[str, PartHead]]:
        """Of some parts, all by default."""
        for part in list_parts(self._ledger, SHEET) if parts is None else parts:
            yield part, _parse_head(self._parts.get(part).partition("\n")[0])
        self._parts.flush()

    def list_draws(self, part: str) -> tuple[list[PageDraw], Mapping[str, list[PageDraw]]]:
        """First pages of a volume, and by form those without passing values; without opening records."""
        if text := self._parts.find(part):
            head = _parse_head(text.partition("\n")[0])
            return head.first, head.cold
        return _list_draws(self._ledger, part, self._rules)

    def list_waiting(self, part: str, head: PartHead) -> Iterator[tuple[float, str]]:
        """Records of a part that need review, in order of value, with their keystrokes."""
        return self._read_from(part, 1, head.next_waiting)

    def list_audited(self, part: str, head: PartHead) -> Iterator[tuple[float, str]]:
        """Records with only audits, in sampling order."""
        return self._read_from(part, 2, head.next_audited)

    def _read_from(self, part: str, line: int, first: tuple[float, str] | None) -> Iterator[tuple[float, str]]:
        if first is None:
            return
        # The others are fetched only when the first was taken: of most parts it never is.
        yield first
        yield from ((cost, record) for cost, record in json.loads(self._parts.get(part).split("\n")[line])[1:])


def fold_questions(ledger: Ledger, rules: AuditRules, part: str) -> str:
    """Questions of one part, as three lines of JSON: summary, records to review, audited records."""
    wanting: dict[str, Mapping[str, float]] = {}
    lots = []
    for stored in Records(ledger).of_units(f"{where_of(part)} ORDER BY record", values_of(part)):
        if stored.is_purged or not (wanted := rules.list_asked_fields(stored)):
            continue
        if is_open(stored):
            wanting[stored.record.id] = places_of(stored, sorted(wanted))
        else:
            lots.append((rules.draw_number(stored.record.id), stored.record.id))
    waiting, audited = sort_by_cost(wanting), sorted(lots)
    first, cold = _list_draws(ledger, part, rules)
    nexts = (next(iter(own), None) for own in (waiting, audited))
    head = PartHead(first, cold, len(waiting), len(audited), *nexts)
    return "\n".join(json.dumps(own, separators=(",", ":")) for own in (head, waiting, audited))


def _list_draws(ledger: Ledger, part: str, rules: AuditRules) -> tuple[list[PageDraw], dict[str, list[PageDraw]]]:
    """First pages of a volume, and by form those without passing values, in sampling order."""
    # Of a register's page one row stands for all: rows of one page are of one hand, and no fair draw by themselves.
    units: dict[str, dict[str, list[Mapping[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in ledger.stream_rows(_UNITS.format(where_of(part)), values_of(part)):
        if rules.form_of(row["unit"]) is not None:
            units[row["unit"]][row["record"].partition("+")[0]].append(row)
    turns = []
    cold: dict[str, list[PageDraw]] = defaultdict(list)
    for unit, records in units.items():
        own = records[min(records, key=lambda r: (rules.draw.turn(r), r))]
        turn = PageDraw(rules.draw.turn(unit), unit, [r["record"] for r in own])
        turns.append(turn)
        if rules.asks_whole and rules.is_cold(unit) and any(UNCALIBRATED in r["reasons"] for r in own):
            cold[rules.form_of(unit) or ""].append(turn)
    return _choose_first(rules, turns), {form: heapq.nsmallest(rules.pages_at_once, own) for form, own in cold.items()}


def _choose_first(rules: AuditRules, turns: Sequence[PageDraw]) -> list[PageDraw]:
    """First pages of a volume; where no whole pages are asked, of pages with passing values a tenth at most."""
    if rules.asks_whole:
        return heapq.nsmallest(rules.first_pages, turns)
    passing = [turn for turn in turns if not rules.is_cold(turn.unit)]
    return heapq.nsmallest(min(rules.first_pages, ceil(len(passing) / 10)), passing)


def _parse_head(text: str) -> PartHead:
    first, cold, waiting, audited, *nexts = json.loads(text)
    then = [(float(n[0]), str(n[1])) if n else None for n in nexts]
    turns = {form: [PageDraw(*t) for t in own] for form, own in cold.items()}
    return PartHead([PageDraw(*t) for t in first], turns, waiting, audited, *then)
