"""`digitize decrypt`: decrypt a file, or make a key pair."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import Json, print_json, say

PANEL = "Upkeep", 80


def decrypt(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE.age]", help="The encrypted file.")] = None,
    key: Annotated[Path | None, typer.Option(help="File with the secret key.")] = None,
    out: Annotated[Path | None, typer.Option(help="File to write, or new folder for what was a folder.")] = None,
    new_key: Annotated[
        Path | None, typer.Option("--new-key", help="Create a key pair, and write the secret key here.")
    ] = None,
    json: Json = False,
) -> None:
    """Open an encrypted file with a secret key, or make a key pair with --new-key."""
    from digitize.errors import OptionsError
    from digitize.machine.sealing import unseal, write_key

    if new_key is not None and file is None:
        public = write_key(new_key)
        print_json({"key": str(new_key), "public": public}) if json else say(_describe_keys(new_key, public))
        return
    if file is None or key is None or out is None or new_key is not None:
        raise OptionsError("decrypt needs FILE.age, --key and --out; or --new-key alone.")
    unseal(file, key, out)
    print_json({"path": str(out)}) if json else say(f"{out} is written. It is not encrypted.")


def _describe_keys(key: Path, public: str) -> str:
    return (
        f"{key} holds the secret key: keep it off this machine, and lock away a copy. Without it, nothing can be "
        f"decrypted.\nThe public key, to be sent to the sites: {public}"
    )


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(decrypt)
