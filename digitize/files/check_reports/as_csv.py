"""CSV for Excel: UTF-8 with its mark, no cell that a spreadsheet would run as a formula."""

from __future__ import annotations

import csv
from typing import TextIO

from digitize.files.validating.report import CheckReport
from digitize.machine.csv_cells import safe

ENCODING = "utf-8-sig"
COLUMNS = (
    *("file", "line", "table", "key", "field", "code", "severity", "message", "value"),
    *("expected", "example", "do"),
)


def write(report: CheckReport, out: TextIO) -> str:
    """See `Writer`. A cell that could be read as a formula gets an apostrophe prefix."""
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for f in report.findings:
        rows.writerow(safe(getattr(f, name)) for name in COLUMNS)
    return ""
