"""`digitize update`: install a newer version from a signed bundle, or go back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import Json, print_json, say

PANEL = "Upkeep", 100

Prefix = Annotated[Path | None, typer.Option(help="Folder of installed versions (default: this one's).")]
update = typer.Typer(name="update", help="Install a newer version from a signed bundle.", no_args_is_help=True)


@update.command()
def apply(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="The folder that `make bundle` made.")],
    prefix: Prefix = None,
    older: Annotated[bool, typer.Option("--older", help="Accept a bundle older than the version in use.")] = False,
) -> None:
    """Verify a bundle and its signature, install it next to this version, and switch to it.

    Stop the station and running commands first; workspaces are upgraded by the first command that opens them, which
    keeps a copy of the ledger.
    """
    from digitize.machine.installing import prefix_of_this
    from digitize.machine.installing import update as update_from

    name = update_from(bundle.resolve(), _prefix(prefix) or prefix_of_this(), older=older)
    say(f"Now in use: {name}. To go back: digitize update rollback")


@update.command()
def rollback(prefix: Prefix = None) -> None:
    """Switch back to the version used before."""
    from digitize.machine.installing import prefix_of_this, roll_back

    name = roll_back(_prefix(prefix) or prefix_of_this())
    say(f"In use again: {name}. If the newer version upgraded a ledger, see docs/install.md.")


@update.command("list")
def list_versions(prefix: Prefix = None, json: Json = False) -> None:
    """List installed versions, and the one in use."""
    from digitize.machine.installing import in_use, installed_versions, prefix_of_this

    place = _prefix(prefix) or prefix_of_this()
    now, found = in_use(place), installed_versions(place)
    if json:
        print_json({"versions": [{"version": name, "made": made, "in_use": name == now} for name, made in found]})
        return
    for name, made in found:
        say(f"{'*' if name == now else ' '} {name}  made {made}")


def _prefix(told: Path | None) -> Path | None:
    return told.resolve() if told else None


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(update)
