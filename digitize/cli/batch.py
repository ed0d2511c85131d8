"""`digitize batch`: track volumes: received, counted, scanned, handed back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json, print_json, print_plain, say
from digitize.machine.command_line import format_command
from digitize.machine.text import pluralize

if TYPE_CHECKING:
    from digitize.volumes.account import VolumeAccount

PANEL = "Volumes", 20

batch = typer.Typer(name="batch", help="Track volumes, and whether all pages are here.", no_args_is_help=True)
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")]
By = Annotated[str, typer.Option(help="Name of the person; kept with the event.")]
On = Annotated[str, typer.Option(help="Day as YYYY-MM-DD (default: today).")]
Volume = Annotated[str, typer.Option(help="Label or number of the volume.")]


@batch.callback()
def _group() -> None:
    """Track volumes, and whether all pages are here."""


@batch.command()
def receive(
    folder: Folder,
    by: By,
    volume: Annotated[str, typer.Option(help="Label of the bound book.")] = "",
    station: Annotated[str, typer.Option(help="Police station of the book.")] = "",
    district: Annotated[str, typer.Option(help="District of the station.")] = "",
    kind: Annotated[str, typer.Option(help="Kind of book, such as fir-book, or a register, such as reg_gd.")] = "",
    years: Annotated[str, typer.Option(help="Years of the book: 1987, or 1987-1989.")] = "",
    language: Annotated[str, typer.Option(help="Language of the writing, such as hi.")] = "",
    pages: Annotated[int | None, typer.Option(help="Number of pages, counted by hand.")] = None,
    volumes: Annotated[
        Path | None, typer.Option("--list", metavar="FILE", help="CSV file with one volume in each row.")
    ] = None,
    brought_by: Annotated[str, typer.Option(help="Name of the person who delivered them.")] = "",
    on: On = "",
    note: Annotated[str, typer.Option(help="Free-text note, without names of persons in the records.")] = "",
    json: Json = False,
) -> None:
    """Record that volumes arrived, their metadata, and the hand-counted number of pages."""
    from digitize.errors import InputError
    from digitize.volumes.list_file import read_volume_list
    from digitize.volumes.receipt import receive_all
    from digitize.workspace.place import open_place
    from digitize.workspace.volumes.book import VolumeFacts

    if bool(volume) == bool(volumes):
        raise InputError("Name one volume with --volume, or many with --list FILE.")
    told = VolumeFacts(volume, station, district, kind, years, language, pages)
    wanted = read_volume_list(volumes) if volumes else [told]
    numbers = receive_all(open_place(folder), wanted, by=by, brought_by=brought_by, on=on, note=note)
    if json:
        print_json({"volumes": [{"number": n, "label": f.label} for n, f in zip(numbers, wanted, strict=True)]})
        return
    for number, facts in zip(numbers, wanted, strict=True):
        say(f"Volume {number:04d}: {facts.label}, {facts.pages or '?'} pages counted")
    say(f"{len(numbers)} received. Next: {format_command('labels', folder, '--pdf', 'labels.pdf')}")


@batch.command()
def count(
    folder: Folder,
    volume: Volume,
    pages: Annotated[int, typer.Option(help="Number of pages, counted by hand.")],
    by: By,
    on: On = "",
) -> None:
    """Record a hand count of a volume's pages; earlier counts stay in the history."""
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place
    from digitize.workspace.volumes.book import Volumes

    with Ledger(open_place(folder).ledger) as ledger:
        book = Volumes(ledger)
        found = book.find(volume)
        book.count(found.number, pages, by=by, on=on)
    before = f" (before: {found.facts.pages})" if found.facts.pages is not None else ""
    say(f"Volume {found.number:04d}, {found.facts.label}: {pluralize(pages, 'page')} counted{before}.")


@batch.command()
def custody(
    folder: Folder,
    volume: Volume,
    what: Annotated[
        str, typer.Option(help="delivered, received, scanned, moved, checked, handed-back (default: show the chain).")
    ] = "",
    by: Annotated[str, typer.Option(help="Name of the person who did it.")] = "",
    to: Annotated[str, typer.Option(help="Person or place it went to.")] = "",
    on: On = "",
    note: Annotated[str, typer.Option(help="Free-text note.")] = "",
    json: Json = False,
) -> None:
    """Show a volume's chain of custody, or append to it; earlier entries never change."""
    from dataclasses import asdict

    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place
    from digitize.workspace.volumes.book import CustodyEvent, Volumes, chain_lines, check_day

    with Ledger(open_place(folder).ledger) as ledger:
        book = Volumes(ledger)
        found = book.find(volume)
        if what:
            book.add_custody(found.number, CustodyEvent(what, by, to, check_day(on), note))
        chain, counts = book.custody(found.number), book.counts(found.number)
    if json:
        told = [{"pages": n, "by": who, "on": day} for n, who, day in counts]
        print_json({"volume": found.number, "custody": [asdict(c) for c in chain], "counts": told})
        return
    say(f"Volume {found.number:04d}, {found.facts.label}")
    for line in chain_lines(chain):
        say(line)
    for pages, who, day in counts:
        say(f"{day}  counted {pluralize(pages, 'page')}, by {who}")


_HEAD = [
    "volume",
    "counted",
    "scanned",
    "sheets",
    "waiting",
    "read",
    "failed",
    "recorded",
    "explained",
    "blank",
    "open",
]


