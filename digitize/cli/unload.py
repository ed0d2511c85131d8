"""`digitize unload`: undo one load."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import Json, print_json, say
from digitize.cli.options import Layout, Schema, Target, Workspace
from digitize.machine.text import pluralize

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
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be undone, and change nothing.")] = False,
    json: Json = False,
) -> None:
    """Undo the newest load of a batch; refused if later loads changed its rows."""
    from dataclasses import asdict

    from digitize.errors import OptionsError
    from digitize.files.loading.undo import undo_load

    if bool(batch) == (to is not None):
        raise OptionsError("Name a batch to undo, or --to DIR to export a state's own tables.")
    if to is not None:
        _write_out(to, target, schema, workspace, layout, json=json)
        return
    done = undo_load(batch, target, schema, workspace, reason, layout=layout, dry_run=dry_run)
    if json:
        print_json({**asdict(done), "dry_run": dry_run})
        return
    did = "Would undo" if dry_run else "Undid"
    say(
        f"{did} batch {done.batch}: {pluralize(done.removed, 'record')} removed, "
        f"{pluralize(done.restored, 'earlier version')} restored."
    )
    if done.shared:
        more = len(done.shared) - _NAMED
        named = ", ".join(done.shared[:_NAMED]) + (f" and {more} more" if more > 0 else "")
        say(f"Later batches may have had some of these records: {named}. Load their files again.")


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
