"""The steps in their order: read, map, check, load. Review is done by people between two runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from digitize.errors import MachineLacks, OptionsError, TooManyRefused
from digitize.machine.progress import Progress
from digitize.machine.text import pluralize
from digitize.steps import check, load, map, read
from digitize.steps.books import learn_books, note_decided
from digitize.steps.discover import DraftedPrint, discover
from digitize.steps.due import Due
from digitize.steps.foresee import foresee
from digitize.steps.inputs import note_inputs
from digitize.steps.lots import read_in_lots
from digitize.steps.measure import measure_anew
from digitize.steps.placing import placed
from digitize.steps.read_plan import PagePlan
from digitize.steps.rescanned import carry_over
from digitize.steps.settling import settle_steps
from digitize.steps.why import StepDue
from digitize.targets import Receipt
from digitize.workspace.calibration.keeping import thresholds_in
from digitize.workspace.counting.all_of_it import Totals
from digitize.workspace.counting.kept import keep_counts
from digitize.workspace.counting.totals import StatusCounts, count_work
from digitize.workspace.integrity.settings import record_settings
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.books import lines
from digitize.workspace.measuring import measure_place
from digitize.workspace.models_used import record_models
from digitize.workspace.place import Place
from digitize.workspace.run_context import RunContext, build_run_context
from digitize.workspace.target import open_place_target
from ocr.tesseract.folders import searching

STEPS = ("read", "map", "check", "load")


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a run is asked to do. limit: at most so many pages are read. is_dry: only say what would be done.

    cluster: the address of a scheduler whose workers compute, "" for this machine. first: which volumes are read first,
    see `due.parse_first`.
    """

    steps: tuple[str, ...] = STEPS
    limit: int | None = None
    is_dry: bool = False
    cluster: str = ""
    first: str = ""


@dataclass(slots=True)
class RunReport:
    """What a run did, or would do when it is dry."""

    is_dry: bool = False
    todo: dict[str, int] = field(default_factory=dict)
    due: dict[str, StepDue] = field(default_factory=dict)
    read: read.ReadReport = field(default_factory=read.ReadReport)
    prints: list[DraftedPrint] = field(default_factory=list)
    mapped: int = 0
    checked: int = 0
    receipts: list[Receipt] = field(default_factory=list)
    target: str = ""
    books: list[str] = field(default_factory=list)
    now: StatusCounts = field(default_factory=StatusCounts)

    @property
    def totals(self) -> Totals:
        """The workspace in numbers."""
        return self.now.totals

    @property
    def to_review(self) -> int:
        """Fields a person must look at."""
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
            f"Read {pluralize(self.read.read, 'page')}{blank}, decided {self.read.decided} anew, "
            f"{self.read.failed} failed."
        ]
        said += [
            f"Drafted {p.id}, a print of {p.family} that was not known, with {p.zones} zones. Look at {p.picture}, "
            f"then: digitize forms accept DIR {p.id} --operator NAME. Until then its values wait for review."
            for p in self.prints
        ]
        said += [f"Mapped {pluralize(self.mapped, 'record')}, checked {self.checked}."]
        for r in self.receipts:
            said.append(
                f"Loaded batch {r.batch} into {self.target}: {r.inserted} new, {r.updated} changed, {r.unchanged} as "
                f"before, {r.rejected} rejected, {r.held} held for review, {r.withdrawn} withdrawn."
            )
        return said

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
            why = "Of tables the reason stands above; of pages: digitize show DIR PAGE"
            raise OptionsError(f"{t.unmapped} pages or tables could not be mapped. {why}")
        if t.pages_failed + t.files_refused > share * max(t.pages + t.files_refused, 1):
            raise TooManyRefused(
                f"{t.pages_failed} of {t.pages} pages failed and {t.files_refused} files were refused, more than the "
                f"agreed {share:.0%}. What was good is done. See: digitize status"
            )
        if t.rejected > share * max(t.records, 1):
            raise TooManyRefused(
                f"{t.rejected} of {t.records} records were rejected by a rule, more than the agreed {share:.0%}. "
                "See: digitize review export"
            )


def parse_steps(text: str) -> tuple[str, ...]:
    """Steps from "read,map", in the pipeline's order; all for "". Raises OptionsError for an unknown step."""
    names = [n.strip() for n in text.split(",") if n.strip()]
    unknown = [n for n in names if n not in STEPS]
    if unknown:
        raise OptionsError(f"--only knows {', '.join(STEPS)}; not {', '.join(unknown)}")
    return tuple(s for s in STEPS if s in names) or STEPS


