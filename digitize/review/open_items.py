"""Questions on some records, found by record without reading others; the same as among all questions.

While values are not measured, a place that feeds several records is asked under one of them. Nearby pages show which:
all records of a form page are of that page; in a register the date above the entries of a page, or on its own line, may
apply to a few more pages.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from digitize.reading.days import MOST_PAGES
from digitize.review.asked_fields import DrawnSample, list_asked_whole, load_audit_rules, put_first
from digitize.review.empty_fields import list_empty_field_items
from digitize.review.question_cache import AuditRules, QuestionCache, has_passed, is_open
from digitize.workspace.counting.parts import values_of, where_of
from digitize.workspace.decisions.items import ZONE, Item, items_of, list_items
from digitize.workspace.decisions.order import places_of
from digitize.workspace.decisions.sources import is_register
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.ledger.readings import Readings
from digitize.workspace.ledger.records import Records, Stored
from digitize.workspace.run_context import RunContext

_AROUND = 2 * MOST_PAGES
"""So many pages before and behind a place may hold records that hang on it: twice those for which a day is believed,
for an entry may go on over the foot of its page."""
_PAGES = "SELECT DISTINCT page FROM scans WHERE volume = ? ORDER BY page"


def list_open_items(ledger: Ledger, known: RunContext, records: Collection[str]) -> Iterator[tuple[Stored, Item]]:
    """All valid questions on some records: doubts, past measurement questions (passing now or not), and those for going
    back to the paper.
    """
    is_begun = known.thresholds.is_begun
    own = _list_measured(ledger, known, records) if is_begun else _DoubtfulItems(ledger, known).list_items_of(records)
    yield from put_first(own, list_empty_field_items(ledger, known, records))


def _list_measured(ledger: Ledger, known: RunContext, records: Collection[str]) -> Iterator[tuple[Stored, Item]]:
    readings, before = Readings(ledger), list_asked_whole(ledger, records)
    rules = load_audit_rules(ledger, known)
    turns = _DrawnRecords(ledger, known, rules)
    for stored in Records(ledger).each_of(sorted(records)):
        if stored.is_purged:
            continue
        wanted = rules.list_asked_fields(stored)
        # The draw is asked only where it can say anything: it looks at the whole volume.
        passed = {path for path, value in stored.record.cells() if has_passed(value)} - wanted
        if passed and (stored.record.id in before or turns.is_drawn(stored)):
            wanted |= passed
        if wanted:
            for item in items_of(ledger, replace(stored, open=tuple(sorted(wanted))), known.mappings, readings):
                yield stored, item


class _DrawnRecords:
    """Records the sample asks completely today."""

    def __init__(self, ledger: Ledger, known: RunContext, rules: AuditRules) -> None:
        self._ledger, self._known = ledger, known
        self._kept = QuestionCache(ledger, rules)
        self._of_volume = lru_cache(maxsize=64)(self._read_draws)
        self._drawn: Collection[str] | None = None

    def is_drawn(self, stored: Stored) -> bool:
        scan = Catalogue(self._ledger).scan(stored.unit)
        if scan is None:
            return False
        first, cold = self._of_volume(scan.volume)
        if stored.record.id in first or stored.record.id not in cold:
            return stored.record.id in first
        # Which pages of a form come next is told beside those of all other volumes.
        if self._drawn is None:
            self._drawn = frozenset(DrawnSample(self._ledger, self._known).turns)
        return stored.record.id in self._drawn

    def _read_draws(self, volume: int) -> tuple[frozenset[str], frozenset[str]]:
        first, cold = self._kept.list_draws(f"volume:{volume}")
        every = (turn for turns in cold.values() for turn in turns)
        return frozenset(r for t in first for r in t.records), frozenset(r for t in every for r in t.records)


class _DoubtfulItems:
    """The items of some records that are in review or rejected, as `list_items` has them of all."""

    def __init__(self, ledger: Ledger, known: RunContext) -> None:
        self._ledger, self._known = ledger, known
        self._readings = Readings(ledger)
        self._pages_of = lru_cache(maxsize=16)(self._list_pages)
        self._places_on = lru_cache(maxsize=64)(self._find_places_on)
        self._volume = lru_cache(maxsize=4)(self._list_of_volume)

    def list_items_of(self, records: Collection[str]) -> Iterator[tuple[Stored, Item]]:
        """By record."""
        forms: dict[str, None] = {}
        for stored in Records(self._ledger).each_of(sorted(records)):
            if not is_open(stored):
                continue
            if not stored.record.pages:
                # Columns are named alike in every record; each is asked for itself.
                yield from ((stored, item) for item in self._list_own_items(stored))
            elif is_register(stored, self._readings):
                yield from (
                    (stored, item) for item in self._list_own_items(stored) if self._is_asked(stored, item.cell)
                )
            else:
                forms[stored.unit] = None
        for unit in forms:
            of_unit = list_items(self._ledger, self._known.mappings, ("unit = ?", (unit,)))
            yield from ((stored, item) for stored, item in of_unit if stored.record.id in records)

    def _list_own_items(self, stored: Stored) -> list[Item]:
        return items_of(self._ledger, stored, self._known.mappings, self._readings)

    def _is_asked(self, stored: Stored, cell: str) -> bool:
        """Whether a place is asked under this record."""
        record = stored.record.id
        if not cell.startswith(f"{ZONE}:"):
            return True
        own = [name for name, places in self._find_waiting(stored, cell).items() if cell in places]
        first = Records(self._ledger).find(min(own)) if len(own) > 1 else None
        if first is not None and any(item.cell == cell for item in self._list_own_items(first)):
            return first.record.id == record
        # It stands under another record's name, or under none: all that could hang on it are looked at.
        rows = [s for s in Records(self._ledger).of_row(record.partition("+")[0]) if is_open(s)]
        others = {s.record.id for s in rows if any(i.cell == cell for i in self._list_own_items(s))} | {*own} - {record}
        if others <= {record}:
            return True
        scan = Catalogue(self._ledger).scan(stored.unit)
        return scan is None or (record, cell) in self._volume(scan.volume)

    def _find_waiting(self, stored: Stored, cell: str) -> Mapping[str, Collection[str]]:
        """Records on the pages around a place -> the places that they wait for."""
        page = cell.partition(":")[2].rpartition("/")[0]
        scan = Catalogue(self._ledger).scan(page)
        pages = self._pages_of(scan.volume) if scan else (stored.unit,)
        at = pages.index(page) if page in pages else 0
        around = pages[max(0, at - _AROUND) : at + _AROUND + 1]
        return {name: places for unit in around for name, places in self._places_on(unit).items()}

    def _list_pages(self, volume: int) -> tuple[str, ...]:
        return tuple(r["page"] for r in self._ledger.rows(_PAGES, (volume,)))

    def _find_places_on(self, unit: str) -> Mapping[str, Collection[str]]:
        stored = (s for s in Records(self._ledger).of_unit(unit) if is_open(s))
        return {s.record.id: frozenset(places_of(s, s.open)) for s in stored}

    def _list_of_volume(self, volume: int) -> Collection[tuple[str, str]]:
        scope = where_of(part := f"volume:{volume}"), values_of(part)
        every = list_items(self._ledger, self._known.mappings, scope)
        return frozenset((stored.record.id, item.cell) for stored, item in every)
