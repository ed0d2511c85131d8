"""`digitize batch`: volumes received, counted, scanned and handed back; is every page accounted for?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import Json, print_json, print_plain, say

batch = typer.Typer(name="batch", help="Volumes on their way, and whether all pages are here.", no_args_is_help=True)
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")]
By = Annotated[str, typer.Option(help="Who; kept with what happened.")]
On = Annotated[str, typer.Option(help="The day, as 2026-11-29; today if not given.")]
Volume = Annotated[str, typer.Option(help="Label or number of the volume.")]


@batch.callback()
def _group() -> None:
    """Volumes on their way, and whether all pages are here."""


@batch.command()
def receive(
    folder: Folder,
    by: By,
    volume: Annotated[str, typer.Option(help="Label of the bound book.")] = "",
    station: Annotated[str, typer.Option(help="Police station of the book.")] = "",
    district: Annotated[str, typer.Option(help="Its district.")] = "",
    kind: Annotated[str, typer.Option(help="What it is, such as fir-book; or a register, such as reg_gd.")] = "",
    years: Annotated[str, typer.Option(help="1987, or 1987-1989.")] = "",
    language: Annotated[str, typer.Option(help="Language of the writing, such as hi.")] = "",
    pages: Annotated[int | None, typer.Option(help="Pages, counted by hand.")] = None,
    volumes: Annotated[
        Path | None, typer.Option("--list", metavar="FILE", help="Many at once: a CSV with a volume in each row.")
    ] = None,
    brought_by: Annotated[str, typer.Option(help="Who delivered them.")] = "",
    on: On = "",
    note: Annotated[str, typer.Option(help="Anything to be kept with it, no names of persons in the records.")] = "",
    json: Json = False,
) -> None:
    """Note that volumes came, what they are, and how many pages somebody counted."""
    from digitize.errors import InputError
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place
    from digitize.workspace.volumes.book import VolumeFacts, Volumes
    from digitize.workspace.volumes.list_file import read_list
    from digitize.workspace.volumes.listed import check_listed

    if bool(volume) == bool(volumes):
        raise InputError("Name one volume with --volume, or many with --list FILE.")
    told = VolumeFacts(volume, station, district, kind, years, language, pages)
    wanted = read_list(volumes) if volumes else [told]
    place = open_place(folder)
    check_listed(place, wanted)
    with Ledger(place.ledger) as ledger, ledger.writing():
        book = Volumes(ledger)
        numbers = [book.receive(f, by=by, brought_by=brought_by, on=on, note=note) for f in wanted]
    if json:
        print_json({"volumes": [{"number": n, "label": f.label} for n, f in zip(numbers, wanted, strict=True)]})
        return
    for number, facts in zip(numbers, wanted, strict=True):
        counted = f", {facts.pages} pages counted" if facts.pages is not None else ""
        say(f"Volume {number:04d}: {facts.label}{counted}")
    say(f"{len(numbers)} received. Next: digitize labels {folder} --pdf labels.pdf")


@batch.command()
def count(
    folder: Folder,
    volume: Volume,
    pages: Annotated[int, typer.Option(help="Pages, counted by hand.")],
    by: By,
    on: On = "",
) -> None:
    """Note how many pages of a volume somebody counted by hand; earlier counts stay in the history."""
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place
    from digitize.workspace.volumes.book import Volumes

    with Ledger(open_place(folder).ledger) as ledger:
        book = Volumes(ledger)
        found = book.find(volume)
        book.count(found.number, pages, by=by, on=on)
    before = f" (before: {found.facts.pages})" if found.facts.pages is not None else ""
    say(f"Volume {found.number:04d}, {found.facts.label}: {pages} pages counted{before}.")


@batch.command()
def custody(
    folder: Folder,
    volume: Volume,
    what: Annotated[
        str, typer.Option(help="delivered, received, scanned, moved, checked, handed-back; nothing: show the chain.")
    ] = "",
    by: Annotated[str, typer.Option(help="Who did it.")] = "",
    to: Annotated[str, typer.Option(help="To whom or where it went.")] = "",
    on: On = "",
    note: Annotated[str, typer.Option(help="Anything to be kept with it.")] = "",
    json: Json = False,
) -> None:
    """Show who had a volume when, or add what happened to it; nothing in the chain is ever changed."""
    from dataclasses import asdict

    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place
    from digitize.workspace.volumes.book import CustodyEvent, Volumes, chain_lines, check_day

    with Ledger(open_place(folder).ledger) as ledger:
        book = Volumes(ledger)
        found = book.find(volume)
        if what:
            book.hand(found.number, CustodyEvent(what, by, to, check_day(on), note))
        chain, counts = book.custody(found.number), book.counts(found.number)
    if json:
        told = [{"pages": n, "by": who, "on": day} for n, who, day in counts]
        print_json({"volume": found.number, "custody": [asdict(c) for c in chain], "counts": told})
        return
    say(f"Volume {found.number:04d}, {found.facts.label}")
    for line in chain_lines(chain):
        say(line)
    for pages, who, day in counts:
        say(f"{day}  counted {pages} pages, by {who}")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(batch)
