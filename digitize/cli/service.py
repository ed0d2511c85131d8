"""`digitize service`: answer the police, the courts and the public from records."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digitize.cli.console import Json, print_json, results, say, table
from digitize.cli.unmask import Operator, Reason, Unmask, asked_by

if TYPE_CHECKING:
    from digitize.search.holdings import StoreHoldings
    from digitize.services.answer import ServiceAnswer, ShownAnswer
    from digitize.services.kind import RecordService

PANEL = "Services on loaded records", 30

_As = Annotated[str, typer.Option("--as", help="Role that decides what is shown: public, police or court.")]
_Why = Annotated[str, typer.Option(metavar="PURPOSE", help="Purpose of the query; kept in the log (required).")]
_Limit = Annotated[int, typer.Option(help="Number of results to show.")]
_Target = Annotated[str, typer.Option(help="The target, as digitize load names it, or a workspace.")]
_Schema = Annotated[str, typer.Option(help="The schema of its tables, in a database.")]
_Own = Annotated[
    list[str] | None,
    typer.Option("--own-station", help="Own station of the police, e.g. DISTRICT/STATION; may be repeated."),
]
_COMMON: Mapping[str, tuple[Any, Any]] = {
    "asked_as": (_As, "police"), "why": (_Why, ""), "own_station": (_Own, None), "limit": (_Limit, 10),
    "target": (_Target, ""), "schema": (_Schema, ""), "unmask": (Unmask, False), "reason": (Reason, ""),
    "operator": (Operator, ""), "json": (Json, False),
}  # fmt: skip


def _command(service: RecordService) -> Any:
    """The command of a service: its own parameters as options, then those that all have."""

    def ask(**given: Any) -> None:
        common = {name: given.pop(name) for name in _COMMON}
        _ask(service, {name.removeprefix("given_"): text for name, text in given.items()}, **common)

    own = {
        f"given_{p.name}": (Annotated[str, typer.Option(f"--{p.name.replace('_', '-')}", help=_help(p))], "")
        for p in service.parameters
    }
    listed = {**own, **_COMMON}
    kind = inspect.Parameter.KEYWORD_ONLY
    signature = [inspect.Parameter(n, kind, default=d, annotation=a) for n, (a, d) in listed.items()]
    ask.__signature__ = inspect.Signature(signature)  # type: ignore[attr-defined]
    ask.__annotations__ = {name: annotation for name, (annotation, _) in listed.items()}
    ask.__doc__ = service.help
    return ask


def _help(parameter: Any) -> str:
    told = f"{parameter.help[0].upper()}{parameter.help[1:].rstrip('.')}."
    choices = f" One of: {', '.join(parameter.choices)}." if parameter.choices else ""
    return f"{told}{choices}{' Needed.' if parameter.is_needed else ''}"


def _ask(
    service: RecordService, given: Mapping[str, str], *, asked_as: str, why: str, own_station: list[str] | None,
    limit: int, target: str, schema: str, unmask: bool, reason: str, operator: str, json: bool,
) -> None:  # fmt: skip
    from digitize.files.loading.target_choice import open_target_for
    from digitize.machine.system import user_name
    from digitize.search.log import Searcher
    from digitize.services.asker import ServiceAsker
    from digitize.services.query_service import ServiceDesk
    from digitize.services.rates import workspace_rates

    who = asked_by(unmask=unmask, reason=reason, operator=operator)
    by = Searcher(operator.strip() or user_name(), user_name(), why.strip() or reason.strip(), who)
    asker = ServiceAsker(by, asked_as, tuple(own_station or ()), user_name())
    folder = Path(target or ".")
    workspace = folder if (folder / "digitize.toml").is_file() else None
    with open_target_for("" if workspace else target, schema, workspace) as loaded:
        answer = ServiceDesk(loaded, workspace_rates(workspace), workspace).answer(service, given, asker, limit)
    if json:
        print_json(answer.as_plain())
        return
    _show(answer)


def _show(answer: ServiceAnswer) -> None:
    from digitize.services.identity import UNSURE

    if answer.verdict:
        is_unsure = answer.verdict == UNSURE and any(map(_is_unsure, answer.found))
        say(f"{answer.service}: {answer.verdict}{': a person must look' if is_unsure else ''}")
    if answer.asked_of:
        say(_asked_of(answer.asked_of))
    if not answer.found:
        say("Nothing was found that may be shown.")
        return
    rows = [[*_cells(one), _describe_grounds(one)] for one in answer.found]
    results().print(table("Found", ["record", "case", "found", "says", "why"], rows), markup=False)
    for one in answer.found:
        for other in one.beside:
            say(f"  beside {one.record or one.form}: {', '.join(_cells(other)[:3])} ({_describe_grounds(other)})")


def _asked_of(held: StoreHoldings) -> str:
    """What the verdict applies to."""
    newest = f"; the newest load was on {held.loaded}" if held.loaded else ""
    waiting = f" {held.waiting} more records wait for a person and were not searched." if held.waiting else ""
    return f"Searched {held.records} loaded records{newest}.{waiting} Papers that are not digitized were not searched."


def _cells(one: ShownAnswer) -> list[str]:
    rows = [", ".join(row.values()) for some in one.rows.values() for row in some]
    found = ", ".join([*one.values.values(), *rows])
    says = f"unsure: a person must look ({one.says})" if _is_unsure(one) else one.says
    return [one.record or one.form, ", ".join(one.case.values()), found, says]


def _is_unsure(one: ShownAnswer) -> bool:
    """Whether it may be another person than the one asked for."""
    return one.match is not None and one.match.is_unsure


def _describe_grounds(one: ShownAnswer) -> str:
    return ", ".join(g.what if g.how == "same" else f"{g.what} ({g.how})" for g in one.why)


def register(app: typer.Typer) -> None:
    """Add one command per service."""
    from digitize.services.registry import load_services

    group = typer.Typer(
        name="service", help="Answer the police, the courts and the public from loaded records.", no_args_is_help=True
    )
    for name, service in load_services().items():
        group.command(name)(_command(service))
    app.add_typer(group, name="service")
