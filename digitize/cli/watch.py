"""`digitize watch`: keep a workspace up to date, and learn at night."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import progress, say

PANEL = "A workspace's daily work", 40


def watch(
    folders: Annotated[
        list[Path], typer.Argument(metavar="[FOLDER] DIR", help="The scanner's folder, if any, and the workspace.")
    ],
    every: Annotated[float, typer.Option(min=0.01, help="Minutes between two looks.")] = 5.0,
    jobs: Annotated[int | None, typer.Option(min=0, help="Pages read at once; 0: one per core.")] = None,
    leave: Annotated[
        bool, typer.Option("--leave", help="Leave files in FOLDER instead of moving them to done/.")
    ] = False,
    steady: Annotated[
        float, typer.Option(min=0, help="Seconds without a change after which a file is complete.")
    ] = 10.0,
    once: Annotated[bool, typer.Option("--once", help="Look once and exit.")] = False,
) -> None:
    """Read, map, check and load whatever arrives or is answered, until Ctrl-C; learn at the hour of `[learn] at`.

    With FOLDER each finished scan there is taken in once, sorted by its cover sheets, and moved to FOLDER/done, or to
    FOLDER/problem with the reason.
    """
    from digitize.learning.watch import NightWatch
    from digitize.workspace.intake.watched import ScannerFolder
    from digitize.workspace.place import open_place

    folder, scanner = _tell_folders_apart(folders)
    flags = {"run.jobs": jobs}
    place = open_place(folder, flags)
    at = place.options.learn.at
    from_ = f", files from {scanner}" if scanner else ""
    say(f"Watching {folder}{from_}, every {every:g} minutes{f'; learns at {at}' if at else ''}. Ctrl-C ends it.")

    with progress(place.options.run.line_every) as shown:
        if scanner is None:
            night = NightWatch(folder, flags, shown)
        else:
            watched = ScannerFolder(scanner, leave=leave, steady_s=steady)
            # A look waits for files to be whole, also where it is the only one.
            night = NightWatch(folder, flags, shown, intake=lambda place, _: watched.take(place, _sleep))
        night.go_on(60 * every, lambda seconds: once or _sleep(seconds))


def _sleep(seconds: float) -> bool:
    import time

    time.sleep(seconds)
    return False


def _tell_folders_apart(folders: list[Path]) -> tuple[Path, Path | None]:
    """The workspace, and the scanner's folder if there is one; in whatever order they were given."""
    from digitize.errors import OptionsError

    if len(folders) > 2:  # noqa: PLR2004
        raise OptionsError("Give one scanner folder and one workspace.")
    if len(folders) == 1:
        return folders[0], None
    first, second = folders
    return (first, second) if (first / "digitize.toml").is_file() else (second, first)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(watch)
