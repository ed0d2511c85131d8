"""`digitize export`: export records as files."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json, print_json, say
from digitize.cli.unmask import Operator, Reason, Unmask, asked_by
from digitize.machine.text import pluralize

if TYPE_CHECKING:
    from digitize.masking.unmasking import Unmasking
    from digitize.records.export import Exported

PANEL = "Loading and targets", 70


def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")],
    to: Annotated[
        str, typer.Option(help="csv: a folder of tables; jsonl: whole records; mets, bag: a package for an archive.")
    ] = "csv",
    out: Annotated[Path | None, typer.Option(help="File or folder to write (default: inside the workspace).")] = None,
    volume: Annotated[str, typer.Option(help="Only this volume (label or number).")] = "",
    batch: Annotated[str, typer.Option(help="Only this batch.")] = "",
    layout: Annotated[str, typer.Option(help="csv: use a target's own tables and codes, such as t_state.")] = "",
    with_all: Annotated[bool, typer.Option("--all", help="csv: include records that wait for a person.")] = False,
    encrypt_to: Annotated[
        list[str] | None, typer.Option(help="Encrypt to this public key (age1...), or a file of them; may be repeated.")
    ] = None,
    unmask: Unmask = False,
    reason: Reason = "",
    operator: Operator = "",
    json: Json = False,
) -> None:
    """Export the records; names of protected victims and children are masked unless a reason is given."""
    from digitize.machine.sealing import read_publics
    from digitize.records.export import ExportPart
    from digitize.records.export import export as write
    from digitize.workspace.place import open_place

    who = asked_by(unmask=unmask, reason=reason, operator=operator)
    if to in ("bag", "mets"):
        _pack(folder, to, out, volume=volume, batch=batch, who=who, publics=encrypt_to, json=json)
        return
    publics = read_publics(encrypt_to) if encrypt_to else ()
    part = ExportPart(batch, volume)
    made = write(open_place(folder), to, out, who=who, with_all=with_all, layout=layout, encrypt_to=publics, part=part)
    gaps = {"without_code": dict(made.gaps), "without_table": dict(made.no_table)} if layout else {}
    if json:
        counts = {"records": made.records, "left_out": made.left_out, "purged": made.purged}
        print_json({"path": str(made.path), **counts, "masked": not unmask, **gaps})
        return
    how = " (unmasked; the reason is recorded)" if unmask else ""
    _tell(made, layout, how)


def _tell(made: Exported, layout: str, how: str) -> None:
    say(f"{pluralize(made.records, 'record')} written to {made.path}{how}.")
    for form, count in made.no_table.items():
        say(f"{form}: {count} records are not written, since the layout {layout} has no table for this form.")
    for column, count in made.gaps.items():
        say(f"{column}: {count} values have no code in the layout {layout} and are left empty.")
    if made.purged:
        say(f"{made.purged} are not included: their values were purged after the state's period.")
    if made.left_out:
        say(f"{made.left_out} that wait for a person are left out (--all writes them too, jsonl says which).")


def _pack(
    folder: Path, to: str, out: Path | None, *, volume: str, batch: str, who: Unmasking | None,
    publics: list[str] | None, json: bool,
) -> None:  # fmt: skip
    from digitize.errors import OptionsError
    from digitize.volumes.archive_package import write_package
    from digitize.workspace.place import open_place

    if publics:
        raise OptionsError(
            "A package cannot be encrypted by --encrypt-to. Encrypt it afterwards: digitize encrypt FOLDER --to KEY"
        )
    place = open_place(folder)
    target = out or place.folder / "exports" / f"{to}-{''.join(c if c.isalnum() else '-' for c in volume or batch)}"
    made = write_package(place, target, to, volume=volume, batch=batch, who=who)
    if json:
        print_json({**asdict(made), "path": str(made.path)})
        return
    say(
        f"{made.path}: {pluralize(made.pages, 'page')}, {pluralize(made.records, 'record')}, "
        f"{pluralize(made.files, 'file')}."
    )
    if not made.is_whole:
        say("Protected names are masked, so the originals are left out: they show every name. See --unmask.")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(export)
