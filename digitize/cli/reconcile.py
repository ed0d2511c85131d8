"""`digitize reconcile`: is all of a source in the target, and nothing else?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json, print_json, results, table
from digitize.cli.options import Layout, Schema, Target

if TYPE_CHECKING:
    from digitize.files.loading.reconcile import StationYear

_SHOWN = 20


def reconcile(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="A workspace, or import files and folders.")],
    target: Target = "",
    schema: Schema = "",
    layout: Layout = "",
    form: Annotated[str, typer.Option(help="Files: the form they hold.")] = "iif1",
    json: Json = False,
) -> None:
    """Compare a source with the target by form, station and year: counts and contents; exit code 3 if they differ."""
    from dataclasses import asdict

    from digitize.errors import TooManyRefused
    from digitize.files.loading import reconcile as work
    from digitize.files.loading.settings import import_settings
    from digitize.files.loading.where import opened
    from digitize.workspace.place import open_place

    is_place = (paths[0] / "digitize.toml").is_file()
    source = work.of_workspace(open_place(paths[0])) if is_place else work.of_files(paths, form, import_settings(form))
    with opened(target, schema, paths[0] if is_place else None, layout) as there:
        groups = work.compare(source, there)
    unequal = [g for g in groups if not g.is_equal]
    if json:
        print_json({"groups": len(groups), "unequal": [asdict(g) for g in unequal], **_sums(groups)})
    else:
        head = ["form", "district", "station", "year", "source", "target", "missing", "different", "only target"]
        rows = [
            [g.form, *(s or "?" for s in g.station[1:]), g.year or "?", g.source, g.target, len(g.missing)]
            + [len(g.different), len(g.only_target)]
            for g in unequal[:_SHOWN]
        ]
        if rows:
            results().print(table("Unequal", head, rows))
        if len(unequal) > _SHOWN:
            print(f"... and {len(unequal) - _SHOWN} more; --json has all, with the ids of the records.")
        sums = _sums(groups)
        print(
            f"{len(groups) - len(unequal)} of {len(groups)} groups are equal: {sums['source']} records in the source."
        )
    if unequal:
        raise TooManyRefused(f"{len(unequal)} of {len(groups)} groups of form, station and year are not equal.")


def _sums(groups: list[StationYear]) -> dict[str, int]:
    return {
        "source": sum(g.source for g in groups),
        "target": sum(g.target for g in groups),
        "missing": sum(len(g.missing) for g in groups),
        "different": sum(len(g.different) for g in groups),
        "only_target": sum(len(g.only_target) for g in groups),
    }


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(reconcile)
