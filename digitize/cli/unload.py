"""`digitize unload`: undo one load."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json, print_json, say
from digitize.cli.options import Layout, Schema, Target, Workspace
from digitize.machine.text import pluralize

if TYPE_CHECKING:
    from digitize.targets.base import HandChanges

PANEL = "Loading and targets", 40

_NAMED = 5


def unload(
    batch: Annotated[str, typer.Argument(metavar="[BATCH]", help="Name of a batch, or the id of a load.")] = "",
    target: Target = "",
    schema: Schema = "",
    workspace: Workspace = None,
    layout: Layout = "",
    to: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A state's own tables: write files, take nothing back.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; it is recorded in the target.")] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Undo it though people changed its records by hand; their changes are lost.")
    ] = False,
    operator: Annotated[str, typer.Option(help="Name of the person who forces it; recorded.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be undone, and change nothing.")] = False,
    json: Json = False,
) -> None:
    """Undo the newest load of a batch; refused if later loads, or people by hand, changed its rows."""
    from dataclasses import asdict

    from digitize.errors import OptionsError
    from digitize.files.loading.undo import undo_load

    if bool(batch) == (to is not None):
        raise OptionsError("Name a batch to undo, or --to DIR to export a state's own tables.")
    if to is not None:
        _write_out(to, target, schema, workspace, layout, json=json)
        return
    if force != bool(operator.strip()) or (force and not reason.strip()):
        raise OptionsError("--force, --operator and --reason go together: who forces it and why is recorded.")
    done = undo_load(
        batch, target, schema, workspace, reason, layout=layout, dry_run=dry_run, forced_by=operator.strip()
    )
    if json:
        print_json({**asdict(done), "dry_run": dry_run})
        return
    did = "Would undo" if dry_run else "Undid"
    say(
        f"{did} batch {done.batch}: {pluralize(done.removed, 'record')} removed, "
        f"{pluralize(done.restored, 'earlier version')} restored."
    )
    for line in _describe_hand_changes(done.by_hand, dry_run=dry_run):
        say(line)
    if done.shared:
        more = len(done.shared) - _NAMED
        named = ", ".join(done.shared[:_NAMED]) + (f" and {more} more" if more > 0 else "")
        say(f"Later batches may have had some of these records: {named}. Load their files again.")


def _describe_hand_changes(by_hand: HandChanges, *, dry_run: bool) -> Iterator[str]:
    """For people: what was, or would be, lost of what people changed in the target."""
    from digitize.targets.undoing import list_some

    if by_hand.count:
        lost = "Without --force it is refused: these changes would be lost." if dry_run else "These changes are lost."
        yield f"By hand in the target since the load: {by_hand.describe()}. {lost}"
    for what, ids in (("changed", by_hand.changed), ("removed", by_hand.removed), ("added", by_hand.added)):
        if ids:
            yield f"{what}: {list_some(ids)}"
    if by_hand.uncompared:
        yield f"{pluralize(by_hand.uncompared, 'record')} could not be compared with what was loaded."


def _write_out(to: Path, target: str, schema: str, workspace: Path | None, layout: str, *, json: bool) -> None:
    from digitize.files.loading.read_back import write_back
    from digitize.files.loading.target_choice import open_target_for

    with open_target_for(target, schema, workspace, layout) as there:
        rows = write_back(there, to)
    if json:
        print_json({"path": str(to), "rows": rows})
        return
    for name, count in rows.items():
        say(f"{to / name}.csv: {pluralize(count, 'row')}")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(unload)
