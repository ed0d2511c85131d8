"""`digitize keys`: rotate, revoke and export the office's signing keys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import Json, print_json, say
from digitize.machine.command_line import format_command

PANEL = "Upkeep", 60

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")]
Lock = Annotated[
    bool, typer.Option("--passphrase", help="Protect the new key with a passphrase; you are asked for it.")
]
keys = typer.Typer(name="keys", help="Rotate, revoke and export the office's signing keys.", no_args_is_help=True)


@keys.command()
def rotate(
    folder: Folder,
    lost: Annotated[
        str, typer.Option(metavar="REASON", help="How the old key was lost, if it cannot sign the new one.")
    ] = "",
    passphrase: Lock = False,
    json: Json = False,
) -> None:
    """Replace the key by a new one, with a statement for the office above."""
    from digitize.workspace.integrity.keys import LOST, ROTATED

    _change(folder, LOST if lost else ROTATED, lost, passphrase=passphrase, json=json)


@keys.command()
def revoke(
    folder: Folder,
    reason: Annotated[str, typer.Option(help="Reason why the key may be in other hands; recorded.")],
    passphrase: Lock = False,
    json: Json = False,
) -> None:
    """Revoke a key that may be compromised, and create a new one; the office above refuses the old one."""
    from digitize.errors import OptionsError
    from digitize.workspace.integrity.keys import REVOKED

    if not reason.strip():
        raise OptionsError("--reason says why; the office above reads it.")
    _change(folder, REVOKED, reason, passphrase=passphrase, json=json)


@keys.command("export-public")
def export_public(
    folder: Folder,
    out: Annotated[Path | None, typer.Option(help="File for all changes of the key, for the office above.")] = None,
    json: Json = False,
) -> None:
    """Export the public half of the key, and the list of which key followed which."""
    from digitize.workspace.integrity.keys import write_successions
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place

    place = open_place(folder)
    with Ledger(place.ledger) as ledger:
        held = ledger.public_keys()
    if out is not None:
        write_successions(place, out)
    if json:
        print_json({"public": held[-1], "earlier": held[:-1], "file": str(out or "")})
    else:
        say(held[-1])


@keys.command()
def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File to keep the key in; FILE.pub is for the office.")],
    passphrase: Lock = False,
    json: Json = False,
) -> None:
    """Create a signing key for a site whose worker reaches only the database."""
    from digitize.errors import OptionsError
    from digitize.machine.signing import create_key

    if file.exists():
        raise OptionsError(f"{file} exists already. A key is never overwritten: give another name.")
    text = typer.prompt("Passphrase", hide_input=True, confirmation_prompt=True) if passphrase else ""
    public = create_key(file, text)
    sent = file.with_suffix(".pub")
    if json:
        print_json({"public": public, "file": str(sent)})
    else:
        allow = format_command("keys", "allow", "DIR", sent.name, "--name", "SITE")
        say(f"{file} stays here. Send {sent} to the office; there: {allow}")


@keys.command()
def allow(
    folder: Folder,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The public half that the site sent.")],
    name: Annotated[str, typer.Option(help="Owner of the key: a site or a machine.")],
    json: Json = False,
) -> None:
    """Allow a worker to sign its records with its own key (at the office)."""
    from digitize.errors import InputError
    from digitize.workspace.integrity.worker_keys import allow_key
    from digitize.workspace.place import open_place

    try:
        public = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as e:
        raise InputError(f"{file} cannot be read as a public key ({type(e).__name__}).") from e
    allow_key(open_place(folder), public, name)
    if json:
        print_json({"name": name, "public": public})
    else:
        say(
            f"{name} may sign with {public[:16]}... To withdraw it: digitize keys withdraw DIR --name NAME --reason WHY"
        )


@keys.command()
def withdraw(
    folder: Folder,
    name: Annotated[str, typer.Option(help="Owner of the key.")],
    reason: Annotated[str, typer.Option(help="Reason; recorded.")],
    json: Json = False,
) -> None:
    """Withdraw a worker's key (at the office). Its earlier signatures stay valid."""
    from digitize.workspace.integrity.worker_keys import withdraw_key
    from digitize.workspace.place import open_place

    public = withdraw_key(open_place(folder), name, reason)
    if json:
        print_json({"name": name, "public": public})
    else:
        say(f"{name} may no longer sign with {public[:16]}...; remove its database account, too.")


@keys.command()
def workers(folder: Folder, json: Json = False) -> None:
    """List the keys that may sign besides the office's own, and former ones."""
    from dataclasses import asdict

    from digitize.workspace.integrity.worker_keys import worker_keys
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place

    with Ledger(open_place(folder).ledger) as ledger:
        found = worker_keys(ledger)
    if json:
        print_json({"workers": [asdict(k) for k in found]})
        return
    for k in found:
        until = f"withdrawn on {k.at[:10]}: {k.reason}" if not k.is_allowed else f"since {k.at[:10]}"
        say(f"{k.name}: {k.public[:16]}..., {until}")
    if not found:
        say("No worker has a key of its own.")


def _change(folder: Path, why: str, reason: str, *, passphrase: bool, json: bool) -> None:
    from dataclasses import asdict

    from digitize.workspace.integrity.keys import FILE, change_key
    from digitize.workspace.place import open_place

    text = typer.prompt("Passphrase", hide_input=True, confirmation_prompt=True) if passphrase else ""
    place = open_place(folder)
    done = change_key(place, why, reason, text)
    path = place.key.with_name(FILE)
    if json:
        print_json({**asdict(done), "file": str(path)})
        return
    say(f"The new key is {done.new[:16]}...; the old one, {done.old[:16]}..., is no longer used.")
    if done.signature:
        say(f"Send {path} to the office above: {format_command('state', 'keys', 'follow', 'SITE', path.name)}")
    else:
        say(f"The old key did not sign the new one: send a letter with {place.key.with_suffix('.pub')}.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(keys)
