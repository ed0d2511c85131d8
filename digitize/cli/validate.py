"""`digitize validate`: check import files without a workspace."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from heapq import nsmallest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digitize.cli.console import Json, errors, results, say, table

if TYPE_CHECKING:
    from digitize.files.agreed import Agreed
    from digitize.files.validating.mapped import Legacy
    from digitize.files.validating.readers import Place
    from digitize.files.validating.report import CheckReport
    from digitize.files.validating.taking import Progress
    from digitize.files.validating.validate import CheckOptions
    from validators.rulebook.given import CheckSettings

_SHOWN = 50
# Below this nobody has to wait.
_LONG_BYTES = 50 << 20
# Control characters, and those that turn the direction of writing, so that a line reads otherwise than it is.
_NOT_SHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


Paths = Annotated[
    list[str],
    typer.Argument(metavar="PATH...", help="Files in the flat layout, folders of them, or a postgresql:// URL."),
]
Stations = Annotated[Path | None, typer.Option(help="Your list of stations: station,district,aliases.")]
Today = Annotated[str, typer.Option(help="The day that counts as today, YYYY-MM-DD.")]
Years = Annotated[str, typer.Option(help="Years agreed for this import, as 2001-2010; others are noted.")]
Beats = Annotated[Path | None, typer.Option(help="List of beats: district,station,beat; needs --state.")]
Policy = Annotated[str, typer.Option(help="What rules do, and what is agreed: a name, or a file .toml.")]
Mapping = Annotated[str, typer.Option(help="The files are old tables: map them first; auto: what fits.")]
Year = Annotated[int, typer.Option(help="With --mapping: year of the book, for dates with two digits.")]
Table = Annotated[str, typer.Option("--table", help="With --mapping: name of the table in the file.")]
Profile = Annotated[str, typer.Option(help="How complete rows must be: full, register-only, index-only.")]
Select = Annotated[str, typer.Option(help="Ask these rules only: codes, slugs or families, as X003,L.")]
MaxRejects = Annotated[str, typer.Option(metavar="N|P%", help="Rejected rows still agreed: 20 or 0.5%.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Write the report to this file.")]
Baseline = Annotated[Path | None, typer.Option(help="An earlier report; what it tells is not told again.")]
Fix = Annotated[Path | None, typer.Option(help="Write repaired copies into this new folder; check them.")]
Unmask = Annotated[bool, typer.Option("--unmask", help="Show values of persons; needs --reason.")]
Reason = Annotated[str, typer.Option(help="Why values of persons are shown; stands in the report.")]


def validate(
    paths: Paths,
    form: Annotated[str, typer.Option(help="The form the files hold.")] = "iif1",
    state: Annotated[str, typer.Option(help="Code of the state, for its stations.")] = "",
    stations: Stations = None,
    today: Today = "",
    years: Years = "",
    beats: Beats = None,
    policy: Policy = "import",
    mapping: Mapping = "",
    year: Year = 0,
    name: Table = "",
    profile: Profile = "",
    select: Select = "",
    ignore: Annotated[str, typer.Option(help="Do not ask these rules.")] = "",
    max_rejects: MaxRejects = "0",
    format: Annotated[str, typer.Option(help="table, json, jsonl, csv, html, sarif or junit.")] = "table",
    out: Out = None,
    baseline: Baseline = None,
    fix: Fix = None,
    unmask: Unmask = False,
    reason: Reason = "",
    json: Json = False,
) -> None:
    """Check import files by the same rules as a run; exit code 3 when rows are rejected."""
    from digitize.files.agreed import parse_agreed
    from digitize.files.validating.settings import Lists, file_settings

    agreed, writer = parse_agreed(max_rejects), _writer("json" if json else format, out)
    _check_reason(unmask=unmask, reason=reason)
    lists, left_out = Lists(state, stations, beats), _left_out(form, select, ignore)
    settings = file_settings(lists, today=today, profile=profile, policy=policy, years=years, left_out=left_out)
    legacy = _legacy(_Old(mapping, name, year), state, stations, fix)
    report = _report(paths, form, settings, _how(policy, reason, legacy), fix=fix, baseline=baseline)
    _show(report, writer, out)
    _judge(report, agreed)


@dataclass(frozen=True, slots=True)
class _Old:
    """Files that are old tables: by which mapping they are mapped first, "" for none; table: its name in the file."""

    mapping: str
    table: str
    year: int


def _left_out(form: str, select: str, ignore: str) -> frozenset[str]:
    from digitize.files.validating.choice import rules_left_out
    from digitize.files.validating.settings import words

    return rules_left_out(form, words(select), words(ignore))


def _how(policy: str, reason: str, legacy: Legacy | None) -> CheckOptions:
    from digitize.files.validating.validate import CheckOptions
    from validators.policy.policies import load_impact

    return CheckOptions(unmasked=reason.strip(), legacy=legacy, impact=load_impact(policy))


def _report(
    paths: list[str], form: str, settings: CheckSettings, how: CheckOptions, *, fix: Path | None, baseline: Path | None
) -> CheckReport:
    """Check the files, or repaired copies of them in the folder fix; without what is told in the report baseline."""
    from digitize.files.validating.baseline import load_baseline
    from digitize.files.validating.validate import validate_files

    # Read before the files: a wrong baseline is told at once.
    known = load_baseline(baseline) if baseline else frozenset()
    with _places(paths) as places, _progress() as progress:
        files = _fixed(places, form, fix) if fix else places
        report = validate_files(files, form, settings, replace(how, progress=progress))
    return report.without(known) if known else report


def _show(report: CheckReport, writer: Any, out: Path | None) -> None:
    from digitize.files.check_reports import write_report

    if writer is None:
        _print(report)
    else:
        write_report(report, writer, out)


def _judge(report: CheckReport, agreed: Agreed) -> None:
    """Raises TooManyRefused and, where no row could be checked at all, InputError."""
    from digitize.errors import InputError, TooManyRefused

    # With no row checked none is rejected, and that would pass for agreed.
    if not report.rows_checked:
        raise InputError(f"none of {report.rows} rows could be read; nothing was checked")
    rejected = report.findings.rejected_rows()
    if not agreed.allows(rejected, report.rows):
        told = "--format jsonl lists all findings, --format html shows them."
        raise TooManyRefused(f"{rejected} of {report.rows} rows are rejected. {told}")


@contextmanager
def _places(texts: list[str]) -> Iterator[list[Place]]:
    """Files, folders and databases; connections are closed after."""
    from digitize.files.validating.server import Database
    from digitize.targets.postgres.address import is_address

    with ExitStack() as open_ones:
        yield [open_ones.enter_context(Database(t)) if is_address(t) else Path(t) for t in texts]


def _legacy(old: _Old, state: str, stations: Path | None, fix: Path | None) -> Legacy | None:
    from digitize.errors import OptionsError
    from digitize.files.mapping.find import bound_mapping, table_context
    from digitize.files.validating.mapped import ANY, Legacy

    if not old.mapping:
        if old.table or old.year:
            raise OptionsError("--table and --year go with --mapping.")
        return None
    if old.mapping != ANY:
        bound_mapping(old.mapping)
    if fix:
        raise OptionsError("--fix mends import files; map the table first: digitize map apply.")
    return Legacy(old.mapping, table_context(state, stations, old.year), table=old.table)


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
    from digitize.files.check_reports import load_writer

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


def _print(report: CheckReport) -> None:
    out = results()
    if report.findings:
        # Not sorted as a whole: however many there are, only the gravest few are printed.
        first = nsmallest(_SHOWN, report.findings, key=lambda f: (("reject", "review", "note").index(f.severity), f))
        rows = [[f.severity, f"{f.file}:{f.line}", f.code, f.field, _plain(f.value), f.message] for f in first]
        out.print(table("Findings", ["", "where", "rule", "field", "value", "what"], rows), markup=False)
        if len(report.findings) > _SHOWN:
            say(f"... and {len(report.findings) - _SHOWN} more; --format jsonl lists all, --format html shows them.")
        say("By rule: " + ", ".join(f"{code} {n}" for code, n in report.by_code().items()))
    known = f"; {report.known} known" if report.known else ""
    say(
        f"{report.rows_checked} rows checked, {report.rows_unreadable} unreadable: {report.count('reject')} reject, "
        f"{report.count('review')} review, {report.count('note')} note{known}."
    )
    cases = report.case_files
    if cases.count:
        say(
            f"{cases.with_errors} of {cases.count} case files have errors ({cases.error_rate:.2%}): {cases.high} of "
            f"high impact, {cases.low} of low; {cases.beyond} are beyond what is agreed."
        )
    if report.other_forms:
        say(f"Not checked, for they are of another form: {', '.join(report.other_forms)}. Name it with --form.")


def _plain(value: str) -> str:
    """A value without anything that steers a terminal."""
    return _NOT_SHOWN.sub("�", value)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(validate)