@batch.command()
def account(
    folder: Folder,
    volume: Annotated[str, typer.Option(help="Only this volume (label or number).")] = "",
    json: Json = False,
) -> None:
    """Compare hand counts with what was scanned, read and recorded; exit code 3 if they differ."""
    from digitize.errors import TooManyRefused
    from digitize.volumes.account import list_accounts
    from digitize.workspace.intake.unplaced import set_aside
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place
    from digitize.workspace.volumes.book import Volumes

    place = open_place(folder)
    with Ledger(place.ledger) as ledger:
        only = Volumes(ledger).find(volume).number if volume else None
        found = list_accounts(ledger, place.options.workspace.site_id, only)
        aside = set_aside(ledger)
    if json:
        print_json({"volumes": [a.as_plain() for a in found], "set_aside": len(aside)})
    else:
        _print_accounts(found)
        if aside:
            sort = format_command("batch", "sort", folder)
            say(f"Pages set aside at intake, to be assigned to volumes: {len(aside)}. {sort}")
    differ = [a for a in found if a.findings]
    if differ or aside:
        raise TooManyRefused(f"{len(differ)} of {len(found)} volumes are not accounted for, {len(aside)} pages wait.")


def _print_accounts(found: list[VolumeAccount]) -> None:
    if not found:
        say("No volume is registered yet. Register one: digitize batch receive DIR --volume ... --by NAME")
        return
    rows: list[list[object]] = []
    for a in found:
        failed, explained = sum(a.failed.values()), a.continued + a.reported
        open_ = a.due + len(a.unexplained)
        counted = "?" if a.counted is None else a.counted
        rows.append(
            [a.label, counted, a.scanned, a.sheets, a.waiting, a.read, failed, a.recorded, explained, a.blank, open_]
        )
    print_plain("Volumes", _HEAD, rows)
    for a in found:
        if a.findings or a.holder:
            say()
            say(f"Volume {a.number:04d}, {a.label}{': ' + a.holder if a.holder else ''}")
        if a.purged:
            say(f"{a.label}: the originals of {a.purged} pages were purged after the state's period.")
        for f in a.findings:
            say(f"  {f.kind}: {f.text}")
    say()
    say(f"{sum(not a.findings for a in found)} of {len(found)} volumes are accounted for.")


@batch.command()
def look(
    folder: Folder,
    volume: Annotated[str, typer.Option(help="Only this volume (label or number).")] = "",
    jobs: Annotated[int, typer.Option(min=0, help="Number of processes; 0: one per core.")] = 0,
    numbers: Annotated[bool, typer.Option("--numbers/--no-numbers", help="Read the printed page numbers.")] = True,
    language: Annotated[
        list[str] | None, typer.Option(help="Language whose digits number the pages, such as hi.")
    ] = None,
) -> None:
    """Inspect the images of volumes for pages scanned twice, missing page numbers, and pages to rescan."""
    import os

    from digitize.cli.console import progress
    from digitize.files.scanqc.check import ScanQcOptions
    from digitize.volumes.inspection import inspect_volume
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place
    from digitize.workspace.volumes.book import Volumes

    place = open_place(folder)
    wanted = ScanQcOptions(jobs or os.cpu_count() or 1, tuple(language or ("en",)) if numbers else ())
    with Ledger(place.ledger) as ledger, progress(place.options.run.line_every) as shown:
        book = Volumes(ledger)
        for one in [book.find(volume)] if volume else list(book.all().values()):
            found = inspect_volume(place, ledger, one, wanted, shown)
            few = f" Fewer than 12 letters: {', '.join(found.few_letters)}." if found.few_letters else ""
            say(f"Volume {one.number:04d}, {one.facts.label}: {pluralize(found.pages, 'page')} looked at.{few}")
            for f in found.findings:
                say(f"  {f.kind}: {f.text}")


@batch.command()
def sort(folder: Folder, json: Json = False) -> None:
    """List the pages that cover sheets could not place, each with the reason; digitize batch place settles them."""
    from dataclasses import asdict

    from digitize.workspace.intake.unplaced import set_aside, short
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place
    from ocr.scans.parts import format_place

    with Ledger(open_place(folder).ledger) as ledger:
        waiting = set_aside(ledger)
    if json:
        print_json({"pages": [{**asdict(a), "id": short(a.unit)} for a in waiting]})
        return
    for a in waiting:
        say(f"{short(a.unit)}  {a.name}, {format_place(a.index)}: {a.why}")
    say(
        f"{pluralize(len(waiting), 'page waits', 'pages wait')}. "
        f"{format_command('batch', 'place', folder, 'ID', '--volume', 'LABEL', '--by', 'NAME')} [--rest]"
    )


@batch.command("place")
def place_page(
    folder: Folder,
    page: Annotated[str, typer.Argument(metavar="ID", help="Id of a page, as digitize batch sort lists it.")],
    by: By,
    volume: Annotated[str, typer.Option(help="Volume it belongs to (label or number).")] = "",
    what: Annotated[str, typer.Option("--as", help="page, sheet (a cover sheet of it), nothing (left out).")] = "page",
    rest: Annotated[bool, typer.Option("--rest", help="Put the pages that follow it into the same volume.")] = False,
    reason: Annotated[str, typer.Option(help="Reason why a page is left out.")] = "",
) -> None:
    """Assign a page to a volume where cover sheets could not place it."""
    from digitize.workspace.intake.unplaced import PersonSays, choose, settle
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place
    from digitize.workspace.volumes.book import Volumes

    place = open_place(folder)
    with Ledger(place.ledger) as ledger:
        found = Volumes(ledger).find(volume) if volume else None
        first, *others = choose(ledger, page, with_rest=rest)
        made = settle(place, ledger, [first], PersonSays(what, by, found, reason))
        # Behind a sheet stand pages, whatever the sheet itself is.
        made += settle(place, ledger, others, PersonSays("nothing" if what == "nothing" else "page", by, found, reason))
    say(f"{pluralize(1 + len(others), 'page is', 'pages are')} settled{': ' + ', '.join(made) if made else ''}.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(batch)
