"""`digitize load`: a workspace's checked records, or import files, into a target."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json, print_json, progress

if TYPE_CHECKING:
    from digitize.files.loading.load import Loaded

Target = Annotated[
    str, typer.Option("--target", help="postgresql://USER@HOST/DATABASE without password, or a .sqlite.")
]
Schema = Annotated[str, typer.Option("--schema", help="PostgreSQL: the schema that holds the tables.")]


def load(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="A workspace, or import files and folders.")],
    target: Target = "",
    schema: Schema = "",
    form: Annotated[str, typer.Option(help="Files: the form they hold.")] = "iif1",
    batch_size: Annotated[
        int | None, typer.Option(min=1, help="Files: records in one transaction, at most (50000).")
    ] = None,
    first: Annotated[
        bool, typer.Option("--first", help="Files: into empty tables; keys are made after the rows.")
    ] = False,
    max_rejects: Annotated[str, typer.Option(metavar="P%", help="Load nothing when more is refused, as 0.5%.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would become of it, and change nothing.")
    ] = False,
    state: Annotated[str, typer.Option(help="Files: code of the state, for its stations.")] = "",
    stations: Annotated[Path | None, typer.Option(help="Files: your list of stations.")] = None,
    profile: Annotated[str, typer.Option(help="Files: how complete: full, register-only, index-only.")] = "",
    ignore: Annotated[str, typer.Option(help="Files: rules not to be asked, as X003,L.")] = "",
    leave_out: Annotated[str, typer.Option(help="Files: columns that are no field and are not loaded, as a,b.")] = "",
    receipts: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Files: sign the receipts and keep them in this folder.")
    ] = None,
    lock_seconds: Annotated[float | None, typer.Option(min=0.1, help="How long to wait for a lock (60).")] = None,
    statement_seconds: Annotated[float | None, typer.Option(min=1, help="... and for one statement (1800).")] = None,
    json: Json = False,
) -> None:
    """Load checked records of a workspace, or import files without one; the same load twice is done once."""
    from digitize.errors import OptionsError
    from digitize.targets.kind import SCHEMA, Patience

    share = _share(max_rejects)
    if (paths[0] / "digitize.toml").is_file():
        given = {"--first": first, "--batch-size": batch_size, "--receipts": receipts, "--state": state}
        given |= {"--stations": stations, "--profile": profile, "--ignore": ignore, "--leave-out": leave_out}
        if for_files := [name for name, value in given.items() if value]:
            raise OptionsError(f"{for_files[0]} is for files; a workspace is loaded batch by batch, as it is set up.")
        if len(paths) > 1:
            raise OptionsError("A workspace is loaded by itself.")
        waits = {"load.lock_seconds": lock_seconds, "load.statement_seconds": statement_seconds}
        flags: dict[str, object] = {"load.target": target or None, "load.schema_name": schema or None, **waits}
        _load_workspace(paths[0], flags, share, dry_run=dry_run, json=json)
        return
    if not target:
        raise OptionsError("--target says where the files are to be loaded.")
    from digitize.files.loading.load import BATCH_SIZE, LoadOptions, load_files
    from digitize.files.loading.settings import import_settings
    from digitize.files.validating.settings import words
    from digitize.targets.open import open_target

    settings = import_settings(form, state=state, stations=stations, profile=profile, ignore=words(ignore))
    options = LoadOptions(batch_size or BATCH_SIZE, share, words(leave_out), dry_run, first, receipts=receipts)
    usual = Patience()
    patience = Patience(lock_seconds or usual.lock_seconds, statement_seconds or usual.statement_seconds)
    opened = open_target(target, schema or SCHEMA, patience)
    try:
        _print_loaded(load_files(paths, form, opened, settings, options), json=json)
    finally:
        opened.close()


def _load_workspace(folder: Path, flags: dict[str, object], share: float | None, *, dry_run: bool, json: bool) -> None:
    from digitize.steps.load_workspace import load_workspace
    from digitize.workspace.place import open_place

    place = open_place(folder, flags)
    with progress(place.options.run.line_every) as shown:
        done = load_workspace(place, shown, share, dry_run=dry_run)
    _print_loaded(done, json=json)


def _print_loaded(done: Loaded, *, json: bool) -> None:
    if json:
        print_json(done.as_plain())
        return
    for line in done.lines():
        print(line)


def _share(text: str) -> float | None:
    from digitize.errors import OptionsError

    if not text:
        return None
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)%?", text.strip())
    if not found or float(found[1]) > 100:
        raise OptionsError("--max-rejects is a share of the records, as 0.5%.")
    return float(found[1]) / 100


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(load)
