"""`digitize snapshot`: write a small signed file of counts for the office above."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json, errors, print_json, say

if TYPE_CHECKING:
    from digitize.offices.shape import Snapshot

PANEL = "State and nation", 10


def snapshot(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace, or a state office's folder.")],
    out: Annotated[Path | None, typer.Option(help="File to write (default: in DIR/exports).")] = None,
    without_stations: Annotated[
        bool, typer.Option("--without-stations", help="State: leave out rows of stations, keep districts.")
    ] = False,
    json: Json = False,
) -> None:
    """Write a signed file of counts without personal data: of a workspace, or of a state from its sites."""
    from digitize.machine.whole_file import WholeFile
    from digitize.offices.envelope import seal
    from digitize.offices.office import is_office

    made, key = _of_state(folder) if is_office(folder) else _of_workspace(folder)
    # Before it is signed: the signature is of what is sent.
    made = made.model_copy(update={"stations": None, "books": []}) if without_stations else made
    path = out or folder / "exports" / f"{made.reporter}-{made.as_on}.snapshot"
    path.parent.mkdir(parents=True, exist_ok=True)
    data = seal(made, key)
    file = WholeFile(path)
    file.write(data)
    file.close()
    public = key.with_suffix(".pub").read_text(encoding="ascii").strip()
    if json:
        totals = made.totals.plain().as_plain()
        print_json({"path": str(path), "bytes": len(data), "reporter": made.reporter, "key": public, "totals": totals})
        return
    say(f"{path}: {made.reporter} on {made.as_on}, {made.totals.records:,} records, {len(data):,} bytes.")
    say(f"Signed with the key {public[:16]}...; whoever receives it needs {key.with_suffix('.pub').name} once.")


def _of_workspace(folder: Path) -> tuple[Snapshot, Path]:
    from digitize.machine.today import today_in_india
    from digitize.offices.fold import fold_ledger, record_reported_head
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place

    place = open_place(folder)
    with Ledger(place.ledger) as ledger:
        made, not_listed = fold_ledger(place, ledger, today_in_india(), tells=True)
        record_reported_head(ledger, made)
    if not_listed:
        text = f"{not_listed:,} records belong to no station of lists/stations.csv and are counted without one."
        errors().print(text, markup=False, soft_wrap=True)
    return made, place.key


def _of_state(folder: Path) -> tuple[Snapshot, Path]:
    from digitize.machine.today import today_in_india
    from digitize.offices.office import load_newest_sites, make_state_snapshot, open_office, record_reported_head

    office = open_office(folder, "state")
    with office.store() as store:
        made = make_state_snapshot(office, load_newest_sites(store), today_in_india(), store.list_acts("withdraw"))
        return made.model_copy(update={"office": record_reported_head(store)}), office.key


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(snapshot)
