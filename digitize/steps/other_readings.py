"""Keep people's decisions when other weights or settings read the same place differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from digitize.steps.read_keys import DECIDE
from digitize.workspace.decisions.items import ZONE
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import PageScan
from digitize.workspace.ledger.records import Decision
from ocr.page import Box, Reading
from ocr.plain import reading_from_plain

_SAME = 0.5
"""So much of two boxes, of what either covers, is common where they are the same place."""


def as_read_today(
    ledger: Ledger,
    pages: Sequence[PageScan],
    readings: Mapping[str, Reading | None],
    decisions: Mapping[str, Decision],
) -> Mapping[str, Decision]:
    """Decisions on a record's zones and cells, transferred to the current readings of the same place.

    A decision belongs to the reading it was made on. If that reading came from the same place of the page, the person
    saw the same ink; its source shows whether the scan is the same (decisions.apply.still_hold). If the form moved the
    zone, the decision is left unchanged and the place is asked again.
    """
    held = dict(decisions)
    for scan in pages if decisions else ():
        reading = readings[scan.page]
        if reading is None or reading.form is None:
            continue
        before: Mapping[str, list[tuple[str, Box]]] | None = None
        for zone, decided in reading.zones.items():
            decision = held.get(cell := f"{ZONE}:{scan.page}/{zone}")
            if decision is None or decision.reading == decided.raw:
                continue
            if before is None:
                before = _read_before(ledger, scan)
            if any(raw == decision.reading and _is_same(box, decided.box) for raw, box in before.get(zone, ())):
                held[cell] = replace(decision, reading=decided.raw)
    return held


def _read_before(ledger: Ledger, scan: PageScan) -> dict[str, list[tuple[str, Box]]]:
    """Zone -> all earlier readings and their places."""
    found: dict[str, list[tuple[str, Box]]] = {}
    for event in ledger.events(scan.page):
        if event.step == DECIDE and event.outcome == "done" and event.detail.get("form"):
            for zone, decided in reading_from_plain(ledger.result(scan.page, DECIDE, event.key)).zones.items():
                found.setdefault(zone, []).append((decided.raw, decided.box))
    return found


def _is_same(a: Box, b: Box) -> bool:
    common = max(0, min(a.x1, b.x1) - max(a.x0, b.x0)) * max(0, min(a.y1, b.y1) - max(a.y0, b.y0))
    both = (a.x1 - a.x0) * (a.y1 - a.y0) + (b.x1 - b.x0) * (b.y1 - b.y0) - common
    return common >= _SAME * both
