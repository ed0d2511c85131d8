"""`digitize models`: list, fetch, share and choose models."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from digitize.cli.console import Json, errors, print_json, progress, results, say, table
from digitize.machine.command_line import format_command

if TYPE_CHECKING:
    from digitize.workspace.own_weights import OwnWeights

PANEL = "Upkeep", 20

Network = Literal["fields", "digits", "words"]
models = typer.Typer(name="models", help="List, fetch, share and choose models.", no_args_is_help=True)


@models.callback()
def _group() -> None:
    """List, fetch, share and choose models."""


@models.command("list")
def list_(
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="The workspace, if there is one.")] = None,
    json: Json = False,
) -> None:
    """List the models each language uses, those asked in doubt, and those missing or damaged."""
    from digitize.machine.models import list_models
    from ocr.tesseract.folders import searching

    # Any other folder may have one called "models" that is not meant.
    with searching((folder or Path()) / "models") if _is_workspace(folder) else nullcontext():
        found = list_models(str(folder or "DIR"))
    own, used = _list_own_weights(folder) if _is_workspace(folder) else ([], ())
    if json:
        listed = [{**one.as_plain(), "used": one.name in used} for one in own]
        print_json({"models": [asdict(one) for one in found], "own": listed})
        return
    rows = [[one.language, one.name, one.model, one.state, one.mend] for one in found]
    results().print(table("Models", ["code", "language", "model", "state", "install with"], rows), markup=False)
    if own:
        say("This office's own weights (digitize learn):")
    for one in own:
        say(f"{one.line()}{', in use' if one.name in used else '' if one.adopted else ', not adopted'}")


def _list_own_weights(folder: Path | None) -> tuple[list[OwnWeights], Collection[str]]:
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.ledger.chosen_weights import find_all_chosen
    from digitize.workspace.own_weights import list_weights
    from digitize.workspace.place import open_place

    place = open_place(folder or Path())
    with Ledger(place.ledger) as ledger:
        return list_weights(place), find_all_chosen(ledger).values()


@models.command()
def use(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Weights, as `models list` names them, or package.")],
    network: Annotated[Network | None, typer.Option(help="Weights to reset to the package's (default: all).")] = None,
) -> None:
    """Choose the weights that read handwriting: the office's own, or the package's."""
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.own_weights import use_weights
    from digitize.workspace.place import open_place

    place = open_place(folder)
    with Ledger(place.ledger) as ledger:
        is_new = use_weights(ledger, place, name, network=network or "")
    say(f"{name} is used from now on. Next: {format_command('run', folder)}" if is_new else f"{name} is used already.")


SignedBy = Annotated[
    list[Path], typer.Option("--signed-by", metavar="KEY.pub", help="File with the public key that must have signed.")
]


@models.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Weights, as `models list` names them.")],
    out: Annotated[Path, typer.Option(help="The file to write.")],
) -> None:
    """Export what this office learned as a signed file for others: weights and figures, no image or value."""
    from digitize.learning.add import export_layers
    from digitize.workspace.place import open_place

    found = export_layers(open_place(folder), name, out)
    say(f"{out}: {found.line()}")


@models.command()
def merge(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files of `models export`, one per office.")],
    signed_by: SignedBy,
    key: Annotated[Path, typer.Option(metavar="KEY.pem", help="Private key that signs the result.")],
    out: Annotated[Path, typer.Option(help="The file to write.")],
) -> None:
    """Merge what several offices learned: the mean of their last layers."""
    from digitize.learning.layer_files import merge as merge_layers
    from digitize.learning.layer_files import public_keys, seal, unseal

    merged = merge_layers([unseal(file, public_keys(signed_by)) for file in files])
    out.write_bytes(seal(merged, key))
    say(f"{out}: {len(merged.offices)} offices, {merged.pages} pages.")
    say(f"Right on {merged.held} held-out values: {merged.before} before, {merged.after} with their own weights.")


@models.command()
def add(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File of `models export` or `models merge`.")],
    signed_by: SignedBy,
) -> None:
    """Add what others learned, and use it if it reads settled values here significantly better."""
    from digitize.learning.add import add_layers
    from digitize.learning.layer_files import public_keys
    from digitize.workspace.place import open_place

    place = open_place(folder)
    with progress(place.options.run.line_every) as shown:
        weights, judged = add_layers(place, file, public_keys(signed_by), shown)
    say(
        f"{weights.name}: {judged.before} of {judged.held} settled values were right before, {judged.after} are right "
        "with it."
    )
    if judged.is_better:
        say(f"Adopted. Next: {format_command('run', folder)}")
    else:
        say(f"Stored, not adopted. To use it anyway: {format_command('models', 'use', folder, weights.name)}")


@models.command()
def install(
    languages: Annotated[
        list[str] | None, typer.Argument(metavar="[LANG...]", help="Languages, as hi or hin (default: all).")
    ] = None,
    into: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Workspace that will use them, or any folder.")
    ] = None,
    user: Annotated[
        bool, typer.Option("--user", help="Install into your own data folder, for work outside workspaces.")
    ] = False,
    archives: Annotated[
        Path | None,
        typer.Option("--from", metavar="FOLDER", help="Folder with packages fetched elsewhere by npm pack."),
    ] = None,
) -> None:
    """Fetch the models that measure better than the system's and are not there yet; needs npm, or --from."""
    from digitize.machine.models import find_missing, install

    folder = _choose_folder(into, user=user)
    missing = find_missing(languages or [], folder)
    if not missing:
        errors().print(f"Nothing to fetch: every better model is already in {folder}.")
    for model in missing:
        say(str(install(model, folder, archives)))


def _choose_folder(into: Path | None, *, user: bool) -> Path:
    """The folder a person chose for models; nothing is installed unasked."""
    from digitize.machine.models import folder_for
    from ocr.tesseract.folders import user_folder

    if into is not None and user:
        raise typer.BadParameter("Use either --into or --user, not both.")
    if user:
        return user_folder()
    if into is None and not _is_workspace(None):
        raise typer.BadParameter(
            "Give the place: --into WORKSPACE, or --into FOLDER (DIGITIZE_MODELS then names it), or --user."
        )
    return folder_for(into or Path())


def _is_workspace(folder: Path | None) -> bool:
    return ((folder or Path()) / "digitize.toml").is_file()


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(models)
