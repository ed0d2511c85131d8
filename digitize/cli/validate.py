"""`digitize validate`: check import files without a workspace."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from heapq import nsmallest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digitize.cli.console import Json, errors, results, table

if TYPE_CHECKING:
    from digitize.files.validating.mapped import Legacy
    from digitize.files.validating.readers import Place
    from digitize.files.validating.report import Report
    from digitize.files.validating.taking import Progress

_SHOWN = 50
# Below this nobody has to wait.
_LONG_BYTES = 50 << 20
_NOT_SHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def validate(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH...", help="Files in the flat layout, folders of them, or a postgresql:// URL."),
    ],
    form: Annotated[str, typer.Option(help="The form the files hold.")] = "iif1",
    state: Annotated[str, typer.Option(help="Code of the state, for its stations.")] = "",
    stations: Annotated[Path | None, typer.Option(help="Your list of stations: station,district,aliases.")] = None,
    today: Annotated[str, typer.Option(help="The day that counts as today, YYYY-MM-DD.")] = "",
    years: Annotated[str, typer.Option(help="Years agreed for this import, as 2001-2010; others are noted.")] = "",
    beats: Annotated[Path | None, typer.Option(help="List of beats: district,station,beat; needs --state.")] = None,
    policy: Annotated[str, typer.Option(help="What rules do, and what is agreed: a name, or a file .toml.")] = "import",
    mapping: Annotated[str, typer.Option(help="The files are old tables: map them first; auto: what fits.")] = "",
    year: Annotated[int, typer.Option(help="With --mapping: year of the book, for dates with two digits.")] = 0,
    name: Annotated[str, typer.Option("--table", help="With --mapping: name of the table in the file.")] = "",
    profile: Annotated[str, typer.Option(help="How complete rows must be: full, register-only, index-only.")] = "",
    select: Annotated[str, typer.Option(help="Ask these rules only: codes, slugs or families, as X003,L.")] = "",
    ignore: Annotated[str, typer.Option(help="Do not ask these rules.")] = "",
    max_rejects: Annotated[str, typer.Option(metavar="N|P%", help="Rejected rows still agreed: 20 or 0.5%.")] = "0",
    format: Annotated[str, typer.Option(help="table, json, jsonl, csv, html, sarif or junit.")] = "table",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write the report to this file.")] = None,
    baseline: Annotated[Path | None, typer.Option(help="An earlier report; what it tells is not told again.")] = None,
    fix: Annotated[Path | None, typer.Option(help="Write repaired copies into this new folder; check them.")] = None,
    unmask: Annotated[bool, typer.Option("--unmask", help="Show values of persons; needs --reason.")] = False,
    reason: Annotated[str, typer.Option(help="Why values of persons are shown; stands in the report.")] = "",
    json: Json = False,
) -> None:
    """Check import files by the same rules as a run; exit code 3 when rows are rejected."""
    from digitize.errors import OptionsError
    from digitize.files.reports import write_report
    from digitize.files.validating.baseline import load_baseline
    from digitize.files.validating.choice import rules_left_out
    from digitize.files.validating.settings import Lists, file_settings, words
    from digitize.files.validating.validate import How, validate_files
    from validators.policy.policies import load_impact

    format = "json" if json else format
    agreed, writer = _agreed(max_rejects), _writer(format, out)
    _check_reason(unmask=unmask, reason=reason)
    settings = file_settings(
        Lists(state, stations, beats),
        today=today,
        profile=profile,
        policy=policy,
        years=years,
        left_out=rules_left_out(form, words(select), words(ignore)),
    )
    legacy = _legacy(mapping, name, state, stations, year)
    if legacy and fix:
        raise OptionsError("--fix mends import files; map the table first: digitize map apply.")
    known = load_baseline(baseline) if baseline else frozenset()
    with _places(paths) as places, _progress() as progress:
        files = _fixed(places, form, fix) if fix else places
        report = validate_files(
            files,
            form,
            settings,
            How(unmasked=reason.strip(), progress=progress, legacy=legacy, impact=load_impact(policy)),
        )
    report = report.without(known) if known else report
    if writer is None:
        _print(report)
    else:
        write_report(report, writer, out)
    _judge(report, agreed)


def _judge(report: Report, agreed: float | int) -> None:
    """Raises TooManyRefused and, where no row could be checked at all, InputError."""
    from digitize.errors import InputError, TooManyRefused

    if not report.rows_checked:
        raise InputError(f"none of {report.rows} rows could be read; nothing was checked")
    rejected = report.findings.rejected_rows()
    if rejected > (agreed if isinstance(agreed, int) else agreed * report.rows):
        told = "--format jsonl lists all findings, --format html shows them."
        raise TooManyRefused(f"{rejected} of {report.rows} rows are rejected. {told}")


def _agreed(text: str) -> float | int:
    """A number of rows, or a share of them as a float: "20", "0.5%", and "0.005" as in earlier versions."""
    from digitize.errors import OptionsError

    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(%?)", text.strip())
    share = float(found[1]) / (100 if found[2] else 1) if found else 2.0
    if found and not found[2] and "." not in found[1]:
        return int(found[1])
    if share > 1:
        raise OptionsError("--max-rejects is a number of rows, as 20, or a share of them, as 0.5%.")
    return share


@contextmanager
def _places(texts: list[str]) -> Iterator[list[Place]]:
    """Files, folders and databases; connections are closed after."""
    from digitize.files.validating.server import Database
    from digitize.targets.postgres.address import is_address

    with ExitStack() as open_ones:
        yield [open_ones.enter_context(Database(t)) if is_address(t) else Path(t) for t in texts]


def _legacy(mapping: str, table: str, state: str, stations: Path | None, year: int) -> Legacy | None:
    from digitize.errors import OptionsError
    from digitize.files.mapping.find import bound_mapping, table_context
    from digitize.files.validating.mapped import ANY, Legacy

    if not mapping:
        if table or year:
            raise OptionsError("--table and --year go with --mapping.")
        return None
    if mapping != ANY:
        bound_mapping(mapping)
    return Legacy(mapping, table_context(state, stations, year), table=table)


def _fixed(files: list[Place], form: str, folder: Path) -> list[Place]:
    from digitize.files.validating.fixing import CHANGES, fix_files

    fixed = fix_files(files, form, folder)
    made = ", ".join(f"{name} {n}" for name, n in sorted(fixed.counts.items())) or "none"
    errors().print(f"Repairs: {made}; see {folder / CHANGES}. The new files are checked.", markup=False, soft_wrap=True)
    return list(fixed.files)


def _check_reason(*, unmask: bool, reason: str) -> None:
    from digitize.errors import OptionsError

    if unmask != bool(reason.strip()):
        raise OptionsError("--unmask and --reason go together: the reason stands in the report.")


def _writer(format: str, out: Path | None) -> Any:
    from digitize.errors import OptionsError
    from digitize.files.reports import load_writer

    if format != "table":
        return load_writer(format)
    if out:
        raise OptionsError("--out needs --format: json, jsonl, csv, html, sarif or junit.")
    return None


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """A bar on a terminal, once there is much to read; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(
        TextColumn("read"), BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=errors(), transient=True
    ) as bar:
        task = bar.add_task("read", total=None, visible=False)
        yield lambda done, total: bar.update(task, completed=done, total=total, visible=total > _LONG_BYTES)


