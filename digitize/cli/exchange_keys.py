"""The exchange book that `digitize exchange` uses, and its group `keys`: keys under which replies are accepted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json, print_json, results, say, table

if TYPE_CHECKING:
    from digitize.exchange.books import ExchangeBook
    from digitize.workspace.place import Place

Workspace = Annotated[Path, typer.Option(help="The office's workspace: whose key signs, whose ledger is told.")]
At = Annotated[str, typer.Option("--target", help="Target (default: that of the workspace).")]
Schema = Annotated[str, typer.Option(help="The schema of its tables, in a database.")]
_HERE = Path()


@contextmanager
def opened_book(workspace: Path, target: str, schema: str) -> Iterator[tuple[ExchangeBook, Place]]:
    """The exchange book of a target, and the workspace of its office."""
    from digitize.exchange.books import ExchangeBook
    from digitize.files.loading.target_choice import open_target_for
    from digitize.workspace.place import open_place

    place = open_place(workspace)
    with open_target_for(target, schema, None if target else workspace) as loaded:
        yield ExchangeBook(loaded), place


keys = typer.Typer(name="keys", help="Manage the keys under which replies are accepted.", no_args_is_help=True)


@keys.command()
def add(
    sender: Annotated[str, typer.Argument(help="Owner of the key: a pillar, or PILLAR:OFFICE, e.g. e-courts:pune.")],
    key: Annotated[str, typer.Argument(help="Public key: 64 hexadecimal digits or a .pub file.")],
    note: Annotated[str, typer.Option(help="Letter that brought the key, and its sender.")] = "",
    workspace: Workspace = _HERE,
    target: At = "",
    schema: Schema = "",
) -> None:
    """Accept a key."""
    from digitize.exchange.own import check_sender
    from digitize.offices.keys import add_key, read_public

    check_sender(sender)
    with opened_book(workspace, target, schema) as (book, _):
        add_key(book, sender, read_public(key), note)
    say(f"Replies of {sender} signed with this key are accepted from now on.")


@keys.command()
def revoke(
    key: Annotated[str, typer.Argument(help="Key, or at least its first eight digits.")],
    reason: Annotated[str, typer.Option(help="Reason; recorded.")],
    workspace: Workspace = _HERE,
    target: At = "",
    schema: Schema = "",
) -> None:
    """Revoke a key: no more replies under it; earlier ones stay."""
    from digitize.offices.keys import revoke_key

    with opened_book(workspace, target, schema) as (book, _):
        held = revoke_key(book, key, reason)
    say(f"The key {held.public[:16]}... of {held.reporter} is revoked; {held.reporter} needs a new one.")


@keys.command("list")
def list_keys(workspace: Workspace = _HERE, target: At = "", schema: Schema = "", json: Json = False) -> None:
    """List all keys that were ever accepted."""
    from dataclasses import asdict

    with opened_book(workspace, target, schema) as (book, _):
        held = sorted(book.load_trusted_keys().values(), key=lambda k: (k.reporter, k.since))
    if json:
        print_json({"keys": [asdict(k) for k in held]})
        return
    rows = [[k.reporter, k.public[:16], k.since[:10], k.revoked[:10], k.note] for k in held]
    results().print(table("Keys", ["sender", "key", "since", "revoked", "note"], rows))
