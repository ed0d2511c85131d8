"""`digitize quality`: measure how many loaded records each service can find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json, print_json, results, say, table
from digitize.machine.command_line import format_command

if TYPE_CHECKING:
    from digitize.review.empty_fields import EmptyFieldsAsked
    from digitize.services.kind import Need
    from digitize.services.quality import PaperPlace, StationQuality

PANEL = "Services on loaded records", 60

_SHOWN, _MORE = 40, 10


def quality(
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="Workspace whose target is measured.")] = None,
    target: Annotated[str, typer.Option(help="The target, as digitize load names it.")] = "",
    schema: Annotated[str, typer.Option(help="The schema of its tables, in a database.")] = "",
    service: Annotated[str, typer.Option(help="Only this service.")] = "",
    limit: Annotated[int, typer.Option(min=0, help="Most places on paper to list or ask.")] = 200,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="CSV file to write these places to.")] = None,
    ask: Annotated[bool, typer.Option("--ask", help="Queue these places as questions at the review station.")] = False,
    operator: Annotated[str, typer.Option(help="Name of the person who queues them; recorded.")] = "",
    json: Json = False,
) -> None:
    """Report by station which share of the loaded records each service finds, why it misses the others, and which pages
    to look at, largest gain first.
    """
    from digitize.errors import OptionsError
    from digitize.services.quality import all_needs
    from digitize.services.quality_sheet import write_places

    needs = all_needs()
    if service and service not in needs:
        raise OptionsError(f"--service is one of: {', '.join(sorted(needs))}.")
    workspace = folder or (Path() if not target and Path("digitize.toml").is_file() else None)
    if ask and workspace is None:
        raise OptionsError("--ask needs a workspace: it holds the pages.")
    # Some are asked already, or stand on no paper: those behind them take their places.
    most = limit * (_MORE if ask else 1)
    found, places = _measure_quality(workspace, target, schema, {service: needs[service]} if service else needs, most)
    if out:
        write_places(places[:limit], out)
    asked = _ask(workspace, places, limit, operator) if ask and workspace is not None else None
    if json:
        plain = [p.as_plain() for p in places[:limit]]
        back = asdict(asked) if asked else None
        print_json({"stations": [q.as_plain() for q in found], "places": plain, "asked": back})
        return
    _show(found, places[:limit], out)
    if asked:
        _tell(asked, workspace)


def _measure_quality(
    workspace: Path | None, target: str, schema: str, needs: Mapping[str, Sequence[Need]], most: int
) -> tuple[list[StationQuality], list[PaperPlace]]:
    from digitize.files.loading.target_choice import open_target_for
    from digitize.search.filled_counts import open_counts
    from digitize.services.quality import by_station, paper_places

    with open_target_for(target, schema, workspace) as loaded:
        store = open_counts(loaded)
        return by_station(store, needs), paper_places(store, most, needs) if most else []


def _ask(workspace: Path, places: Sequence[PaperPlace], limit: int, operator: str) -> EmptyFieldsAsked:
    from digitize.review.empty_fields import ask_empty_fields
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place
    from digitize.workspace.run_context import build_run_context

    place = open_place(workspace)
    with Ledger(place.ledger) as ledger:
        return ask_empty_fields(
            ledger, build_run_context(place, ledger), [(p.record, p.paths) for p in places], limit, operator
        )


def _show(found: Sequence[StationQuality], places: Sequence[PaperPlace], out: Path | None) -> None:
    if not found:
        say("No loaded record can be found by a service.")
        return
    worst = sorted(found, key=lambda q: (q.service, q.form, q.found - q.rows, q.station))
    rows = [
        [q.service, q.form, ", ".join(filter(None, q.station)), f"{q.found} of {q.rows}",
         ", ".join(f"{n} without {what}" for what, n in sorted(q.lacking.items(), key=lambda i: -i[1]))]
        for q in worst[:_SHOWN]
    ]  # fmt: skip
    results().print(table("Found", ["service", "form", "station", "found", "why not"], rows), markup=False)
    if len(worst) > _SHOWN:
        say(f"And {len(worst) - _SHOWN} more lines: --json has all.")
    if out:
        say(f"{len(places)} places on paper written to {out}, most gain first.")
    elif places:
        say(
            f"{len(places)} places on paper would make rows findable: --out FILE lists them, --ask queues them as "
            "questions."
        )


def _tell(asked: EmptyFieldsAsked, workspace: Path | None) -> None:
    say(f"{asked.asked} places are queued. {asked.known} were asked before, {asked.answered} answered.")
    if asked.no_place:
        say(f"{asked.no_place} have no place on their form or in their table.")
    if asked.gone:
        say(f"{asked.gone} belong to records that are not in this workspace.")
    if asked.asked or asked.known:
        serve, export = (format_command("review", word, workspace) for word in ("serve", "export"))
        say(f"Next: {serve}, or: {export}")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(quality)
