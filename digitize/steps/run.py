"""A run: its steps in the one order used by every caller. People review between two runs.

`digitize run`, `run --only`, `run --cluster`, `worker`, `watch` and `load` all come here. How work is claimed (whole
plan, or lots shared by workers) is a parameter; the order is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from digitize.errors import OptionsError
from digitize.machine.placing import Cluster
from digitize.machine.progress import Progress
from digitize.steps import check, load, map, read
from digitize.steps.books import learn_books, note_decided
from digitize.steps.discover import discover
from digitize.steps.dry_run import plan_dry_run
from digitize.steps.due_parts import Due
from digitize.steps.inputs import note_inputs
from digitize.steps.load_due import find_due_batches, load_due_batches
from digitize.steps.measure import measure_anew
from digitize.steps.rescanned import carry_over
from digitize.steps.run_report import RunReport
from digitize.steps.work_sharing import WholePlan, WorkSharing
from digitize.targets.base import Target
from digitize.workspace.calibration.threshold_store import thresholds_in
from digitize.workspace.counting.counts_cache import keep_counts
from digitize.workspace.counting.totals import count_work
from digitize.workspace.integrity.settings import record_settings
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.books import lines
from digitize.workspace.ledger.lots import Lots, Work
from digitize.workspace.measuring import begin_by_itself, measure_place, preview_place_thresholds
from digitize.workspace.models_used import record_models
from digitize.workspace.place import Place
from digitize.workspace.run_context import RunContext, build_run_context
from ocr.tesseract.folders import searching

STEPS = ("read", "map", "check", "load")


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Options of a run. limit: maximum number of pages to read. is_dry: only report.

    cluster: scheduler address, "" for this machine. first: volumes to read first, see `due.parse_first`.
    """

    steps: tuple[str, ...] = STEPS
    limit: int | None = None
    is_dry: bool = False
    cluster: str = ""
    first: str = ""


def parse_steps(text: str) -> tuple[str, ...]:
    """Steps from "read,map", in the run's order; all for "". Raises OptionsError for an unknown step."""
    names = [n.strip() for n in text.split(",") if n.strip()]
    unknown = [n for n in names if n not in STEPS]
    if unknown:
        raise OptionsError(f"--only must be {', '.join(STEPS)}; not {', '.join(unknown)}")
    return tuple(s for s in STEPS if s in names) or STEPS


def run_workspace(place: Place, options: RunOptions, progress: Progress) -> RunReport:
    """Bring a workspace up to date.

    Raises TooManyRefused when a run must pause, TargetRefused, EngineMissing, MappingError, LedgerError. Finished work
    is kept in any case.
    """
    address = "" if options.is_dry else options.cluster
    with Ledger(place.ledger) as ledger, searching(place.models), cluster_at(place, address, progress) as cluster:
        if options.is_dry:
            report = _preview(ledger, build_dry_context(place, ledger), options)
        else:
            report = Run(ledger, place, WholePlan(options.limit, options.first), progress, cluster).do(options.steps)
        report.now = count_work(ledger, every_volume=False)
    return report


def build_dry_context(place: Place, ledger: Ledger) -> RunContext:
    """Context a run would use, with the thresholds it would measure; nothing is written."""
    known = build_run_context(place, ledger)
    return replace(known, thresholds=preview_place_thresholds(ledger, place))


def _preview(ledger: Ledger, known: RunContext, options: RunOptions) -> RunReport:
    due = plan_dry_run(ledger, known, options.steps, options.limit, options.first)
    return RunReport(True, {step: d.units for step, d in due.items()}, due, target=known.target_name)


