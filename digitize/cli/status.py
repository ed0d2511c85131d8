"""`digitize status`: show the progress of a workspace."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json, print_json, print_plain, say
from digitize.machine.command_line import format_command

if TYPE_CHECKING:
    from digitize.workspace.counting.totals import CountsLine, StatusCounts
    from digitize.workspace.place import Place

PANEL = "A workspace's daily work", 50


def status(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")],
    blank: Annotated[bool, typer.Option("--blank", help="List the blank pages instead.")] = False,
    json: Json = False,
) -> None:
    """Show pages and records waiting, done, failed, in review and loaded; the rate and the remaining time."""
    from digitize.volumes.account import format_summary
    from digitize.workspace.calibration.field_standings import HEAD, standings, tell_progress
    from digitize.workspace.counting.totals import count_work
    from digitize.workspace.ledger import Ledger, purges, replaced_tables, waiting_pages
    from digitize.workspace.ledger.chosen_weights import find_all_chosen
    from digitize.workspace.models_used import models_differ
    from digitize.workspace.place import open_place

    place = open_place(folder)
    if blank:
        _show_blank(folder, place, json=json)
        return
    with Ledger(place.ledger) as ledger:
        s = count_work(ledger, every_volume=json)
        differ = models_differ(ledger, place)
        measured = standings(ledger, place.options.calibrate.certainty)
        progress = list(tell_progress(ledger, place.options.calibrate.terms))
        volumes, used, purged = format_summary(ledger), find_all_chosen(ledger), purges.summary(ledger)
        again = [*replaced_tables.summary(ledger), *waiting_pages.summary(ledger)]
    if json:
        models, calibration = [x.as_plain() for x in differ], [x.as_plain() for x in measured]
        print_json({"site_id": place.options.workspace.site_id, **s.as_plain(), "models_differ": models,
                    "calibration": calibration, "volumes": volumes, "own_weights": used,
                    "purged": purged, "came_again": again})  # fmt: skip
        return
    if measured:
        print_plain("Values that pass without review", list(HEAD), [x.cells() for x in measured])
        for line in (*progress, ""):
            say(line)
    show_counts(s)
    for line in (*volumes, *purged, *again, *(x.line() for x in differ)):
        say(line)
    if used:
        own = "; ".join(f"{network}: {name}" for network, name in sorted(used.items()))
        say(f"Read with this office's own weights ({own}). See: {format_command('models', 'list', folder)}")


def _show_blank(folder: Path, place: Place, *, json: bool) -> None:
    from dataclasses import asdict

    from digitize.workspace.blank_pages import blank_pages
    from digitize.workspace.ledger import Ledger

    with Ledger(place.ledger) as ledger:
        found = list(blank_pages(ledger))
    if json:
        print_json({"blank": [asdict(p) for p in found]})
    elif not found:
        say("No page that was read is blank.")
    else:
        print_plain("Blank", ["page", "file", "image"], [[p.page, p.file, p.image] for p in found])
        say(f"To look at one: {format_command('show', folder, found[0].page, '--image', 'page.png')}")


def show_counts(s: StatusCounts) -> None:
    """Print the tables."""
    steps = [[name, n["waiting"], n["done"], n["failed"]] for name, n in s.steps.items()]
    print_plain("Steps", ["step", "waiting", "done", "failed"], steps)
    for kind, lines in s.by.items():
        say()
        shown = shown_first(lines)
        print_plain(f"By {kind}", [kind, *_COLUMNS], [[name, *_cells(lines[name])] for name in shown])
        if more := len(lines) - len(shown) + (s.volumes_more if kind == "volume" else 0):
            say(f"and {more} more with fewer waiting pages: digitize status DIR --json")
    if s.failures:
        say()
        print_plain("Failed", ["why", "how many"], [[k, n] for k, n in s.failures.items()])
    if s.reasons:
        say()
        print_plain("To look at", ["why", "fields"], [[k, n] for k, n in s.reasons.items()])
        say("Codes such as F008 are rules; digitize explain F008 explains one.")
    if s.gaps:
        say()
        gaps = [[g.volume, g.page, f"{g.after} to {g.before}", g.count, g.said or "nobody answered"] for g in s.gaps]
        print_plain("Pages missing", ["volume", "after page", "numbers", "how many", "answer"], gaps)
    say()
    for line in s.lines():
        say(line)
    if s.pages_per_min:
        left = f"; {s.minutes_left:g} minutes left" if s.totals.pages_waiting else ""
        say(f"Rate: {s.pages_per_min:g} pages a minute{left}.")


def shown_first(lines: Mapping[str, CountsLine]) -> list[str]:
    """All lines if there are few; else those with the most waiting or failed, in their order."""
    from digitize.workspace.counting.sums import MOST_LINES

    if len(lines) <= MOST_LINES:
        return list(lines)
    chosen = set(sorted(lines, key=lambda name: (-lines[name].waiting - lines[name].failed, name))[:MOST_LINES])
    return [name for name in lines if name in chosen]


_COLUMNS = ["pages", "waiting", "read", "failed", "records", "in review", "rejected", "loaded"]


def _cells(line: CountsLine) -> list[int]:
    return [
        line.pages, line.waiting, line.read, line.failed, line.records, line.in_review, line.rejected, line.loaded,
    ]  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(status)
