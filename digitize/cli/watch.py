"""`digitize watch`: keeps a workspace up to date by itself, and learns at night."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import progress, say


def watch(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")],
    every: Annotated[float, typer.Option(min=0.1, help="Minutes between two looks.")] = 5.0,
    jobs: Annotated[int | None, typer.Option(min=0, help="Pages at once; 0: one a core.")] = None,
) -> None:
    """Read, map, check and load what comes in or was answered, until Ctrl-C; learn at the hour of `[learn] at`."""
    import time

    from digitize.learning.watch import NightWatch
    from digitize.workspace.place import open_place

    flags = {"run.jobs": jobs}
    place = open_place(folder, flags)
    at = place.options.learn.at
    say(f"Watching {folder}, every {every:g} minutes{f'; learns at {at}' if at else ''}. Ctrl-C ends it.")

    def wait(seconds: float) -> bool:
        time.sleep(seconds)
        return False

    with progress(place.options.run.line_every) as shown:
        NightWatch(folder, flags, shown).go_on(60 * every, wait)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(watch)
