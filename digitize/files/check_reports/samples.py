"""Per rule of a report: number of findings, severity, and some of the findings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from digitize.files.validating.findings import FileFinding
from digitize.files.validating.report import CheckReport
from validators.checking.reference import RuleRow, rules_table
from validators.finding import Severity
from validators.messages.texts import HINDI

_ORDER: dict[Severity, int] = {"reject": 0, "review": 1, "note": 2}


@dataclass
class Sample:
    """One rule in a report. findings: the first ones; count: all. message, do: in the language of the report; other:
    the message in Hindi, or in English for a Hindi report.
    """

    code: str
    slug: str
    severity: Severity
    message: str
    other: str
    do: str
    why: str
    count: int
    findings: list[FileFinding] = field(default_factory=list)


def take_samples(report: CheckReport, most: int) -> list[Sample]:
    """Rules with findings, most severe and frequent first. most: findings kept per rule."""
    rows = {row["code"]: row for row in rules_table()}
    severities = report.findings.words.severities
    found = {code: _sample(rows[code], severities[code], report, count) for code, count in report.by_code().items()}
    for finding in report.findings:
        sample = found[finding.code]
        if len(sample.findings) < most:
            sample.findings.append(finding)
    return sorted(found.values(), key=lambda s: (_ORDER[s.severity], -s.count, s.code))


def _sample(row: RuleRow, severity: Severity, report: CheckReport, count: int) -> Sample:
    told = report.teller.tell(row["code"])
    other = row["english" if report.teller.language == HINDI else "hindi"]
    return Sample(row["code"], row["slug"], severity, told.message, other, told.do, row["why"], count)


def format_place(finding: FileFinding) -> str:
    """File and line, as editors take it."""
    return f"{finding.file}:{finding.line}"


def in_order(samples: list[Sample]) -> Iterator[FileFinding]:
    """Kept findings of all rules, by file and line."""
    yield from sorted(f for s in samples for f in s.findings)
