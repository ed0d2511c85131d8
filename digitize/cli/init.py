"""`digitize init`: make a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import Json, print_json, say
from digitize.machine.command_line import format_command

PANEL = "A workspace's daily work", 10


def init(
    state: Annotated[str, typer.Argument(help="Code of the state, such as wb or mh.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make the workspace in.")],
    site: Annotated[str, typer.Option(help="District or office; part of every page id.")] = "",
    ledger: Annotated[
        str,
        typer.Option(metavar="URL", help="PostgreSQL database for the ledger instead of a file; without a password."),
    ] = "",
    json: Json = False,
) -> None:
    """Make a workspace: settings, ledger, folders, a signing key and a site id."""
    from digitize.workspace.place import create

    place = create(state, folder, site, ledger)
    workspace = place.options.workspace
    if json:
        print_json({"folder": str(folder), "state": workspace.state, "site_id": workspace.site_id})
        return
    say(f"Workspace {workspace.site_id} made in {folder}.")
    say(f"Stations may be listed in {folder / 'lists' / 'stations.csv'}.")
    say(f"Next: {format_command('intake', folder, 'PATH...')}")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(init)
