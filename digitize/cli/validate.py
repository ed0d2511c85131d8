"""`digitize validate`: check an import file without a workspace."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digitize.cli.console import Json, print_json, results, table

if TYPE_CHECKING:
    from digitize.validate import Report

_SHOWN = 50


def validate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or XLSX in the flat layout, or a folder.")],
    form: Annotated[str, typer.Option(help="The form the file holds.")] = "iif1",
    state: Annotated[str, typer.Option(help="Code of the state, for its stations.")] = "",
    stations: Annotated[Path | None, typer.Option(help="Your list of stations: station,district,aliases.")] = None,
    today: Annotated[str, typer.Option(help="The day that counts as today, YYYY-MM-DD.")] = "",
    max_rejects: Annotated[float, typer.Option(min=0, max=1, help="Share of rejected rows still agreed.")] = 0.0,
    profile: Annotated[str, typer.Option(help="How complete rows must be: full, register-only, index-only.")] = "",
    json: Json = False,
) -> None:
    """Check an import file by the same rules as a run; exit code 3 when rows are rejected."""
    from digitize.errors import TooManyRefused
    from digitize.validate import validate_file

    report = validate_file(file, form, _settings(state, stations, today, profile))
    if json:
        print_json(report.to_plain())
    else:
        _print(report)
    rejected = len({(f.file, f.line) for f in report.findings if f.severity == "reject"})
    rows = report.rows_checked + report.rows_unreadable
    if rejected > max_rejects * rows:
        raise TooManyRefused(f"{rejected} of {rows} rows are rejected. digitize validate FILE --json lists them all.")


def _settings(state: str, stations: Path | None, today: str, profile: str) -> Any:
    from digitize.errors import OptionsError
    from mappers.codes import load_stations
    from validators.settings import make_settings

    if stations is not None and not state:
        raise OptionsError("--stations needs --state: a station's name is known within its state only.")
    try:
        day = date.fromisoformat(today) if today else date.today()
    except ValueError as e:
        raise OptionsError("--today must be a date such as 2026-03-31.") from e
    known = load_stations(state, stations) if state else ()
    stations_of = [(state, s.district, s.name) for s in known]
    return make_settings(day, stations=stations_of, policy="import", profile=profile)


def _print(report: Report) -> None:
    out = results()
    if report.findings:
        rows = [
            [f.severity, f"{f.file}:{f.line}", f.code, f.field, f.message]
            for f in sorted(report.findings, key=lambda f: f.severity != "reject")[:_SHOWN]
        ]
        out.print(table("Findings", ["", "where", "rule", "field", "what"], rows), markup=False)
        if len(report.findings) > _SHOWN:
            print(f"... and {len(report.findings) - _SHOWN} more; --json lists all.")
        print("By rule: " + ", ".join(f"{code} {n}" for code, n in report.by_code().items()))
    print(
        f"{report.rows_checked} rows checked, {report.rows_unreadable} unreadable: {report.count('reject')} reject, "
        f"{report.count('review')} review, {report.count('note')} note."
    )
    if report.other_forms:
        print(f"Not checked, for they are of another form: {', '.join(report.other_forms)}. Name it with --form.")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(validate)
