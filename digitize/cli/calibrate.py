"""`digitize calibrate`: measure from answers which values may pass without review."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import Json, print_json, print_plain, say

PANEL = "People's review", 20


def calibrate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")],
    json: Json = False,
) -> None:
    """Measure which values may pass without review, from answers given without seeing the reading.

    The first call starts it: from then on sheets ask whole pages in random order, until values pass under the
    guarantee.
    """
    from digitize.workspace.calibration.field_standings import HEAD, standings
    from digitize.workspace.calibration.threshold_store import begin_measuring
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.measuring import measure_place
    from digitize.workspace.place import open_place

    place = open_place(folder)
    with Ledger(place.ledger) as ledger:
        has_begun = begin_measuring(ledger, place.options.workspace.site_id)
        said = measure_place(ledger, place)
        found = standings(ledger, place.options.calibrate.certainty)
    if json:
        fields = [s.as_plain() for s in found]
        promise = place.options.calibrate.model_dump()
        print_json({"begun": has_begun, "promise": promise, "fields": fields, "said": said})
        return
    if has_begun:
        say("Measuring has begun: sheets now ask whole pages in random order, without what the machine read.")
    for line in said:
        say(line)
    if found:
        print_plain("Values that pass without review", list(HEAD), [s.cells() for s in found])
    else:
        say("No answers yet from which accuracy can be measured.")
    say(f"Next: digitize review export {folder}" if has_begun or not found else f"Next: digitize run {folder}")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(calibrate)
