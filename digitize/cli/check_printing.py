"""Progress and report output of `digitize validate`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from heapq import nsmallest
from typing import TYPE_CHECKING

from digitize.cli.console import errors, results, say, table
from digitize.machine.text import pluralize

if TYPE_CHECKING:
    from digitize.files.validating.findings import FileFinding
    from digitize.files.validating.report import CheckReport
    from digitize.files.validating.row_intake import Progress
    from validators.rulebook.given import CheckSettings

_SHOWN = 50
# Below this nobody has to wait.
_LONG_BYTES = 50 << 20
# Control characters, and those that turn the direction of writing, so that a line reads otherwise than it is.
_NOT_SHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@contextmanager
def check_progress() -> Iterator[Progress | None]:
    """A progress bar on a terminal for large inputs; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(
        TextColumn("read"), BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=errors(), transient=True
    ) as bar:
        task = bar.add_task("read", total=None, visible=False)
        yield lambda done, total: bar.update(task, completed=done, total=total, visible=total > _LONG_BYTES)


def print_not_told(settings: CheckSettings) -> None:
    """Say once, first, which names are not looked up because no state or station list is set."""
    from digitize.files.validating.settings import list_missing_settings

    for one in list_missing_settings(settings):
        if one.option in ("--state", "--stations"):
            rules = ", ".join(one.rules)
            told = (
                f"Not given: {one.option}. So {one.what} ({rules}). "
                "It can also be set in a dataset.toml next to the files."
            )
            errors().print(told, markup=False, soft_wrap=True)


def print_report(report: CheckReport) -> None:
    """Print the most severe findings, and the counts."""
    out = results()
    if report.findings:
        # Not sorted as a whole: however many there are, only the gravest few are printed.
        first = nsmallest(_SHOWN, report.findings, key=lambda f: (("reject", "review", "note").index(f.severity), f))
        rows = [[f.severity, f"{f.file}:{f.line}", f.code, f.field, _plain(f.value), f.message] for f in first]
        out.print(table("Findings", ["", "where", "rule", "field", "value", "what"], rows), markup=False)
        _print_expected(report, first)
        if len(report.findings) > _SHOWN:
            say(f"... and {len(report.findings) - _SHOWN} more; --format jsonl lists all, --format html shows them.")
        say("By rule: " + ", ".join(f"{code} {n}" for code, n in report.by_code().items()))
    known = f"; {report.known} known" if report.known else ""
    say(
        f"{pluralize(report.rows_checked, 'row')} checked, {report.rows_unreadable} unreadable: "
        f"{report.count('reject')} reject, "
        f"{report.count('review')} review, {report.count('note')} note{known}."
    )
    cases = report.case_files
    if cases.count:
        say(
            f"{cases.with_errors} of {cases.count} case files have errors ({cases.error_rate:.2%}): {cases.high} of "
            f"high impact, {cases.low} of low; {cases.beyond} are above the agreed limit."
        )
    if report.other_forms:
        say(f"Not checked, because they belong to another form: {', '.join(report.other_forms)}. Name it with --form.")


def _print_expected(report: CheckReport, shown: Sequence[FileFinding]) -> None:
    """Print what is expected and what to do, once per field and rule."""
    for code, field, text in sorted({(f.code, f.field, report.advice(f)) for f in shown}):
        results().print(f"{code} {field}".rstrip() + f": {text}", markup=False, soft_wrap=True, highlight=False)


def _plain(value: str) -> str:
    """The value without terminal control characters."""
    return _NOT_SHOWN.sub("�", value)
