"""`digitize calibrate`: measure from answers which values may pass without review."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import Json, print_json, print_plain, say
from digitize.machine.command_line import format_command

PANEL = "People's review", 20


def calibrate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")],
    whole: Annotated[
        bool, typer.Option("--whole", help="Ask whole pages in random order, all without their reading.")
    ] = False,
    give: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write this office's results for other offices; no values.")
    ] = None,
    take: Annotated[list[Path] | None, typer.Option(metavar="FILE", help="Take in results of another office.")] = None,
    json: Json = False,
) -> None:
    """Measure which values may pass without review, from answers given without seeing the reading.

    A run begins this by itself. Offices of one state prove together what one of them has too few answers for.
    """
    from digitize.workspace.calibration.field_standings import HEAD, standings, tell_progress
    from digitize.workspace.calibration.other_offices import give_answers, take_answers
    from digitize.workspace.calibration.threshold_store import begin_measuring
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.measuring import measure_place
    from digitize.workspace.place import open_place

    place = open_place(folder)
    own = place.options.workspace
    with Ledger(place.ledger) as ledger:
        has_begun = begin_measuring(ledger, own.site_id, by_itself=not whole)
        taken = [take_answers(ledger, own.state, own.site_id, path) for path in take or ()]
        said = measure_place(ledger, place)
        given = give_answers(ledger, own.state, own.site_id, give) if give else 0
        progress = list(tell_progress(ledger, place.options.calibrate.terms))
        found = standings(ledger, place.options.calibrate.certainty)
    if json:
        fields = [s.as_plain() for s in found]
        promise = place.options.calibrate.model_dump()
        print_json({"begun": has_begun, "promise": promise, "fields": fields, "said": said})
        return
    if has_begun:
        what = "whole pages are asked in random order" if whole else "what was read surely is asked"
        say(f"Measuring has begun: from now on {what}, without what the machine read.")
    for office, count in taken:
        say(f"{count} answers of the office {office} taken in.")
    if give:
        say(f"{given} answers written to {give}: form, field, confidence, right or wrong; no values.")
    for line in said:
        say(line)
    if found:
        print_plain("Values that pass without review", list(HEAD), [s.cells() for s in found])
    else:
        say("No answers yet from which accuracy can be measured.")
    for line in progress:
        say(line)
    words = ("review", "serve") if has_begun or not found else ("run",)
    say(f"Next: {format_command(*words, folder)}")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(calibrate)