def run_all(place: Place, wanted: RunOptions, progress: Progress) -> RunReport:
    """Bring a workspace up to date.

    Raises TooManyRefused when a run must pause, TargetRefused, EngineMissing, MappingError, LedgerError. Whatever
    happens, finished work stays finished.
    """
    address = "" if wanted.is_dry else wanted.cluster
    with Ledger(place.ledger) as ledger, searching(place.models), placed(place, address, progress) as cluster:
        if wanted.is_dry:
            known = build_run_context(place, ledger, cluster)
            due = foresee(ledger, known, wanted.steps, wanted.limit, wanted.first)
            todo = {step: d.units for step, d in due.items()}
            return RunReport(True, todo, due, target=known.target_name, now=count_work(ledger, every_volume=False))
        said = measure_place(ledger, place)
        known = build_run_context(place, ledger, cluster)
        report = RunReport(target=known.target_name)
        for text in said:
            progress.say(text)
        for name in record_settings(ledger, place):
            progress.say(f"{name} is another one than at the last run; this run works with it.")
        try:
            # Each step plans when its turn has come, for what it has to do comes of the one before.
            for step in wanted.steps:
                if step == "map":
                    known = _measured_anew(ledger, known, progress)
                note_inputs(ledger, known, (step,))
                _ACTIONS[step](ledger, known, wanted, progress, report)
                if step == "read" and wanted.limit is None:
                    known = _with_new_prints(ledger, known, wanted, progress, report)
        finally:
            # Also after an error: what this process held may be taken up by the next at once.
            ledger.release(known.owner)
        settle_steps(ledger, known, [step for step in wanted.steps if report.todo.get(step)])
        keep_counts(ledger)
        report.now = count_work(ledger, every_volume=False)
    return report


def _with_new_prints(
    ledger: Ledger, known: RunContext, wanted: RunOptions, progress: Progress, report: RunReport
) -> RunContext:
    """Pages of a print that nobody had are read once more by the one that was drafted of them."""
    report.prints = discover(ledger, known, progress)
    if not report.prints:
        return known
    # What this run wrote itself is no change that the next one need tell of.
    record_settings(ledger, known.place)
    known = build_run_context(known.place, ledger, known.cluster)
    note_inputs(ledger, known, ("read",))
    _read(ledger, known, wanted, progress, report)
    return known


def _measured_anew(ledger: Ledger, known: RunContext, progress: Progress) -> RunContext:
    """Before mapping: what other weights read is compared with the answers of before."""
    if not measure_anew(ledger, known):
        return known
    for text in measure_place(ledger, known.place):
        progress.say(text)
    return replace(known, thresholds=thresholds_in(ledger))


Action = Callable[[Ledger, RunContext, RunOptions, Progress, RunReport], None]


def _read(ledger: Ledger, known: RunContext, wanted: RunOptions, progress: Progress, report: RunReport) -> None:
    due = Due(ledger, known, "read")
    todos = read.plan(ledger, known, wanted.limit, due.volumes(wanted.first))
    due.settle(f"volume:{v}" for v in todos.idle)
    report.todo["read"] = report.todo.get("read", 0) + len(todos)
    # Before the first page: models_differ takes the newest note that comes before a page's event.
    if todos and known.place.options.read.engine.startswith("tesseract"):
        record_models(ledger, known.place)
    report.read.add(_read_due(ledger, known, wanted, progress, todos))
    if learn_books(ledger, known):
        report.books = lines(ledger)
        # Decided anew with what was learned; nothing is recognised again.
        volumes = Due(ledger, known, "read").volumes()
        again = read.plan(ledger, known, None, volumes, decided_only=True)
        report.read.add(read.read_pages(ledger, known, again, progress))
        note_decided(ledger, known)


def _read_due(
    ledger: Ledger, known: RunContext, wanted: RunOptions, progress: Progress, todos: PagePlan
) -> read.ReadReport:
    """Pages that are due: recorded here, or by the workers of a cluster where these reach the ledger."""
    is_reached = not isinstance(ledger.path, Path)
    if todos and is_reached and known.cluster is not None and known.cluster.may_record:
        return read_in_lots(ledger, known, progress, wanted.limit)
    return read.read_pages(ledger, known, todos, progress)


def _map(ledger: Ledger, known: RunContext, wanted: RunOptions, progress: Progress, report: RunReport) -> None:
    carry_over(ledger)
    due = Due(ledger, known, "map")
    due.settle((plan := map.plan(ledger, known, due.parts)).idle)
    report.todo["map"] = len(plan.todos)
    report.mapped = map.map_units(ledger, known, plan.todos, progress)
    # A table that is replaced goes when the newer one is mapped; then what people settled of it holds for that.
    for _ in range(2):
        report.mapped += map.map_units(ledger, known, map.plan_replaced(ledger, known), progress)


def _check(ledger: Ledger, known: RunContext, wanted: RunOptions, progress: Progress, report: RunReport) -> None:
    due = Due(ledger, known, "check")
    todos = check.plan(ledger, known, due.parts)
    report.todo["check"] = len(todos)
    due.settle(set(due.parts) - {group for group, _ in todos})
    report.checked = check.check_groups(ledger, known, todos, progress)


def _load(ledger: Ledger, known: RunContext, wanted: RunOptions, progress: Progress, report: RunReport) -> None:
    due = Due(ledger, known, "load")
    todos = load.plan(ledger, known, due.parts)
    report.todo["load"] = len(todos)
    due.settle(set(due.parts) - {batch for batch, _ in todos})
    if todos or load.may_have_room(ledger):
        _load_all(ledger, known, todos, progress, report)
    # Also where nothing is to be loaded: a run that was killed may have left some unwritten.
    load.write_receipts(ledger, known)


def _load_all(
    ledger: Ledger, known: RunContext, todos: list[tuple[str, str]], progress: Progress, report: RunReport
) -> None:
    target = open_place_target(known.place)
    try:
        report.receipts = load.load_all(ledger, known, target, todos, progress)
    finally:
        target.close()


_ACTIONS: dict[str, Action] = {"read": _read, "map": _map, "check": _check, "load": _load}
