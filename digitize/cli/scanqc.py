"""`digitize scanqc`: find pages to rescan while the book is at hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json, errors, print_json, progress, results, say, table
from digitize.machine.text import pluralize

if TYPE_CHECKING:
    from digitize.files.scanqc.report import PageReport, ScanReport

PANEL = "Volumes", 30

_SHOWN = 200


def scanqc(
    paths: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Folders or files: JPEG, PNG, TIFF, PDF.")],
    jobs: Annotated[int, typer.Option(min=0, help="Number of processes; 0: one per core.")] = 0,
    numbers: Annotated[bool, typer.Option("--numbers/--no-numbers", help="Read page numbers.")] = True,
    twice: Annotated[bool, typer.Option("--twice/--no-twice", help="Look for pages scanned twice.")] = True,
    language: Annotated[
        list[str] | None, typer.Option(help="Language whose digits number the pages, such as hi.")
    ] = None,
    json: Json = False,
) -> None:
    """List pages to rescan while the book is still on the table; exit code 3 if there are any."""
    import os

    from digitize.errors import TooManyRefused
    from digitize.files.scanqc.check import ScanQcOptions, check_folder
    from digitize.machine.progress import Silent

    languages = tuple(language or ("en",)) if numbers else ()
    wanted = ScanQcOptions(jobs or os.cpu_count() or 1, languages, twice)
    if json:
        # Nothing but JSON where a program listens.
        report = check_folder(paths, wanted, Silent())
        print_json(report.to_plain())
    else:
        with progress(every=50) as shown:
            report = check_folder(paths, wanted, shown)
        _print(report)
    if not report.is_clean:
        raise TooManyRefused(
            f"{report.scan_again} of {len(report.pages) + len(report.refused)} pages must be scanned again; "
            f"{len(report.sequels)} remarks on the order of pages."
        )


def _print(report: ScanReport) -> None:
    from digitize.files.scanqc.words import MEANINGS, NOTES, UNREADABLE

    rows: list[list[object]] = [[name, UNREADABLE, "", why] for name, why in report.refused]
    for page in report.pages:
        rows += _rows(page)
    for sequel in report.sequels:
        rows.append([", ".join(sequel.pages), sequel.kind, sequel.detail, MEANINGS[sequel.kind].do])
    if rows:
        out = results()
        out.print(table("To set right", ["page", "what", "how much", "what to do"], rows[:_SHOWN]), markup=False)
        if len(rows) > _SHOWN:
            say(f"... and {len(rows) - _SHOWN} more; --json lists all.")
    noted = [(p.page, n) for p in report.pages if p.quality for n in p.quality.notes]
    for page_name, note in noted[:_SHOWN]:
        errors().print(f"{page_name}: {NOTES.get(note, note)}", markup=False, soft_wrap=True)
    kinds = ", ".join(f"{kind} {n}" for kind, n in report.by_kind().items())
    pages, files = pluralize(len(report.pages), "page"), pluralize(report.files, "file")
    told = f"{pages} in {files}: {report.scan_again} to scan again."
    say(f"{told} {kinds}." if kinds else f"{told}")


def _rows(page: PageReport) -> list[list[object]]:
    from digitize.files.scanqc.words import MEANINGS, UNREADABLE

    if page.quality is None:
        return [[page.page, UNREADABLE, "", page.message]]
    return [
        [page.page, " ".join(filter(None, (d.kind, d.side))), _format_value(d.measured, d.limit, d.unit),
         MEANINGS[d.kind].do]
        for d in page.defects
    ]  # fmt: skip


def _format_value(value: float, limit: float, unit: str) -> str:
    return f"{value:g} (limit {limit:g}) {unit}" if limit else f"{value:g} {unit}"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(scanqc)
