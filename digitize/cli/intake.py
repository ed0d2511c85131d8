"""`digitize intake`: take files and folders into a workspace."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json, errors, print_json, say
from digitize.cli.options import SpreadsOption
from digitize.machine.command_line import format_command
from digitize.machine.text import pluralize

if TYPE_CHECKING:
    from digitize.workspace.intake import IntakeReport
    from digitize.workspace.intake.again import ToldAgain

PANEL = "A workspace's daily work", 20


_MOST = 10


def intake(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")],
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files or folders: scans and tables.")],
    volume: Annotated[str, typer.Option(help="Label of the bound book (default: the folder's name).")] = "",
    station: Annotated[str, typer.Option(help="Police station of the book.")] = "",
    district: Annotated[str, typer.Option(help="District of the station.")] = "",
    year: Annotated[str, typer.Option(help="Year of the book, four digits.")] = "",
    kind: Annotated[str, typer.Option(help="Kind of book, such as fir-book, or a register, such as reg_gd.")] = "",
    language: Annotated[str, typer.Option(help="Language of the writing, such as hi.")] = "",
    spreads: SpreadsOption = "auto",
    replaces: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Earlier table, page or volume that this replaces (id or file)."),
    ] = None,
    beside: Annotated[bool, typer.Option("--beside", help="Keep both: nothing earlier is replaced.")] = False,
    reason: Annotated[str, typer.Option(help="Reason why it replaces it, or why both count; kept permanently.")] = "",
    operator: Annotated[str, typer.Option(help="Who decided this (default: your user name).")] = "",
    link: Annotated[bool, typer.Option("--link", help="Leave the files in place instead of copying them.")] = False,
    json: Json = False,
) -> None:
    """Take in files or folders: hash, count and copy them read-only; reads a manifest.csv next to them."""
    from digitize.machine.system import user_name
    from digitize.workspace.intake import DeliveryAnswer, take_in
    from digitize.workspace.intake.manifest import Metadata
    from digitize.workspace.place import open_place

    place = open_place(folder)
    metadata = Metadata(volume=volume, station=station, district=district, year=year, kind=kind, language=language)
    # Where it is the usual it is not told, so that a manifest.csv may say otherwise of single files.
    metadata = metadata if spreads == "auto" else replace(metadata, spreads=spreads)
    said = DeliveryAnswer(tuple(replaces or ()), beside, operator or user_name(), reason)
    report = take_in(place, paths, metadata, link=link, said=said)
    if json:
        print_json(asdict(report))
    else:
        _print(report, folder)
    _require_few_refused(report, place.options.run.max_failed_share)


def _require_few_refused(report: IntakeReport, share: float) -> None:
    from digitize.errors import TooManyRefused

    # After the list: what is good has been taken in, and each refusal has its reason above.
    if len(report.refused) > share * report.files:
        raise TooManyRefused(
            f"{len(report.refused)} of {report.files} files were refused, more than the agreed {share:.0%}. "
            "The others are taken in."
        )
    if len(report.aside) > share * (report.pages + len(report.aside)):
        raise TooManyRefused(f"{len(report.aside)} pages are set aside, more than the agreed {share:.0%}: see above.")


def _print(report: IntakeReport, folder: Path) -> None:
    for name, why in report.refused:
        errors().print(f"refused  {name}: {why}", style="red", markup=False, soft_wrap=True)
    for name in report.put_back:
        errors().print(f"restored  {name}: its original was missing or altered", soft_wrap=True)
    for name, when in report.purged:
        errors().print(f"not taken  {name}: it was {when}", style="yellow", markup=False, soft_wrap=True)
    for page in report.scanned_again:
        errors().print(f"rescan  {page}: the newer scan counts", markup=False)
    for name, said, before, now in report.told_anew:
        errors().print(
            f"metadata  {name}: {said} is now {now} (before: {before or 'empty'})", markup=False, soft_wrap=True
        )
    for name, why in report.aside:
        errors().print(f"set aside  {name}: {why}", style="yellow", markup=False, soft_wrap=True)
    for name, why in report.doubtful:
        errors().print(f"check  {name}: {why}", style="yellow", markup=False, soft_wrap=True)
    for name in report.uncut:
        errors().print(f"not cut  {name}: no gutter was found", style="yellow", markup=False, soft_wrap=True)
    _print_again(report.again)
    for name, here in report.renamed[:_MOST]:
        errors().print(f"already here  {name}: as {here}", markup=False, soft_wrap=True)
    if len(report.renamed) > _MOST:
        more = len(report.renamed) - _MOST
        errors().print(f"already here  and {more} more under other names: see --json", markup=False)
    say(
        f"{pluralize(report.files, 'file')}: {report.taken} taken in ({pluralize(report.pages, 'page')}, "
        f"{pluralize(report.tables, 'table')}), "
        f"{len(report.duplicates)} already here, {len(report.refused)} refused."
    )
    if report.spreads:
        say(f"Cut between their pages: {pluralize(report.spreads, 'picture')}.")
    for label, pages in report.sorted_into.items():
        say(f"Sorted into {label}: {pluralize(pages, 'page')}.")
    if report.sheets or report.aside:
        wait = f" They wait: {format_command('batch', 'sort', folder)}" if report.aside else ""
        say(f"{pluralize(report.sheets, 'sheet')}, {pluralize(len(report.aside), 'page')} set aside.{wait}")
    if report.waiting:
        say(
            f"{pluralize(report.waiting, 'page waits', 'pages wait')} until you say how they relate to earlier pages: "
            "see above."
        )
    if report.batch:
        say(f"Batch {report.batch}. Next: {format_command('run', folder)}")
    elif report.told_anew or report.again.settled:
        say(f"Next: {format_command('run', folder)}")


def _print_again(again: ToldAgain) -> None:
    for name, what in again.settled:
        errors().print(f"settled  {name}: {what}", markup=False, soft_wrap=True)
    for name, asked in again.asked[:_MOST]:
        errors().print(f"delivered before  {name}: {asked}", style="yellow", markup=False, soft_wrap=True)
    if (more := len(again.asked) - _MOST) > 0:
        errors().print(f"delivered before  and {more} more: see --json", style="yellow", markup=False)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(intake)
