"""`digitize labels`: print cover sheets and stickers with QR codes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import Json, print_json, say, warn
from digitize.machine.text import pluralize

PANEL = "Volumes", 10


def labels(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")],
    pdf: Annotated[Path, typer.Option(metavar="FILE", help="PDF file to write.")],
    volume: Annotated[list[str] | None, typer.Option(help="Label or number (default: all received volumes).")] = None,
    what: Annotated[
        list[str] | None, typer.Option(help="cover, end, sticker; may be repeated. Covers and stickers if not given.")
    ] = None,
    copies: Annotated[int, typer.Option(min=1, max=100, help="Number of stickers for each volume.")] = 1,
    json: Json = False,
) -> None:
    """Write cover sheets and volume stickers as a PDF; register the volumes with `digitize batch receive` first."""
    from dataclasses import asdict

    from digitize.volumes.labels import print_labels
    from digitize.workspace.place import open_place

    made = print_labels(open_place(folder), pdf, volume or (), tuple(what or ("cover", "sticker")), copies)
    if json:
        print_json({**asdict(made), "path": str(made.path)})
        return
    say(
        f"{made.path}: {pluralize(made.sheets, 'sheet')} and {pluralize(made.stickers, 'sticker')} for "
        f"{pluralize(made.volumes, 'volume')}."
    )
    if made.no_font:
        warn(f"No installed font has the letters of {', '.join(made.no_font)}; they are printed as question marks.")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(labels)
