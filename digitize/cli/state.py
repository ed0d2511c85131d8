"""`digitize state`: run a state office: receive and report on its sites."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json, print_json, results, say, table
from digitize.cli.office_flags import flag_commands
from digitize.cli.offices import (
    Dir,
    SilentAfter,
    StoreAt,
    add_command,
    day_of,
    heads_command,
    key_commands,
    report_command,
    verify_command,
)

if TYPE_CHECKING:
    from datetime import date

    from digitize.offices.office import Office
    from digitize.offices.picture import Limits, NationalPicture

PANEL = "State and nation", 30

state = typer.Typer(name="state", help="Receive and report what the sites send.", no_args_is_help=True)
_DIR = Path("state")


def _open(folder: Path) -> Office:
    from digitize.offices.office import open_office

    return open_office(folder, "state")


@state.callback()
def _group() -> None:
    """Collect and report what the sites send."""


@state.command()
def init(
    code: Annotated[str, typer.Argument(metavar="STATE", help="Code of the state, such as mh.")],
    folder: Dir = _DIR,
    store: StoreAt = "",
    json: Json = False,
) -> None:
    """Make the office's folder, with a key that the state's own snapshots are signed with."""
    from digitize.offices.office import create_office

    office = create_office(folder, "state", code.lower(), store)
    public = office.key.with_suffix(".pub")
    if json:
        print_json({"folder": str(folder), "state": office.code, "key": public.read_text(encoding="ascii").strip()})
        return
    say(f"Office of {office.code} made in {folder}. Send {public} to the national office once.")
    say("Next: digitize state keys add SITE KEY for each site (its keys/site.pub), then digitize state add FILE...")


state.command()(add_command(_open, _DIR, "sites"))


@state.command()
def status(
    folder: Dir = _DIR,
    as_on: Annotated[str, typer.Option(help="The day to look at, YYYY-MM-DD.")] = "",
    silent_after: SilentAfter = None,
    json: Json = False,
) -> None:
    """Show each site's progress, which are silent, books digitized twice, and refused snapshots."""
    from digitize.offices.picture import Limits
    from digitize.offices.sites import list_sites

    day = day_of(as_on)
    with _open(folder).store() as store:
        seen = list_sites(store, day, Limits.from_days(silent_after).silent_days)
    if json:
        print_json(seen.as_plain())
        return
    out = results()
    rows = [[x.site, x.as_on or "no report", x.word, x.records, x.validated, x.loaded] for x in seen.sites]
    out.print(table(f"Sites on {day}", ["site", "last snapshot", "", "records", "validated", "loaded"], rows))
    for line in seen.lines():
        out.print(line, markup=False, soft_wrap=True)


def _picture(office: Office, day: date, limits: Limits) -> NationalPicture:
    from digitize.offices.picture import make_state_picture

    return make_state_picture(office, day, limits)


state.command()(report_command(_open, _DIR, _picture, "state's report"))


@state.command()
def withdraw(
    site: Annotated[str, typer.Argument(help="Site whose copy no longer counts, e.g. mh-pune.")],
    station: Annotated[str, typer.Argument(help="The station of the book, as status shows it.")],
    year: Annotated[str, typer.Argument(help="Year of the book.")],
    reason: Annotated[str, typer.Option(help="Reason; recorded.")],
    operator: Annotated[str, typer.Option(help="Name of the person who decided; recorded.")],
    district: Annotated[str, typer.Option(help="District, where several have such a station.")] = "",
    form: Annotated[str, typer.Option(help="Form of the book.")] = "iif1",
    folder: Dir = _DIR,
) -> None:
    """Count a book once that two sites digitized: one site's copy is excluded from all counts from now on."""
    from digitize.errors import OptionsError
    from digitize.offices.books import withdraw_book as withdraw_book
    from digitize.offices.office import load_newest_sites
    from digitize.offices.shape import Volume

    try:
        book = Volume(district=district, station=station, form=form, year=year, first=0, last=0, records=0)
    except ValueError as e:
        raise OptionsError("A book is named by its station and a year of four digits.") from e
    with _open(folder).store() as store:
        n = withdraw_book(store, load_newest_sites(store), site.lower(), book, (operator, reason))
    say(
        f"{n:,} records of {site} no longer count in the state's snapshot. Ask {site} to remove them from its target, "
        "too."
    )


state.command()(verify_command(_open, _DIR))
state.command()(heads_command(_open, _DIR))
state.add_typer(key_commands(_open, _DIR, "site"))
state.add_typer(flag_commands(_open, _DIR))


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(state)
