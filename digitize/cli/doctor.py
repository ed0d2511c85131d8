"""`digitize doctor`: check that this machine is ready."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import Json, print_json, results, table

PANEL = "Upkeep", 10


def doctor(
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="The workspace, if there is one.")] = None,
    json: Json = False,
) -> None:
    """Check whether this machine is ready, and how to fix what is missing."""
    from digitize.errors import MachineLacks
    from digitize.machine.doctor import examine, is_ready
    from digitize.workspace.list_checks import examine_lists

    checks = [*examine(folder), *(examine_lists(folder) if folder else ())]
    if json:
        print_json({"ready": is_ready(checks), "looks": [asdict(x) for x in checks]})
    else:
        rows = [[x.state, x.name, x.found, x.mend] for x in checks]
        results().print(table("This machine", ["", "what", "found", "to mend it"], rows), markup=False)
    # After the table, which says how each miss is mended.
    if not is_ready(checks):
        missing = ", ".join(x.name for x in checks if x.state == "miss")
        raise MachineLacks(f"not ready: {missing}. The last column shows how to fix it.")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)
