"""What the commands of a state's and of the nation's office share: taking snapshots in, keys, who reported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digitize.cli.console import Json, print_json, results, table

if TYPE_CHECKING:
    from digitize.national.office import Office
    from digitize.national.receive import Answer

Open = Callable[[Path], "Office"]
Dir = Annotated[Path, typer.Option("--dir", help="The office's folder.")]


def take(office: Office, paths: Sequence[Path], *, json: bool) -> None:
    """Take snapshots in and say what became of each. Raises TooManyRefused when one was refused."""
    from digitize.errors import TooManyRefused
    from digitize.national.receive import add_files, count_words

    with office.store() as store:
        code = office.code if office.level == "state" else ""
        answers = add_files(store, office.receives, code, paths)
    counts = count_words(answers)
    if json:
        print_json({**counts, "files": [_plain(a) for a in answers]})
    else:
        for a in answers:
            if a.word in ("refused", "flagged"):
                said = "; ".join(f"{f.code}: {f.text}" for f in a.flags)
                results().print(f"{a.word}: {a.file}: {said}", markup=False, soft_wrap=True)
        print(", ".join(f"{word} {n}" for word, n in counts.items()))
    if counts["refused"]:
        raise TooManyRefused(f"{counts['refused']} of {len(answers)} files were refused; all others were taken.")


def _plain(a: Answer) -> dict[str, Any]:
    return {**asdict(a), "flags": [asdict(f) for f in a.flags]}


def key_commands(open_or_make: Open, default: Path, who: str) -> typer.Typer:
    """The group `keys` of an office. default: of --dir; who: what a reporter is called here."""
    said = f"Whose key is whose: a {who}'s snapshots are taken under its keys alone."
    group = typer.Typer(name="keys", help=said, no_args_is_help=True)

    @group.command()
    def add(
        reporter: Annotated[str, typer.Argument(help="Whose key it is: a state, as mh, or a site, as mh-pune.")],
        key: Annotated[str, typer.Argument(help="Its public key: 64 hexadecimal digits or the .pub file.")],
        note: Annotated[str, typer.Option(help="By which letter, from whom.")] = "",
        folder: Dir = default,
    ) -> None:
        """Take a key into the list."""
        from digitize.national.keys import add_key, read_public

        with open_or_make(folder).store() as store:
            add_key(store, reporter.lower(), read_public(key), note)
        print(f"Snapshots of {reporter.lower()} signed with this key will be taken.")

    @group.command()
    def revoke(
        key: Annotated[str, typer.Argument(help="The key, or its first eight digits and more.")],
        reason: Annotated[str, typer.Option(help="Why; it is kept.")],
        folder: Dir = default,
    ) -> None:
        """Take no more snapshots under a key; what was taken before stays."""
        from digitize.national.keys import revoke_key

        with open_or_make(folder).store() as store:
            held = revoke_key(store, key, reason)
        print(f"The key {held.public[:16]}... of {held.reporter} is revoked; {held.reporter} needs a new one.")

    @group.command("list")
    def list_keys(folder: Dir = default, json: Json = False) -> None:
        """Show all keys that ever were in the list."""
        from digitize.national.keys import known_keys

        with open_or_make(folder).store() as store:
            held = sorted(known_keys(store).values(), key=lambda k: (k.reporter, k.since))
        if json:
            print_json({"keys": [asdict(k) for k in held]})
            return
        rows = [[k.reporter, k.public[:16] + "...", k.since[:10], k.revoked[:10] or "-", k.note] for k in held]
        results().print(table("Keys", [who, "key", "since", "revoked", "note"], rows))

    return group
