"""`digitize report`: write a progress report of a workspace or an office."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.offices import AsOn, Csv, Html, JsonFile, Lang, Pdf, ReportFiles, day_of, say_written, write_report

if TYPE_CHECKING:
    from datetime import date

    from digitize.offices.picture import Limits, NationalPicture

PANEL = "State and nation", 20


def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace, or an office's folder.")],
    html: Html = None,
    pdf: Pdf = None,
    csv: Csv = None,
    json_file: JsonFile = None,
    as_on: AsOn = "",
    lang: Lang = "en",
    stalled_after: Annotated[
        int, typer.Option(min=1, help="Days without activity after which a station counts as stalled.")
    ] = 14,
) -> None:
    """Write the report of a workspace, a state or the nation: one HTML file, PDF, CSV, JSON; no personal data."""
    from digitize.offices.office import is_office
    from digitize.offices.picture import Limits

    make = _of_office if is_office(folder) else _of_workspace
    picture = make(folder, day_of(as_on), Limits(stalled_days=stalled_after))
    say_written(write_report(picture, ReportFiles(html, pdf, csv, json_file, lang), folder))


def _of_office(folder: Path, day: date, limits: Limits) -> NationalPicture:
    from digitize.offices.office import open_office
    from digitize.offices.picture import make_office_picture

    return make_office_picture(open_office(folder), day, limits)


def _of_workspace(folder: Path, day: date, limits: Limits) -> NationalPicture:
    from digitize.errors import OptionsError
    from digitize.machine.today import today_in_india
    from digitize.offices.fold import fold_ledger
    from digitize.offices.picture import make_workspace_picture
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place

    # A ledger is folded as it is; only an office keeps what was reported before.
    if day != today_in_india():
        raise OptionsError("A workspace shows how it stands today. For an earlier day, ask its state's office.")
    place = open_place(folder)
    with Ledger(place.ledger) as ledger:
        snapshot, _ = fold_ledger(place, ledger, day, keeps=True)
    return make_workspace_picture(snapshot, day, limits)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(report)
