"""`digitize receipts`: list loads and verify their receipts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json, print_json, results, say, table
from digitize.cli.options import Schema, Target

if TYPE_CHECKING:
    from digitize.files.loading.receipts import LoadStatement

PANEL = "Loading and targets", 30


Folder = Annotated[
    Path | None, typer.Argument(metavar="[DIR]", help="A workspace, or a folder that --receipts of load named.")
]
_SIGNED = {None: "", True: "signed", False: "NOT SIGNED BY US"}


def receipts(folder: Folder = None, target: Target = "", schema: Schema = "", json: Json = False) -> None:
    """List loads: signed receipts, or a target's load history; exit code 7 if a receipt is forged."""
    from dataclasses import asdict

    from digitize.errors import LedgerError

    told = _list_receipts(folder, target, schema)
    if json:
        print_json({"receipts": [asdict(t) for t in told]})
    else:
        _print(told)
    if any(t.is_signed is False for t in told):
        raise LedgerError("A receipt is not signed by this folder's key: it was altered, or belongs to somebody else.")


def _list_receipts(folder: Path | None, target: str, schema: str) -> list[LoadStatement]:
    """The receipts of a workspace, of a folder or of a target's own book. Raises OptionsError."""
    from digitize.errors import OptionsError
    from digitize.files.loading.receipts import list_folder_receipts, list_target_loads, list_workspace_receipts
    from digitize.files.loading.target_choice import open_target_for
    from digitize.workspace.place import open_place

    # Both, or neither.
    if (folder is None) == (not target):
        raise OptionsError("Give a workspace (its receipts) or --target (the target's own load history).")
    if folder is not None:
        is_place = (folder / "digitize.toml").is_file()
        return list_workspace_receipts(open_place(folder)) if is_place else list_folder_receipts(folder)
    with open_target_for(target, schema) as there:
        return list_target_loads(there)


def _print(told: list[LoadStatement]) -> None:
    head = ["at", "batch", "load", "state", "read", "new", "changed", "rejected", "held", "signature"]
    results().print(table("Loads", head, [_row(t) for t in told]))
    for t in told:
        if t.why:
            say(f"{t.receipt.batch}: {t.why}")


def _row(t: LoadStatement) -> list[object]:
    r = t.receipt
    counts = [r.read, r.inserted, r.updated, r.rejected, r.held]
    return [t.at[:19], r.batch, r.load[:12], t.state, *counts, _SIGNED[t.is_signed]]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(receipts)
