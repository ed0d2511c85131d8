"""`digitize search`: search persons, cases, vehicles and things in a target."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json, errors, print_json, results, say, table
from digitize.cli.unmask import Operator, Reason, Unmask, asked_by

if TYPE_CHECKING:
    from digitize.search.answers import SearchHit

PANEL = "Services on loaded records", 10


def search(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A name, a number or words; * and ? for letters.")] = "",
    kind: Annotated[str, typer.Option(help="person, fir, vehicle or property (default: all).")] = "",
    target: Annotated[str, typer.Option(help="The target, as digitize load names it, or a workspace.")] = "",
    schema: Annotated[str, typer.Option(help="The schema of its tables, in a database.")] = "",
    relative: Annotated[str, typer.Option(help="Name of father, husband or guardian.")] = "",
    station: Annotated[str, typer.Option(help="Police station, in any script.")] = "",
    place: Annotated[str, typer.Option(help="District, village or place, by any of its names.")] = "",
    year: Annotated[str, typer.Option(help="Year of the case: 2012, or 2010-2014.")] = "",
    since: Annotated[str, typer.Option(metavar="DAY", help="First day of the period, as 2012-08-01.")] = "",
    until: Annotated[str, typer.Option(metavar="DAY", help="Last day of the period.")] = "",
    age: Annotated[str, typer.Option(help="Age at the time of the case: 34, or 30-40.")] = "",
    section: Annotated[str, typer.Option(help='As 302, or "IPC 302".')] = "",
    limit: Annotated[int, typer.Option(help="Number of results to show.")] = 10,
    why: Annotated[str, typer.Option(metavar="PURPOSE", help="Purpose of the query; kept in the log.")] = "",
    unmask: Unmask = False,
    reason: Reason = "",
    operator: Operator = "",
    json: Json = False,
) -> None:
    """Find persons, cases, vehicles and things among the records of a target. Every search is logged there."""
    from digitize.files.loading.target_choice import open_target_for
    from digitize.machine.system import user_name
    from digitize.search.log import Searcher
    from digitize.search.query import SearchQuery
    from digitize.search.search import StoreSearch
    from digitize.services.policy import POLICE
    from digitize.services.rates import workspace_rates

    who = asked_by(unmask=unmask, reason=reason, operator=operator)
    query = SearchQuery(text, kind, relative, station, place, year, since, until, age, section, limit=limit)
    query.check()
    by = Searcher(operator.strip() or user_name(), user_name(), why.strip() or reason.strip(), who)
    folder = Path(target or ".")
    workspace = folder if (folder / "digitize.toml").is_file() else None
    with open_target_for("" if workspace else target, schema, workspace) as loaded:
        if rates := workspace_rates(workspace):
            rates.count(POLICE, by.who, by.account)
        hits = StoreSearch(loaded).search(query, by).hits
    if json:
        print_json({"hits": [hit.as_plain() for hit in hits]})
        return
    if hits:
        rows = [[hit.kind, f"{hit.score:.2f}", hit.record, *_format_hit(hit), _describe_grounds(hit)] for hit in hits]
        titles = ["kind", "score", "record", "case", "found", "why"]
        results().print(table("Found", titles, rows), markup=False)
    else:
        say("Nothing was found.")
    if not by.why:
        errors().print("Logged without a purpose; give one with --why.", soft_wrap=True)


def _format_hit(hit: SearchHit) -> tuple[str, str]:
    case, values = hit.case, hit.values
    number = "/".join(filter(None, (case.get("fir_no"), case.get("year"))))
    place = ", ".join(filter(None, (number, case.get("police_station"), case.get("district"))))
    shown = [v for n, v in values.items() if n != "name_roman" or v != values.get("name")]
    return place, ", ".join(shown or hit.sections)


def _describe_grounds(hit: SearchHit) -> str:
    return ", ".join(g.what if g.how == "same" else f"{g.what} ({g.how})" for g in hit.why)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(search)
