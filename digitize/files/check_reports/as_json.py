"""One JSON object: counts first, then all findings."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TextIO

from digitize.files.validating.report import CheckReport

ENCODING = "utf-8"
SCHEMA = 1


def write(report: CheckReport, out: TextIO) -> str:
    """See `Writer`. Findings are streamed, however many there are."""
    head = json.dumps({"schema": SCHEMA, **report.summary()}, ensure_ascii=False, indent=1)
    # The object stays open: the findings go into it one by one.
    out.write(head.removesuffix("\n}") + ',\n "findings": [')
    for i, finding in enumerate(report.findings):
        out.write(("," if i else "") + "\n  " + json.dumps(asdict(finding), ensure_ascii=False))
    out.write("\n ]\n}\n")
    return ""
