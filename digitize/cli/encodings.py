"""`digitize encodings`: list the known legacy encodings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import Json, print_json, results, table

PANEL = "Read and check files, without a workspace", 40

encodings = typer.Typer(name="encodings", help="List legacy encodings and fonts.", no_args_is_help=True)


@encodings.callback()
def _group() -> None:
    """List legacy encodings and fonts."""


@encodings.command("list")
def list_(
    fonts: Annotated[Path | None, typer.Option(help="Folder with font maps of your own (.tsv).")] = None,
    json: Json = False,
) -> None:
    """List the encodings: name, script, languages, fonts that share it, and how far it is confirmed."""
    from mappers.encodings import load_encodings

    known = [e.info for e in load_encodings((fonts,) if fonts else ()).values()]
    if json:
        plain = [
            {
                "name": i.name, "title": i.title, "script": i.script, "family": i.family, "languages": i.languages,
                "fonts": i.fonts, "confirmed": i.is_confirmed, "source": i.source,
            }
            for i in known
        ]  # fmt: skip
        print_json({"encodings": plain})
        return
    rows = [
        [i.name, i.script, " ".join(i.languages), "yes" if i.is_confirmed else "one source only", _list_fonts(i.fonts)]
        for i in known
    ]
    results().print(table("Encodings", ["name", "script", "languages", "confirmed", "fonts"], rows), markup=False)


def _list_fonts(fonts: tuple[str, ...], most: int = 4) -> str:
    return ", ".join(fonts[:most]) + (f" and {len(fonts) - most} more" if len(fonts) > most else "")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(encodings)
