"""`digitize retry`: read failed pages again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import Json, print_json, print_plain, say
from digitize.machine.command_line import format_command

PANEL = "A workspace's daily work", 80


def retry(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")],
    pages: Annotated[
        list[str] | None, typer.Argument(metavar="[PAGE]...", help="Ids of pages (default: all failed pages).")
    ] = None,
    only_list: Annotated[bool, typer.Option("--list", help="List which pages failed, why, and what helps.")] = False,
    json: Json = False,
) -> None:
    """Queue failed pages to be read again by the next `digitize run`, whatever the reason was.

    A page that times out is retried automatically, with twice the limit each time, three attempts in all; after that it
    waits for this command, which doubles the limit once more. A page of no known form needs a form file for its print;
    one read by an earlier version that did not record whether it is blank is read again.
    """
    from dataclasses import asdict

    from digitize.steps.retry import request_retry
    from digitize.workspace.failures import failed_pages
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place

    place = open_place(folder)
    with Ledger(place.ledger) as ledger:
        found = failed_pages(ledger) if only_list else request_retry(ledger, pages or ())
    if json:
        print_json({"pages": [asdict(p) for p in found]})
    elif not found:
        say("No page failed." if only_list else "No failed page can be retried.")
    elif only_list:
        print_plain("Failed", ["page", "why", "retried by", "message"], [
            [p.page, p.kind, p.again, p.message] for p in found
        ])  # fmt: skip
    else:
        say(f"Pages that the next run retries: {len(found)}. Now: {format_command('run', folder)}")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(retry)
