"""CSV for Excel: UTF-8 with its mark, no cell that a spreadsheet would run as a formula."""

from __future__ import annotations

import csv
from typing import TextIO

from digitize.validating.report import Report

ENCODING = "utf-8-sig"
COLUMNS = ("file", "line", "table", "key", "field", "code", "severity", "message", "value")
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write(report: Report, out: TextIO) -> None:
    """See `Writer`. A cell that begins as a formula does, or with blanks and then so, has an apostrophe before it."""
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for f in report.findings:
        rows.writerow(safe(getattr(f, name)) for name in COLUMNS)


def safe(cell: object) -> object:
    """The cell as a spreadsheet may open it."""
    if not isinstance(cell, str):
        return cell
    return f"'{cell}" if cell.startswith(_STARTS) or cell.lstrip().startswith(_STARTS) else cell
