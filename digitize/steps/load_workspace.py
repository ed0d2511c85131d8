"""Load the checked records of a workspace now, into the configured or a named target."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from digitize.errors import OptionsError, TooManyRefused
from digitize.files.agreed_limit import AgreedLimit
from digitize.files.loading.load_result import LoadResult
from digitize.machine.progress import Progress
from digitize.steps import load
from digitize.steps.load_due import find_due_batches
from digitize.steps.run import Run, build_dry_context
from digitize.steps.work_sharing import WholePlan
from digitize.workspace.counting.counts_cache import iter_summed_counts
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.place import Place
from digitize.workspace.run_context import RunContext
from digitize.workspace.target import open_place_target


@dataclass(frozen=True, slots=True)
class LoadPart:
    """Part to load: a batch by id, the batches containing pages of a volume (label or number), or everything if both
    are "".

    A batch is always loaded as a whole: one transaction, one receipt.
    """

    batch: str = ""
    volume: str = ""

    def batches(self, ledger: Ledger) -> list[str] | None:
        """The selected batches, None for all. Raises NotFound; OptionsError if both are named."""
        if self.batch and self.volume:
            raise OptionsError("Use either --batch or --volume, not both.")
        catalogue = Catalogue(ledger)
        if self.batch:
            return [catalogue.batch(self.batch).batch]
        if self.volume:
            # Older scans as well: the batch that a page was in before it was scanned again has to lose its record.
            sql = "SELECT DISTINCT batch FROM scans WHERE volume = ? ORDER BY batch"
            return [r["batch"] for r in ledger.rows(sql, (catalogue.volume_number(self.volume),))]
        return None


EVERYTHING = LoadPart()


def load_workspace(
    place: Place, progress: Progress, agreed: AgreedLimit | None, *, dry_run: bool = False, part: LoadPart = EVERYTHING
) -> LoadResult:
    """Load every batch with a record that changed since its last load into this target.

    agreed: how many checked records may be rejected; None: any. part: only these batches; work due in others stays due.
    A batch that is stale waits (`load_due.find_stale`). Raises TooManyRefused before anything is loaded; TargetRefused,
    with earlier batches staying loaded; NotFound and OptionsError for a part. Memory: see `batch_to_load`.
    """
    with Ledger(place.ledger) as ledger:
        named = part.batches(ledger)
        if agreed is not None:
            _require_agreed(ledger, agreed, named)
        if dry_run:
            return _try_batches(ledger, build_dry_context(place, ledger), named)
        run = Run(ledger, place, WholePlan(), progress)
        with closing(open_place_target(place)) as target:
            run.load_only(named, target)
            receipts, waiting = run.report.receipts, run.report.waiting
            repeated = not receipts and not waiting
            return LoadResult(target.name, "records", receipts, repeated=repeated, waiting=waiting)


def _try_batches(ledger: Ledger, known: RunContext, named: list[str] | None) -> LoadResult:
    due = find_due_batches(ledger, known, named, is_dry=True)
    with closing(open_place_target(known.place)) as target:
        receipts = [load.try_batch(ledger, known, target, batch, key) for batch, key in due.todos]
        return LoadResult(target.name, "records", receipts, repeated=not len(due), dry_run=True, waiting=due.stale)


def _require_agreed(ledger: Ledger, agreed: AgreedLimit, named: list[str] | None) -> None:
    rejected, total = _of_all(ledger) if named is None else _of_batches(ledger, named)
    if not agreed.allows(rejected, total):
        raise TooManyRefused(
            f"{rejected} of {total} records are rejected by a rule, more than the agreed {agreed}. Nothing was loaded. "
            "See: digitize review export"
        )


def _of_all(ledger: Ledger) -> tuple[int, int]:
    """Rejected and checked records from the stored counts; counting unchecked ones would make the share look small."""
    own = [part.get("totals", {}) for _, part in iter_summed_counts(ledger)]
    rejected, clean, waiting = (sum(t.get(name, 0) for t in own) for name in ("rejected", "clean", "in_review"))
    return rejected, rejected + clean + waiting


def _of_batches(ledger: Ledger, batches: list[str]) -> tuple[int, int]:
    sql = "SELECT COUNT(*) AS n FROM records WHERE batch = ? AND verdict {}"
    counts = [sum(ledger.rows(sql.format(how), (b,))[0]["n"] for b in batches) for how in ("= 'reject'", "<> ''")]
    return counts[0], counts[1]
