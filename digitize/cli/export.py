"""`digitize export`: the records, as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import Json, print_json


def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")],
    to: Annotated[str, typer.Option(help="csv: a folder with one file a table; jsonl: whole records.")] = "csv",
    out: Annotated[
        Path | None, typer.Option(help="File or folder to write; inside the workspace if not given.")
    ] = None,
    unmask: Annotated[bool, typer.Option("--unmask", help="Write protected names in full; needs --reason.")] = False,
    reason: Annotated[str, typer.Option(help="Why protected names are needed; it is recorded.")] = "",
    json: Json = False,
) -> None:
    """Write the records; names of protected victims and children are masked unless a reason is given."""
    from digitize.errors import OptionsError
    from digitize.export import export as write
    from digitize.workspace import open_place

    if unmask != bool(reason.strip()):
        raise OptionsError("--unmask and --reason go together: an unmasked export needs a reason, which is recorded.")
    path, count = write(open_place(folder), to, out, unmask_reason=reason.strip())
    if json:
        print_json({"path": str(path), "records": count, "masked": not unmask})
    else:
        print(f"{count} records written to {path}{' (unmasked; the reason is recorded)' if unmask else ''}.")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(export)
