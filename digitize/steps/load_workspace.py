"""Load the checked records of a workspace, now, into the target that is set or one that was named."""

from __future__ import annotations

from dataclasses import dataclass

from digitize.errors import OptionsError, TooManyRefused
from digitize.files.agreed import Agreed
from digitize.files.loading.loaded import Loaded
from digitize.machine.progress import Progress
from digitize.steps import load
from digitize.steps.due import Due
from digitize.steps.inputs import note_inputs
from digitize.workspace.counting.kept import keep_counts, summed
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.place import Place
from digitize.workspace.run_context import build_run_context
from digitize.workspace.target import open_place_target


@dataclass(frozen=True, slots=True)
class LoadPart:
    """Of what a load is made: a batch, by id, or the batches in which pages of a volume, by label or number, came; of
    everything where both are "". A batch is loaded whole: it is one transaction, and has one receipt.
    """

    batch: str = ""
    volume: str = ""

    def batches(self, ledger: Ledger) -> list[str] | None:
        """The batches, None for all. Raises NotFound; OptionsError where both are named."""
        if self.batch and self.volume:
            raise OptionsError("--batch and --volume: one of them")
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
    place: Place, progress: Progress, agreed: Agreed | None, *, dry_run: bool = False, part: LoadPart = EVERYTHING
) -> Loaded:
    """Load every batch of which a record changed since it was last loaded into this target.

    agreed: how many checked records may be rejected; None: any. part: of which batches; no other is looked at, and
    what is due in others stays due. Raises TooManyRefused before anything is loaded, TargetRefused, and then batches
    loaded before it stay loaded, NotFound and OptionsError for a part. Memory: see `batch_to_load`.
    """
    with Ledger(place.ledger) as ledger:
        named = part.batches(ledger)
        known = build_run_context(place, ledger)
        if agreed is not None:
            _require_agreed(ledger, agreed, named)
        if not dry_run:
            note_inputs(ledger, known, ("load",))
        due = Due(ledger, known, "load", is_dry=dry_run)
        looked = [b for b in due.parts if named is None or b in named]
        todos = load.plan(ledger, known, looked)
        target = open_place_target(place)
        done = Loaded(target.name, "records", dry_run=dry_run, repeated=not todos)
        try:
            if dry_run:
                done.receipts = [load.try_batch(ledger, known, target, batch, key) for batch, key in todos]
                return done
            act = load.load_all if named is None else load.load_batches
            done.receipts = act(ledger, known, target, todos, progress)
            done.repeated = not done.receipts
            load.write_receipts(ledger, known, named)
            due.settle(set(looked) - {batch for batch, _ in todos})
            keep_counts(ledger)
        finally:
            target.close()
            if not dry_run:
                ledger.release(known.owner)
    return done


def _require_agreed(ledger: Ledger, agreed: Agreed, named: list[str] | None) -> None:
    rejected, total = _of_all(ledger) if named is None else _of_batches(ledger, named)
    if not agreed.allows(rejected, total):
        raise TooManyRefused(
            f"{rejected} of {total} records are rejected by a rule, more than the agreed {agreed}. Nothing was loaded. "
            "See: digitize review export"
        )


def _of_all(ledger: Ledger) -> tuple[int, int]:
    """Rejected and checked records, from the counts that are kept: unchecked ones would make the share look small."""
    own = [part.get("totals", {}) for _, part in summed(ledger)]
    rejected, clean, waiting = (sum(t.get(name, 0) for t in own) for name in ("rejected", "clean", "in_review"))
    return rejected, rejected + clean + waiting


def _of_batches(ledger: Ledger, batches: list[str]) -> tuple[int, int]:
    sql = "SELECT COUNT(*) AS n FROM records WHERE batch = ? AND verdict {}"
    counts = [sum(ledger.rows(sql.format(how), (b,))[0]["n"] for b in batches) for how in ("= 'reject'", "<> ''")]
    return counts[0], counts[1]
