"""Check: records to findings, one station and year at a time, so that rules across records see all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from digitize.machine.progress import Progress
from digitize.machine.work_keys import work_key
from digitize.workspace.known import Known
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Records, Stored
from digitize.workspace.ledger.verdict import PART, VERDICT_VERSION, Verdict, judge
from validators.finding import Finding


def plan(ledger: Ledger, known: Known) -> list[tuple[str, str]]:
    """(group, key) of every group whose records, rules or decisions changed since it was last checked."""
    states = ledger.states("check")
    todos = []
    for group, hashes in Records(ledger).group_hashes().items():
        key = work_key("check", VERDICT_VERSION, known.check_key, *hashes)
        now = states.get(_unit(group))
        if not (now and now.is_done_under(key)):
            todos.append((group, key))
    return todos


def check_groups(ledger: Ledger, known: Known, todos: Sequence[tuple[str, str]], progress: Progress) -> int:
    """Check all groups of the plan. Returns the number of records checked."""
    if not todos:
        return 0
    progress.start("check", len(todos))
    count = 0
    for group, key in todos:
        if ledger.claim([_unit(group)], "check", known.owner):
            count += _check(ledger, known, group, key)
        progress.advance()
    return count


def _check(ledger: Ledger, known: Known, group: str, key: str) -> int:
    # Here and not above: the rules bring polars, which a run with nothing to check need not load.
    from validators.checking.check import check_records

    records = Records(ledger)
    stored = records.of_group(group)
    parts = {s.record.id for s in stored if _is_part(s, known)}
    # A row that is a part of a record elsewhere lacks what the rules ask of a whole one.
    findings = check_records([s.record for s in stored if s.record.id not in parts], known.check_settings)
    by_record: dict[str, list[Finding]] = {}
    for f in findings:
        by_record.setdefault(f.record, []).append(f)
    verdicts = {
        s.record.id: PART if s.record.id in parts else judge(s.record, by_record.get(s.record.id, [])) for s in stored
    }
    counts = _counts(stored, verdicts)
    # Findings and the "done" event together: a group that was killed here is checked again.
    with ledger.writing():
        records.set_verdicts(verdicts, findings)
        ledger.finish(_unit(group), "check", key, {"findings": len(findings), **counts}, counts)
    return len(stored)


def _is_part(stored: Stored, known: Known) -> bool:
    """Whether a record was made by a mapping whose rows are parts of records of another table."""
    return any(value.by in known.parts for value in stored.record.fields.values())


def _counts(stored: Sequence[Stored], verdicts: Mapping[str, Verdict]) -> dict[str, int]:
    counts = {"records": len(stored), "clean": 0, "review": 0, "reject": 0}
    for verdict in verdicts.values():
        counts[verdict.word] += 1
    return counts


def _unit(group: str) -> str:
    return f"group:{group}"
