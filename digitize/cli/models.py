"""`digitize models`: which of Tesseract's models each language uses here, and fetching the better ones."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import Json, errors, print_json, results, table

models = typer.Typer(name="models", help="Models that print is read with.", no_args_is_help=True)


@models.callback()
def _group() -> None:
    """Models that print is read with."""


@models.command("list")
def list_(json: Json = False) -> None:
    """List what each language uses, what is asked in doubt, and what is missing or damaged."""
    from digitize.machine.models import list_models

    found = list_models()
    if json:
        print_json({"models": [asdict(one) for one in found]})
        return
    rows = [[one.language, one.name, one.model, one.state, one.mend] for one in found]
    results().print(table("Models", ["code", "language", "model", "state", "install with"], rows), markup=False)


@models.command()
def install(
    languages: Annotated[
        list[str] | None, typer.Argument(metavar="[LANG...]", help="As hi or hin; all if none is named.")
    ] = None,
    archives: Annotated[
        Path | None, typer.Option("--from", metavar="FOLDER", help="Packages fetched elsewhere by npm pack.")
    ] = None,
) -> None:
    """Fetch the models that measure better than the system's and are not here yet; needs npm, or --from."""
    from digitize.machine.models import install, wanted

    missing = wanted(languages or [])
    if not missing:
        errors().print("Nothing to fetch: every better model is here and whole.")
    for model in missing:
        print(install(model, archives))


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(models)
