"""`digitize receipts`: what was loaded, and whether the receipts are ours."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import Json, print_json, results, table
from digitize.cli.load import Schema, Target


def receipts(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="A workspace, or a folder that --receipts of load named.")
    ] = None,
    target: Target = "",
    schema: Schema = "",
    json: Json = False,
) -> None:
    """List what was loaded: signed receipts, or a target's book; exit code 7 where one is forged."""
    from dataclasses import asdict

    from digitize.errors import LedgerError, OptionsError
    from digitize.files.loading.receipts import of_folder, of_target, of_workspace
    from digitize.files.loading.where import opened
    from digitize.workspace.place import open_place

    if (folder is None) == (not target):
        raise OptionsError("Give a workspace, for its receipts, or --target, for the target's own book.")
    if folder is not None:
        is_place = (folder / "digitize.toml").is_file()
        told = of_workspace(open_place(folder)) if is_place else of_folder(folder)
    else:
        with opened(target, schema) as there:
            told = of_target(there)
    if json:
        print_json({"receipts": [asdict(t) for t in told]})
    else:
        words = {None: "", True: "signed", False: "NOT SIGNED BY US"}
        head = ["at", "batch", "load", "state", "read", "new", "changed", "rejected", "held", "signature"]
        rows = [
            [
                t.at[:19],
                r.batch,
                r.load[:12],
                t.state,
                r.read,
                r.inserted,
                r.updated,
                r.rejected,
                r.held,
                words[t.is_signed],
            ]
            for t in told
            for r in [t.receipt]
        ]
        results().print(table("Loads", head, rows))
        for t in told:
            if t.why:
                print(f"{t.receipt.batch}: {t.why}")
    if any(t.is_signed is False for t in told):
        raise LedgerError("A receipt does not bear this folder's signature: it was changed, or is somebody else's.")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(receipts)
