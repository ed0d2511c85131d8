"""What people settled stays settled when an office's own weights read its pages otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from digitize.steps.read_keys import DECIDE, RECOGNISE, keys_by_weights
from digitize.workspace.decisions.items import ZONE
from digitize.workspace.known import Known
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import PageScan
from digitize.workspace.ledger.chosen_weights import ever_chosen
from digitize.workspace.ledger.records import Decision
from ocr.page import Reading
from ocr.plain import reading_from_plain


def as_read_today(
    ledger: Ledger,
    known: Known,
    pages: Sequence[PageScan],
    readings: Mapping[str, Reading | None],
    decisions: Mapping[str, Decision],
) -> Mapping[str, Decision]:
    """The decisions on a record's zones, made on what they say today where only the weights made them say otherwise.

    A decision counts for the reading that it was made on. Where the same place of the same scan was read so with other
    weights, what the person saw on the paper is what lies there still.
    """
    ever = ever_chosen(ledger) if decisions else []
    if len(ever) < 2:
        return decisions
    held = dict(decisions)
    for scan in pages:
        reading = readings[scan.page]
        if reading is None or reading.form is None:
            continue
        before: Mapping[str, set[str]] | None = None
        for zone, decided in reading.zones.items():
            decision = held.get(cell := f"{ZONE}:{scan.page}/{zone}")
            if decision is None or decision.reading == decided.raw:
                continue
            if before is None:
                before = _read_before(ledger, scan, reading.form, keys_by_weights(known, scan, reading.form, ever))
            if decision.reading in before.get(zone, ()):
                held[cell] = replace(decision, reading=decided.raw)
    return held


def _read_before(ledger: Ledger, scan: PageScan, form: str, keys: set[str]) -> dict[str, set[str]]:
    """Zone -> what it was ever read as under one of these keys of recognising."""
    found: dict[str, set[str]] = {}
    recognised = ""
    for event in ledger.events(scan.page):
        if event.step == RECOGNISE:
            recognised = event.key
        is_reading = event.step == DECIDE and event.outcome == "done" and event.detail.get("form") == form
        if is_reading and recognised in keys:
            for zone, decided in reading_from_plain(ledger.result(scan.page, DECIDE, event.key)).zones.items():
                found.setdefault(zone, set()).add(decided.raw)
    return found
