"""`digitize review people`: who may log in at the review station."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json, print_json, say

if TYPE_CHECKING:
    from digitize.workspace.ledger_db import Where

people = typer.Typer(name="people", help="Manage who may log in at the review station.", no_args_is_help=True)
Dir = Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Name that is kept with every value.")]
_ALL = "all"
Some = Annotated[list[str] | None, typer.Option(help="Limit to these; may be repeated (default: all).")]


@people.command("add")
def add(
    folder: Dir,
    name: Name,
    role: Annotated[str, typer.Option(help="Role: operator, supervisor or administrator.")] = "operator",
    language: Annotated[str, typer.Option(help="Language of the pages, two letters.")] = "en",
    volume: Some = None,
    of_language: Some = None,
    field: Some = None,
    cleared: Annotated[
        str, typer.Option(metavar="REASON", help="May see names of protected persons: the reason, recorded.")
    ] = "",
    asks_as: Annotated[str, typer.Option(help="Role in the services: police, court or public.")] = "police",
    station: Annotated[
        list[str] | None,
        typer.Option(help="Own records, as DISTRICT/STATION; may be repeated."),
    ] = None,
) -> None:
    """Add a person; the password is prompted for, or read from the first line of stdin."""
    from digitize.login.people import People, new_account
    from digitize.workspace.place import open_place

    place = open_place(folder)
    given = {"volumes": volume, "languages": of_language, "fields": field, "stations": station}
    work = {kind: tuple(some or ()) for kind, some in given.items()}
    People(place.folder).add(new_account(name, role, language, work, cleared, asks_as), _password())
    _note(place.ledger, name, "add", role=role, cleared=cleared, asks_as=asks_as)
    say(f"{name} may log in as {role if asks_as == 'police' else asks_as}.")


@people.command("list")
def show(folder: Dir, json: Json = False) -> None:
    """List who may log in, and their assigned work."""
    from dataclasses import asdict

    from digitize.login.people import People
    from digitize.workspace.place import open_place

    known = People(open_place(folder).folder).load_all().values()
    if json:
        print_json({"people": [{k: v for k, v in asdict(a).items() if k != "hash"} for a in known]})
        return
    for a in known:
        work = [*a.volumes, *a.languages, *a.fields]
        what = a.role if a.asks_as == "police" else a.asks_as
        own = f", of {', '.join(a.stations)}" if a.stations else ""
        say(f"{a.name}: {what}, {a.language}, since {a.since}{own}{', only ' + ', '.join(work) if work else ''}")


@people.command("change")
def change(
    folder: Dir,
    name: Name,
    role: Annotated[str | None, typer.Option(help="Role: operator, supervisor or administrator.")] = None,
    volume: Some = None,
    of_language: Some = None,
    field: Some = None,
    station: Annotated[
        list[str] | None, typer.Option(help="Own records, as DISTRICT/STATION; `all` removes the limit.")
    ] = None,
) -> None:
    """Change a person's role or assigned work: new limits replace the old ones, `all` removes a limit."""
    from digitize.login.people import People
    from digitize.workspace.place import open_place

    place = open_place(folder)
    given = {"volumes": volume, "languages": of_language, "fields": field, "stations": station}
    work = {kind: () if some == [_ALL] else tuple(some) for kind, some in given.items() if some}
    People(place.folder).set_work(name, role, work)
    _note(place.ledger, name, "change", role=role or "", work=sorted(work))
    say(f"The rights of {name} are changed, effective at once.")


@people.command("remove")
def remove(folder: Dir, name: Name) -> None:
    """Remove a person: they are logged out at once; their answers stay."""
    from digitize.login.people import People
    from digitize.workspace.place import open_place

    place = open_place(folder)
    People(place.folder).remove(name)
    _note(place.ledger, name, "remove")
    say(f"{name} can no longer log in.")


@people.command("password")
def password(folder: Dir, name: Name) -> None:
    """Set a person's password, prompted for or read from stdin; they are logged out."""
    from digitize.login.people import People
    from digitize.workspace.place import open_place

    place = open_place(folder)
    People(place.folder).set_password(name, _password())
    _note(place.ledger, name, "password")
    say(f"{name} has a new password.")


def _password() -> str:
    """Typed twice on a terminal, else the first line of stdin; never an argument, which other users could read."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")


def _note(path: Where, name: str, what: str, **more: str | list[str]) -> None:
    from digitize.login.people import note_change
    from digitize.machine.system import user_name
    from digitize.workspace.ledger import Ledger

    with Ledger(path) as ledger:
        note_change(ledger, name, what, user_name(), **more)
