"""After a run: mark finished parts clean, so the next run skips them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from digitize.steps import check, load, map, read
from digitize.steps.due_parts import Due
from digitize.workspace.ledger import Ledger
from digitize.workspace.run_context import RunContext


def settle_steps(ledger: Ledger, known: RunContext, steps: Iterable[str]) -> None:
    """Check parts worked on in these steps again, and clear their marks if nothing is left."""
    for step in steps:
        due = Due(ledger, known, step)
        due.settle(_IDLE[step](ledger, known, due))


def _idle_volumes(ledger: Ledger, known: RunContext, due: Due) -> Iterable[str]:
    return [f"volume:{v}" for v in read.plan(ledger, known, None, due.volumes()).idle]


def _idle_groups(ledger: Ledger, known: RunContext, due: Due) -> Iterable[str]:
    return set(due.parts) - {group for group, _ in check.plan(ledger, known, due.parts)}


def _idle_batches(ledger: Ledger, known: RunContext, due: Due) -> Iterable[str]:
    return set(due.parts) - {batch for batch, _ in load.plan(ledger, known, due.parts)}


def _idle_units(ledger: Ledger, known: RunContext, due: Due) -> Iterable[str]:
    return map.plan(ledger, known, due.parts).idle


_IDLE: Mapping[str, Callable[[Ledger, RunContext, Due], Iterable[str]]] = {
    "read": _idle_volumes, "map": _idle_units, "check": _idle_groups, "load": _idle_batches,
}  # fmt: skip
