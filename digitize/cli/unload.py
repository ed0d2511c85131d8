"""`digitize unload`: take back one load."""

from __future__ import annotations

from typing import Annotated

import typer

from digitize.cli.console import Json, print_json, say
from digitize.cli.options import Schema, Target, Workspace


def unload(
    batch: Annotated[str, typer.Argument(metavar="BATCH", help="Name of a batch, or the id of a load.")],
    target: Target = "",
    schema: Schema = "",
    workspace: Workspace = None,
    reason: Annotated[str, typer.Option(help="Why; it is recorded in the target.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would become of it.")] = False,
    json: Json = False,
) -> None:
    """Take back the newest load of a batch; refused where later loads changed what it wrote."""
    from dataclasses import asdict

    from digitize.files.loading.undo import undo_load

    done = undo_load(batch, target, schema, workspace, reason, dry_run=dry_run)
    if json:
        print_json({**asdict(done), "dry_run": dry_run})
        return
    did = "Would take" if dry_run else "Took"
    say(f"{did} back batch {done.batch}: {done.removed} records out, {done.restored} earlier versions back in.")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(unload)
