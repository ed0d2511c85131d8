"""`digitize receipts`: list what was loaded, and check the receipts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json, print_json, results, say, table
from digitize.cli.options import Schema, Target

if TYPE_CHECKING:
    from digitize.files.loading.receipts import Told

PANEL = "Loading and targets", 30


Folder = Annotated[
    Path | None, typer.Argument(metavar="[DIR]", help="A workspace, or a folder that --receipts of load named.")
]
_SIGNED = {None: "", True: "signed", False: "NOT SIGNED BY US"}


def receipts(folder: Folder = None, target: Target = "", schema: Schema = "", json: Json = False) -> None:
    """List what was loaded: signed receipts, or a target's book; exit code 7 where one is forged."""
    from dataclasses import asdict

    from digitize.errors import LedgerError

    told = _told(folder, target, schema)
    if json:
        print_json({"receipts": [asdict(t) for t in told]})
    else:
        _print(told)
    if any(t.is_signed is False for t in told):
        raise LedgerError("A receipt does not bear this folder's signature: it was changed, or is somebody else's.")


def _told(folder: Path | None, target: str, schema: str) -> list[Told]:
    """The receipts of a workspace, of a folder or of a target's own book. Raises OptionsError."""
    from digitize.errors import OptionsError
    from digitize.files.loading.receipts import of_folder, of_target, of_workspace
    from digitize.files.loading.where import opened
    from digitize.workspace.place import open_place

    # Both, or neither.
    if (folder is None) == (not target):
        raise OptionsError("Give a workspace, for its receipts, or --target, for the target's own book.")
    if folder is not None:
        is_place = (folder / "digitize.toml").is_file()
        return of_workspace(open_place(folder)) if is_place else of_folder(folder)
    with opened(target, schema) as there:
        return of_target(there)


def _print(told: list[Told]) -> None:
    head = ["at", "batch", "load", "state", "read", "new", "changed", "rejected", "held", "signature"]
    results().print(table("Loads", head, [_row(t) for t in told]))
    for t in told:
        if t.why:
            say(f"{t.receipt.batch}: {t.why}")


def _row(t: Told) -> list[object]:
    r = t.receipt
    counts = [r.read, r.inserted, r.updated, r.rejected, r.held]
    return [t.at[:19], r.batch, r.load[:12], t.state, *counts, _SIGNED[t.is_signed]]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(receipts)
