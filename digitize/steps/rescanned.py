"""Rescanned pages: answers given on the earlier scan still apply.

An answer applies if the place reads the same, or if the FIR number does: the paper is then the same, whatever else the
new scan reads. Register rows are matched by that number, or by their whole content.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from digitize.reading.rows import row_mark
from digitize.steps.read_keys import DECIDE
from digitize.workspace.decisions.places import FIELD, ZONE, row_id
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.ledger.records import Decision, Records
from digitize.workspace.ledger.waiting_pages import NOT_CARRIED, REPLACES, WaitingPage, keep, kept_pages
from ocr.page import Reading
from ocr.plain import reading_from_plain

_NUMBER = "fir_no"


def carry_over(ledger: Ledger) -> None:
    """Carry answers over to newer scans, once per page, before anything is mapped."""
    if not _not_carried(ledger):
        return
    # Looked at once more inside: of two runs at once one carries them over.
    with ledger.writing():
        waiting = _not_carried(ledger)
        read = {w.page: (w, now) for w in waiting if (now := _readings(ledger, w)) is not None}
        counts = _Carrying(ledger, {page: own for page, (_, own) in read.items()}).carry()
        for page, (was, _) in read.items():
            answers, carried = counts.get(page, (0, 0))
            keep(ledger, replace(was, answers=answers, carried=carried))


def _not_carried(ledger: Ledger) -> list[WaitingPage]:
    return [w for w in kept_pages(ledger) if w.answer == REPLACES and w.page and w.carried == NOT_CARRIED]


@dataclass(frozen=True, slots=True)
class _Scans:
    """The readings of two scans of a page. older, newer: "SHA256:INDEX" of each."""

    older: str
    newer: str
    before: Reading
    now: Reading


def _readings(ledger: Ledger, page: WaitingPage) -> _Scans | None:
    """Readings of both scans of a page; None while the newer is unread or no longer counts."""
    newest = Catalogue(ledger).scan(page.page)
    if newest is None or f"{newest.sha256}:{newest.idx}" != page.unit:
        return None
    found: dict[str, Reading] = {}
    scan = ""
    for event in ledger.events(page.page):
        if event.step == "intake" and event.key:
            scan = event.key
        elif event.step == DECIDE and event.outcome in ("done", "again"):
            found[scan] = reading_from_plain(ledger.result(page.page, DECIDE, event.key))
    if page.unit not in found:
        return None
    return _Scans(page.earlier, page.unit, found.get(page.earlier, found[page.unit]), found[page.unit])


class _Carrying:
    """Answers on records of rescanned pages."""

    def __init__(self, ledger: Ledger, scans: Mapping[str, _Scans]) -> None:
        self._records, self._catalogue, self._scans = Records(ledger), Catalogue(ledger), scans
        self._counts: dict[str, tuple[int, int]] = {}

    def carry(self) -> Mapping[str, tuple[int, int]]:
        """Page -> how many answers were on it, and how many hold."""
        volumes = {s.volume for page in self._scans if (s := self._catalogue.scan(page)) is not None}
        made: list[Decision] = []
        # A record's answers stand under its first page, whichever of its pages they are on.
        for page in (s.page for volume in sorted(volumes) for s in self._catalogue.scans(volume)):
            for record, cells in self._records.decisions_of(page).items():
                made += [
                    d for cell, own in cells.items() if (d := self._carry_answer(page, record, cell, own)) is not None
                ]
        for decision in made:
            self._records.insert_decision(decision, decision.at)
        return self._counts

    def _carry_answer(self, unit: str, record: str, cell: str, own: Decision) -> Decision | None:
        """The answer as it applies to the newer scan; None if it does not, or is on another page."""
        kind, _, place = cell.partition(":")
        page = place.rpartition("/")[0] if kind == ZONE else unit
        scans = self._scans.get(page)
        if scans is None or kind not in (ZONE, FIELD) or ":".join(own.source.split(":")[:2]) != scans.older:
            return None
        number = self._number(record, page)
        is_of_row = bool(scans.before.rows) and (kind == FIELD or "." in place)
        made = _on_row(scans, own, number) if is_of_row else _on_page(scans, own, number)
        answers, carried = self._counts.get(page, (0, 0))
        self._counts[page] = (answers + 1, carried + (made is not None))
        return made

    def _number(self, record: str, page: str) -> str:
        """The zone, or the column, of this page in which the FIR's number of a record stands; "" where none does."""
        stored = self._records.find(record)
        number = stored.record.fields.get(_NUMBER) if stored else None
        return number.origin.zone or "" if number is not None and number.origin.page == page else ""


def _on_page(scans: _Scans, own: Decision, number: str) -> Decision | None:
    """Answer on a zone of a form, or on a field that no zone feeds."""
    is_same = scans.before.family == scans.now.family and _says_same(scans, number, number)
    kind, _, place = own.field.partition(":")
    if kind == FIELD:
        return replace(own, source=scans.newer) if is_same else None
    zone = place.rpartition("/")[2]
    now = _raw(scans.now, zone)
    if zone not in scans.now.zones or not (is_same or (now and now in (own.reading, _raw(scans.before, zone)))):
        return None
    # Of a register's page a zone of its own stands in the source, too.
    source = f"{scans.newer}:{zone}" if scans.before.rows else scans.newer
    return replace(own, reading=now, source=source)


def _on_row(scans: _Scans, own: Decision, number: str) -> Decision | None:
    """Answer on a cell of a register row, or on a field of its record."""
    row, page, column = row_id(own.record), "", ""
    kind, _, place = own.field.partition(":")
    if kind == ZONE:
        page, _, zone = place.rpartition("/")
        row, _, column = zone.partition(".")
    is_same, found = _row_now(scans, row, number.partition(".")[2])
    if not found or not (mark := row_mark(scans.now, found)):
        return None
    now = _raw(scans.now, f"{found}.{column}")
    if kind == ZONE and not (is_same or (now and now == own.reading)):
        return None
    head, _, more = own.record.partition("+")
    record = f"{head.removesuffix(f'-{row}')}-{found}{f'+{more}' if more else ''}" if head.endswith(f"-{row}") else ""
    if not record:
        return None
    field, reading = (f"{ZONE}:{page}/{found}.{column}", now) if kind == ZONE else (own.field, own.reading)
    return replace(own, record=record, field=field, reading=reading, source=f"{scans.newer}:{mark}")


def _row_now(scans: _Scans, row: str, column: str) -> tuple[bool, str]:
    """(matched by number, row) on the newer scan; "" if no row or several match."""
    keys: list[tuple[bool, Callable[[Reading, str], str]]] = [(False, _texts)]
    if column:
        keys.insert(0, (True, lambda reading, name: _raw(reading, f"{name}.{column}")))
    for is_number, key in keys:
        wanted = key(scans.before, row)
        here = [r.id for r in scans.before.rows if key(scans.before, r.id) == wanted]
        there = [r.id for r in scans.now.rows if key(scans.now, r.id) == wanted]
        if wanted and len(here) == len(there) == 1:
            return is_number, there[0]
    return False, ""


def _texts(reading: Reading, row: str) -> str:
    cells = [f"{zone}={d.raw}" for zone, d in sorted(reading.zones.items()) if zone.startswith(f"{row}.") and d.raw]
    return "|".join(c.partition(".")[2] for c in cells) if len(cells) > 1 else ""


def _says_same(scans: _Scans, before: str, now: str) -> bool:
    text = _raw(scans.before, before)
    return bool(text) and text == _raw(scans.now, now)


def _raw(reading: Reading, zone: str) -> str:
    found = reading.zones.get(zone)
    return found.raw if found is not None else ""
