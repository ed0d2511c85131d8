"""A workbook for people who correct the files: an overview, and a sheet a rule with its rows, wrong cells marked."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

from digitize.files.check_reports.samples import Cap, Sample, describe_omitted, take_samples
from digitize.files.check_reports.sheets import RowOfFindings, SheetColumn, SheetStyles, rows_of
from digitize.files.check_reports.source_rows import SourceRows
from digitize.files.validating.report import CheckReport
from mappers.languages import load_languages

if TYPE_CHECKING:
    from openpyxl import Workbook

ENCODING = ""
# So that a workbook opens on an office's computer, and is made in little memory, however large the files are.
CAP = Cap(most=10_000, of_a_rule=500, least=20)
_TITLE = 31  # letters that a sheet's name may have


def write(report: CheckReport, out: TextIO) -> str:
    """See `Writer`.

    Shows rows for about 10,000 findings, rejections first, and for 500 per rule that rejects nothing; each sheet
    states the rest.
    """
    from openpyxl import Workbook

    samples = take_samples(report, CAP)
    book = Workbook(write_only=True)
    styles = SheetStyles(report.teller)
    _overview(book, report, samples, styles)
    rows = SourceRows(report, samples)
    for sample in samples:
        _sheet(book, report, sample, rows, styles)
    with tempfile.TemporaryDirectory(prefix="digitize-report-") as folder:
        path = Path(folder) / "report.xlsx"
        book.save(path)
        with path.open("rb") as f:
            shutil.copyfileobj(f, cast(Any, out).buffer)
    return describe_omitted(samples)


def title_of(sample: Sample) -> str:
    """Sheet name of a rule: its code and as much of its slug as fits."""
    return f"{sample.code} {sample.slug}"[:_TITLE].rstrip("- ")


def _overview(book: Workbook, report: CheckReport, samples: list[Sample], styles: SheetStyles) -> None:
    label = report.teller.label
    sheet = _new(book, label("overview")[:_TITLE], report)
    names = ("rule", "severity", "count", "what", "do")
    styles.begin(
        sheet, [SheetColumn(label(n), w) for n, w in zip(names, (30, 11, 11, 70, 70), strict=True)], len(samples)
    )
    for sample in samples:
        linked = styles.link(sheet, title_of(sample))
        told = [label(sample.severity), sample.count, sample.message, sample.do]
        sheet.append([linked, *(styles.cell(sheet, text) for text in told)])
    sheet.append([])
    facts: list[tuple[object, ...]] = [(label("file"), ", ".join(report.files)), (label("rows"), report.rows_checked)]
    facts.append((label("rejected"), report.findings.rejected_rows()))
    shown = label("unmasked").format(reason=report.unmasked) if report.unmasked else label("masked")
    if left := describe_omitted(samples):
        facts.append((left,))
    for one in report.not_told:
        facts.append((one.option, f"{one.what} ({', '.join(one.rules)})"))
    for fact in (*facts, (shown,)):
        sheet.append([styles.cell(sheet, part, wrap=False) for part in fact])


def _sheet(book: Workbook, report: CheckReport, sample: Sample, rows: SourceRows, styles: SheetStyles) -> None:
    shown = rows_of(sample.findings, rows, report.form)
    columns = rows.order(name for row in shown for name in row.cells)
    label = report.teller.label
    names = ("file", "line", "fields", "value", "expected", "example", "do")
    heads = [SheetColumn(label(n), w) for n, w in zip(names, (18, 8, 18, 24, 36, 28, 40), strict=True)]
    sheet = _new(book, title_of(sample), report)
    styles.begin(sheet, [*heads, *(SheetColumn(name, 18) for name in columns)], len(shown), still=3)
    for row in shown:
        sheet.append([*_make_message_cells(row, sheet, styles), *_cells(row, columns, sheet, sample, report, styles)])
    left = sample.count - len(sample.findings)
    if left > 0:
        sheet.append([styles.cell(sheet, label("more").format(n=f"{left:,}"), wrap=False)])


def _make_message_cells(row: RowOfFindings, sheet: Any, styles: SheetStyles) -> list[Any]:
    parts = [row.file, row.line or "", *(row.join_distinct(n) for n in ("field", "value", "expected", "example", "do"))]
    return [styles.cell(sheet, part) for part in parts]


def _cells(
    row: RowOfFindings, columns: list[str], sheet: Any, sample: Sample, report: CheckReport, styles: SheetStyles
) -> list[Any]:
    wrong = {f.field: report.text(f) for f in row.findings}
    if not wrong.keys() & set(columns):
        # What is wrong is no cell of this row, but its child rows or the row itself.
        wrong = {columns[0]: "\n".join(wrong.values())} if columns else {}
    made = []
    for name in columns:
        cell = styles.cell(sheet, row.cells.get(name, ""), wrap=False)
        made.append(styles.mark(cell, sample.severity, wrong[name]) if name in wrong else cell)
    return made


def _new(book: Workbook, title: str, report: CheckReport) -> Any:
    sheet = book.create_sheet(title)
    spoken = load_languages().get(report.teller.language)
    sheet.sheet_view.rightToLeft = bool(spoken and spoken.script == "Arab")
    return sheet