class Run:
    """One pass over a workspace: all due work, in order.

    Several may run at once on one ledger. Work that must happen once (measure, carry over, record settings and models)
    is compared and written in one transaction; pages, tables and groups are leased, as is learning from volumes.
    """

    def __init__(
        self, ledger: Ledger, place: Place, sharing: WorkSharing, progress: Progress, cluster: Cluster | None = None
    ) -> None:
        """Measure thresholds, record settings, and build the context of the steps.

        cluster: its workers compute, None for this machine. Raises MappingError, FormError, OptionsError.
        """
        self._ledger, self._place, self._sharing, self._progress = ledger, place, sharing, progress
        self._measure()
        self.known = build_run_context(place, ledger, cluster)
        self.report = RunReport(target=self.known.target_name)
        if sharing.has_folder:
            for name in record_settings(ledger, place):
                progress.say(f"{name} differs from the last run; this run uses the new one.")

    def do(self, steps: Iterable[str]) -> RunReport:
        """Do these steps in the order of STEPS; stop early if other workers hold what the next step needs."""
        try:
            # Each step plans when its turn has come, for what it has to do comes of the one before.
            for step in steps:
                if not self._actions[step](self):
                    break
        finally:
            # Also after an error: what this process held may be taken up by the next at once.
            self._ledger.release(self.known.owner)
        self._settle()
        keep_counts(self._ledger)
        return self.report

    def _settle(self) -> None:
        """Mark finished parts clean, so the next run skips them."""
        settle_steps(self._ledger, self.known, [step for step, n in self.report.todo.items() if n])

    def _measure(self) -> None:
        for text in measure_place(self._ledger, self._place):
            self._progress.say(text)

    def _read(self) -> bool:
        """Read due pages, learn from volumes, draft unknown prints. Returns whether mapping may start."""
        while True:
            note_inputs(self._ledger, self.known, ("read",))
            self._read_due()
            if not self._sharing.is_all_read(self._ledger, self.report.read):
                return False
            self._learn_books()
            if not self._draft_prints():
                return True

    def _read_due(self) -> None:
        pages = self._sharing.due_pages(self._ledger, self.known)
        self.report.todo["read"] = self.report.todo.get("read", 0) + len(pages)
        # Before the first page: models_differ takes the newest note that comes before a page's event.
        if len(pages) and self._place.options.read.engine.startswith("tesseract"):
            record_models(self._ledger, self._place)
        self.report.read.add(pages.read(self._progress))

    def _learn_books(self) -> None:
        """Learn facts from whole volumes and decide their doubtful pages again, without recognition."""
        with self._lease_alone("learn-books") as is_alone:
            if is_alone and learn_books(self._ledger, self.known):
                self.report.books = lines(self._ledger)
                again = self._sharing.due_pages(self._ledger, self.known, decided_only=True)
                self.report.read.add(again.read(self._progress))
                note_decided(self._ledger, self.known)

    def _draft_prints(self) -> bool:
        """Draft unknown prints; their pages are then read again with them."""
        if not self._sharing.may_draft:
            return False
        with self._lease_alone("draft-prints") as is_alone:
            prints = discover(self._ledger, self.known, self._progress) if is_alone else []
        if not prints:
            return False
        self.report.prints += prints
        # What this run wrote itself is no change that the next one need tell of.
        record_settings(self._ledger, self._place)
        self.known = build_run_context(self._place, self._ledger, self.known.cluster)
        return True

    @contextmanager
    def _lease_alone(self, what: str) -> Iterator[bool]:
        """Whether no other run is at this work; if so it is leased meanwhile."""
        lots = Lots(self._ledger, what)
        lot = lots.claim([Work(what)], 1)
        try:
            yield lot is not None
        finally:
            if lot is not None:
                lots.give_back(lot)

    def _map(self) -> bool:
        # What other weights read is compared with the answers of before; then thresholds are those of today's weights.
        if begin_by_itself(self._ledger, self._place):
            self._progress.say(
                "Measuring has begun: what is read surely is asked without its reading, until enough of it was right."
            )
        if measure_anew(self._ledger, self.known):
            self._measure()
        self.known = replace(self.known, thresholds=thresholds_in(self._ledger))
        carry_over(self._ledger)
        note_inputs(self._ledger, self.known, ("map",))
        due = Due(self._ledger, self.known, "map")
        due.settle((plan := map.plan(self._ledger, self.known, due.parts)).idle)
        self.report.todo["map"] = len(plan.todos)
        self._map_units(plan.todos)
        # A table that is replaced goes when the newer one is mapped; then what people settled of it holds for that.
        for _ in range(2):
            self._map_units(map.plan_replaced(self._ledger, self.known))
        return True

    def _map_units(self, todos: list[map.MapTodo]) -> None:
        for some, known in self._sharing.portions(self._ledger, self.known, "map", todos, _work_of_unit):
            self.report.mapped += map.map_units(self._ledger, known, some, self._progress)

    def _check(self) -> bool:
        note_inputs(self._ledger, self.known, ("check",))
        due = Due(self._ledger, self.known, "check")
        todos = check.plan(self._ledger, self.known, due.parts)
        self.report.todo["check"] = len(todos)
        due.settle(set(due.parts) - {group for group, _ in todos})
        for some, known in self._sharing.portions(self._ledger, self.known, "check", todos, _work_of_group):
            self.report.checked += check.check_groups(self._ledger, known, some, self._progress)
        return True

    def _load(self) -> bool:
        # So that what waits to be mapped or checked again is what is marked: see `load_due.find_stale`.
        self._settle()
        self._load_batches()
        return True

    def load_only(self, named: Sequence[str] | None, target: Target) -> None:
        """Load only these batches, None for all due ones. Raises TargetRefused."""
        try:
            self._load_batches(named, target)
        finally:
            self._ledger.release(self.known.owner)
        keep_counts(self._ledger)

    def _load_batches(self, named: Sequence[str] | None = None, target: Target | None = None) -> None:
        note_inputs(self._ledger, self.known, ("load",))
        due = find_due_batches(self._ledger, self.known, named)
        self.report.todo["load"], self.report.waiting = len(due), due.stale
        self.report.receipts = load_due_batches(self._ledger, self.known, due, self._progress, named, target)

    _actions: Mapping[str, Callable[[Run], bool]] = {"read": _read, "map": _map, "check": _check, "load": _load}


def _work_of_unit(todo: map.MapTodo) -> Work:
    return Work(todo.unit, todo.key)


def _work_of_group(todo: tuple[str, str]) -> Work:
    group, key = todo
    return Work(check.unit_of(group), key)


@contextmanager
def cluster_at(place: Place, address: str, progress: Progress) -> Iterator[Cluster | None]:
    """Connect to the cluster at an address, None for "". Raises MachineLacks, OptionsError for an unusable store."""
    if not address:
        yield None
        return
    # Here and not above: one machine needs none of it.
    from digitize.machine.cluster.dask_cluster import DaskCluster
    from digitize.machine.cluster.store import ScanStore

    named = place.options.store
    store = ScanStore(named.url, named.endpoint) if named.url else None
    with DaskCluster(address, place.folder, store, progress.say) as cluster:
        yield cluster


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
