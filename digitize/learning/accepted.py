"""Settled values on form zones that our handwriting networks may learn from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from digitize.learning.networks import taught_by
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, PageScan
from digitize.workspace.ledger.purges import purged_files
from digitize.workspace.ledger.records import Decision, Records
from digitize.workspace.run_context import RunContext

_VALUE = "value"
_ZONES = "zone:"


@dataclass(frozen=True, slots=True)
class AcceptedPage:
    """A page of a form with the values that people settled on its zones. at: when the last of them was."""

    scan: PageScan
    form: str
    values: tuple[tuple[str, str], ...]
    at: str


def accepted_pages(ledger: Ledger, known: RunContext, network: str, *, names: bool) -> list[AcceptedPage]:
    """Pages with values a network may learn, earliest settled first.

    names: whether the office allows learning from free text, which contains names of persons.
    """
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
            and taught_by(form.zone(zone), form, names=names) == network
        }
        if kept:
            found.append(AcceptedPage(scan, form.id, tuple(sorted(kept.items())), max(d.at for d in decided.values())))
    return sorted(found, key=lambda p: (p.at, p.scan.page))


def _on_zones(cells: Mapping[str, Decision]) -> Iterator[tuple[str, str, Decision]]:
    for cell, decision in cells.items():
        page, _, zone = cell.removeprefix(_ZONES).rpartition("/")
        if cell.startswith(_ZONES) and decision.verdict == _VALUE and decision.value.strip() and "." not in zone:
            yield page, zone, decision
