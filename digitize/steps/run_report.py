"""What a run did or would do: for people, as JSON, and as the error that ends it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from digitize.errors import MachineLacks, OptionsError, TooManyRefused
from digitize.files.loading.load_result import format_waiting
from digitize.machine.command_line import format_command
from digitize.machine.text import pluralize
from digitize.steps.change_reasons import StepDue
from digitize.steps.discover import DraftedPrint
from digitize.steps.read import ReadReport
from digitize.targets import Receipt
from digitize.workspace.counting.totals import StatusCounts, Totals


@dataclass(slots=True)
class RunReport:
    """Report of a run, or of a dry run.

    todo: step -> number of units due. waiting: batches not loaded, see `load_due.find_stale`.
    """

    is_dry: bool = False
    todo: dict[str, int] = field(default_factory=dict)
    due: dict[str, StepDue] = field(default_factory=dict)
    read: ReadReport = field(default_factory=ReadReport)
    prints: list[DraftedPrint] = field(default_factory=list)
    mapped: int = 0
    checked: int = 0
    receipts: list[Receipt] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    target: str = ""
    books: list[str] = field(default_factory=list)
    now: StatusCounts = field(default_factory=StatusCounts)

    @property
    def totals(self) -> Totals:
        """The workspace in numbers."""
        return self.now.totals

    @property
    def to_review(self) -> int:
        """Fields that need review."""
        return self.totals.open_fields

    @property
    def is_idle(self) -> bool:
        """Whether there was nothing to do."""
        return not any(self.todo.values())

    def lines(self) -> list[str]:
        """The report for people."""
        if self.is_dry:
            would = "Would do: " + ", ".join(f"{step} {n}" for step, n in self.todo.items())
            return [would, *(due.line(step) for step, due in self.due.items() if due.is_any)]
        if self.is_idle:
            return ["Nothing to do: everything is up to date.", *self.now.lines()]
        return [*self._did(), *self.now.lines()]

    def _did(self) -> list[str]:
        blank = f" ({self.read.blank} blank)" if self.read.blank else ""
        said = [
            f"Read {pluralize(self.read.read, 'page')}{blank}, decided {self.read.decided} again, "
            f"{self.read.failed} failed."
        ]
        said += [
            f"Drafted {p.id}, an unknown print of {p.family}, with {p.zones} zones. Its values wait for review until "
            f"it is accepted. Check {p.picture}, then: "
            f"{format_command('forms', 'accept', 'DIR', p.id, '--operator', 'NAME')}"
            for p in self.prints
        ]
        said += [f"Mapped {pluralize(self.mapped, 'record')}, checked {self.checked}."]
        for r in self.receipts:
            said.append(
                f"Loaded batch {r.batch} into {self.target}: {r.inserted} new, {r.updated} changed, {r.unchanged} as "
                f"before, {r.rejected} rejected, {r.held} held for review, {r.withdrawn} withdrawn."
            )
        return [*said, *([format_waiting(self.waiting)] if self.waiting else [])]

    def as_plain(self) -> dict[str, Any]:
        """The report as JSON types."""
        return {
            "dry_run": self.is_dry,
            "todo": self.todo,
            "due": {step: due.as_plain() for step, due in self.due.items()} if self.is_dry else None,
            "read": self.read.as_plain(),
            "prints": [{**asdict(p), "picture": str(p.picture)} for p in self.prints],
            "books": self.books,
            "mapped": self.mapped,
            "checked": self.checked,
            "target": self.target,
            "receipts": [asdict(r) for r in self.receipts],
            "waiting": self.waiting,
            "totals": self.totals.as_plain(),
            "left_over": [asdict(c) for c in self.now.left_over],
        }

    def raise_if_too_many(self, share: float) -> None:
        """Raise MachineLacks when pages wait for an engine, OptionsError for a mapping, TooManyRefused for the rest."""
        t = self.totals
        if self.is_dry:
            return
        # First, for these pages count as failed below, and the share of failures would hide why.
        missing = self.read.failed_kinds.get("engine-missing", 0)
        if missing:
            raise MachineLacks(
                f"{pluralize(missing, 'page waits', 'pages wait')} for something that is not installed. Run: "
                f"digitize doctor"
            )
        if t.unmapped:
            why = "For tables the reason is above; for pages: digitize show DIR PAGE"
            raise OptionsError(f"{t.unmapped} pages or tables could not be mapped. {why}")
        if t.pages_failed + t.files_refused > share * max(t.pages + t.files_refused, 1):
            raise TooManyRefused(
                f"{t.pages_failed} of {t.pages} pages failed and {t.files_refused} files were refused, more than the "
                f"agreed {share:.0%}. All others are processed. See: digitize status"
            )
        if t.rejected > share * max(t.records, 1):
            raise TooManyRefused(
                f"{t.rejected} of {t.records} records were rejected by a rule, more than the agreed {share:.0%}. "
                "See: digitize review export"
            )
