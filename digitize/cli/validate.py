"""`digitize validate`: check import files without a workspace."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digitize.cli.check_printing import check_progress, print_not_told, print_report
from digitize.cli.console import Json, errors
from digitize.cli.options import Lang
from digitize.cli.unmask import Operator, Reason, Unmask, asked_by, keep_record, need_file

if TYPE_CHECKING:
    from digitize.files.agreed_limit import AgreedLimit
    from digitize.files.dataset import Dataset
    from digitize.files.validating.mapped_rows import Legacy
    from digitize.files.validating.readers import Place
    from digitize.files.validating.report import CheckReport
    from digitize.files.validating.validate import CheckOptions
    from digitize.masking.unmasking import Unmasking
    from validators.rulebook.given import CheckSettings

PANEL = "Read and check files, without a workspace", 80

Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH...",
        help="Files in the flat layout, folders of them, a postgresql:// URL, or - for a CSV on standard input.",
    ),
]
Stations = Annotated[Path | None, typer.Option(help="Your list of stations: station,district,aliases.")]
Today = Annotated[str, typer.Option(help="Day that counts as today, YYYY-MM-DD.")]
Years = Annotated[str, typer.Option(help="Years expected in this import, e.g. 2001-2010; others are noted.")]
Beats = Annotated[Path | None, typer.Option(help="List of beats: district,station,beat; needs --state.")]
Policy = Annotated[str, typer.Option(help="Policy of severities and tolerances: a name, or a .toml file.")]
Mapping = Annotated[str, typer.Option(help="Mapping for old tables, applied first; auto: the one that fits.")]
Year = Annotated[int, typer.Option(help="With --mapping: year of the book, for dates with two digits.")]
Table = Annotated[str, typer.Option("--table", help="With --mapping: name of the table in the file.")]
Profile = Annotated[str, typer.Option(help="Completeness profile: full, core, register-only, index-only.")]
Select = Annotated[str, typer.Option(help="Run only these rules (codes, slugs or families), e.g. X003,L.")]
MaxRejects = Annotated[str, typer.Option(metavar="N|P%", help="Rejected rows that are tolerated: 20 or 0.5%.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Write the report to this file.")]
Baseline = Annotated[Path | None, typer.Option(help="Earlier report; findings listed there are not repeated.")]
Fix = Annotated[Path | None, typer.Option(help="Write repaired copies into this new folder, and check them.")]


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
    ignore: Annotated[str, typer.Option(help="Skip these rules.")] = "",
    max_rejects: MaxRejects = "0",
    format: Annotated[str, typer.Option(help="table, json, jsonl, csv, html, xlsx, sarif or junit.")] = "table",
    out: Out = None,
    baseline: Baseline = None,
    fix: Fix = None,
    unmask: Unmask = False,
    reason: Reason = "",
    lang: Lang = "en",
    operator: Operator = "",
    json: Json = False,
) -> None:
    """Check import files by the same rules as a run; exit code 3 when rows are rejected."""
    from digitize.files.agreed_limit import parse_agreed
    from digitize.files.validating.settings import Lists, file_settings

    agreed, writer = parse_agreed(max_rejects), _writer("json" if json else format, out)
    who = asked_by(unmask=unmask, reason=reason, operator=operator)
    need_file(who, out)
    _require_place(writer, out)
    lists, left_out = Lists(state, stations, beats, _find_dataset(paths)), _left_out(form, select, ignore)
    settings = file_settings(lists, today=today, profile=profile, policy=policy, years=years, left_out=left_out)
    legacy = _legacy(_Old(mapping, name, year), lists.code, stations, fix)
    how = _build_options(policy, reason, lang, legacy)
    _require_there(paths, is_mapped=legacy is not None)
    print_not_told(settings)
    report = _report(paths, form, settings, how, fix=fix, baseline=baseline)
    _show(report, writer, out)
    if who and out:
        _keep(report, who, out)
    _judge(report, agreed)


_STDIN = "-"


def _find_dataset(paths: list[str]) -> Dataset | None:
    """The dataset file next to the files."""
    from digitize.files.dataset import find_dataset
    from digitize.targets.postgres.address import is_address

    return find_dataset(Path(p) for p in paths if not is_address(p) and p != _STDIN)


def _require_there(paths: list[str], *, is_mapped: bool) -> None:
    """Report missing files before anything else."""
    from digitize.files.validating.sources import require_there
    from digitize.targets.postgres.address import is_address

    for path in paths:
        if not is_address(path) and path != _STDIN:
            require_there(Path(path), is_mapped=is_mapped)


@dataclass(frozen=True, slots=True)
class _Old:
    """Legacy tables as input: mapping to apply first, "" for none; table: name in the file."""

    mapping: str
    table: str
    year: int


def _left_out(form: str, select: str, ignore: str) -> frozenset[str]:
    from digitize.files.validating.choice import rules_left_out
    from digitize.files.validating.settings import split_words

    return rules_left_out(form, split_words(select), split_words(ignore))


def _build_options(policy: str, reason: str, language: str, legacy: Legacy | None) -> CheckOptions:
    from digitize.files.validating.validate import CheckOptions
    from validators.messages.texts import load_messages
    from validators.policy.policies import load_impact

    # Before the files are read: a language without texts is told at once.
    load_messages(language)
    return CheckOptions(unmasked=reason.strip(), legacy=legacy, impact=load_impact(policy), language=language)


def _report(
    paths: list[str], form: str, settings: CheckSettings, how: CheckOptions, *, fix: Path | None, baseline: Path | None
) -> CheckReport:
    """Check the files, or repaired copies of them in the folder fix; findings of the baseline report are left out."""
    from digitize.files.validating.baseline import load_baseline
    from digitize.files.validating.validate import validate_files

    # Read before the files: a wrong baseline is told at once.
    known = load_baseline(baseline) if baseline else frozenset()
    with _places(paths) as places, check_progress() as progress:
        files = _fix_files(places, form, fix) if fix else places
        report = validate_files(files, form, settings, replace(how, progress=progress))
    return report.drop_known(known) if known else report


def _require_place(writer: Any, out: Path | None) -> None:
    from digitize.files.check_reports import require_place

    if writer is not None:
        require_place(writer, out)


def _show(report: CheckReport, writer: Any, out: Path | None) -> None:
    from digitize.files.check_reports import write_report

    if writer is None:
        print_report(report)
    else:
        left = write_report(report, writer, out)
        if left:
            errors().print(f"{out or 'This report'}: {left}", markup=False, soft_wrap=True)


def _keep(report: CheckReport, who: Unmasking, out: Path) -> None:
    from digitize.files.validating.masks import persons_shown

    keep_record(out, who, persons_shown(report.findings, report.form))


def _judge(report: CheckReport, agreed: AgreedLimit) -> None:
    """Raises TooManyRefused and, if no row could be checked, InputError."""
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
    """Files, folders, databases, and "-" for a CSV on standard input; connections are closed after."""
    from digitize.files.validating.server import Database
    from digitize.targets.postgres.address import is_address

    with ExitStack() as open_ones:
        there = [open_ones.enter_context(Database(t)) if is_address(t) else Path(t) for t in texts]
        if _STDIN in texts:
            # A file is read twice, first for the keys that stand in it more than once; a pipe cannot be.
            kept = Path(open_ones.enter_context(TemporaryDirectory(prefix="digitize-"))) / "stdin.csv"
            with kept.open("wb") as file:
                copyfileobj(sys.stdin.buffer, file, 1 << 20)
            there = [kept if place == Path(_STDIN) else place for place in there]
        yield there


def _legacy(old: _Old, state: str, stations: Path | None, fix: Path | None) -> Legacy | None:
    from digitize.errors import OptionsError

    if not old.mapping:
        if old.table or old.year:
            raise OptionsError("--table and --year go with --mapping.")
        return None
    # Mapping takes as long to import as all the rest: not for files that need none.
    from digitize.files.mapping.find import bound_mapping, table_context
    from digitize.files.validating.mapped_rows import ANY, Legacy

    if old.mapping != ANY:
        bound_mapping(old.mapping)
    if fix:
        raise OptionsError("--fix mends import files; map the table first: digitize map apply.")
    return Legacy(old.mapping, table_context(state, stations, old.year), table=old.table)


def _fix_files(files: list[Place], form: str, folder: Path) -> list[Place]:
    from digitize.files.validating.fixing import CHANGES, fix_files

    fixed = fix_files(files, form, folder)
    made = ", ".join(f"{name} {n}" for name, n in sorted(fixed.counts.items())) or "none"
    errors().print(f"Repairs: {made}; see {folder / CHANGES}. The new files are checked.", markup=False, soft_wrap=True)
    return list(fixed.files)


def _writer(format: str, out: Path | None) -> Any:
    from digitize.errors import OptionsError
    from digitize.files.check_reports import load_writer

    if format != "table":
        return load_writer(format)
    if out:
        raise OptionsError("--out needs --format: json, jsonl, csv, html, xlsx, sarif or junit.")
    return None


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(validate)
