"""`digitize fixity`: verify that the originals are unchanged."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import Json, print_json, say
from digitize.machine.text import pluralize

PANEL = "Volumes", 40


def fixity(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")],
    share: Annotated[
        str,
        typer.Option(metavar="SHARE", help="Share of the bytes to hash, the longest unchecked first: 10%, or all."),
    ] = "all",
    json: Json = False,
) -> None:
    """Hash originals again and list those missing or altered; exit code 7 if there are any.

    An interrupted round continues where it stopped.
    """
    from dataclasses import asdict

    from digitize.cli.console import progress
    from digitize.errors import LedgerError
    from digitize.workspace.integrity.originals import Fixity, check_originals, parse_share
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place

    place = open_place(folder)
    done = Fixity()
    with Ledger(place.ledger) as ledger, progress(place.options.run.line_every) as shown:
        found = list(check_originals(ledger, place, parse_share(share), shown, done, keeps=ledger.can_write))
    if json:
        print_json({**asdict(done), "changes": [c.as_plain() for c in found]})
    else:
        for change in found:
            say(change.line())
        say(f"{pluralize(done.files, 'original')} looked at, {done.good} good, {done.left} left for the next time.")
    if found:
        raise LedgerError(f"{folder}: {len(found)} originals are missing or altered.")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(fixity)
