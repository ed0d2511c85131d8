"""`digitize purge`: remove originals and personal data after their time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json, print_json, say

if TYPE_CHECKING:
    from datetime import date

    from digitize.workspace.retention.purge import PurgeReport

PANEL = "Upkeep", 90

_SHOWN = 20


def purge(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")],
    what: Annotated[
        str,
        typer.Option(
            metavar="KIND",
            help="originals: the files as delivered. personal: all that tells of a person, the originals among it.",
        ),
    ],
    batch: Annotated[list[str] | None, typer.Option(help="Only this batch; may be repeated.")] = None,
    volume: Annotated[str, typer.Option(help="Only this volume (label or number).")] = "",
    before: Annotated[str, typer.Option(metavar="DAY", help="Only what was loaded before YYYY-MM-DD.")] = "",
    reason: Annotated[str, typer.Option(help="Reason, in words; kept permanently. Do not name persons.")] = "",
    operator: Annotated[str, typer.Option(help="Name of the person who decides; kept permanently.")] = "",
    with_failed: Annotated[
        bool, typer.Option("--with-failed", help="Include pages and rows that made no record; they are counted.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be removed, and change nothing.")] = False,
    json: Json = False,
) -> None:
    """Delete what the retention period no longer allows; counts, history and proof stay.

    A batch is due when all of it is settled and loaded and its newest load is older than the period that [retention] in
    digitize.toml sets. If interrupted, the same command finishes it.
    """
    from digitize.cli.console import progress
    from digitize.machine.system import user_name
    from digitize.workspace.place import open_place
    from digitize.workspace.retention.purge import PurgeOrder
    from digitize.workspace.retention.purge import purge as go

    named = tuple(batch or ()), volume, _day(before)
    order = PurgeOrder(what, reason, operator, user_name(), *named, with_failed, dry_run)
    place = open_place(folder)
    with progress(place.options.run.line_every) as shown:
        report = go(place, order, shown)
    print_json(report.as_plain()) if json else _print(report)


def _day(text: str) -> date | None:
    from datetime import date

    from digitize.errors import OptionsError

    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise OptionsError(f"--before {text}: not a date (YYYY-MM-DD)") from None


def _print(report: PurgeReport) -> None:
    n = report.counts
    for name, why in report.refused[:_SHOWN]:
        say(f"{name} stays: {'; '.join(why)}.")
    if len(report.refused) > _SHOWN:
        say(f"and {len(report.refused) - _SHOWN} more that stay; --json has all.")
    if report.done_before:
        say(f"{report.done_before} were purged before.")
    if not report.purged:
        say("Nothing is due.")
    else:
        would = "Would purge" if report.is_dry else "Purged"
        what = f"personal data of {n.records} records and the" if report.what == "personal" else "the"
        say(
            f"{would} {what} originals of {len(report.purged)} batches ({', '.join(report.purged[:_SHOWN])}): "
            f"{n.files} files, {n.bytes:,} bytes, {n.pages} pages, {n.tables} tables."
        )
    if report.failed:
        say(f"{report.failed} pages, rows or tables among them made no record.")
    if report.removed:
        say(f"Removed with them: {', '.join(report.removed)}")
    for line in report.left:
        say(line)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(purge)