def _print(report: Report) -> None:
    out = results()
    if report.findings:
        first = nsmallest(_SHOWN, report.findings, key=lambda f: (("reject", "review", "note").index(f.severity), f))
        rows = [[f.severity, f"{f.file}:{f.line}", f.code, f.field, _plain(f.value), f.message] for f in first]
        out.print(table("Findings", ["", "where", "rule", "field", "value", "what"], rows), markup=False)
        if len(report.findings) > _SHOWN:
            print(f"... and {len(report.findings) - _SHOWN} more; --format jsonl lists all, --format html shows them.")
        print("By rule: " + ", ".join(f"{code} {n}" for code, n in report.by_code().items()))
    known = f"; {report.known} known" if report.known else ""
    print(
        f"{report.rows_checked} rows checked, {report.rows_unreadable} unreadable: {report.count('reject')} reject, "
        f"{report.count('review')} review, {report.count('note')} note{known}."
    )
    cases = report.case_files
    if cases.count:
        print(
            f"{cases.with_errors} of {cases.count} case files have errors ({cases.error_rate:.2%}): {cases.high} of "
            f"high impact, {cases.low} of low; {cases.beyond} are beyond what is agreed."
        )
    if report.other_forms:
        print(f"Not checked, for they are of another form: {', '.join(report.other_forms)}. Name it with --form.")


def _plain(value: str) -> str:
    """A value without anything that steers a terminal."""
    return _NOT_SHOWN.sub("�", value)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(validate)
