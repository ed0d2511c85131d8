"""Learn the station and year of a volume from its own confident pages, once they are read.

Pages bound into one volume share one station and year. Where the confident pages agree, doubtful ones are decided with
that value as a prior, as with intake metadata; a page that clearly says otherwise is not overruled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from digitize.steps.read_keys import told_of
from digitize.workspace.ledger import Ledger, books
from digitize.workspace.ledger.books import LEARNED_ZONES, BookFact
from digitize.workspace.ledger.catalogue import Catalogue, PageScan
from digitize.workspace.ledger.readings import newest_reading
from digitize.workspace.run_context import RunContext
from ocr.forms.expected import AS_METADATA
from ocr.page import Decided

_SURE = 0.9
_LEAST_PAGES = 5
_AGREE, _HOLDS = 0.95, 0.8
"""Shares of a volume's sure pages that must agree for it to be learned, and to stay so."""


def learn_books(ledger: Ledger, known: RunContext) -> bool:
    """Learn from pages read since the last run, including a run that was killed before it learned.

    Returns whether the facts known about any volume changed.
    """
    changed = False
    for volume in books.list_unseen(ledger):
        group = _newest(Catalogue(ledger).scans(volume))
        before = known.books.get(volume, {})
        now = _facts(ledger, group, before)
        if {z: f.value for z, f in now.items()} != {z: f.value for z, f in before.items()}:
            known.books[volume] = now
            changed = True
        # Also without any news: it was looked at.
        books.record(ledger, volume, known.books.get(volume, {}))
    return changed


def note_decided(ledger: Ledger, known: RunContext) -> None:
    """Record that pages were decided with learned facts, so they do not count as further evidence for them."""
    for volume in books.list_unseen(ledger):
        books.record(ledger, volume, known.books.get(volume, {}))


def _newest(scans: Sequence[PageScan]) -> list[PageScan]:
    return list({scan.page: scan for scan in scans}.values())


def _facts(ledger: Ledger, scans: Sequence[PageScan], before: Mapping[str, BookFact]) -> dict[str, BookFact]:
    untold = {zone: [s for s in scans if not told_of(s).get(zone)] for zone in LEARNED_ZONES}
    if not any(len(some) >= _LEAST_PAGES for some in untold.values()):
        return {}
    readings = {scan.page: newest_reading(ledger, scan.page) for scan in scans}
    found = {}
    for zone, some in untold.items():
        decided = [d for s in some if (reading := readings[s.page]) and (d := reading.zones.get(zone))]
        fact = learned_fact(zone, decided, before.get(zone))
        if fact is not None:
            found[zone] = fact
    return found


def learned_fact(zone: str, decided: Sequence[Decided], before: BookFact | None) -> BookFact | None:
    """Value on which the pages of a volume agree in one zone, or None. before: what was learned earlier."""
    sure = [d for d in decided if d.value and d.confidence >= _SURE]
    if before is not None:
        # What was weighed with it is no witness for it; what is sure of another value in spite of it is one against.
        others = sum(AS_METADATA not in d.notes and d.value != before.value for d in sure)
        return before if others <= (1 - _HOLDS) * max(1, len(sure)) else None
    if len(sure) < _LEAST_PAGES:
        return None
    value, count = Counter(d.value for d in sure).most_common(1)[0]
    return BookFact(zone, value, count, len(sure)) if count >= _AGREE * len(sure) else None
