"""What a record would become under new decisions, without writing anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digitize.errors import NotFound
from digitize.steps import map_register
from digitize.steps.map_pages import make_records
from digitize.steps.map_table import make_again
from digitize.workspace.decisions.apply import VALUE
from digitize.workspace.decisions.items import cell_of
from digitize.workspace.known import Known
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.ledger.records import Decision, Records, Stored
from mappers.record import Record


@dataclass(frozen=True, slots=True)
class Tried:
    """The record under the decisions, and the codes of the rules that still refuse it."""

    record: Record
    codes: tuple[str, ...]

    def lost_fields(self, decision: Decision) -> list[str]:
        """The fields a typed text should have fed, when no cleaner understands it; empty when one does."""
        fed = {path: v for path, v in self.record.cells() if cell_of(path, v) == decision.field}
        is_lost = decision.verdict == VALUE and bool(fed) and all(v.value is None for v in fed.values())
        return sorted(fed) if is_lost else []


def trial(ledger: Ledger, known: Known, record_id: str, decisions: Sequence[Decision]) -> Tried:
    """Map and check one record again under its earlier decisions and these. Raises NotFound."""
    from validators.checking.check import check_records

    stored = Records(ledger).one(record_id)
    if stored is None:
        raise NotFound(f"There is no record {record_id} any more.")
    own = Records(ledger).decisions(record_id) | {d.field: d for d in decisions}
    record = _make_again(ledger, known, stored, {record_id: own})
    # Rules across records (a number used twice) must see its neighbours.
    others = [s.record for s in Records(ledger).of_group(stored.group) if s.record.id != record.id]
    findings = check_records([record, *others], known.check_settings)
    codes = sorted({f.code for f in findings if f.record == record.id and f.severity == "reject"})
    return Tried(record, tuple(codes))


def _make_again(ledger: Ledger, known: Known, stored: Stored, decisions: dict[str, dict[str, Decision]]) -> Record:
    mapped = ledger.state(stored.unit, "map")
    if mapped is not None and mapped.is_register:
        return map_register.make_again(ledger, known, stored.record.id, stored.unit, decisions)
    if stored.record.pages:
        # A form's record is made of all its pages, whichever the settled cell lies on.
        scans = [s for p in stored.record.pages if (s := Catalogue(ledger).scan(p))]
        return make_records(ledger, known, scans, decisions)[0]
    return make_again(ledger, known, stored, decisions)
