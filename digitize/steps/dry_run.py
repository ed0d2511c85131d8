"""Dry run: work due per step now, and an upper bound of what becomes due after the earlier steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from digitize.steps import check, load, map
from digitize.steps.change_reasons import NEVER, Reasons, StepDue, due_of, each_of, pages_due
from digitize.steps.due_parts import Due
from digitize.steps.map import MapTodo
from digitize.workspace.counting.parts import values_of, where_of
from digitize.workspace.ledger import Ledger
from digitize.workspace.run_context import RunContext

_GROUPS = "SELECT DISTINCT grp FROM records WHERE {}"
_BATCHES = "SELECT DISTINCT batch FROM records WHERE grp = ?"
_OF_VOLUME = "SELECT DISTINCT batch FROM scans WHERE volume = ?"
_OF_TABLE = "SELECT batch FROM tables WHERE unit = ?"


def plan_dry_run(
    ledger: Ledger, known: RunContext, steps: Iterable[str], limit: int | None = None, first: str = ""
) -> dict[str, StepDue]:
    """Work due in these steps, given in run order. limit: maximum number of pages to read."""
    reasons, follows, found = Reasons(ledger, known), _Follows(ledger), dict[str, StepDue]()
    for step in steps:
        due = Due(ledger, known, step, is_dry=True)
        if step == "read":
            found[step], where = pages_due(ledger, known, due.volumes(first), limit)
            follows.note_read(found[step], where)
        elif step == "map":
            todos = map.plan(ledger, known, due.parts).todos
            found[step] = due_of(ledger, step, (reasons.of_unit(t) for t in todos))
            follows.note_map(found[step], todos)
        elif step == "check":
            groups = [group for group, _ in check.plan(ledger, known, due.parts)]
            found[step] = due_of(ledger, step, (reasons.of_group(check.unit_of(g)) for g in groups))
            follows.note_check(found[step], groups)
        else:
            batches = [batch for batch, _ in load.plan(ledger, known, due.parts)]
            found[step] = due_of(ledger, step, (reasons.of_batch(b) for b in batches))
            follows.note_load(found[step], batches)
    return found


@dataclass(slots=True)
class _Follows:
    """Carries the effects of each step to the next ones.

    pages: to be read or decided again. parts: volumes and tables to be read or mapped. new: pages and tables without
    records yet. groups: to be checked.
    """

    ledger: Ledger
    pages: int = 0
    parts: set[str] = field(default_factory=set)
    new: int = 0
    groups: set[str] = field(default_factory=set)

    def note_read(self, due: StepDue, volumes: Iterable[int]) -> None:
        """Pages of these volumes will be read."""
        self.pages = due.units
        self.parts.update(f"volume:{v}" for v in volumes)
        self.new += due.why.get(NEVER, 0)

    def note_map(self, due: StepDue, todos: Iterable[MapTodo]) -> None:
        """Add units to be mapped, including those of pages to be read."""
        self.parts.update(self.ledger.part_of(todo.unit) for todo in todos)
        self.new += due.why.get(NEVER, 0)
        self._tell(due, "map", self.pages, f"{self.pages:,} pages are read or decided again first")

    def note_check(self, due: StepDue, groups: Iterable[str]) -> None:
        """Add groups to be checked, including those whose records are mapped again."""
        own = set(groups)
        for part in sorted(self.parts):
            sql = _GROUPS.format(where_of(part))
            self.groups.update(r["grp"] for r in self.ledger.stream_rows(sql, values_of(part)))
        more = len(self.groups - own)
        self.groups |= own
        self._tell(due, "check", more, "records in them are mapped again first")
        if self.new:
            due.unknown = f"and the groups to which records of {self.new:,} new pages or tables will belong"

    def note_load(self, due: StepDue, batches: Iterable[str]) -> None:
        """Add batches to be loaded, including those with anything mapped or checked again."""
        own, found = set(batches), set[str]()
        for part in sorted(self.parts):
            kind, _, name = part.partition(":")
            sql, value = (_OF_VOLUME, int(name)) if kind == "volume" else (_OF_TABLE, name)
            found.update(r["batch"] for r in self.ledger.rows(sql, (value,)))
        for group in sorted(self.groups):
            found.update(r["batch"] for r in self.ledger.rows(_BATCHES, (group,)))
        self._tell(due, "load", len(found - own), "parts of them are mapped or checked again first")

    def _tell(self, due: StepDue, step: str, more: int, because: str) -> None:
        if more:
            each = each_of(self.ledger, step)
            due.more, due.because = more, because
            due.more_s = None if each is None else more * each
