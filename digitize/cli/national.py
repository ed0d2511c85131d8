"""`digitize national`: the national office, which receives the snapshots of the states."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json
from digitize.cli.offices import Dir, key_commands, take

if TYPE_CHECKING:
    from digitize.national.office import Office

national = typer.Typer(name="national", help="The national picture: what the states report.", no_args_is_help=True)
_DIR = Path("national")


def _open(folder: Path) -> Office:
    """The national office's folder, made where there is none: it needs nothing that a person has to say."""
    from digitize.national.office import create_office, is_office, open_office

    return open_office(folder, "nation") if is_office(folder) else create_office(folder, "nation", "in")


@national.callback()
def _group() -> None:
    """The national picture: what the states report."""


@national.command()
def add(
    paths: Annotated[list[Path], typer.Argument(metavar="SNAPSHOT...", help="Files, or folders of .snapshot files.")],
    folder: Dir = _DIR,
    json: Json = False,
) -> None:
    """Take snapshots of states in; exit code 3 when one is refused, and all others are taken."""
    take(_open(folder), paths, json=json)


national.add_typer(key_commands(_open, _DIR, "state"))


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(national)
