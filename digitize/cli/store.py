"""`digitize store`: share scans through a store that other machines can reach."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import Json, print_json, say
from digitize.machine.command_line import format_command
from digitize.machine.text import pluralize

PANEL = "Upkeep", 40

store = typer.Typer(name="store", help="Share scans through a store that other machines see.", no_args_is_help=True)


@store.command()
def put(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Workspace whose [store] says where.")],
    again: Annotated[bool, typer.Option("--again", help="Check what is there already, too.")] = False,
    json: Json = False,
) -> None:
    """Copy originals missing in the store, named by their content."""
    from digitize.machine.cluster.site import put_originals, require_store
    from digitize.workspace.place import open_place

    place = open_place(folder)
    named = place.options.store
    there = require_store(named.url, named.endpoint)
    copied = sum(1 for _ in put_originals(there, folder, again=again))
    if json:
        print_json({"store": there.url, "copied": copied})
    else:
        run = format_command("run", folder, "--cluster", "ADDRESS")
        say(f"{pluralize(copied, 'original')} copied to {there.url}.", f"Next: {run}")


@store.command()
def share(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Workspace whose ledger is a database.")],
) -> None:
    """Store forms, lists and mappings in the ledger, for workers that reach only the database."""
    from digitize.steps.worker_place import share_kit
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place

    place = open_place(folder)
    with Ledger(place.ledger) as ledger:
        is_news = share_kit(ledger, place)
    say("Shared what workers need." if is_news else "Workers have it already.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(store)
