"""`digitize readers`: list the kinds of old tables that can be read."""

from __future__ import annotations

import typer

from digitize.cli.console import Json, print_json, results

PANEL = "Read and check files, without a workspace", 200


def readers(*, as_json: Json = False) -> None:
    """List the kinds of old tables that can be read, in the order in which a file is tried."""
    from mappers.legacy import load_readers

    names = list(load_readers())
    if as_json:
        print_json({"readers": names})
        return
    for name in names:
        results().print(name, markup=False)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(readers)
