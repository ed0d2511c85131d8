"""Last step of a run: which batches to load now, and which are stale and must wait."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field

from digitize.machine.progress import Progress
from digitize.steps import check, load, map
from digitize.steps.due_parts import Due
from digitize.targets import Receipt
from digitize.targets.base import Target
from digitize.workspace.ledger import Ledger
from digitize.workspace.run_context import RunContext
from digitize.workspace.target import open_place_target


@dataclass(frozen=True, slots=True)
class DueBatches:
    """Batches with a checked record that changed since the last load into this target.

    todos: (batch, key) to load. stale: waiting batches, see `find_stale`.
    """

    todos: list[tuple[str, str]] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        """Number of batches, loadable or not."""
        return len(self.todos) + len(self.stale)


def find_due_batches(
    ledger: Ledger, known: RunContext, named: Sequence[str] | None = None, *, is_dry: bool = False
) -> DueBatches:
    """Find batches to load. named: only these batches, None for all. is_dry: record nothing."""
    due = Due(ledger, known, "load", is_dry=is_dry)
    looked = [b for b in due.parts if named is None or b in named]
    todos = load.plan(ledger, known, looked)
    if not is_dry:
        due.settle(set(looked) - {batch for batch, _ in todos})
    stale = find_stale(ledger, known, [batch for batch, _ in todos])
    return DueBatches([(batch, key) for batch, key in todos if batch not in stale], stale)


def load_due_batches(
    ledger: Ledger,
    known: RunContext,
    due: DueBatches,
    progress: Progress,
    named: Sequence[str] | None = None,
    target: Target | None = None,
) -> list[Receipt]:
    """Load due batches; if all batches are meant, also refused records whose numbers are free now.

    target: already open; None: open the workspace's target if there is anything to load. Raises TargetRefused; batches
    loaded before stay loaded.
    """
    receipts: list[Receipt] = []
    if due.todos or load.may_have_room(ledger):
        act = load.load_all if named is None else load.load_batches
        with nullcontext(target) if target else closing(open_place_target(known.place)) as opened:
            receipts = act(ledger, known, opened, due.todos, progress)
    # Also where nothing is to be loaded: a run that was killed may have left some unwritten.
    load.write_receipts(ledger, known, named)
    return receipts


def find_stale(ledger: Ledger, known: RunContext, batches: Iterable[str]) -> list[str]:
    """Batches with a record to be mapped or checked again, because thresholds, weights, rules, mappings or answers
    changed.

    Until then such a record might pass by a threshold proved for something else.
    """
    asked = set(batches)
    if not asked:
        return []
    stale: set[str] = set()
    for todo in map.plan(ledger, known, Due(ledger, known, "map", is_dry=True).parts).todos:
        # A table's records stand under its chunks, TABLE:NUMBER; ";" comes next after ":".
        where = "unit = ? OR (unit > ? AND unit < ?)"
        stale |= _batches_with(ledger, where, todo.unit, f"{todo.unit}:", f"{todo.unit};")
    for group, _ in check.plan(ledger, known, Due(ledger, known, "check", is_dry=True).parts):
        was_checked = ledger.state(check.unit_of(group), "check") is not None
        stale |= _batches_with(ledger, "grp = ?" if was_checked else "grp = ? AND verdict = ''", group)
    return sorted(stale & asked)


def _batches_with(ledger: Ledger, where: str, *values: str) -> set[str]:
    return {r["batch"] for r in ledger.rows(f"SELECT DISTINCT batch FROM records WHERE {where}", values)}
