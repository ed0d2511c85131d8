"""Load the checked records of a workspace, now, into the target that is set or one that was named."""

from __future__ import annotations

from digitize.errors import TooManyRefused
from digitize.files.agreed import Agreed
from digitize.files.loading.loaded import Loaded
from digitize.machine.progress import Progress
from digitize.steps import load
from digitize.steps.due import Due
from digitize.steps.inputs import note_inputs
from digitize.workspace.counting.kept import keep_counts
from digitize.workspace.known import learn
from digitize.workspace.ledger import Ledger
from digitize.workspace.place import Place
from digitize.workspace.target import open_place_target


def load_workspace(place: Place, progress: Progress, agreed: Agreed | None, *, dry_run: bool = False) -> Loaded:
    """Load every batch of which a record changed since it was last loaded into this target.

    agreed: how many checked records may be rejected; None: any. Raises TooManyRefused before anything is loaded, and
    TargetRefused; batches loaded before it stay loaded.
    """
    with Ledger(place.ledger) as ledger:
        known = learn(place, ledger)
        if agreed is not None:
            _require_agreed(ledger, agreed)
        if not dry_run:
            note_inputs(ledger, known, ("load",))
        due = Due(ledger, known, "load", is_dry=dry_run)
        todos = load.plan(ledger, known, due.parts)
        target = open_place_target(place)
        done = Loaded(target.name, "records", dry_run=dry_run, repeated=not todos)
        try:
            if dry_run:
                done.receipts = [target.load(load.load_of(ledger, batch, key), dry_run=True) for batch, key in todos]
                return done
            done.receipts = load.load_batches(ledger, known, target, todos, progress)
            load.write_receipts(ledger, known)
            due.settle(set(due.parts) - {batch for batch, _ in todos})
            keep_counts(ledger)
        finally:
            target.close()
            if not dry_run:
                ledger.release(known.owner)
    return done


def _require_agreed(ledger: Ledger, agreed: Agreed) -> None:
    # Unchecked records are no part of the whole: they would make the share look small.
    rows = ledger.rows("SELECT verdict, COUNT(*) AS n FROM records WHERE verdict <> '' GROUP BY verdict")
    counts = {r["verdict"]: r["n"] for r in rows}
    rejected, total = counts.get("reject", 0), sum(counts.values())
    if not agreed.allows(rejected, total):
        raise TooManyRefused(
            f"{rejected} of {total} records are rejected by a rule, more than the agreed {agreed}. Nothing was loaded. "
            "See: digitize review export"
        )
