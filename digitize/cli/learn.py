"""`digitize learn`: train the office's own weights on settled values."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import Json, print_json, progress, say

PANEL = "People's review", 30


def learn(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")],
    json: Json = False,
) -> None:
    """Learn the handwriting of this office from settled values. An interrupted call is resumed."""
    from digitize.learning.learn import learn_handwriting
    from digitize.workspace.place import open_place

    place = open_place(folder)
    with progress(place.options.run.line_every) as shown:
        learned = learn_handwriting(place, shown)
    if json:
        print_json(learned.as_plain())
        return
    say(*learned.lines())
    say(f"Next: digitize {'run' if learned.is_adopted else 'models list'} {folder}")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(learn)
