"""Take back a load, and let a workspace's ledger know."""

from __future__ import annotations

from pathlib import Path

from digitize.files.loading.where import opened
from digitize.targets.base import Undone
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Records
from digitize.workspace.place import open_place


def undo_load(
    batch: str,
    target: str,
    schema: str,
    workspace: Path | None,
    reason: str,
    *,
    layout: str = "",
    dry_run: bool = False,
) -> Undone:
    """Take back the newest load of a batch. In a workspace its records count as not loaded; the next run loads them.

    Raises NotFound, and TargetRefused where later loads built on it.
    """
    with opened(target, schema, workspace, layout) as there:
        done = there.undo(batch, reason, dry_run=dry_run)
    if workspace is not None and not dry_run:
        with Ledger(open_place(workspace).ledger) as ledger, ledger.writing():
            Records(ledger).set_loaded(done.batch, "")
            detail = {"unloaded": True, "reason": reason, "removed": done.removed, "restored": done.restored}
            ledger.record_event(done.batch, "load", "note", key=done.load, detail=detail)
    return done
