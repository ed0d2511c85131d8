"""Check: records to findings, one station and year at a time, so that cross-record rules see all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from digitize.machine.progress import Progress
from digitize.machine.work_keys import work_key
from digitize.steps.check_lots import CheckLot, CheckWork, GroupChecked, checked_lots
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.packs import PackedRow
from digitize.workspace.ledger.purges import has_values
from digitize.workspace.ledger.records import Records
from digitize.workspace.ledger.verdict import VERDICT_VERSION
from digitize.workspace.run_context import RunContext

_LOT = 4000
"""Groups of so many records, or one with more, are checked together and kept in one transaction."""
_CLAIMED = 200
"""So many groups are claimed at once."""


def plan(ledger: Ledger, known: RunContext, groups: Iterable[str] | None = None) -> list[tuple[str, str]]:
    """(group, key) of every group whose records, rules or decisions changed since its last check.

    groups: candidates, None for all.
    """
    todos = []
    for group in Records(ledger).groups() if groups is None else groups:
        hashes = Records(ledger).hashes_of_group(group)
        key = work_key("check", VERDICT_VERSION, known.check_key, *hashes)
        now = ledger.state(unit_of(group), "check")
        # Records whose values were purged keep their verdict: of those alone nothing is asked.
        if hashes and not (now and now.is_done_under(key)) and has_values(ledger, group):
            todos.append((group, key))
    return todos


def check_groups(ledger: Ledger, known: RunContext, todos: Sequence[tuple[str, str]], progress: Progress) -> int:
    """Check all groups of the plan. Returns the number of records checked."""
    if not todos:
        return 0
    progress.start("check", len(todos))
    work = CheckWork(known.check_settings, known.parts)
    count = 0
    for done in checked_lots(work, _lots(ledger, known, todos, progress), known.workers):
        count += _keep(ledger, known, done)
        _advance(progress, len(done))
    return count


def _lots(
    ledger: Ledger, known: RunContext, todos: Sequence[tuple[str, str]], progress: Progress
) -> Iterator[CheckLot]:
    """Groups leased by this process, with their records, in lots."""
    records, lot, size = Records(ledger), list[tuple[str, str, list[PackedRow]]](), 0
    for at in range(0, len(todos), _CLAIMED):
        some = todos[at : at + _CLAIMED]
        held = set(ledger.claim([unit_of(group) for group, _ in some], "check", known.owner))
        _advance(progress, len(some) - len(held))
        for group, key in some:
            if unit_of(group) not in held:
                continue
            lot.append((group, key, records.packed_of_group(group)))
            size += len(lot[-1][2])
            if size >= _LOT:
                yield _lot(records, lot)
                lot, size = [], 0
    if lot:
        yield _lot(records, lot)


def _advance(progress: Progress, groups: int) -> None:
    for _ in range(groups):
        progress.advance()


def _lot(records: Records, groups: list[tuple[str, str, list[PackedRow]]]) -> CheckLot:
    return CheckLot(groups, records.packs.shapes_of(row for _, _, rows in groups for row in rows))


def _keep(ledger: Ledger, known: RunContext, done: Sequence[GroupChecked]) -> int:
    """Keep verdicts and findings of the groups that this worker still leases. Returns the number of their records."""
    records = Records(ledger)
    # Findings and the "done" events together: a lot that was killed here is checked again.
    with ledger.writing():
        # Silent for longer than a lease runs: another worker checked those groups, maybe under newer answers.
        held = ledger.list_leased(known.owner)
        ledger.renew(known.owner)
        kept = [d for d in done if unit_of(d.group) in held]
        for d in kept:
            records.set_verdicts(d.verdicts, d.findings)
            words = Counter(verdict.word for verdict in d.verdicts.values())
            counts = {"records": len(d.verdicts), **{word: words[word] for word in ("clean", "review", "reject")}}
            ledger.finish(unit_of(d.group), "check", d.key, {"findings": len(d.findings), **counts}, counts)
    return sum(len(d.verdicts) for d in kept)


def unit_of(group: str) -> str:
    """Ledger unit under which the check of a group is stored."""
    return f"group:{group}"
