"""`flag` of the state's and the national office: flags last until a person answers them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json, print_json, results, say, table
from digitize.cli.offices import Dir

if TYPE_CHECKING:
    from digitize.offices.office import Office


def flag_commands(open_or_make: Callable[[Path], Office], default: Path) -> typer.Typer:
    """The group `flag` of an office. default: of --dir."""
    group = typer.Typer(name="flag", help="List and answer flags: what was odd about snapshots.", no_args_is_help=True)

    @group.command("list")
    def list_flags(
        folder: Dir = default,
        all_: Annotated[bool, typer.Option("--all", help="Include answered flags.")] = False,
        json: Json = False,
    ) -> None:
        """List unanswered flags; later snapshots do not clear them."""
        _list_flags(open_or_make(folder), all_=all_, json=json)

    @group.command()
    def answer(
        flag_id: Annotated[
            str, typer.Argument(metavar="ID", help="Id of the flag, as flag list shows it, or its beginning.")
        ],
        reason: Annotated[str, typer.Option(help="Outcome, in words; recorded.")],
        operator: Annotated[str, typer.Option(help="Name of the person who looked at it; recorded.")],
        folder: Dir = default,
    ) -> None:
        """Answer a flag. Only an answer removes it from the pages; a lowered expectation stays even then."""
        from digitize.offices.flags import answer_flag

        with open_or_make(folder).store() as store:
            held = answer_flag(store, flag_id, operator, reason)
        say(f"Answered: {held.reporter}: {held.flag.text}")

    return group


def _list_flags(office: Office, *, all_: bool, json: bool) -> None:
    from digitize.offices.flags import load_flags

    with office.store() as store:
        found = [f for f in load_flags(store) if all_ or f.answer is None]
    if json:
        plain = [{"id": f.id, "reporter": f.reporter, "code": f.flag.code, "text": f.flag.text, "since": f.since,
                  "last": f.last, "answer": f.answer.reason if f.answer else None} for f in found]  # fmt: skip
        print_json({"flags": plain})
        return
    rows = [[f.id, f.reporter, f.since, f.flag.code, f.flag.text, f.answer.reason if f.answer else "-"] for f in found]
    results().print(table("Flags", ["id", "reporter", "since", "what", "said", "answer"], rows))
    say(f"{sum(f.answer is None for f in found)} open. Answer one: flag answer ID --reason ... --operator ...")
