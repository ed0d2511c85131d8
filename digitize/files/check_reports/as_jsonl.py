"""JSON lines: one finding per line."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TextIO

from digitize.files.validating.report import CheckReport

ENCODING = "utf-8"


def write(report: CheckReport, out: TextIO) -> str:
    """See `Writer`. Keys: file, line, table, key, field, code, severity, message, value, expected, example, do."""
    for finding in report.findings:
        out.write(json.dumps(asdict(finding), ensure_ascii=False) + "\n")
    return ""
