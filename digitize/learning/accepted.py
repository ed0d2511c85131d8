"""What people settled on the zones of forms, as far as our recogniser of handwriting may learn from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from digitize.workspace.known import Known
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, PageScan
from digitize.workspace.ledger.purges import purged_files
from digitize.workspace.ledger.records import Decision, Records
from ocr.forms.form import Form, Zone

_KINDS = ("year", "digits", "date", "time", "sections")
"""Kinds of zones that hold no name of a person, whatever the form; of others only those that a closed list decides."""
_VALUE = "value"
_ZONES = "zone:"


@dataclass(frozen=True, slots=True)
class AcceptedPage:
    """A page of a form with the values that people settled on its zones. at: when the last of them was."""

    scan: PageScan
    form: str
    values: tuple[tuple[str, str], ...]
    at: str


def may_be_learned(zone: Zone, form: Form, *, names: bool) -> bool:
    """Whether the values of a zone may be learned: written in English by hand, and of no kind that names persons.

    names: whether the office said that free text, in which names of persons stand, may be learned as well.
    """
    languages = zone.languages or form.languages
    if not zone.handwriting or languages[:1] != ("en",) or zone.kind == "block" or zone.alternatives:
        return False
    return names or zone.kind in _KINDS or zone.list is not None


def accepted_pages(ledger: Ledger, known: Known, *, names: bool) -> list[AcceptedPage]:
    """The pages with values that may be learned, the one settled longest ago first."""
    states = ledger.states("decide")
    scans = {scan.page: scan for scan in Catalogue(ledger).scans()}
    values: dict[str, dict[str, Decision]] = {}
    for of_unit in Records(ledger).decided_units().values():
        for cells in of_unit.values():
            for page, zone, decision in _on_zones(cells):
                values.setdefault(page, {})[zone] = decision
    found, purged = [], purged_files(ledger)
    for page, decided in values.items():
        scan, state = scans.get(page), states.get(page)
        form = known.forms.get(state.form or "") if state is not None and state.is_done else None
        if scan is None or form is None or scan.sha256 in purged:
            continue
        kept = {
            zone: d.value
            for zone, d in decided.items()
            # Of another scan of the page nothing is known: it may have been cut or laid otherwise.
            if d.source == f"{scan.sha256}:{scan.idx}"
            and form.has(zone)
            and may_be_learned(form.zone(zone), form, names=names)
        }
        if kept:
            found.append(AcceptedPage(scan, form.id, tuple(sorted(kept.items())), max(d.at for d in decided.values())))
    return sorted(found, key=lambda p: (p.at, p.scan.page))


def _on_zones(cells: Mapping[str, Decision]) -> Iterator[tuple[str, str, Decision]]:
    for cell, decision in cells.items():
        page, _, zone = cell.removeprefix(_ZONES).rpartition("/")
        if cell.startswith(_ZONES) and decision.verdict == _VALUE and decision.value.strip() and "." not in zone:
            yield page, zone, decision
