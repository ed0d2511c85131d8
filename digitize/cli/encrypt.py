"""`digitize encrypt`: encrypt a file or folder to public keys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import Json, print_json, say
from digitize.machine.command_line import format_command

PANEL = "Upkeep", 70


def encrypt(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A file or a folder.", exists=True)],
    to: Annotated[list[str], typer.Option("--to", help="Public key (age1...), or a file of them; may be repeated.")],
    out: Annotated[Path | None, typer.Option(help="File to write; else beside it, ending in .age.")] = None,
    json: Json = False,
) -> None:
    """Encrypt a backup or an export in the age format; the original is kept."""
    from digitize.machine.sealing import read_publics, seal, sealed_name

    made = seal(path, out or sealed_name(path, path), read_publics(to))
    if json:
        print_json({"path": str(made), "bytes": made.stat().st_size})
        return
    say(f"{made} is written. To open it: {format_command('decrypt', made, '--key', 'KEY', '--out', 'PATH')}")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(encrypt)
