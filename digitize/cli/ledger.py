"""`digitize ledger`: is the history whole and unchanged?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import Json, print_json, say

ledger = typer.Typer(name="ledger", help="The history of a workspace.", no_args_is_help=True)


@ledger.callback()
def _group() -> None:
    """The history of a workspace."""


@ledger.command()
def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")],
    json: Json = False,
) -> None:
    """Check the file and recompute the chain of all events; exit code 7 names the first that was changed."""
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place

    with Ledger(open_place(folder).ledger) as opened:
        count, root = opened.verify(), opened.root_hash()
    if json:
        print_json({"events": count, "root_hash": root})
    else:
        say(f"{count} events, all as they were written. Root hash {root}")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(ledger)
