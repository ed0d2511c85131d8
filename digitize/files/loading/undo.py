"""Take back a load, and let a workspace's ledger know."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from digitize.errors import TargetRefused
from digitize.files.loading.target_choice import open_target_for
from digitize.targets.base import Target, Undone
from digitize.targets.undoing import describe_refusal
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.record_sql import THAT
from digitize.workspace.ledger.records import Records
from digitize.workspace.place import open_place

_AT_ONCE = 5000
_STANDS = f"UPDATE record_rows SET loaded = ? WHERE {THAT}"


def undo_load(
    batch: str,
    target: str,
    schema: str,
    workspace: Path | None,
    reason: str,
    *,
    layout: str = "",
    dry_run: bool = False,
    forced_by: str = "",
) -> Undone:
    """Undo the newest load of a batch.

    In a workspace, records that the target still holds from an earlier load count as loaded; the next run loads the
    others. forced_by: the person who undoes it though records were changed by hand; it is recorded with the reason.
    Raises NotFound, and TargetRefused if later loads depend on it or, unless forced, people changed its records.
    """
    said = f"{reason} ({forced_by})" if forced_by else reason
    force = bool(forced_by)
    with open_target_for(target, schema, workspace, layout) as there:
        if workspace is None or dry_run:
            return there.undo(batch, said, dry_run=dry_run, force=force)
        with Ledger(open_place(workspace).ledger) as ledger:
            would = there.undo(batch, said, dry_run=True)
            if would.by_hand.count and not force:
                raise TargetRefused(describe_refusal(there.name, would.batch, would.by_hand))
            # Before it is taken out: killed in between, the next run looks what stands there.
            ledger.record_event(
                would.batch, "load", "note", key=would.load, detail={"unloading": True, "reason": reason}
            )
            done = there.undo(batch, said, force=force)
            with ledger.writing():
                note_standing(ledger, there, done.batch)
                detail = {"unloaded": True, "reason": reason, "removed": done.removed, "restored": done.restored}
                if done.by_hand.count:
                    detail |= {"forced_by": forced_by, "changed_by_hand": done.by_hand.describe()}
                ledger.record_event(done.batch, "load", "note", key=done.load, detail=detail)
    return done


def note_standing(ledger: Ledger, target: Target, batch: str) -> None:
    """Mark records of a batch that the target still holds as loaded, each by the load that wrote it."""
    standing = list(_standing(ledger, target, batch))
    with ledger.writing():
        Records(ledger).set_loaded(batch, "")
        numbers = {load: ledger.number("names", load) for load in {load for _, load in standing}}
        ledger.execute_many(_STANDS, [(numbers[load], record) for record, load in standing])


def _standing(ledger: Ledger, target: Target, batch: str) -> Iterator[tuple[str, str]]:
    """Records of a batch held by the target, each with the load that wrote it."""
    of_form: dict[str, list[str]] = {}
    for r in ledger.rows("SELECT form, record FROM records WHERE batch = ? ORDER BY record", (batch,)):
        of_form.setdefault(r["form"], []).append(r["record"])
    for form, records in of_form.items():
        for i in range(0, len(records), _AT_ONCE):
            some = records[i : i + _AT_ONCE]
            yield from ((record, load) for record, (load, _) in target.versions(form, some).items())
