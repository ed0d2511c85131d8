"""`digitize run`: read, map, check and load what is due."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json, print_json, progress, say
from digitize.cli.options import MaxFailedShare, failed_share
from digitize.machine.command_line import format_command

if TYPE_CHECKING:
    from digitize.steps.run_report import RunReport

PANEL = "A workspace's daily work", 30


def run(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")],
    jobs: Annotated[int | None, typer.Option(min=0, help="Pages read at once; 0: one per core.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Read at most this many pages.")] = None,
    only: Annotated[str, typer.Option(help="Only these steps: read,map,check,load.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and do nothing.")] = False,
    first: Annotated[
        str, typer.Option(help='Which pages first: "oldest" (taken in), "gain" (largest), or "station NAME".')
    ] = "",
    cluster: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Work on a Dask cluster, as tcp://host:8786 (docs/cluster.md).")
    ] = "",
    max_failed_share: MaxFailedShare = "",
    json: Json = False,
) -> None:
    """Bring everything up to date: read, map, check, load. Finished work is not repeated."""
    from digitize.steps.due_parts import parse_first
    from digitize.steps.run import RunOptions, parse_steps, run_workspace
    from digitize.workspace.place import open_place

    place = open_place(folder, {"run.jobs": jobs, "run.max_failed_share": failed_share(max_failed_share)})
    wanted = RunOptions(parse_steps(only), limit, dry_run, cluster, parse_first(first))
    with progress(place.options.run.line_every) as shown:
        report = run_workspace(place, wanted, shown)
    if json:
        print_json(report.as_plain())
    else:
        _print(report, folder)
    # Last: who gets an error has seen what was done all the same.
    report.raise_if_too_many(place.options.run.max_failed_share)


def _print(report: RunReport, folder: Path) -> None:
    for line in report.lines():
        say(line)
    if report.is_dry:
        # Of what is due; people's work is told when it is done.
        if report.todo and any(report.todo.values()):
            say(f"Next: {format_command('run', folder)}")
    elif report.to_review:
        serve, export = (format_command("review", word, folder) for word in ("serve", "export"))
        say(f"Next: {serve}, or: {export}")
    else:
        say(f"Next: {format_command('status', folder)}")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(run)
