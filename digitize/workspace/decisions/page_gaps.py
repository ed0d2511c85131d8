"""Gaps in the handwritten page numbers of registers: leaves torn out, or not scanned."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from digitize.reading.page_order import Missing, find_order
from digitize.workspace.decisions.special_questions import GAP
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, PageScan
from digitize.workspace.ledger.records import Records
from digitize.workspace.ledger.state import DONE

MISSING, NO_GAP = "missing", "no gap"
_DECIDED = """SELECT unit, outcome, detail FROM state
              WHERE step = 'decide' AND unit IN (SELECT page FROM scans WHERE volume = ?)"""


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap of count numbers between two consecutive pages of a volume.

    page, next_page: their ids; after, before: their numbers. source: hashes of both scans, to which an answer is bound.
    said: the answer, MISSING (from the book) or NO_GAP; "" if open.
    """

    volume: str
    page: str
    next_page: str
    after: int
    before: int
    count: int
    source: str
    said: str = ""

    @property
    def cell(self) -> str:
        """Place under which an answer is stored."""
        return f"{GAP}:{self.after}-{self.before}"


def find_gaps(ledger: Ledger, volume: int | None = None) -> list[Gap]:
    """Gaps of all volumes in order, or of one.

    Numbers are trusted if they continue over several pages, at least three on each side of a gap: a misread number is
    no gap, and one at the very end of a volume is not found.
    """
    catalogue = Catalogue(ledger)
    labels = catalogue.volume_labels() if volume is None else {volume: catalogue.volume_label(volume)}
    found: list[Gap] = []
    for one in sorted(labels):
        states = {r["unit"]: _detail(r) for r in ledger.rows(_DECIDED, (one,))}
        # Most volumes have no page that bears a number, and need no second look.
        if any(detail.get("numbers") for detail in states.values()):
            found += _of_volume(ledger, labels[one], catalogue.scans(one), states)
    return found


def _detail(row: sqlite3.Row) -> Mapping[str, Any]:
    return json.loads(row["detail"]) if row["outcome"] in DONE else {}


def _of_volume(
    ledger: Ledger, volume: str, scans: Sequence[PageScan], states: Mapping[str, Mapping[str, Any]]
) -> Iterator[Gap]:
    numbers = [_numbers(states.get(scan.page)) for scan in scans]
    # One scan with two numbers that follow each other is an open book, and then every scan of the volume counts as one.
    halves = 2 if any(len(n) == 2 and n[1] == n[0] + 1 for n in numbers) else 1
    places = [place for own in numbers for place in _places(own, halves)]
    for missing in find_order(places).missing:
        yield _gap(ledger, volume, scans[missing.left // halves], scans[missing.right // halves], missing)


def _numbers(detail: Mapping[str, Any] | None) -> list[int]:
    """Numbers on a register page, from the left."""
    return list((detail or {}).get("numbers", ()))


def _places(numbers: Sequence[int], halves: int) -> list[Sequence[int]]:
    """Numbers of a scan by position in the book: a spread has two. If only one was read it may be either."""
    if halves == 1:
        return [numbers]
    if len(numbers) == 2:
        return [numbers[:1], numbers[1:]]
    # One was read of two, or none: which side it is of, the row of pages tells.
    return [numbers, numbers]


def _gap(ledger: Ledger, volume: str, left: PageScan, right: PageScan, missing: Missing) -> Gap:
    source = f"{left.sha256}:{left.idx} {right.sha256}:{right.idx}"
    gap = Gap(volume, left.page, right.page, missing.after, missing.before, missing.count, source)
    word = Records(ledger).decisions(left.page).get(gap.cell)
    # Either page was scanned anew: what was said of the old pair says nothing of this one.
    if word is None or word.source != source:
        return gap
    return replace(gap, said=word.value)
