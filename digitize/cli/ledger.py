"""`digitize ledger`: verify, back up, restore and move the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import Json, print_json, say
from digitize.machine.command_line import format_command

PANEL = "Upkeep", 30

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")]
ledger = typer.Typer(
    name="ledger", help="Verify, back up, restore and move the history of a workspace.", no_args_is_help=True
)


@ledger.callback()
def _group() -> None:
    """Verify, back up, restore and move the history of a workspace."""


@ledger.command()
def verify(
    folder: Folder,
    originals: Annotated[
        str,
        typer.Option(metavar="SHARE", help="Hash originals again: all, or 10% of their bytes."),
    ] = "",
    heads: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Heads that the office above holds: digitize state heads.")
    ] = None,
    no_target: Annotated[bool, typer.Option("--no-target", help="Ignore the target's own load history.")] = False,
    json: Json = False,
) -> None:
    """Verify events, rows, heads, settings, receipts, the target's load history and originals.

    Exit code 7 if something differs; each difference is listed with its fix.
    """
    from digitize.cli.console import progress
    from digitize.errors import InputError, LedgerError
    from digitize.workspace.integrity.originals import parse_share
    from digitize.workspace.integrity.verify import VerifyScope, find_newest_event, find_workspace_changes
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place

    if heads is not None and not heads.is_file():
        raise InputError(f"{heads}: there is no such file.")
    look = VerifyScope(parse_share(originals), heads, not no_target)
    place = open_place(folder)
    with Ledger(place.ledger) as opened, progress(place.options.run.line_every) as shown:
        found = list(find_workspace_changes(opened, place, look, shown))
        count, root = find_newest_event(opened, found)
    amiss = [c for c in found if not c.is_remark]
    if json:
        plain = [c.as_plain() for c in found]
        print_json({"events": count, "root_hash": root, "is_whole": not amiss, "changes": plain})
    else:
        for change in found:
            say(("remark: " if change.is_remark else "") + change.line())
        say(f"{count} events. Root hash {root}")
        if not amiss:
            say("Everything is as it was written.")
    if amiss:
        raise LedgerError(f"{place.ledger}: {len(amiss)} entries are not as they were written.")


@ledger.command()
def heads(folder: Folder, json: Json = False) -> None:
    """Show the signed head of each command, to compare with the copy of another office."""
    from dataclasses import asdict

    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place

    with Ledger(open_place(folder).ledger) as opened:
        found = opened.heads()
    if json:
        print_json({"heads": [asdict(h) for h in found]})
        return
    for h in found:
        say(f"{h.seq}\t{h.at}\t{h.hash}\t{h.public[:16]}")


@ledger.command()
def recount(folder: Folder, json: Json = False) -> None:
    """Rebuild the state of all units and the status counts from events and rows."""
    from digitize.workspace.counting.counts_cache import keep_counts
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place

    with Ledger(open_place(folder).ledger) as opened:
        count = opened.recount()
        keep_counts(opened)
    if json:
        print_json({"states": count})
    else:
        say(f"{count} states rebuilt from the events.")


@ledger.command()
def backup(
    folder: Folder,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Folder for the copy, best on another disk.")],
    json: Json = False,
) -> None:
    """Write a consistent copy of the ledger while others keep working."""
    from digitize.workspace.ledger.copies import back_up
    from digitize.workspace.place import open_place

    made = back_up(open_place(folder).ledger, file)
    if json:
        print_json(made.as_plain())
        return
    say(f"{file}: {made.events} events, {made.bytes:,} bytes. Root hash {made.root_hash}")
    say("Back up keys/ and originals/ as well: this file does not contain them.")


@ledger.command()
def restore(
    folder: Folder,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup of this workspace's ledger.")],
    reason: Annotated[str, typer.Option(help="Reason; kept in the history.")] = "",
    operator: Annotated[str, typer.Option(help="Name of the person who decides.")] = "",
) -> None:
    """Replace the ledger by a backup; the current ledger is kept next to it."""
    from digitize.workspace.ledger.copies import restore as put_back
    from digitize.workspace.place import open_place

    path = open_place(folder).ledger
    found, aside, lost = put_back(path, file, reason, operator)
    say(f"{path} is the backup of {found.events} events. {lost} later events are not in it.")
    if aside:
        say(f"The previous ledger: {aside}")
    steps = [format_command(*words, folder) for words in (("ledger", "verify"), ("run",), ("reconcile",))]
    say(f"Next: {'; '.join(steps)}")


@ledger.command()
def move(
    folder: Folder,
    to: Annotated[str, typer.Option("--to", metavar="URL", help="A PostgreSQL database, or: sqlite")],
    json: Json = False,
) -> None:
    """Move the ledger from its file into a database, or back; completely and recounted, or not at all."""
    from dataclasses import asdict

    from digitize.workspace.integrity.move_ledger import move as take
    from digitize.workspace.place import open_place

    made = take(open_place(folder), "" if to == "sqlite" else to)
    if json:
        print_json(asdict(made))
        return
    say(f"The ledger is now in {made.to}: {made.events} events, all as they were written. Root hash {made.root_hash}")
    if made.aside:
        say(f"The old one is kept, but no longer used: {made.aside}")


@ledger.command()
def compact(folder: Folder) -> None:
    """Free disk space that the ledger no longer uses."""
    from digitize.workspace.ledger.copies import compact as give_back
    from digitize.workspace.place import open_place

    before, after = give_back(open_place(folder).ledger)
    say(f"{before:,} bytes before, {after:,} after.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(ledger)
