"""SARIF 2.1.0, for tools of continuous integration: rules with their texts, findings with file and line."""

from __future__ import annotations

import hashlib
import json
from typing import Any, TextIO
from urllib.parse import quote

from digitize import __version__
from digitize.files.check_reports.samples import Cap, Sample, describe_omitted, in_order, take_samples
from digitize.files.validating.findings import FileFinding
from digitize.files.validating.report import CheckReport

ENCODING = "utf-8"
# Readers of such files refuse long ones; the totals stand under properties.
CAP = Cap(most=5000, of_a_rule=500)
_LEVELS = {"reject": "error", "review": "warning", "note": "note"}


def write(report: CheckReport, out: TextIO) -> str:
    """See `Writer`. Lists at most 5,000 findings, rejections first, and 500 per rule that rejects nothing.

    Properties hold the full counts; a notification says what is left out.
    """
    samples = take_samples(report, CAP)
    places = {s.code: i for i, s in enumerate(samples)}
    results = [_result(f, report.text(f), places[f.code]) for f in in_order(samples)]
    left = describe_omitted(samples)
    told = [{"level": "warning", "message": {"text": left}}] if left else []
    run = {
        "tool": {"driver": {"name": "digitize", "version": __version__, "rules": [_rule(s) for s in samples]}},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": told}],
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {**report.summary(), "by_code": report.by_code(), "named": len(results)},
    }
    whole = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    json.dump(whole, out, ensure_ascii=False, indent=1)
    out.write("\n")
    return left


def _rule(sample: Sample) -> dict[str, Any]:
    return {
        "id": sample.code,
        "name": sample.slug,
        "shortDescription": {"text": sample.message},
        "fullDescription": {"text": sample.why},
        "help": {"text": sample.do},
        "defaultConfiguration": {"level": _LEVELS[sample.severity]},
    }


def _result(finding: FileFinding, text: str, place: int) -> dict[str, Any]:
    # This is a URI: blanks and Indian letters in a name must be written as codes.
    where: dict[str, Any] = {"artifactLocation": {"uri": quote(finding.file)}}
    if finding.line:
        where["region"] = {"startLine": finding.line}
    # The line only where there is no key: a finding is the same one when rows are put in above it.
    same = "\x1f".join((finding.file, finding.table, finding.key or str(finding.line), finding.field, finding.code))
    return {
        "ruleId": finding.code,
        "ruleIndex": place,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.field}: {text}" if finding.field else text},
        "locations": [{"physicalLocation": where}],
        "partialFingerprints": {"finding/v1": hashlib.sha256(same.encode("utf-8")).hexdigest()[:32]},
    }
