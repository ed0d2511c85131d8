"""Trial: a record under new decisions, without writing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digitize.errors import NotFound
from digitize.steps import map_register, map_system
from digitize.steps.map_pages import make_records
from digitize.steps.map_table import make_again
from digitize.steps.systems import systems_of
from digitize.workspace.decisions.apply import VALUE
from digitize.workspace.decisions.entries import PLACE_LISTS
from digitize.workspace.decisions.items import cell_of
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.ledger.purges import require_source
from digitize.workspace.ledger.records import Decision, Records, Stored
from digitize.workspace.ledger.replaced_tables import counting_tables
from digitize.workspace.run_context import RunContext
from mappers.codes import CodeList
from mappers.record import FieldValue, Record
from validators.finding import Finding

NOT_IN_LIST = "not-in-list"
"""What a cleaner notes of a value that its list does not have (mappers/clean/codes.py)."""


@dataclass(frozen=True, slots=True)
class TrialResult:
    """The record under the decisions, codes of rules that still reject it, and all findings."""

    record: Record
    codes: tuple[str, ...]
    findings: tuple[Finding, ...] = ()

    def format_values(self, decision: Decision) -> str:
        """Resulting values of a decision as one text, used to compare answers."""
        fed = ((path, v.value) for path, v in self.record.cells() if cell_of(path, v) == decision.field)
        return "\n".join(f"{path}={value}" for path, value in sorted(fed) if value is not None)

    def lost_fields(self, decision: Decision) -> list[str]:
        """Fields for which no cleaner understands a typed text; empty if all do."""
        fed = {path: v for path, v in self.record.cells() if cell_of(path, v) == decision.field}
        is_lost = decision.verdict == VALUE and bool(fed) and all(v.value is None for v in fed.values())
        return sorted(fed) if is_lost else []

    def unlisted_fields(self, decision: Decision, lists: Mapping[str, CodeList]) -> list[str]:
        """Fields whose answer is in no list of stations, districts, acts and the like."""
        fed = {path: v for path, v in self.record.cells() if cell_of(path, v) == decision.field}
        values = {path: v for path, v in fed.items() if v.value is not None}
        return sorted(path for path, v in values.items() if NOT_IN_LIST in v.notes or _is_unlisted(path, v, lists))


def _is_unlisted(path: str, value: FieldValue, lists: Mapping[str, CodeList]) -> bool:
    """Whether a place is in no list, whatever its source; notes come from its cleaner."""
    name = PLACE_LISTS.get(path)
    return name is not None and name in lists and lists[name].find(value.value or "") is None


def try_decisions(
    ledger: Ledger, known: RunContext, record_id: str, decisions: Sequence[Decision], *, with_rules: bool = True
) -> TrialResult:
    """Map one record again under its earlier decisions and these, and run the rules. Raises NotFound."""
    stored = Records(ledger).find(record_id)
    if stored is None:
        raise NotFound(f"Record {record_id} no longer exists.")
    require_source(ledger, record_id, stored.unit, is_paper=bool(stored.record.pages))
    own = Records(ledger).decisions(record_id) | {d.field: d for d in decisions}
    record = _remake_record(ledger, known, stored, {record_id: own})
    if not with_rules:
        return TrialResult(record, ())
    # Rules across records (a number used twice) must see its neighbours.
    others = [s.record for s in Records(ledger).of_group(stored.group) if s.record.id != record.id]
    # Here: whoever asks no rules need not load them.
    from validators.checking.check import check_records

    findings = check_records([record, *others], known.check_settings)
    said = tuple(f for f in findings if f.record == record.id)
    return TrialResult(record, tuple(sorted({f.code for f in said if f.severity == "reject"})), said)


def _remake_record(
    ledger: Ledger, known: RunContext, stored: Stored, decisions: dict[str, dict[str, Decision]]
) -> Record:
    mapped = ledger.state(stored.unit, "map")
    if mapped is not None and mapped.is_register:
        return map_register.make_again(ledger, known, stored.record.id, stored.unit, decisions)
    if stored.record.pages:
        # A form's record is made of all its pages, whichever the settled cell lies on.
        scans = [s for p in stored.record.pages if (s := Catalogue(ledger).scan(p))]
        return make_records(ledger, known, scans, decisions)[0]
    tables = counting_tables(ledger) if known.systems else []
    unit = stored.unit.partition(":")[0]
    members = systems_of(known, tables).get(unit)
    # A part that waits for its head is a record of its own table.
    if members is not None and unit in members.units("head"):
        return map_system.make_again(ledger, known, members, stored, decisions)
    return make_again(ledger, known, stored, decisions)
